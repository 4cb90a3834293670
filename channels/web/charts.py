"""Charts as SVG that the server draws: bars for values side by side, columns for values over time.

A chart is reckoned here, point by point, and drawn by `web/chart.html`; its colours and type belong to the style sheet.
It runs from right to left: the first bar begins at the right, with its name above it; the first column is at the
right. One series has one ink, so that nothing is lost in black and white; columns may be of two, dark and light, beside
each other. The same numbers are in the table beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

CHART_WIDTH = 1040
BAR_THICKNESS, BAR_GAP, NAME_HEIGHT = 16, 10, 20
"""Of bars: how thick they are, what is between two, and the line above each for its name."""

VALUES_WIDTH = 110
"""Space for the values at the left of bars."""

COLUMNS_HEIGHT, TOP_MARGIN, FOOT_HEIGHT, SCALE_WIDTH = 240, 18, 30, 92
"""Of columns: the whole, what is left above, the space for names below, and for the scale at the left."""

COLUMNS_BASELINE = COLUMNS_HEIGHT - FOOT_HEIGHT
PLOT_HEIGHT = COLUMNS_BASELINE - TOP_MARGIN
"""Place where columns begin, and the height of the highest."""

SCALE_STEPS = 4
MAX_BARS = 20
MAX_COLUMN_NAMES = 16
MAX_NAME_LENGTH = 120

ChartPoint = tuple[str, float | None]
"""A name and its value; None counts as nothing."""

ColumnGroup = tuple[str, Sequence[float | None]]
"""A name and its values, one of each series."""

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
    """Subject; empty: not written."""
    name_position: tuple[float, float]
    """Position of its name: x and the line's y."""
    value: str
    """The figure in words; empty: not written."""
    value_position: tuple[float, float]
    """Position of its name: x and the line's y."""
    series: int = 0
    """Number of its series, from 0."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the grid; in the chart's units, from its upper left corner."""

    x1: float
    """Its left end."""
    y1: float
    """Its left end."""
    x2: float
    """Its right end."""
    y2: float
    """Its right end."""
    value: str
    """Its meaning, in words; empty: not written."""
    value_position: tuple[float, float]
    """Position of its name: x and the line's y."""


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
    """Description for those who do not see it."""
    height: float
    """In units."""
    marks: Sequence[ChartMark]
    """Its bars or columns, in order."""
    grid_lines: Sequence[GridLine]
    """Those of the scale, or the one from which bars begin."""
    width: float = CHART_WIDTH
    """In units."""
    series_titles: Sequence[str] = ()
    """Names of its series, where there are several."""


def draw_bars(
    chart_id: str, title: str, description: str, chart_points: Sequence[ChartPoint], format_value: ValueFormatter
) -> Chart:
    """Draw a bar for each value, the first on top; no more than twenty, which are as many as one can take in."""
    shown_points = [(name, value or 0) for name, value in chart_points[:MAX_BARS]]
    units_per_value = (CHART_WIDTH - VALUES_WIDTH) / _find_scale_end(shown_points)
    marks = [
        _draw_bar(position, name, value, value * units_per_value, format_value)
        for position, (name, value) in enumerate(shown_points)
    ]
    height = len(shown_points) * (NAME_HEIGHT + BAR_THICKNESS + BAR_GAP) + BAR_GAP
    axis_line = GridLine(CHART_WIDTH, 0, CHART_WIDTH, height, "", (0, 0))
    return Chart("bars", chart_id, title, description, height, marks, [axis_line])


def _draw_bar(position: int, name: str, value: float, length: float, format_value: ValueFormatter) -> ChartMark:
    name_top, length = BAR_GAP + position * (NAME_HEIGHT + BAR_THICKNESS + BAR_GAP), max(0.0, length)
    y = name_top + NAME_HEIGHT
    text_baseline, right = y + BAR_THICKNESS * 0.78, CHART_WIDTH
    return ChartMark(
        x=_round_off(right - length),
        y=y,
        width=_round_off(length),
        height=BAR_THICKNESS,
        name=truncate_name(name),
        name_position=(right - 4, name_top + NAME_HEIGHT * 0.7),
        value=format_value(value),
        value_position=(_round_off(right - length - 8), text_baseline),
    )


def draw_columns(
    chart_id: str,
    title: str,
    description: str,
    column_groups: Sequence[ColumnGroup],
    format_value: ValueFormatter,
    series_titles: Sequence[str] = (),
) -> Chart:
    """Draw a column for each value, those of one name beside each other, the first at the right, over a scale at the
    left.
    """
    scale_end = _find_scale_end([(name, value) for name, values in column_groups for value in values])
    name_interval = ceil(len(column_groups) / MAX_COLUMN_NAMES)
    has_values = sum(len(values) for _, values in column_groups) <= MAX_COLUMN_NAMES
    group_width = (CHART_WIDTH - SCALE_WIDTH) / max(1, len(column_groups))
    marks = [
        chart_mark
        for position, (name, values) in enumerate(column_groups)
        for chart_mark in _draw_group(
            CHART_WIDTH - (position + 0.5) * group_width,
            group_width * 0.68 / max(1, len(values)),
            name if position % name_interval == 0 else "",
            [((value or 0) / scale_end, format_value(value) if value and has_values else "") for value in values],
        )
    ]
    grid_lines = _draw_scale(scale_end, format_value)
    titles = series_titles if len(series_titles) > 1 else ()
    return Chart("columns", chart_id, title, description, COLUMNS_HEIGHT, marks, grid_lines, series_titles=titles)


def _draw_group(centre: float, width: float, name: str, columns: Sequence[tuple[float, str]]) -> Iterator[ChartMark]:
    """Draw the columns of one name around its centre: of each its share of the highest that may be, and its value."""
    for series, (share, value) in enumerate(columns):
        height, right = max(0.0, share * PLOT_HEIGHT), centre + (len(columns) / 2 - series) * width
        yield ChartMark(
            x=_round_off(right - width),
            y=_round_off(COLUMNS_BASELINE - height),
            width=_round_off(width),
            height=_round_off(height),
            name="" if series else name,
            name_position=(_round_off(centre), COLUMNS_BASELINE + 19),
            value=value,
            value_position=(_round_off(right - width / 2), _round_off(COLUMNS_BASELINE - height - 5)),
            series=series,
        )


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
