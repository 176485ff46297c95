"""The errors of what runs away and of what does not settle; a training loop stops at the first."""


class DivergedError(ArithmeticError):
    """A solution that cannot be carried on: no longer finite, or asking for steps without end."""


class NotConverged(ArithmeticError):
    """A search by repetition that has not found what it looks for in the rounds it was given."""
