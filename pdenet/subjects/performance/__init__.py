"""How fast the residual stack is, against other ways to run it and against the machine."""
