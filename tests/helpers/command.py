"""The command line, called in this process."""

import pytest
from typer.testing import CliRunner, Result

from pdenet.cli import main
from pdenet.cli.options import app

ONE_EPOCH = ("--epochs", "1", "--batch-size", "100", "--dataset", "digits", "--device", "cpu")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def left(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, output and errors of the whole command, as the shell has them."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err
