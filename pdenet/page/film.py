"""A film of curves that a reader plays in the page, and its first frame as a picture where no script runs.

The film is one piece of HTML with its own style and script: it asks no server, stands still until somebody
plays it, is worked by keys, and takes text and axes in the colour of the page around it, light or dark.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 480, 280
LEFT, RIGHT, TOP, BOTTOM = 46, 468, 52, 240  # of the frame around the curves
FINE = 4  # parts of a unit of the drawing in which a height is kept
DASHES = ("", "7 4", "2 4")
MATPLOTLIB_DASHES = ("-", "--", ":")
RATE = 12  # frames a second; fewer where the reader wants less motion

_STYLE = """
.pdenet-film{max-width:42rem;color:inherit}
.pdenet-film svg{display:block;width:100%;height:auto}
.pdenet-film text{fill:currentColor;font:13px sans-serif}
.pdenet-film polyline{fill:none;stroke-width:2}
.pdenet-film .axis{fill:none;stroke:currentColor;stroke-width:1}
.pdenet-film .keys{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
.pdenet-film .keys[hidden]{display:none}
.pdenet-film button{min-width:5.5rem;padding:.3rem .6rem;color:inherit;background:transparent;
border:1px solid currentColor;border-radius:4px;font:inherit;cursor:pointer}
.pdenet-film button:focus-visible,.pdenet-film input:focus-visible{outline:2px solid currentColor;
outline-offset:2px}
.pdenet-film input{flex:1 1 12rem;min-width:8rem;accent-color:currentColor}
@media (max-width:576px){.pdenet-film text{font-size:16px}}
@media print{.pdenet-film .keys{display:none}}
"""

_SCRIPT = """
(function(){
document.querySelectorAll('.pdenet-film[data-film="NAME"]:not([data-ready])').forEach(function(box){
box.dataset.ready='1';
var film=JSON.parse(box.querySelector('script[type="application/json"]').textContent);
var lines=box.querySelectorAll('polyline'),note=box.querySelector('.note');
var keys=box.querySelector('.keys'),play=keys.querySelector('button'),slide=keys.querySelector('input');
var timer=null,calm=window.matchMedia('(prefers-reduced-motion: reduce)');
function show(n){
lines.forEach(function(line,c){
var h=film.curves[c][n];
line.setAttribute('points',h?h.map(function(y,i){return film.x[i]+','+y/FINE;}).join(' '):'');});
note.textContent=film.notes[n];slide.value=n;slide.setAttribute('aria-valuetext',film.notes[n]);}
function stop(){clearInterval(timer);timer=null;play.textContent='Play';}
function step(){var n=+slide.value+1;if(n>+slide.max){stop();}else{show(n);}}
play.addEventListener('click',function(){
if(timer!==null){stop();return;}
if(+slide.value>=+slide.max){show(0);}
play.textContent='Pause';timer=setInterval(step,calm.matches?500:1000/RATE);});
slide.addEventListener('input',function(){stop();show(+slide.value);});
keys.hidden=false;show(0);
});
})();
"""


@dataclass(frozen=True, eq=False)
class Film:
    """Curves over one axis that change from frame to frame; a notebook shows it below its cell.

    Parameters
    ----------
    name
        Of small letters, digits and hyphens, unique on its page.
    x
        Places, (n,), ascending.
    curves
        Heights by label, (frames, n) each, at most three; a frame with a number that is not finite is empty,
        and heights outside `limits` are drawn at the edge.
    notes
        What stands above each frame, such as its time, (frames,).
    alt
        What there is to see, for those who do not.
    labels
        Of the two axes.
    limits
        Lowest and highest height drawn.

    Raises
    ------
    ValueError
        If the name has other letters, there is no curve or more than three, or the lengths do not agree.
    """

    name: str
    x: ArrayLike
    curves: Mapping[str, ArrayLike]
    notes: Sequence[str]
    alt: str
    labels: tuple[str, str] = ("", "")
    limits: tuple[float, float] = (0.0, 1.0)
    _places: NDArray[np.float64] = field(init=False, repr=False)
    _heights: dict[str, NDArray[np.float64]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.name):
            message = f"the name of a film is made of a-z, 0-9 and hyphens; got {self.name!r}"
            raise ValueError(message)
        if not 1 <= len(self.curves) <= len(DASHES):
            message = f"a film has one to {len(DASHES)} curves; got {len(self.curves)}"
            raise ValueError(message)
        if not self.limits[0] < self.limits[1]:
            message = f"limits must be the lowest and the highest height; got {self.limits}"
            raise ValueError(message)
        places = np.asarray(self.x, dtype=float)
        heights = {label: np.asarray(values, dtype=float) for label, values in self.curves.items()}
        wanted = (len(self.notes), len(places)) if places.ndim == 1 else ()
        for label, values in heights.items():
            if values.shape != wanted or len(places) < 2 or not self.notes:
                message = (
                    f"curve {label!r} has the shape {values.shape}; with {len(self.notes)} notes and places "
                    f"of shape {places.shape} it must be (frames, places), at least one and two"
                )
                raise ValueError(message)
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_heights", heights)

    def html(self) -> str:
        """The film as a piece of HTML."""
        script = _SCRIPT.replace("NAME", self.name).replace("FINE", str(FINE)).replace("RATE", str(RATE))
        across = _across(self._places)
        drawn = [self._drawn(values) for values in self._heights.values()]
        film = {"x": across, "curves": drawn, "notes": list(self.notes)}
        data = json.dumps(film, separators=(",", ":")).replace("<", "\\u003c")
        keys = (
            '<div class="keys" hidden><button type="button">Play</button>'
            f'<input type="range" min="0" max="{len(self.notes) - 1}" step="1" value="0" aria-label="Frame">'
            "</div>"
        )
        return (
            f'<div class="pdenet-film" data-film="{self.name}"><style>{_STYLE}</style>'
            f"{self._picture(across, [frames[0] for frames in drawn])}{keys}"
            f'<script type="application/json">{data}</script><script>{script}</script></div>'
        )

    def figure(self) -> Figure:
        """The first frame."""
        fig, ax = plt.subplots(figsize=(6.0, 3.5))
        for (label, values), dash in zip(self._heights.items(), MATPLOTLIB_DASHES, strict=False):
            ax.plot(self._places, values[0], dash, marker="", label=label)
        ax.set(xlabel=self.labels[0], ylabel=self.labels[1], ylim=self.limits)
        ax.set_title(self.notes[0], fontsize=10)
        ax.legend(fontsize=8)
        return fig

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        fig, file = self.figure(), io.BytesIO()
        fig.savefig(file, format="png", dpi=200)
        plt.close(fig)
        picture = base64.b64encode(file.getvalue()).decode()
        return {"text/html": self.html(), "image/png": picture, "text/plain": self.alt}

    def _drawn(self, values: NDArray[np.float64]) -> list[list[int] | None]:
        """Heights of the drawing in parts of its unit, downwards, frame by frame; None for an empty one."""
        low, high = self.limits
        share = np.clip((np.nan_to_num(values, posinf=high, neginf=low) - low) / (high - low), 0, 1)
        down = np.rint(FINE * (BOTTOM - (BOTTOM - TOP) * share)).astype(int)
        return [
            row.tolist() if np.isfinite(raw).all() else None for row, raw in zip(down, values, strict=True)
        ]

    def _picture(self, across: list[float], first: list[list[int] | None]) -> str:
        def text(x: float, y: float, anchor: str, words: str, more: str = "") -> str:
            return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{more}>{html.escape(words)}</text>'

        parts = [f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>']
        low, high = self._places[0], self._places[-1]
        for at in np.linspace(low, high, 5):
            place = LEFT + (RIGHT - LEFT) * (at - low) / (high - low)
            parts.append(f'<path class="axis" d="M{place:g} {BOTTOM}v4"/>')
            parts.append(text(place, BOTTOM + 18, "middle", f"{at:g}".replace("-", "−")))
        for at in np.linspace(*self.limits, 3):
            height = BOTTOM - (BOTTOM - TOP) * (at - self.limits[0]) / (self.limits[1] - self.limits[0])
            parts.append(f'<path class="axis" d="M{LEFT} {height:g}h-4"/>')
            parts.append(text(LEFT - 7, height + 4, "end", f"{at:g}".replace("-", "−")))
        parts.append(text((LEFT + RIGHT) / 2, BOTTOM + 36, "middle", self.labels[0]))
        parts.append(text(LEFT - 36, 16, "start", self.labels[1]))
        parts.append(text(RIGHT, 16, "end", self.notes[0], ' class="note" aria-live="off"'))
        for number, (label, heights) in enumerate(zip(self._heights, first, strict=True)):
            look = f'stroke="{PALETTE[number]}" stroke-dasharray="{DASHES[number]}"'
            points = " ".join(f"{x:g},{y / FINE:g}" for x, y in zip(across, heights or [], strict=False))
            parts.append(f'<polyline {look} points="{points}"/>')
            start = LEFT + 150 * number
            parts.append(f'<path {look} stroke-width="2" fill="none" d="M{start} 34h26"/>')
            parts.append(text(start + 32, 38, "start", label))
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(self.alt)}">'
            f"{''.join(parts)}</svg>"
        )


def _across(places: NDArray[np.float64]) -> list[float]:
    low, high = places[0], places[-1]
    across: list[float] = np.round(LEFT + (RIGHT - LEFT) * (places - low) / (high - low), 1).tolist()
    return across
