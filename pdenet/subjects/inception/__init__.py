"""Inception against residual networks at equal budgets: sizes that vary, and tasks that need many steps."""
