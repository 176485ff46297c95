"""The Gaussian weights of the thesis and their action, beside what layers do."""
