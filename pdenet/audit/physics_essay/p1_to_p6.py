"""Networks as physics, from the spin glass to equal units: P1 to P6."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
    Statement(
        "P1.1",
        "The energy of a spin glass is the loss of a fully visible Boltzmann machine; weights are couplings.",
        shown_by=(
            Guard("ising", "weights-are-couplings", "gradient, curvature and the rule of a neuron agree"),
        ),
        corrected_by=(
            Guard(
                "ising", "energy-alone", "the loss is mean energy and log Z: the energy alone has no minimum"
            ),
        ),
        form=True,
    ),
    Statement(
        "P1.2",
        "States of low energy are minima of the loss.",
        refuted_by=(
            Guard("ising", "valleys-of-states", "of the energy of states; the loss has one, in couplings"),
        ),
        form=True,
    ),
    Statement(
        "P1.3",
        "Training recovers the couplings (glasses of 10 and 16 spins, all of them coupled).",
        supports=("IS1", "IS2", "IS3", "IS4", "IS5"),
        qualifies=("IS10", "IS12", "IS13"),
        corrected_by=(
            Guard(
                "ising",
                "no-estimate",
                "at the limit, where the likelihood has a maximum; cold, it often has none",
            ),
        ),
    ),
    Statement(
        "P2.1",
        "An autoencoder trained on a free field keeps its modes of long waves (a lattice of 16 by 16).",
        supports=("FF1", "FF2", "FF3", "FF9", "FF11", "FF12"),
        qualifies=("FF7",),
    ),
    Statement(
        "P2.2",
        "It finds them without instruction (the same lattice, and two others).",
        qualifies=("FF4", "FF5", "FF13"),
        corrected_by=(
            Guard(
                "free-field",
                "variance-not-wavelength",
                "it ranks by variance, and the loss of turned fields is the same",
            ),
        ),
    ),
    Statement(
        "P2.3",
        "Its encoder is a coarse-graining map like one of the renormalisation group.",
        refuted_by=(
            Guard("free-field", "white-latents", "its latents are white: no field, and no second step"),
            Guard(
                "free-field",
                "not-relevance",
                "beside a local field of large variance it drops what tells of far regions",
            ),
        ),
        qualifies=("FF6",),
        form=True,
    ),
    Statement(
        "P5.1",
        "Below a critical strength of weight decay an order parameter grows (one hidden layer of tanh).",
        supports=("WD1", "WD2", "WD3"),
        qualifies=("WD9",),
        shown_by=(
            Guard("weight-decay", "critical-predicted", "a singular value of the data is that strength"),
        ),
        corrected_by=(Guard("weight-decay", "three-layers-jump", "with three layers the weights jump"),),
    ),
    Statement(
        "P5.2",
        "A peak of susceptibility marks it (8 and 32 units, 400 steps of Adam).",
        supports=("WD4", "WD5", "WD11"),
    ),
    Statement(
        "P5.3",
        "Below it features are learned suddenly (1000 digits).",
        qualifies=("WD6", "WD7", "WD8"),
        corrected_by=(
            Guard(
                "weight-decay", "mode-by-mode", "each at a strength of its own; the first names two digits"
            ),
        ),
    ),
    Statement(
        "P5.4",
        "Weight decay acts like temperature.",
        refuted_by=(
            Guard(
                "weight-decay", "no-temperature", "heat makes the weights larger, decay makes them smaller"
            ),
        ),
        form=True,
    ),
    Statement(
        "P6.1",
        "Identical hidden units stay identical in exact arithmetic.",
        shown_by=(
            Guard(
                "symmetry-breaking", "equal-for-ever", "their difference has the factor itself; in fractions"
            ),
        ),
        form=True,
    ),
    Statement(
        "P6.2",
        "That state is a saddle.",
        supports=("SY1",),
        corrected_by=(
            Guard(
                "symmetry-breaking",
                "saddle-or-minimum",
                "for one input and a loud teacher it is a minimum: no way apart leads down",
            ),
        ),
        form=True,
    ),
    Statement(
        "P6.3",
        "Any perturbation is amplified and breaks the symmetry (pairs of equal units on small data).",
        supports=("SY2", "SY3", "SY4", "SY5"),
        qualifies=("SY6", "SY8"),
        corrected_by=(
            Guard(
                "symmetry-breaking",
                "not-any-push",
                "only one that parts the units, along a way that leads down; others shrink or stay",
            ),
        ),
    ),
    Statement(
        "P6.4",
        "Rounding is such a perturbation.",
        corrected_by=(
            Guard(
                "symmetry-breaking",
                "rounding-may-be-zero",
                "units that are computed one by one stay equal to the bit; else library and width decide",
            ),
        ),
    ),
)
