"""An Ising spin glass as a network without hidden units: its couplings, learned from its states."""
