"""Charts as SVG that the server draws: bars for values side by side, columns for values over time.

A chart is reckoned here, point by point, and drawn by `web/chart.html`; its colours and type belong to the style sheet.
It runs from right to left: the first bar's name stands at the right, the first column too. One series in one ink, so
that nothing is lost in black and white. The same numbers stand in the table beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 640
BAR, GAP = 22, 10
NAMES, VALUES = 170, 110
"""Room for the names at the right of bars, and for their values at the left."""

HEIGHT, TOP, FOOT, SCALE = 240, 18, 30, 92
"""Of columns: the whole, what is left above, the room for names below, and for the scale at the left."""

STEPS = 4
MOST_BARS = 20
MOST_NAMES = 12
LONGEST_NAME = 24

Point = tuple[str, float | None]
"""A name and its value; None counts as nothing."""

Words = Callable[[float], str]
"""Writes a value."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar or column: where it lies, and what is written at it, and where (an empty text is not)."""

    x: float
    y: float
    width: float
    height: float
    name: str
    name_at: tuple[float, float]
    value: str
    value_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the grid, with its value."""

    x1: float
    y1: float
    x2: float
    y2: float
    value: str
    value_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one size (`WIDTH` × `height` units), with what it is called and what it shows, in words."""

    kind: str
    id: str
    title: str
    about: str
    height: float
    marks: Sequence[Mark]
    lines: Sequence[GridLine]


def bars(ident: str, title: str, about: str, points: Sequence[Point], words: Words) -> Chart:
    """Draw a bar for each value, the first on top; no more than twenty, which are as many as one can take in."""
    shown = [(name, value or 0) for name, value in points[:MOST_BARS]]
    unit = (WIDTH - NAMES - VALUES) / _top(shown)
    marks = [_bar(number, name, value, value * unit, words) for number, (name, value) in enumerate(shown)]
    height = len(shown) * (BAR + GAP) + GAP
    axis = GridLine(WIDTH - NAMES, 0, WIDTH - NAMES, height, "", (0, 0))
    return Chart("bars", ident, title, about, height, marks, [axis])


def _bar(number: int, name: str, value: float, length: float, words: Words) -> Mark:
    y, length = GAP + number * (BAR + GAP), max(0.0, length)
    middle, right = y + BAR * 0.72, WIDTH - NAMES
    return Mark(
        _short(right - length), y, _short(length), BAR, cut(name), (right + 8, middle), words(value),
        (_short(right - length - 8), middle),
    )  # fmt: skip


def columns(ident: str, title: str, about: str, points: Sequence[Point], words: Words) -> Chart:
    """Draw a column for each value, the first at the right, over a scale at the left."""
    top, base = _top(points), HEIGHT - FOOT
    room, step = base - TOP, (WIDTH - SCALE) / max(1, len(points))
    every = ceil(len(points) / MOST_NAMES)
    marks = []
    for number, (name, value) in enumerate(points):
        height, centre = max(0.0, (value or 0) / top * room), WIDTH - (number + 0.5) * step
        told, written = number % every == 0, words(value) if value and len(points) <= MOST_NAMES else ""
        marks.append(
            Mark(
                _short(centre - step * 0.34), _short(base - height), _short(step * 0.68), _short(height),
                name if told else "", (_short(centre), base + 19), written, (_short(centre), _short(base - height - 5)),
            )
        )  # fmt: skip
    values = [top * number / STEPS for number in range(STEPS + 1)]
    levels = [(value, _short(base - value / top * room)) for value in values]
    lines = [GridLine(SCALE, y, WIDTH, y, words(value), (SCALE - 8, y + 4)) for value, y in levels]
    return Chart("columns", ident, title, about, HEIGHT, marks, lines)


def _top(points: Sequence[Point]) -> float:
    """Return the end of the scale: a round number that no value is above."""
    most = max((value or 0 for _, value in points), default=0)
    if most <= 0:
        return STEPS
    size = 10 ** floor(log10(most / STEPS))
    step = next(size * one for one in (1, 2, 2.5, 5, 10) if size * one * STEPS >= most)
    return step * STEPS if most > STEPS else float(ceil(most / STEPS) * STEPS)


def cut(name: str) -> str:
    """Return a name as it fits beside a bar."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _short(number: float) -> float:
    return round(number, 1)
