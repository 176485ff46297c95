"""Networks by name: the class and the equation that the name stands for, and no other."""

import pytest

from pdenet.models.named import MODELS, build, spec


@pytest.mark.parametrize("name", MODELS)
def test_a_network_is_described_before_it_is_drawn_as_it_describes_itself(name: str) -> None:
    assert spec(name, 3, widths=(8,)).describe() == build(name, 3, 2, widths=(8,)).describe()


def test_unknown_models_are_refused() -> None:
    with pytest.raises(ValueError, match="model must be 'pde1' or 'pde2' or 'resnet' or 'plain'; got 'vgg'"):
        build("vgg", 5)
