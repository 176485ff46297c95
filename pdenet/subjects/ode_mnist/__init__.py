"""Neural ODEs on MNIST and their controls."""
