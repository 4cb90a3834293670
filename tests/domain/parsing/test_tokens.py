"""A text is read once: whoever asks what it says gets what was read before."""

import pytest

from domain.conversation.dialogue.frames import Dialogue
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.dialogue.yes_no import read_consent
from domain.conversation.reading.emergencies import find_emergency
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.payment_claims import claims_payment
from domain.parsing.negation import find_negations
from domain.parsing.tokens import Phrases, ReadText, TokenStream, read_once
from domain.services import services_by_key
from tests.support.conversation_line import GRAMMAR, TUESDAY

TEXTS = ("۵", "123456786", "لغو نکنید", "پرداخت کردم", "لودر ۴ ساعت می‌خوام", "خدمات شهرداری چی هست؟")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_once_whatever_it_may_mean(text: str) -> None:
    conversation = Conversation(GRAMMAR, services_by_key())
    read_once.cache_clear()
    for read in (find_emergency, claims_payment, read_consent):
        read(text)
    understand_message(GRAMMAR, text, TUESDAY)
    read_once(text)
    misses_before = read_once.cache_info().misses
    conversation.read_text(Dialogue(), text, TUESDAY)
    assert read_once(text) is TokenStream(text).read
    assert read_once.cache_info().misses - misses_before <= 1, "the value of a field at most"


def test_what_is_found_in_a_text_is_found_once_and_does_not_change() -> None:
    stream, calls = TokenStream("لودر نمی‌خوام"), list[ReadText]()

    def note_call(read: ReadText) -> int:
        calls.append(read)
        return len(calls)

    assert [stream.read.find_once(note_call), read_once(stream.text).find_once(note_call)] == [1, 1]
    stream.take(0, len(stream))  # by a reader: what the text says stays
    assert find_negations(stream.read) is find_negations(TokenStream(stream.text).read)
    assert find_negations(stream.read).refusals != ()


def test_phrases_that_were_found_before_are_found_only_where_tokens_are_free() -> None:
    phrases = Phrases({"order": ("درخواست لودر",), "machine": ("لودر",), "place": ("خیابان امام",)})
    stream = TokenStream("درخواست لودر خیابان امام")
    assert list(phrases.find_in(stream)) == [(0, "order", 2), (1, "machine", 2), (2, "place", 4)]
    assert list(phrases.find_in(TokenStream(stream.text))) == list(phrases.find_in(stream))
    found: list[str] = []
    for start, value, end in phrases.find_in(stream):
        stream.take(start, end)
        found.append(value)
    assert found == ["order", "place"]
    assert list(phrases.find_in(stream)) == []
