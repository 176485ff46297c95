"""An attack on what the package keeps, counted: `make fault-test`."""
