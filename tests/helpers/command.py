"""The command line, called in this process."""

from typer.testing import CliRunner, Result

import pdenet.cli  # noqa: F401  which tells the application its commands
from pdenet.cli.options import app

ONE_EPOCH = ("--epochs", "1", "--batch-size", "100", "--dataset", "digits", "--device", "cpu")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
