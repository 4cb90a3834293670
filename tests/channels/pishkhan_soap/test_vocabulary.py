"""Memory of strangers' messages: enough to know them again, never more than there is room for."""

from channels.pishkhan_soap.vocabulary import WORD_OVERHEAD, Vocabulary
from tests.support.tables import each_row

CALL = b"<e:Envelope xmlns:e='urn:e'>\n  <e:Body><Ping id='1'>word</Ping></e:Body>\n</e:Envelope>\n"
ROOM = 20 * (WORD_OVERHEAD + 12)
"""Bytes for the words of that call, and some more."""


def filled() -> Vocabulary:
    """Return a vocabulary that knows the call and has no room left."""
    vocabulary = Vocabulary(ROOM)
    assert vocabulary.admits_message(CALL)
    number = 0
    while vocabulary.admits_message(b"<new-%d/>" % number):
        number += 1
    return vocabulary


def test_without_room_a_known_message_is_still_admitted() -> None:
    vocabulary = filled()
    assert vocabulary.admits_message(CALL)
    assert vocabulary.admits_message(CALL.replace(b"word", b"other words"))
    assert vocabulary.admits_message(CALL.replace(b"id='1'", b"id='2'")), "values leave nothing behind"


@each_row(
    ("known", "new"),
    [
        (b"<Ping ", b"<Pong "),
        (b" id=", b" ident="),
        (b"urn:e", b"urn:other"),
        (b">\n  <", b">\n\t<"),
        (b"</e:Envelope>\n", b"</e:Envelope>\n\n"),
        (b"word", b"<word/>"),
        (b"word", b"<?word?>"),
        (b"'1'>word", b"'>' name='1'>word"),
        (b"'1'>word", b"'1'\n>word<b x='>' y=\"'\" name='1'/>"),
    ],
)
def test_without_room_a_message_with_anything_new_is_not(known: bytes, new: bytes) -> None:
    assert not filled().admits_message(CALL.replace(known, new, 1))


def test_tags_that_differ_each_time_use_up_no_room_for_words() -> None:
    vocabulary = Vocabulary(ROOM)
    assert all(vocabulary.admits_message(b"<Token Id='uuid-%d'>x</Token>" % number) for number in range(1000))
