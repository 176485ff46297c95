"""The words that the command line offers are those that the package knows."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest

from pdenet.cli.train import train
from pdenet.models.classifier import ACTIVATIONS
from pdenet.models.initial import LAWS
from pdenet.runs.losses import LOSSES
from pdenet.runs.pixels import PIXELS


@pytest.mark.parametrize(
    ("option", "known"), [("loss", LOSSES), ("init", LAWS), ("pixels", PIXELS), ("activation", ACTIVATIONS)]
)
def test_an_option_offers_every_word(option: str, known: object) -> None:
    offered = inspect.signature(train, eval_str=True).parameters[option].annotation
    words = [word for part in get_args(offered) for word in get_args(part) or ()]
    flat = [word for part in words for word in (get_args(part) or (part,)) if isinstance(word, str)]
    assert flat == list(known)  # type: ignore[call-overload]
