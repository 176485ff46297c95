"""Running it backwards: what a reversible stack keeps, what it costs, and how far it comes back."""
