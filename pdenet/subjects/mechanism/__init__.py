"""What the layers of a stack do to an image, before and after training."""
