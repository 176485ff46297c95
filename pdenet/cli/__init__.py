"""The command line: train networks, run experiments, judge claims, time the operator, check equations."""

import sys

from rich.markup import escape

from pdenet.cli import bench, claims, equations, reproduce, run, train  # noqa: F401
from pdenet.cli.options import app, errors


def main() -> None:
    """Run the command line; an error that a user can mend is one line, not a traceback."""
    try:
        app()
    except (ValueError, OSError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
