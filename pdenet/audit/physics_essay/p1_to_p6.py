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
        "It finds them without instruction (the same field, and two others on that lattice).",
        qualifies=("FF4", "FF5"),
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
        qualifies=("FF6",),
        corrected_by=(
            Guard("free-field", "white-latents", "its latents, as drawn, are white: no field, no flow"),
            Guard(
                "free-field",
                "not-relevance",
                "beside a local field of large variance it drops what tells of far regions",
            ),
        ),
        form=True,
    ),
    Statement(
        "P3.1",
        "A plain network that is trained on a sector fails at other angles (small networks, one target).",
        supports=("RT1", "RT2", "RT3", "RT4"),
        corrected_by=(
            Guard("rotation", "turned-points-cure", "turned points, or turns averaged in training, mend it"),
        ),
    ),
    Statement(
        "P3.2",
        "One that is fed with r alone generalises by construction (the same target).",
        supports=("RT7", "RT8", "RT9"),
        qualifies=("RT11", "RT22"),
        shown_by=(Guard("rotation", "exact-invariance", "it has no slope along a circle, trained or not"),),
    ),
    Statement(
        "P3.3",
        "It is enough that a network has the symmetry (made after training, over turns and orders).",
        opposes=("RT14", "RT28"),
        refuted_by=(
            Guard("rotation", "average-afterwards", "an average over all turns has it exactly, and is wrong"),
        ),
        corrected_by=(
            Guard("rotation", "folded-afterwards", "folded into its sector the same network is right"),
        ),
        ours=True,
    ),
    Statement(
        "P3.4",
        "What is built in beats what is offered (x, y and r as inputs), also where 0.1 breaks the symmetry.",
        opposes=("RT24",),
        ours=True,
    ),
    Statement(
        "P4.1",
        "Features of Gaussian-type orbitals turn with the molecule.",
        shown_by=(Guard("orbitals", "features-turn", "to rounding, and their norms stay"),),
        corrected_by=(
            Guard(
                "orbitals",
                "sees-distances",
                "what a network is given of three atoms does not turn: it is their distances",
            ),
        ),
        form=True,
    ),
    Statement(
        "P4.2",
        "They reach energies and forces from less data (H3+, against coordinates, turned or not).",
        supports=("OR1", "OR2", "OR4", "OR27"),
        qualifies=("OR3", "OR14"),
        corrected_by=(
            Guard(
                "orbitals",
                "distances-lead-with-few",
                "any input with the symmetry does; plain distances err less from 50, more from 1000",
            ),
            Guard(
                "orbitals",
                "shown-takes-steps",
                "shown by turning, the symmetry saves data too, and takes ten times the steps",
            ),
        ),
    ),
    Statement(
        "P4.3",
        "They give smooth forces (trajectories of H3+).",
        supports=("OR15",),
        qualifies=("OR16",),
    ),
    Statement(
        "P4.4",
        "They give locality (a proton that leaves hydrogen).",
        supports=("OR21", "OR22"),
        qualifies=("OR19",),
        corrected_by=(
            Guard("orbitals", "far-force-missed", "what is local misses all of the force from nine bohr on"),
            Guard(
                "orbitals",
                "local-without-orbitals",
                "what decays is local without an orbital; hydrogen alone is nearer still",
            ),
        ),
    ),
    Statement(
        "P4.5",
        "Angles are needed for chemical accuracy (H3+).",
        supports=("OR12",),
        shown_by=(Guard("orbitals", "floor-without-angles", "of eight triangles that look alike without"),),
        refuted_by=(
            Guard("orbitals", "accurate-without-angles", "on the test networks without angles are within it"),
        ),
        ours=True,
    ),
    Statement(
        "P5.1",
        "Below a critical strength of weight decay an order parameter grows (small networks of tanh).",
        supports=("WD1", "WD2", "WD3"),
        qualifies=("WD9",),
        shown_by=(
            Guard(
                "weight-decay",
                "critical-predicted",
                "with one hidden layer a singular value of the data is that strength",
            ),
        ),
        corrected_by=(Guard("weight-decay", "three-layers-jump", "with three layers the weights jump"),),
    ),
    Statement(
        "P5.2",
        "A peak of susceptibility marks it (8 and 32 units, 400 steps of Adam, from 0.4 of it on).",
        supports=("WD4", "WD5", "WD11"),
        corrected_by=(
            Guard(
                "weight-decay",
                "not-the-highest",
                "by even steps from no decay on the highest is at the first",
            ),
        ),
    ),
    Statement(
        "P5.3",
        "Below it features are learned suddenly (1000 digits).",
        qualifies=("WD6", "WD7", "WD8"),
        corrected_by=(
            Guard(
                "weight-decay",
                "mode-by-mode",
                "each begins at a strength of its own, without a jump; the first names two digits",
            ),
        ),
    ),
    Statement(
        "P5.4",
        "Weight decay acts like temperature.",
        corrected_by=(
            Guard("weight-decay", "no-temperature", "at a given decay heat makes the weights larger"),
            Guard("weight-decay", "one-knob-with-a-prior", "with a prior held the two are one knob"),
        ),
        form=True,
    ),
    Statement(
        "P6.1",
        "Identical hidden units stay identical in exact arithmetic.",
        shown_by=(
            Guard(
                "symmetry-breaking",
                "equal-for-ever",
                "with equal output weights the slopes are equal; in fractions they stay so",
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
        "Any perturbation is amplified.",
        refuted_by=(
            Guard(
                "symmetry-breaking",
                "not-any-push",
                "one that does not part the units, or along a way that leads up, shrinks or stays",
            ),
        ),
        form=True,
    ),
    Statement(
        "P6.4",
        "One that parts the units is, and breaks the symmetry (two to four equal units on small data).",
        supports=("SY2", "SY3", "SY4"),
        qualifies=("SY6", "SY8"),
    ),
    Statement(
        "P6.5",
        "Rounding is such a perturbation.",
        shown_by=(
            Guard("symmetry-breaking", "rounding-can-suffice", "in the record, where sums and products part"),
        ),
        corrected_by=(
            Guard(
                "symmetry-breaking",
                "rounding-may-be-zero",
                "units that are computed one by one stay equal to the bit; else library and width decide",
            ),
        ),
    ),
)
