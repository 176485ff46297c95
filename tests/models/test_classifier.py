"""The classifier behind the trunk."""

import pytest
import torch

from pdenet.models import Classifier
from pdenet.ops.seeding import CLASSIFIER, generator


def test_classifier_without_activation_is_one_linear_map() -> None:
    features = torch.randn(1, 7, 6, dtype=torch.float32)
    linear = Classifier((6, 5, 4), (0,), "none")
    zero = linear(torch.zeros(1, 1, 6))
    assert torch.allclose(linear(2 * features) - zero, 2 * (linear(features) - zero), atol=1e-5)
    bent = Classifier((6, 5, 4), (0,), "tanh")
    zero = bent(torch.zeros(1, 1, 6))
    assert not torch.allclose(bent(2 * features) - zero, 2 * (bent(features) - zero), atol=1e-3)


def test_weights_and_biases_start_like_those_of_torch_linear() -> None:
    """Uniform on [-1/sqrt(n), 1/sqrt(n)), drawn for each seed from a stream of its own."""
    classifier = Classifier((400, 300, 10), (3, 4))
    for layer, inputs in enumerate((400, 300)):
        for parameter in (classifier.weights[layer], classifier.biases[layer]):
            bounded = parameter * inputs**0.5
            assert bounded.min() >= -1
            assert bounded.max() < 1
        assert bounded.min() < 0 < bounded.max()
        spread = classifier.weights[layer].std(dim=(1, 2)) * (3 * inputs) ** 0.5
        torch.testing.assert_close(spread, torch.ones(2), atol=0.02, rtol=0)
    first = torch.rand(401, 300, generator=generator(4, CLASSIFIER))
    torch.testing.assert_close(classifier.weights[0][1], (2 * first[:-1] - 1) / 20)
    torch.testing.assert_close(classifier.biases[0][1], (2 * first[-1:] - 1) / 20)


@pytest.mark.parametrize("sizes", [(5,), (), (0, 3), (3, 0), (5, -1, 2)])
def test_sizes_that_make_no_classifier_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="sizes must be "):
        Classifier(sizes, (0,))
    assert len(Classifier((1, 1), (0,)).weights) == 1


def test_activations_stand_between_the_layers_and_not_behind_the_last() -> None:
    features = torch.randn(1, 7, 6, generator=torch.Generator().manual_seed(0))
    classifier = Classifier((6, 5, 4), (0,), "relu")
    inside = torch.relu(features @ classifier.weights[0] + classifier.biases[0])
    torch.testing.assert_close(
        classifier(features), inside @ classifier.weights[1] + classifier.biases[1], atol=1e-6, rtol=1e-5
    )
    assert classifier(features).min() < 0
