"""What one measures on a network: sight, memory, probes, smoothness."""
