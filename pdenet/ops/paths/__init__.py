"""A network's output as a sum over paths: gates, exact sums, sampled walks."""
