"""Features shaped like Gaussian orbitals, and what they learn of a molecule's energies and forces."""
