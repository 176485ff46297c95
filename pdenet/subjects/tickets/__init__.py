"""Lottery tickets: sparse parts of plain and residual twins, found by pruning, and what carries over."""
