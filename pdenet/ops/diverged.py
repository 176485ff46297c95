"""The error of what runs away; solvers and steps raise it, and a training loop stops there."""


class DivergedError(ArithmeticError):
    """A solution that cannot be carried on: no longer finite, or asking for steps without end."""
