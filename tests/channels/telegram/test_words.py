"""What Bale shows of a text is the text."""

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.words import bale_text, telegram_text
from tests.fakes.bot_text import shown_by_bale

TEXTS = st.text(alphabet=st.sampled_from("آب_*`[]()\\ \nhttps://a"), max_size=40)


@given(TEXTS)
def test_bale_shows_what_was_meant(text: str) -> None:
    assert shown_by_bale(bale_text(text)) == text
    assert telegram_text(text) == text
