"""The classifier behind the trunk."""

import torch

from pdenet.models import Classifier


def test_classifier_without_activation_is_one_linear_map() -> None:
    features = torch.randn(1, 7, 6, dtype=torch.float32)
    linear = Classifier((6, 5, 4), (0,), "none")
    zero = linear(torch.zeros(1, 1, 6))
    assert torch.allclose(linear(2 * features) - zero, 2 * (linear(features) - zero), atol=1e-5)
    bent = Classifier((6, 5, 4), (0,), "tanh")
    zero = bent(torch.zeros(1, 1, 6))
    assert not torch.allclose(bent(2 * features) - zero, 2 * (bent(features) - zero), atol=1e-3)
