"""What networks are shown, image sets, and what the pages measure: all verified by checksum."""

from pdenet.data.image_data import DataError, ImageData
from pdenet.data.images import load_images

__all__ = ["DataError", "ImageData", "load_images"]
