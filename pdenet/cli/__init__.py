"""The command line: train a network, reproduce a table, time the operator, check the equations."""

import sys

from rich.markup import escape

from pdenet.cli import bench, equations, run, train  # noqa: F401
from pdenet.cli.options import _errors, app


def main() -> None:
    """Run the command line; an error that a user can mend is one line, not a traceback."""
    try:
        app()
    except (ValueError, OSError) as error:
        _errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
