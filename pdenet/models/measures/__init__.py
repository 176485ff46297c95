"""What one measures on a network: visibility, memory, probes, smoothness."""
