"""``python -m pdenet`` is the command ``pdenet``."""

from pdenet.cli import main

main()
