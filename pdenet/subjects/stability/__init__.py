"""What linear layers do to an image with depth, and what the recorded networks made of it."""
