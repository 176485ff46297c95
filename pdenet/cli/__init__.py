"""The command line: train networks, run experiments, judge claims, time the operator, check equations."""

import sys
from collections.abc import Sequence

from pdenet.cli import bench, claims, equations, reproduce, run, train  # noqa: F401
from pdenet.cli.errors import leave, line_of, say
from pdenet.cli.options import app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status; what a user can mend is one line and status 2.

    Parameters
    ----------
    arguments
        Those of the process, unless given.

    Raises
    ------
    SystemExit
        Always.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not given:
        app(["--help"], standalone_mode=False)
        sys.exit(2)
    try:
        status = app(given, standalone_mode=False) or 0
        if sys.stdout is not None:  # closed by who called us
            sys.stdout.flush()
    except BrokenPipeError:  # whoever reads what we print has seen enough
        leave()
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        line = line_of(error)
        if line is None:
            raise
        say(f"[bold red]error:[/] {line}")
        sys.exit(2)
    if status == 130:
        say("interrupted")
    sys.exit(status)
