"""Starts that are one network in two coordinates, and what is measured on them."""

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes

from pdenet.data import ImageData, load_images
from pdenet.subjects.degradation import figures
from pdenet.subjects.degradation.measures import Course, all_trained, gradient_norms, trained
from pdenet.subjects.degradation.networks import STARTS, started


@pytest.fixture(scope="module")
def data() -> ImageData:
    return load_images("digits").subset(64, 32)


@pytest.fixture(scope="module")
def sample(data: ImageData) -> torch.Tensor:
    return data.train_images[:16].float() / 255


@pytest.mark.parametrize("kernels", ["identity", "He"])
def test_a_start_with_skips_is_the_plain_one_in_other_coordinates(kernels: str, sample: torch.Tensor) -> None:
    with_skip, plain = (started(f"{kind}, {kernels}", 3, 2, sample) for kind in ("skip", "plain"))
    with torch.no_grad():
        torch.testing.assert_close(with_skip(sample), plain(sample))


def test_he_s_start_has_no_bias_and_the_variance_of_nine_inputs(sample: torch.Tensor) -> None:
    network = started("plain, He", 200, 2, sample)
    assert network.bias is not None
    assert not network.bias.any()
    assert network.weight.var().item() == pytest.approx(2 / 9, rel=0.1)


def test_sizes_are_kept_where_they_should_be(data: ImageData) -> None:
    course = trained("plain, He, size kept", 4, data, seeds=2, epochs=1)
    np.testing.assert_allclose(course.sizes, course.sizes[:, :1] * np.ones((1, 5)), rtol=1e-3)


def test_a_start_that_is_none_is_refused(sample: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="name"):
        started("residual", 2, 1, sample)


def test_a_course_has_a_number_for_every_seed_and_layer(data: ImageData) -> None:
    courses = all_trained(STARTS[:2], (2, 3), data, seeds=2, epochs=1)
    assert set(courses) == {(name, depth) for name in STARTS[:2] for depth in (2, 3)}
    course = courses[STARTS[0], 3]
    assert (course.loss.shape, course.accuracy.shape) == ((2,), (2,))
    assert (course.sizes.shape, course.before.shape, course.after.shape) == ((2, 4), (2, 3), (2, 3))
    assert (course.before != course.after).all()


def test_norms_are_those_of_each_layer_s_gradient(data: ImageData, sample: torch.Tensor) -> None:
    network = started("skip, identity", 2, 1, sample)
    found = gradient_norms(network, sample, data.train_labels[:16])
    network.zero_grad()
    torch.nn.functional.cross_entropy(network(sample)[0], data.train_labels[:16]).backward()
    assert network.weight.grad is not None
    np.testing.assert_allclose(found[0], network.weight.grad[0].flatten(1).norm(dim=1), rtol=1e-4)


def heights(ax: Axes) -> np.ndarray:
    return np.array(ax.lines[0].get_ydata(), dtype=float)


def course(loss: float) -> Course:
    ones = np.ones((3, 5))
    return Course(
        np.array([loss, loss + 0.1, loss + 0.2]), np.array([0.1, 0.2, 0.3]), ones, 2 * ones, 3 * ones
    )


def test_the_curve_by_depth_goes_through_the_means() -> None:
    fig = figures.draw_depth({("a", 2): course(0.5), ("a", 40): course(1.5)})
    loss, accuracy = fig.axes
    np.testing.assert_allclose(heights(loss), [0.6, 1.6])
    np.testing.assert_allclose(heights(accuracy), [20, 20])
    assert [label.get_text() for label in loss.get_xticklabels()] == ["2", "40"]


def test_gradients_and_sizes_are_medians_by_layer() -> None:
    fig = figures.draw_gradients({"a": course(1.0)}, layers=[1, 4])
    gradients, sizes = fig.axes
    np.testing.assert_array_equal(heights(gradients), [2, 2])
    np.testing.assert_array_equal(heights(sizes), [1, 1])
    np.testing.assert_array_equal(gradients.lines[0].get_xdata(), [1, 4])


def test_each_row_has_the_scale_of_what_came_in() -> None:
    stages = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 9.0)])
    fig = figures.draw_fading({"a": stages}, layers=(0, 1))
    np.testing.assert_array_equal(fig.axes[1].images[0].get_array(), np.ones((2, 2)))
    assert fig.axes[1].get_title() == "layer 1"
