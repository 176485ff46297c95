"""What the sources claim, by equation and by sentence, and what checks and runs say of it."""
