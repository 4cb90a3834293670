"""Charts as SVG that the server draws: bars for values side by side, columns for values over time.

A chart is reckoned here, point by point, and drawn by `web/chart.html`; its colours and type belong to the style sheet.
It runs from right to left: the first bar's name is at the right, the first column too. One series in one ink, so
that nothing is lost in black and white. The same numbers are in the table beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

CHART_WIDTH = 640
BAR_THICKNESS, BAR_GAP = 22, 10
NAMES_WIDTH, VALUES_WIDTH = 170, 110
"""Space for the names at the right of bars, and for their values at the left."""

COLUMNS_HEIGHT, TOP_MARGIN, FOOT_HEIGHT, SCALE_WIDTH = 240, 18, 30, 92
"""Of columns: the whole, what is left above, the space for names below, and for the scale at the left."""

COLUMNS_BASELINE = COLUMNS_HEIGHT - FOOT_HEIGHT
PLOT_HEIGHT = COLUMNS_BASELINE - TOP_MARGIN
"""Where columns begin, and how high the highest may be."""

SCALE_STEPS = 4
MAX_BARS = 20
MAX_COLUMN_NAMES = 12
MAX_NAME_LENGTH = 24

ChartPoint = tuple[str, float | None]
"""A name and its value; None counts as nothing."""

ValueFormatter = Callable[[float], str]
"""Writes a value."""


@dataclass(frozen=True, slots=True)
class ChartMark:
    """A bar or column; in the chart's units, from its upper left corner."""

    x: float
    """Its left edge."""
    y: float
    """Its upper edge."""
    width: float
    """Of a bar this is what the value makes long."""
    height: float
    """Of a column this is what the value makes high."""
    name: str
    """What it is of; empty: not written."""
    name_position: tuple[float, float]
    """Where that is written: x and the line's y."""
    value: str
    """The figure in words; empty: not written."""
    value_position: tuple[float, float]
    """Where that is written: x and the line's y."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the grid; in the chart's units, from its upper left corner."""

    x1: float
    """Where it begins."""
    y1: float
    """Where it begins."""
    x2: float
    """Where it ends."""
    y2: float
    """Where it ends."""
    value: str
    """Its meaning, in words; empty: not written."""
    value_position: tuple[float, float]
    """Where that is written: x and the line's y."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one size, `CHART_WIDTH` units wide."""

    kind: str
    """`bars` or `columns`."""
    id: str
    """Names it on the page."""
    title: str
    """The figure that it shows, with its unit."""
    description: str
    """How it is to be read, for those who do not see it."""
    height: float
    """In units."""
    marks: Sequence[ChartMark]
    """Its bars or columns, in order."""
    grid_lines: Sequence[GridLine]
    """Those of the scale, or the one from which bars begin."""


def draw_bars(
    chart_id: str, title: str, description: str, chart_points: Sequence[ChartPoint], format_value: ValueFormatter
) -> Chart:
    """Draw a bar for each value, the first on top; no more than twenty, which are as many as one can take in."""
    shown_points = [(name, value or 0) for name, value in chart_points[:MAX_BARS]]
    units_per_value = (CHART_WIDTH - NAMES_WIDTH - VALUES_WIDTH) / _find_scale_end(shown_points)
    marks = [
        _draw_bar(position, name, value, value * units_per_value, format_value)
        for position, (name, value) in enumerate(shown_points)
    ]
    height = len(shown_points) * (BAR_THICKNESS + BAR_GAP) + BAR_GAP
    axis_line = GridLine(CHART_WIDTH - NAMES_WIDTH, 0, CHART_WIDTH - NAMES_WIDTH, height, "", (0, 0))
    return Chart("bars", chart_id, title, description, height, marks, [axis_line])


def _draw_bar(position: int, name: str, value: float, length: float, format_value: ValueFormatter) -> ChartMark:
    y, length = BAR_GAP + position * (BAR_THICKNESS + BAR_GAP), max(0.0, length)
    text_baseline, right = y + BAR_THICKNESS * 0.72, CHART_WIDTH - NAMES_WIDTH
    return ChartMark(
        x=_round_off(right - length),
        y=y,
        width=_round_off(length),
        height=BAR_THICKNESS,
        name=truncate_name(name),
        name_position=(right + 8, text_baseline),
        value=format_value(value),
        value_position=(_round_off(right - length - 8), text_baseline),
    )


def draw_columns(
    chart_id: str, title: str, description: str, chart_points: Sequence[ChartPoint], format_value: ValueFormatter
) -> Chart:
    """Draw a column for each value, the first at the right, over a scale at the left."""
    scale_end = _find_scale_end(chart_points)
    column_step = (CHART_WIDTH - SCALE_WIDTH) / max(1, len(chart_points))
    name_interval = ceil(len(chart_points) / MAX_COLUMN_NAMES)
    marks = []
    for position, (name, value) in enumerate(chart_points):
        height, centre = max(0.0, (value or 0) / scale_end * PLOT_HEIGHT), CHART_WIDTH - (position + 0.5) * column_step
        is_named = position % name_interval == 0
        value_text = format_value(value) if value and len(chart_points) <= MAX_COLUMN_NAMES else ""
        marks.append(
            ChartMark(
                x=_round_off(centre - column_step * 0.34),
                y=_round_off(COLUMNS_BASELINE - height),
                width=_round_off(column_step * 0.68),
                height=_round_off(height),
                name=name if is_named else "",
                name_position=(_round_off(centre), COLUMNS_BASELINE + 19),
                value=value_text,
                value_position=(_round_off(centre), _round_off(COLUMNS_BASELINE - height - 5)),
            )
        )
    grid_lines = _draw_scale(scale_end, format_value)
    return Chart("columns", chart_id, title, description, COLUMNS_HEIGHT, marks, grid_lines)


def _draw_scale(scale_end: float, format_value: ValueFormatter) -> list[GridLine]:
    """Draw a line across the columns at each step of their scale, its value at the left."""
    scale_values = [scale_end * position / SCALE_STEPS for position in range(SCALE_STEPS + 1)]
    grid_levels = [(value, _round_off(COLUMNS_BASELINE - value / scale_end * PLOT_HEIGHT)) for value in scale_values]
    return [
        GridLine(SCALE_WIDTH, y, CHART_WIDTH, y, format_value(value), (SCALE_WIDTH - 8, y + 4))
        for value, y in grid_levels
    ]


def _find_scale_end(chart_points: Sequence[ChartPoint]) -> float:
    """Return the end of the scale: a round number that no value is above."""
    highest_value = max((value or 0 for _, value in chart_points), default=0)
    if highest_value <= 0:
        return SCALE_STEPS
    magnitude = 10 ** floor(log10(highest_value / SCALE_STEPS))
    scale_step = next(
        magnitude * factor for factor in (1, 2, 2.5, 5, 10) if magnitude * factor * SCALE_STEPS >= highest_value
    )
    return (
        scale_step * SCALE_STEPS
        if highest_value > SCALE_STEPS
        else float(ceil(highest_value / SCALE_STEPS) * SCALE_STEPS)
    )


def truncate_name(name: str) -> str:
    """Return a name as it fits beside a bar."""
    return name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - 1].rstrip() + "…"


def _round_off(coordinate: float) -> float:
    return round(coordinate, 1)
