"""What a softmax lets through: the slope at the label's logit, of the right loss and of three mistakes.

One image is looked at whose label competes with one wrong class: the label has the probability s, the wrong
one 1 - s, the others of C classes none. This is where networks that are sure are found, rightly (s = 1) or
wrongly (s = 0).
"""

import sympy as sp

s = sp.Symbol("s", positive=True)
"""Probability that the network gives to the label."""

_label, _rival = sp.symbols("z_y z_w", real=True)


def loss_floor(classes: int) -> sp.Expr:
    """The least value of a cross-entropy of probabilities that are taken for logits."""
    return sp.log(sp.E + classes - 1) - 1


def loss_slopes(classes: int = 10) -> dict[str, sp.Expr]:
    """The derivative of each loss by the label's logit, in s, by the name that `pdenet.runs.losses` gives it.

    Parameters
    ----------
    classes
        C, two or more.

    Raises
    ------
    ValueError
        If there are fewer than two classes.
    """
    if classes < 2:
        message = f"classes must be two or more; got {classes}"
        raise ValueError(message)
    label, rival = (sp.exp(z) / (sp.exp(_label) + sp.exp(_rival)) for z in (_label, _rival))
    losses = {
        "cross-entropy": -sp.log(label),
        # The others have probability zero, of which the second softmax makes e^0.
        "double softmax": -label + sp.log(sp.exp(label) + sp.exp(rival) + classes - 2),
        "minus probability": -label,
        "squared error": ((label - 1) ** 2 + rival**2) / classes,
    }
    at = {_label: sp.log(s) - sp.log(1 - s), _rival: 0}
    return {name: sp.factor(sp.simplify(sp.diff(loss, _label).subs(at))) for name, loss in losses.items()}
