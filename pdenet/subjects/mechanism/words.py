"""The answer of the page, in the words that fit the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.claims import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pdenet.runs.claims import Judged


def answer(claims: Mapping[str, Judged]) -> Iterator[str]:
    """The paragraphs piece by piece, from the claims by id."""
    yield "**Drift.** Before training, the layers"
    yield claims["4.3a"].say(
        "destroy much of what a linear reader could use,",
        "do not cost a linear reader anything,",
        "may or may not cost a linear reader accuracy,",
    )
    yield claims["4.3k"].say(
        "and a window that moves along gets more than half of it back: most of what is lost has left the "
        "frame.",
        "and a window that moves along does not get half of it back: leaving the frame is not the main loss.",
        "and whether a window that moves along gets half of it back is not decided.",
    )
    yield claims["4.3q"].say(
        "Letting the drift alternate, with all else equal, makes short training better: that all drifts add "
        "up is a *cause* of its trouble.",
        "Letting the drift alternate does not make short training better: as a cause the drift is refuted.",
        "Whether alternating drift helps training these seeds do not decide.",
    )
    yield "\n\n**Diffusion.**"
    yield claims["4.3m"].say(
        "Taking it away gives back more than half of the loss at the start.",
        "Taking it away does not give back half of the loss at the start.",
        "Whether taking it away gives back half of the loss at the start is not decided.",
    )
    yield claims["4.3w"].say(
        "Without it less of the light leaves the frame, as (M2) suggests.",
        "Without it no less of the light leaves the frame, against what (M2) suggests.",
        "Whether without it less of the light leaves the frame is not decided.",
    )
    yield claims["4.3r"].say(
        "Short training gets further with a hundredth of it,",
        "Short training gets no further with a hundredth of it,",
        "Whether short training gets further with a hundredth of it is not decided,",
    )
    yield claims["4.3p"].say(
        "and trained layers read better without it.",
        "and trained layers read no better without it.",
        "and whether trained layers read better without it is not decided.",
    )
    yield claims["4.3g"].say(
        "The linear part of the trained layers adds variance, as the word says.",
        "The linear part of the trained layers does not even blur: the variance that it adds is not "
        "positive. What spreads there (the table of light) comes with the ReLU.",
        "Whether the linear part of the trained layers adds variance the mean over seeds does not decide.",
    )
    yield "\n\n**After training.**"
    yield claims["4.3b"].say(
        "The probe still reads less after the last layer than in the pixels.",
        "The probe reads no less after the last layer than in the pixels.",
        "That the probe reads less after the last layer than in the pixels is not decided.",
    )
    yield claims["4.3h"].say(
        "The predicted centre is still more than half a frame away from its place.",
        "The predicted centre has come back to within half a frame.",
        "Whether the predicted centre is still more than half a frame away is not decided.",
    )
    yield claims["4.3o"].say(
        "And the trained layers use the border: with room around it the same frame holds less.",
        "With room around it the same frame holds no less.",
        "Whether with room around it the same frame holds less is not decided.",
    )
    yield "\n\n**Gradients.**"
    yield claims["4.3i"].say(
        "On the way to the first layer they fall below a tenth before training;",
        "On the way to the first layer they do not, on average, fall below a tenth before training;",
        "Whether they fall below a tenth before training is not decided;",
    )
    yield claims["4.3j"].say(
        "in trained networks they do.",
        "in trained networks they do not.",
        "in trained networks that is not decided.",
    )
    yield "\n\n**The second equation.**"
    yield claims["4.3s"].say(
        "From its start, with an eighth of the drift, short training gets further than from that of the "
        "first.",
        "From its start short training gets no further.",
        "Whether short training gets further from its start is not decided.",
    )
    yield claims["4.3t"].say(
        "It gets further, too, than the first equation with alternating signs.",
        "It gets no further than the first equation with alternating signs.",
        "Between it and the first equation with alternating signs these seeds do not decide.",
    )
    if (claims["4.3s"].verdict, claims["4.3t"].verdict) == (Verdict.HOLDS, Verdict.DOES_NOT_HOLD):
        yield "For short training, then, no other equation is needed: changed signs do at least as much."
