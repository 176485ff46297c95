"""What is given at a boundary, checked and normalised once; the room below all others."""
