"""Posted values of the controls of a citizen's form, put together and taken apart again."""

from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict, MultiDictProxy

from channels.portal.requests.controls import PLATE_PARTS, join_plate, read_section_values, split_plate
from channels.web.posted import PostedForm
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Identifier
from domain.fields.work_items import WorkItems
from domain.values.identifiers import parse_plate

PLATE, DAY, ITEMS = Field("plate", Identifier("plate")), Field("date", Day()), Field("items", WorkItems())


def posted(**values: str) -> PostedForm:
    """A posted form; `__` stands for the dash in a name."""
    return MultiDictProxy(MultiDict({name.replace("__", "-"): value for name, value in values.items()}))


@given(st.fixed_dictionaries({part: st.text("0123456789تب", max_size=3) for part in PLATE_PARTS}))
def test_the_parts_of_a_plate_come_back_unless_it_is_whole(parts: dict[str, str]) -> None:
    joined = join_plate(parts)
    if not any(parts.values()):
        assert joined == ""
    elif not all(parts.values()):
        assert split_plate(joined) == parts


def test_a_whole_plate_is_read_and_taken_apart() -> None:
    joined = join_plate({"two": "۱۲", "letter": "ت", "three": "345", "region": "۵۹"})
    assert joined == parse_plate(joined) == "12ت345-59"
    assert split_plate(joined) == {"two": "12", "letter": "ت", "three": "345", "region": "59"}
    assert split_plate("12الف345-59")["letter"] == "الف"
    assert split_plate("چیز دیگر")["two"] == "چیز دیگر"


def test_a_plate_is_posted_in_parts_or_chosen() -> None:
    parts = posted(plate__two="12", plate__letter="ت", plate__three="345", plate__region="59")
    assert read_section_values((PLATE,), parts) == {"plate": "12ت345-59"}
    assert read_section_values((PLATE,), posted(plate="98ت765-59", plate__two="12")) == {"plate": "98ت765-59"}
    assert read_section_values((PLATE,), posted()) == {}


def test_a_day_is_chosen_or_typed() -> None:
    assert read_section_values((DAY,), posted(date="2026-11-25", date__other="شنبه")) == {"date": "2026-11-25"}
    assert read_section_values((DAY,), posted(date="other", date__other="شنبه")) == {"date": "شنبه"}
    assert read_section_values((DAY,), posted(date__other="شنبه")) == {"date": "شنبه"}
    assert read_section_values((DAY,), posted(date="other")) == {}


def test_rows_are_kept_with_what_can_be_read_of_them() -> None:
    rows = posted(items__0__machine="loader", items__0__hours="۴", items__1__hours="چند", items__2__count="۲")
    assert read_section_values((ITEMS,), rows) == {
        "items": [{"machine": "loader", "hours": 4}, {"hours": "چند"}, {"count": 2}]
    }
