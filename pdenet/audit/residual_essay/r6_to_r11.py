"""Robustness, the Lipschitz bound, Inception, scaling, reversible blocks, lottery tickets: R6 to R11."""

from pdenet.audit.statement import Guard, Statement

STATEMENTS = (
    Statement(
        "R6.1",
        "Residual networks are more robust to attacks than plain ones (normalised twins of 6 convolutions).",
        supports=("RO1", "RO4", "RO6", "RO11", "RO13"),
        shown_by=(
            Guard("robustness", "attacks-are-checked", "more steps find little; a clamp is found out"),
        ),
        refuted_by=(
            Guard("robustness", "plain-more-robust", "where twins label as many right, plain ones keep more"),
        ),
    ),
    Statement(
        "R6.2",
        "They are so where they are deep (twins, 30 convolutions, digits).",
        supports=("RO3",),
        corrected_by=(
            Guard(
                "robustness",
                "deep-plain-untrained",
                "the plain ones label a third fewer right; of these too they keep less, why was not tested",
            ),
        ),
    ),
    Statement(
        "R6.3",
        "The reason is that each block stays near the identity (smaller steps at 6 convolutions).",
        supports=("RO17", "RO18"),
        refuted_by=(
            Guard(
                "robustness",
                "nearness-does-not-protect",
                "smaller steps keep less; no block came near, and deeper networks are nearer and keep more",
            ),
        ),
    ),
    Statement(
        "R7.1",
        "A block changes a small change of its input by at most 1 + K, with K that of its branch.",
        supports=("LI20", "LI21", "LI22", "LI23", "LI24"),
        shown_by=(
            Guard("lipschitz", "two-sided-bound", "no block was stretched more, or less than 1 - K"),
            Guard("lipschitz", "certificates-hold", "no attack broke a certificate that rests on it"),
            Guard(
                "lipschitz", "estimate-refused", "one that rests on a power iteration breaks, and is refused"
            ),
        ),
        corrected_by=(
            Guard("lipschitz", "composed-bound-loose", "of a whole network the product of bounds is loose"),
        ),
    ),
    Statement(
        "R7.2",
        "Constraining the branch buys robustness, freeing it expressivity (four dense blocks, digits).",
        supports=("LI1", "LI2", "LI3", "LI4", "LI5"),
        shown_by=(Guard("lipschitz", "dial", "over six caps accuracy rises and robustness falls"),),
        corrected_by=(
            Guard(
                "lipschitz", "no-block", "at its robust end, at two rates, it is as good as no block at all"
            ),
            Guard("lipschitz", "penalty-beats-cap", "a penalty on norms does better than a cap"),
        ),
    ),
    Statement(
        "R7.3",
        "With a skip, small bounds can be trained at once; without, they need a start (the same networks).",
        supports=("LI11", "LI12", "LI25", "LI27"),
        shown_by=(Guard("lipschitz", "skip-trains-tight-bounds", "plain ones are behind or learn nothing"),),
        ours=True,
    ),
    Statement(
        "R8.1",
        "At a fixed budget Inception gains where sizes vary (small networks, digits on canvases).",
        supports=("IN1", "IN3", "IN8"),
        opposes=("IN2",),
        shown_by=(
            Guard("inception", "budgets", "operations and parameters within 5 %"),
            Guard("inception", "interaction", "it gains more where sizes vary than where they do not"),
        ),
        corrected_by=(
            Guard("inception", "ahead-anyway", "it is ahead where sizes are fixed too"),
            Guard(
                "inception", "fades-in-points", "after three times as many epochs it gains less, in points"
            ),
            Guard("inception", "small-digits-alike", "small digits of one size may do so too (not decided)"),
        ),
    ),
    Statement(
        "R8.2",
        "Its kernels of several sizes, 3x3 and 7x7 beside 5x5, are why (small networks, digits on canvases).",
        refuted_by=(
            Guard("inception", "not-by-several-sizes", "with 5x5 for all three it is as good or better"),
        ),
    ),
    Statement(
        "R8.3",
        "Depth wins where many steps are needed (walks of 12 steps on percolation maps).",
        supports=("IN13", "IN23"),
        shown_by=(Guard("inception", "depth-for-many-steps", "six residual blocks lead three of Inception"),),
    ),
    Statement(
        "R8.4",
        "A wide view in few stages does not do, stages in a row are needed (walks of 6 and 12 steps).",
        supports=("IN10", "IN11", "IN22"),
        shown_by=(Guard("inception", "stages-not-view", "one block that sees as far is behind six"),),
        corrected_by=(
            Guard("inception", "one-block-of-inception-ahead", "one block of Inception leads a residual one"),
        ),
        ours=True,
    ),
    Statement(
        "R9.1",
        "Compound scaling is the best way to spend a budget (small networks, digits, four times the base).",
        supports=("SC1", "SC2", "SC3", "SC12", "SC13"),
        shown_by=(Guard("scaling", "compound-ahead", "ahead of depth, of width and of resolution alone"),),
        corrected_by=(
            Guard("scaling", "depth-not-needed", "shares from a search leave depth out, and do as well"),
            Guard("scaling", "lead-gone", "after three times the epochs its lead over resolution is gone"),
        ),
    ),
    Statement(
        "R9.2",
        "The axes need each other: finer images want more blocks (the same networks).",
        supports=("SC7", "SC16", "SC5"),
        corrected_by=(
            Guard(
                "scaling",
                "resolution-tires",
                "a mixture wins without need: resolution alone tires",
            ),
        ),
        ours=True,
    ),
    Statement(
        "R9.3",
        "Cheaper blocks reach more accuracy for a budget (depthwise blocks at 10 channels, digits).",
        supports=("SC8",),
        corrected_by=(
            Guard(
                "scaling", "operations-not-seconds", "the budget is one of operations; they take more seconds"
            ),
        ),
    ),
    Statement(
        "R9.4",
        "Finer images want a wider field (taps apart, the same networks).",
        supports=("SC6", "SC17"),
        corrected_by=(
            Guard("scaling", "field-fades", "after three times the epochs it gains less than two points"),
        ),
        ours=True,
    ),
    Statement(
        "R10.1",
        "A reversible residual network needs memory that is constant in depth, where others need it linear.",
        shown_by=(
            Guard("reversible", "one-state", "one state is kept, at 2 blocks as at 128"),
            Guard(
                "reversible",
                "roots",
                "a plain stack keeps in proportion to its depth, with checkpoints to the root",
            ),
        ),
        corrected_by=(
            Guard("reversible", "parameters-grow", "of states; parameters and gradients grow as ever"),
        ),
    ),
    Statement(
        "R10.2",
        "It costs a little more computation.",
        shown_by=(Guard("reversible", "four-for-three", "four convolutions for three, as checkpoints do"),),
    ),
    Statement(
        "R10.3",
        "It reconstructs its inputs from its outputs.",
        supports=("RV4", "RV5"),
        qualifies=("RV6",),
        shown_by=(Guard("reversible", "comes-back", "in float64, to 1e-12 behind 32 blocks"),),
        corrected_by=(
            Guard(
                "reversible",
                "lost-in-growth",
                "in float32 not where states grow, though a plain stack is well",
            ),
            Guard(
                "reversible",
                "lost-in-chaos",
                "nor where tanh branches magnify rounding, which hurts a plain one too",
            ),
        ),
    ),
    Statement(
        "R10.4",
        "It is as good as a residual network of its size (small networks, digits).",
        supports=("RV1", "RV2", "RV3"),
        shown_by=(
            Guard("reversible", "as-good", "within half a point of both, and far ahead of a linear layer"),
        ),
    ),
    Statement(
        "R11.1",
        "A sparse part of a network, trained alone, does as well as the whole (small networks, digits).",
        supports=("TI1", "TI2", "TI7", "TI8", "TI9"),
        shown_by=(
            Guard(
                "tickets",
                "ticket-exists",
                "at 36 % within a point, at 13 % ahead of small ones",
            ),
        ),
        corrected_by=(
            Guard("tickets", "not-as-good-when-sparse", "with 13 % it is more than a point behind"),
        ),
    ),
    Statement(
        "R11.2",
        "The numbers that it starts from, under its mask, make it (the same networks).",
        supports=("TI27",),
        shown_by=(
            Guard(
                "tickets",
                "start-makes-it",
                "with a fresh start it loses three points, wiring adds little",
            ),
        ),
        corrected_by=(
            Guard("tickets", "head-start", "as a head start: trained four times as long, most of it is gone"),
        ),
        ours=True,
    ),
    Statement(
        "R11.3",
        "Its mask carries over from a plain network to a residual one (twins, 13 % of the weights).",
        refuted_by=(
            Guard(
                "tickets",
                "mask-alone-does-not-carry-over",
                "alone it is no better than its shuffle, within 3 points",
            ),
            Guard("tickets", "overlap-is-the-start", "masks of different starts overlap by chance"),
        ),
        opposes=("TI10", "TI11"),
    ),
    Statement(
        "R11.4",
        "Mask and start carry over together (the same twins).",
        supports=("TI14", "TI15"),
        shown_by=(
            Guard("tickets", "mask-and-start-carry-over", "at most two points behind the own ticket"),
            Guard(
                "tickets",
                "densities-carry-over",
                "of the mask alone, densities by layer beat a uniform one",
            ),
        ),
        ours=True,
    ),
    Statement(
        "R11.5",
        "Skips make tickets easier to find (the same twins).",
        supports=("TI22", "TI23"),
        corrected_by=(
            Guard(
                "tickets",
                "skips-do-not-help",
                "no sign of it; behind at one of six densities",
            ),
        ),
    ),
)
