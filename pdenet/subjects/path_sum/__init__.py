"""The network as a sum over paths: what its paths weigh, how much of them cancels, what draws say of them."""
