"""Weight decay as a control parameter: where weights vanish, how, and what is learned there."""
