"""The loss as a potential on the space of images: work along paths, attacks, fields that are no gradient."""
