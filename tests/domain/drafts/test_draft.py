"""A draft by itself: whatever is saved in whatever order, each section holds what was typed there last."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.drafts.draft import Draft, display_resume_code, read_resume_code
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.values.text import persian_digits

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECTIONS = {section.name: section.field_names for section in TAXI_LEAVE.sections}
TYPED = st.one_of(st.text("ab۱ ", max_size=3), st.lists(st.sampled_from(["yes", "no"]), max_size=2))
SAVES = st.lists(
    st.sampled_from(sorted(SECTIONS)).flatmap(
        lambda name: st.tuples(st.just(name), st.dictionaries(st.sampled_from(SECTIONS[name]), TYPED))
    ),
    max_size=6,
)


def new_draft() -> Draft:
    """A draft in which nothing was typed."""
    return Draft(1, "taxi_leave", 1, {}, (), "012345", NOW, NOW, NOW)


@given(SAVES)
def test_each_section_holds_what_was_typed_there_last(saves: list[tuple[str, dict[str, Any]]]) -> None:
    draft, last_typed = new_draft(), dict[str, dict[str, Any]]()
    for name, typed in saves:
        draft.save_section(name, SECTIONS[name], typed)
        last_typed[name] = typed
        assert draft.holds(SECTIONS[name], typed)
    assert draft.typed_values == {field: value for typed in last_typed.values() for field, value in typed.items()}
    assert set(draft.saved_sections) == set(last_typed)


@given(st.dictionaries(st.sampled_from([*SECTIONS["taxi"], "from", "strange"]), TYPED))
def test_a_section_takes_nothing_that_is_not_its_own(typed: dict[str, Any]) -> None:
    draft = new_draft()
    draft.save_section("taxi", SECTIONS["taxi"], typed)
    assert set(draft.typed_values) == set(typed) & set(SECTIONS["taxi"])


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_short_code_is_read_as_it_is_shown(code: str) -> None:
    shown = display_resume_code(code)
    assert read_resume_code(shown) == read_resume_code(persian_digits(shown)) == read_resume_code(f" {code} ") == code
