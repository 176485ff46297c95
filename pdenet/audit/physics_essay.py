"""The claims of the essay on backpropagation and physics, each with where to look for its evidence."""

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
        qualifies=("IS10", "IS12"),
        corrected_by=(
            Guard(
                "ising", "no-estimate", "as well as can be, where an estimate exists; cold, often none does"
            ),
        ),
    ),
    Statement(
        "P10.1",
        "The parameter-shift rule gives exact gradients of quantum circuits.",
        shown_by=(
            Guard("circuits", "shift-exact", "those of backpropagation to 1e-12, on every circuit tried"),
        ),
        corrected_by=(
            Guard("circuits", "four-values", "two values do for rotations; controlled ones need four"),
        ),
        form=True,
    ),
    Statement(
        "P10.2",
        "It is similar in spirit to finite differences.",
        qualifies=("QC4",),
        corrected_by=(
            Guard("circuits", "sine-divisor", "the same two values over 2 sin s; with 2s another number"),
        ),
        form=True,
    ),
    Statement(
        "P10.3",
        "It is the analogue of backpropagation on a quantum computer.",
        refuted_by=(
            Guard(
                "circuits",
                "two-runs-an-angle",
                "the same gradient, but its runs grow with the angles, two for each, not one there and back",
            ),
        ),
    ),
    Statement(
        "P10.4",
        "Its slopes are large enough to be measured (random circuits of 2 to 8 qubits).",
        qualifies=("QC5",),
        corrected_by=(
            Guard(
                "circuits",
                "depth-and-place",
                "400 shots scatter less than a slope is large beside the observable; away from it, in a "
                "shallow circuit, over 500 000 are needed",
            ),
        ),
        ours=True,
    ),
    Statement(
        "P11.1",
        "The loss is a potential on input space, its gradient a conservative force: work has one value.",
        supports=("AW19",),
        shown_by=(
            Guard("adversarial-work", "theorem", "a theorem about every differentiable function"),
            Guard(
                "adversarial-work", "one-work", "on three paths to rounding; ReLU needs panels at its kinks"
            ),
        ),
        form=True,
    ),
    Statement(
        "P11.2",
        "An adversarial attack moves along this force (small dense networks, digits).",
        qualifies=("AW13",),
        corrected_by=(
            Guard(
                "adversarial-work",
                "modified-forces-circulate",
                "what attacks follow, signs and unit lengths, has no potential",
            ),
        ),
    ),
    Statement(
        "P11.3",
        "The work of an attack, beside that of random changes, shows what was trained (the same networks).",
        supports=("AW6", "AW7"),
        corrected_by=(
            Guard("adversarial-work", "worth-untrained-too", "near the image it is as large before training"),
        ),
        ours=True,
    ),
    Statement(
        "P11.4",
        "Where the work exceeds force times way, it is the network that bends (the same networks).",
        opposes=("AW9", "AW10"),
        refuted_by=(
            Guard("adversarial-work", "softmax-not-bending", "logits linear in the change exceed it alike"),
        ),
        ours=True,
    ),
)
