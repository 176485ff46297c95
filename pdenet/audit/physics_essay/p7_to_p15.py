"""Data from the world, circuits, attacks, and laws that are built in or found: P7 to P15."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
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
                "signs are another direction, and a field of signs has no potential",
            ),
        ),
    ),
    Statement(
        "P11.3",
        "The work of an attack, beside that of random changes, shows what was trained (the same networks).",
        supports=("AW6", "AW7"),
        qualifies=("AW21", "AW22"),
        corrected_by=(
            Guard(
                "adversarial-work",
                "worth-untrained-too",
                "near the image it is about as large before training, and larger still nearer",
            ),
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
    Statement(
        "P12.1",
        "Backpropagation identifies a cellular automaton's rule from its history (256 rules, every frame).",
        supports=("CA1", "CA2"),
        qualifies=("CA3",),
        corrected_by=(
            Guard(
                "cellular-automata",
                "one-live-cell",
                "if the history shows all neighbourhoods; 32 steps of one live cell leave 136 open",
            ),
        ),
    ),
    Statement(
        "P12.2",
        "A recurrent net deduces it (frames left out, so that steps have to be repeated).",
        qualifies=("CA4", "CA5", "CA6", "CA7", "CA8"),
        corrected_by=(
            Guard(
                "cellular-automata",
                "frames-alike",
                "seen at every second frame 22 rules look like another; one descent loses half",
            ),
        ),
    ),
    Statement(
        "P12.3",
        "Noise does not matter (cells misread with one chance).",
        supports=("CA9",),
        qualifies=("CA10", "CA11", "CA12", "CA13"),
        corrected_by=(
            Guard("cellular-automata", "noise-turns-rules", "from a chance of 0.206 on some rules turn"),
        ),
        ours=True,
    ),
    Statement(
        "P14.1",
        "Conservation laws can be built into a network.",
        shown_by=(
            Guard("hamiltonian", "kept", "the law makes no divergence and does no work, whatever is learned"),
        ),
        corrected_by=(
            Guard("hamiltonian", "its-own", "what is kept is the learned energy, by untrained networks too"),
        ),
        form=True,
    ),
    Statement(
        "P14.2",
        "What is built in keeps the true energy better (small networks, one pendulum, noisy rates).",
        supports=("HA1", "HA6", "HA7", "HA8", "HA10", "HA11", "HA12"),
        qualifies=("HA4",),
        ours=True,
    ),
    Statement(
        "P14.3",
        "It also predicts better (the same networks, up to time 20).",
        supports=("HA2",),
        qualifies=("HA9",),
        corrected_by=(
            Guard(
                "hamiltonian",
                "drift-not-accuracy",
                "the field is as good without; states are not seen nearer by time 20, and are by 100",
            ),
        ),
        ours=True,
    ),
)
