"""A free field as a linear variational autoencoder sees it: which modes are kept, and why."""
