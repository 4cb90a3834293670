"""Charts as they are reckoned: from right to left, from nothing up, inside of their frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.web.charts import (
    BAR_GAP,
    BAR_THICKNESS,
    CHART_WIDTH,
    COLUMNS_HEIGHT,
    MAX_BARS,
    MAX_COLUMN_NAMES,
    MAX_NAME_LENGTH,
    NAME_HEIGHT,
    SCALE_WIDTH,
    draw_bars,
    draw_columns,
    truncate_name,
)
from tests.support.tables import each_row

VALUES = st.none() | st.floats(-1e15, 1e15) | st.integers(0, 10**15)
POINTS = st.lists(st.tuples(st.text(max_size=40), VALUES), max_size=60)


def words(value: float) -> str:
    return f"{value:g}"


def test_bars_run_from_the_right_in_their_order() -> None:
    chart = draw_bars("a", "title", "about", [("first", 40), ("second", 10), ("third", None)], words)
    right = CHART_WIDTH
    assert [mark.x + mark.width for mark in chart.marks] == pytest.approx([right] * 3)
    assert [mark.width for mark in chart.marks] == [chart.marks[0].width, pytest.approx(chart.marks[0].width / 4), 0]
    step = NAME_HEIGHT + BAR_THICKNESS + BAR_GAP
    assert [mark.y for mark in chart.marks] == [BAR_GAP + NAME_HEIGHT + place * step for place in range(3)]
    assert [mark.name for mark in chart.marks] == ["first", "second", "third"]
    assert [mark.value for mark in chart.marks] == ["40", "10", "0"]
    assert all(right >= mark.name_position[0] > mark.value_position[0] for mark in chart.marks)
    assert all(mark.name_position[1] < mark.y for mark in chart.marks), "names are whole, above their bars"


def test_columns_run_from_the_right_over_a_round_scale() -> None:
    chart = draw_columns("a", "title", "about", [("one", [37]), ("two", [12]), ("three", [0])], words)
    assert [line.value for line in chart.grid_lines] == ["0", "10", "20", "30", "40"]
    assert chart.marks[0].x > chart.marks[1].x > chart.marks[2].x > SCALE_WIDTH
    base = chart.grid_lines[0].y1
    assert [mark.y + mark.height for mark in chart.marks] == pytest.approx([base] * 3)
    assert chart.marks[0].height / chart.marks[1].height == pytest.approx(37 / 12, rel=0.01)


def test_many_columns_do_not_write_over_each_other() -> None:
    chart = draw_columns("a", "title", "about", [(str(day), [day]) for day in range(1, 32)], words)
    named = [mark for mark in chart.marks if mark.name]
    assert len(named) <= MAX_COLUMN_NAMES
    assert named[0] is chart.marks[0]
    assert [mark.value for mark in chart.marks if mark.value] == []


def test_two_series_stand_beside_each_other() -> None:
    chart = draw_columns("a", "t", "a", [("one", [40, 10]), ("two", [20, 0])], words, ("asked", "done"))
    first, second, *_ = chart.marks
    assert second.x + second.width == pytest.approx(first.x, abs=0.2), "the first at the right"
    assert [(mark.series, mark.name, mark.value) for mark in chart.marks] == [
        (0, "one", "40"),
        (1, "", "10"),
        (0, "two", "20"),
        (1, "", ""),
    ]
    assert chart.series_titles == ("asked", "done")


@each_row(
    ("most", "top"),
    [(0, "4"), (1, "4"), (3, "4"), (5, "8"), (9, "10"), (11, "20"), (97, "100"), (1001, "2000"), (2.5e12, "4e+12")],
)
def test_scales_end_at_round_numbers(most: float, top: str) -> None:
    assert draw_columns("a", "t", "a", [("x", [most])], words).grid_lines[-1].value == top


@given(POINTS)
def test_everything_stays_in_the_frame(points: list[tuple[str, float | None]]) -> None:
    groups = [(name, [value, value]) for name, value in points]
    for chart in (
        draw_bars("a", "title", "about", points, words),
        draw_columns("a", "title", "about", groups, words, ("one", "other")),
    ):
        for mark in chart.marks:
            assert 0 <= mark.x <= mark.x + mark.width <= CHART_WIDTH + 0.2
            assert 0 <= mark.y <= mark.y + mark.height <= chart.height + 0.2
            assert 0 <= mark.value_position[0] <= CHART_WIDTH
        assert all(0 <= y <= chart.height for line in chart.grid_lines for y in (line.y1, line.y2))
    assert len(draw_bars("a", "t", "a", points, words).marks) <= MAX_BARS
    assert draw_columns("a", "t", "a", groups, words).height == COLUMNS_HEIGHT


def test_a_long_name_is_cut() -> None:
    assert truncate_name("کوتاه") == "کوتاه"
    assert len(truncate_name("ن" * 160)) == MAX_NAME_LENGTH
