"""Where an element begins in a message: line and column, as an editor counts them."""

from contextlib import suppress
from xml.parsers import expat

Position = tuple[int, int]


class _ElementReached(Exception):
    """The element was reached."""


def find_position(utf8_document: bytes, element_index: int) -> Position:
    """Return line and column (from 1) of the element before which `element_index` others begin; (1, 1) if there is
    none.

    libxml2 keeps a line alone, and of a tag over several lines the last one. The text was parsed before: it is
    well-formed and has no DTD.
    """
    expat_parser = expat.ParserCreate("utf-8")
    elements_left, text_position = element_index, (1, 1)

    def on_element_start(_name: str, _attributes: object) -> None:
        nonlocal elements_left, text_position
        if elements_left == 0:
            text_position = expat_parser.CurrentLineNumber, expat_parser.CurrentColumnNumber + 1
            raise _ElementReached
        elements_left -= 1

    expat_parser.StartElementHandler = on_element_start
    with suppress(_ElementReached, expat.ExpatError):  # of what libxml2 reads and expat does not, no line is known
        expat_parser.Parse(utf8_document, True)
    return text_position
