"""Where an element begins in a message: line and column, as an editor counts them."""

from contextlib import suppress
from xml.parsers import expat

Position = tuple[int, int]


class _Found(Exception):
    """The element was reached."""


def position_of(text: bytes, place: int) -> Position:
    """Return line and column (from 1) of the element before which `place` others begin; (1, 1) if there is none.

    libxml2 keeps a line alone, and of a tag over several lines the last one. The text was parsed before: it is
    well-formed and has no DTD.
    """
    parser = expat.ParserCreate("utf-8")
    left, found = place, (1, 1)

    def begun(_name: str, _attributes: object) -> None:
        nonlocal left, found
        if left == 0:
            found = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            raise _Found
        left -= 1

    parser.StartElementHandler = begun
    with suppress(_Found, expat.ExpatError):  # of what libxml2 reads and expat does not, no line is known
        parser.Parse(text, True)
    return found
