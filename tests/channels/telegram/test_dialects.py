"""Texts are shown as text by either messenger."""

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.dialects import DIALECTS
from tests.fakes.bot_text import shown_by_bale

TEXTS = st.text(alphabet=st.sampled_from("آب_*`[]()\\ \nhttps://a"), max_size=40)


@given(TEXTS)
def test_both_show_what_was_meant(text: str) -> None:
    assert shown_by_bale(DIALECTS["bale"].format_text(text)) == text
    assert DIALECTS["telegram"].format_text(text) == text
