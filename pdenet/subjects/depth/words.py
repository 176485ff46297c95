"""What the page says of its runs: sentences and small tables that are written from the records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.runs.intervals import wilson_interval
from pdenet.runs.table import CHANCE
from pdenet.subjects.depth.plan import CONTROLS, DOUBLE, OURS
from pdenet.subjects.depth.printed import OF_PDE, PLACES, TWELVE, explain_all
from pdenet.subjects.depth.screening import out_of_reach
from pdenet.subjects.depth.settings import PRINTED
from pdenet.subjects.depth.tables import odds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.runs.claims import Judged
    from pdenet.subjects.depth.diagram import Diagram
    from pdenet.subjects.depth.settings import Network, Setting

_MOST = 10_000  # odds beyond which no digit is printed
_NEAR = 2.0  # in standard deviations of one more run
_LAST = 10  # epochs whose scatter is read
_PRINTED_DEEP = PRINTED["(39)", 50]
_REACH = 0.5  # points around it
_WITHOUT_FIVE = 0.9108  # share of the test images of MNIST that are no fives


def named(settings: Sequence[Setting]) -> dict[str, Setting]:
    """Settings by a name that is short enough for a legend."""
    return {_short(setting): setting for setting in settings}


def _short(setting: Setting) -> str:
    if setting == OURS:
        return "our tables"
    loss = "softmax twice" if setting.loss == "double softmax" else setting.loss
    batch = "" if setting.batch_size == DOUBLE.batch_size else f", batch {setting.batch_size}"
    widths = "" if setting.widths == DOUBLE.widths else f", {'-'.join(map(str, setting.widths))}"
    control = ", small control" if setting.control_start == "small" else ""
    other = ", ".join(words for true, words in _others(setting) if true)
    return f"{loss}{batch}{widths}{control}{f', {other}' if other else ''}"


def _others(setting: Setting) -> list[tuple[bool, str]]:
    """What else tells a setting from `DOUBLE`, and whether it does."""
    return [
        (setting.start != DOUBLE.start, setting.start),
        (setting.pixels != DOUBLE.pixels, f"{setting.pixels} pixels"),
        (setting.gamma_twice, "gamma twice"),
        (setting.head_start != DOUBLE.head_start, "Keras's classifier"),
    ]


def _near(diagram: Diagram, setting: Setting, control: bool = False) -> tuple[int, str]:
    """How many of the six numbers of PDE networks, or of the control, are near; and which is furthest."""
    here = slice(OF_PDE, None) if control else slice(None, OF_PDE)
    fits = explain_all(diagram.cells(setting, PLACES))[here]
    z = np.array([np.nan if fit is None else fit.z for fit in fits])
    furthest = int(np.nanargmax(np.abs(z)))
    return int((np.abs(z) <= _NEAR).sum()), f"{TWELVE[here][furthest].name}, z {z[furthest]:+.1f}"


def in_short(diagram: Diagram, claims: Mapping[str, Judged]) -> str:
    """The page in a paragraph."""
    twice, once = _near(diagram, DOUBLE), _near(diagram, OURS)
    controls = _near(diagram, DOUBLE, control=True)
    return (
        "**In short.** The thesis ends its network in a softmax and names no loss. Where the output of that"
        f" softmax goes into a loss that applies a softmax itself, a common slip, {twice[0]} of its six"
        " numbers"
        f" for PDE networks lie within two standard deviations of one more run of ours (the furthest:"
        f" {twice[1]}). With the cross-entropy of our tables it is {once[0]} of six ({once[1]}). The control"
        f" resists: of its six numbers {controls[0]} do so with two softmaxes ({controls[1]}), and deep"
        " controls"
        " then hardly learn. The second softmax stops the lesson where a network is wrong and sure of it."
        " Like"
        " with like, "
        + claims["D2"].say(
            "the thesis's loss with depth is larger than ours would be",
            "the thesis's loss with depth is smaller than ours would be",
            "the thesis's loss with depth is within the reach of our runs",
        )
        + ", and "
        + claims["D4"].say(
            "its lead of (40) over (39) is larger.",
            "its lead of (40) over (39) is smaller.",
            "so is its lead of (40) over (39).",
        )
    )


def after_screening(diagram: Diagram, settings: Sequence[Setting]) -> str:
    """How many settings stay after the first look."""
    looked = [setting for setting in settings if len(diagram.screened(setting)) == len(PRINTED)]
    stay = [setting for setting in looked if not out_of_reach(diagram.screened(setting))]
    kept = "; ".join(_short(setting) for setting in stay) or "none"
    named = [record.measured["named"][-1] for one in looked for record in diagram.looks(one).values()]
    nine = sum(0 in counts for counts in named)
    return (
        f"Of {len(looked)} settings, {len(stay)} stay: {kept}. And {nine} of these {len(named)} networks"
        " have lost"
        " a digit at the end: no test image is called by it. That is where accuracies near 87 come from."
    )


def verdict_on_settings(
    diagram: Diagram, rivals: Sequence[Setting], without_control: Sequence[Setting] = ()
) -> str:
    """What the likelihoods say of the settings, and which numbers resist each.

    Parameters
    ----------
    diagram
        Whose runs.
    rivals
        Settings of which all twelve numbers were run.
    without_control
        Those of which the six of PDE networks were.
    """
    lines = []
    # those that differ in the control alone have the PDE networks of another
    apart = [setting for setting in rivals if setting.control_start == "PyTorch"] + [*without_control]
    for setting in (*rivals, *without_control):
        fits = explain_all(diagram.cells(setting, PLACES))
        far = [
            number.name
            for number, fit in zip(TWELVE, fits, strict=True)
            if fit is not None and not abs(fit.z) <= _NEAR
        ]
        of = " of six" if setting in without_control else ""
        lines.append(f"- **{_short(setting)}**: {len(far)}{of} resist ({', '.join(far) or 'none'}).")
    return (
        f"If settings were equally probable before, then after the six numbers of PDE networks, of"
        f" {len(apart)}, {_odds(odds(diagram, apart, OF_PDE))}; after all twelve, of {len(rivals)},"
        f" {_odds(odds(diagram, rivals))}. A"
        " number resists"
        " a setting if it lies beyond two standard deviations, or if no two runs learned:\n\n"
        + "\n".join(lines)
    )


def _odds(found: Mapping[Setting, float]) -> str:
    """The best and its odds over the next, in words."""
    (best, first), (_, second) = list(found.items())[:2]
    ratio = first / second if second > 0 else np.inf
    said = f"{ratio:.2g} to 1" if ratio < _MOST else "more than ten thousand to 1"
    return f"*{_short(best)}* leads the next by {said}"


def with_answers(diagram: Diagram) -> dict[str, Setting]:
    """The two losses behind one classifier whose records say how the test images were labelled."""
    pair = {"softmax twice": DOUBLE, "cross-entropy": replace(DOUBLE, loss="cross-entropy")}
    return {
        name: setting for name, setting in pair.items() if len(diagram.measured(setting, "(39)", 5, "named"))
    }


def confusion(diagram: Diagram, network: Network = "(39)", depth: int = 5) -> NDArray[np.int64]:
    """How seed 0 of a network with two softmaxes labelled the test images in the end, (true, named)."""
    run = diagram.runs(DOUBLE, network, depth)[0]
    return np.array(run.measured["confusion"], dtype=np.int64)


def lost_classes(diagram: Diagram) -> str:
    """By network: who is wrong and sure, how many runs have lost a digit, and how much epochs scatter."""
    rows: list[list[Any]] = []
    for network, depth in (*PRINTED, *CONTROLS):
        course = diagram.course(DOUBLE, network, depth)
        alive = course[:, -1] > 100 * CHANCE
        sure = diagram.measured(DOUBLE, network, depth, "wrong_and_sure")[alive]
        named_at = diagram.measured(DOUBLE, network, depth, "named")[alive]  # (seed, epoch, class)
        if not len(sure):
            continue
        lost = (named_at == 0).any(2)  # (seed, epoch)
        rows.append(
            [
                network,
                depth,
                len(sure),
                f"{100 * sure[:, -1].mean():.1f} %",
                f"{100 * (100 - course[alive, -1]).mean() / 100:.1f} %",
                ", ".join(str(epochs) for epochs in lost.sum(1)),
                int(lost[:, -1].sum()),
                f"{course[alive, -_LAST:].std(axis=1, ddof=1).mean():.2f}",
            ]
        )
    header = [
        "network",
        "layers",
        "runs that learned",
        "wrong and sure",
        "wrong",
        "epochs without a digit, by run",
        "without one at the end",
        "scatter",
    ]
    return markdown_table(header, rows)


def nine_tenths(diagram: Diagram) -> str:
    """Whether the thesis's 89.2 is a network that has lost a digit."""
    accuracies = diagram.cell(DOUBLE, "(39)", 50)
    missing = diagram.measured(DOUBLE, "(39)", 50, "named") == 0  # (seed, epoch, class)
    epochs = missing.any(2).sum(1)
    digits = [str(digit) for digit in np.flatnonzero(missing.any((0, 1)))]
    lost = int(missing[:, -1].any(1).sum())
    close = int((np.abs(accuracies - _PRINTED_DEEP) <= _REACH).sum())
    n = len(accuracies)
    seen = ", ".join(f"{a:.1f}" for a in np.sort(accuracies))
    return (
        f"Is the thesis's {_PRINTED_DEEP} %, at fifty layers, a network that has lost a digit? A network"
        " that never"
        f" says five and is right on 97.9 % of the other images has {97.9 * _WITHOUT_FIVE:.1f} %. Our {n}"
        " runs of"
        f" that cell were without a digit (of {', '.join(digits) or 'none'}) for"
        f" {', '.join(map(str, epochs))} of"
        f" their fifty epochs. They end at {seen} %: {lost} of them without a digit, a share of"
        f" {wilson_interval(lost, n):.0%}, and {close} within half a point of {_PRINTED_DEEP}, a share of"
        f" {wilson_interval(close, n):.0%}. A run that finds its digit too late ends near that number,"
        " and so does"
        " one that makes many small faults. The number alone does not tell which it was."
    )


def conclusions(claims: Mapping[str, Judged]) -> str:
    """What stands of the thesis's conclusions when like is compared with like."""
    lines = [
        claims["D1"].say(
            "**Depth hurts (39).** It does so whatever the loss.",
            "**Depth does not hurt (39).**",
            "**That depth hurts (39) is not decided** with these runs.",
        ),
        claims["D3"].say(
            "**The second equation cures it**: at fifty layers (40) is ahead.",
            "**The second equation does not cure it.**",
            "**That the second equation cures it is not decided.**",
        ),
        claims["D5"].say(
            "**The layers help**: the classifier behind fifty layers of (40) is better than alone.",
            "**The layers do not help**: the classifier alone is better than behind fifty layers of (40).",
            "**Whether the layers help is not decided**: the classifier alone is as near.",
        ),
        claims["D6"].say(
            "One more classifier alone, without any layer, would beat the best number of Table 4.1.",
            "The classifier alone would stay below the best number of Table 4.1.",
            "The best number of Table 4.1 is within the reach of the classifier alone, without any layer.",
        ),
    ]
    return " ".join(lines)


def summary(diagram: Diagram, rivals: Sequence[Setting], claims: Mapping[str, Judged]) -> str:
    """The page as a table of questions and answers."""
    near, furthest = _near(diagram, DOUBLE)
    controls, resists = _near(diagram, DOUBLE, control=True)
    rows = [
        ["which setting explains the PDE networks best?", _short(next(iter(odds(diagram, rivals, OF_PDE))))],
        ["how many of their six numbers does softmax twice explain?", f"{near}; furthest {furthest}"],
        ["how many of the control's six?", f"{controls}; furthest {resists}"],
        ["why does it cost accuracy?", "images that are surely wrong stop teaching"],
        ["does depth hurt (39), like with like?", claims["D1"].verdict],
        ["is (40) ahead at fifty layers?", claims["D3"].verdict],
        ["do fifty layers of (40) help the classifier?", claims["D5"].verdict],
    ]
    return markdown_table(["question", "answer"], rows)
