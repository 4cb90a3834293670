"""Numbers of rows, as addresses and forms bring them."""

from aiohttp import web

from domain.values.row_ids import HIGHEST_ID

_MOST_DIGITS = len(str(HIGHEST_ID))


def get_row_id(request: web.Request, name: str = "id") -> int:
    """Return the number in the address, by the name of its part, which takes digits alone.

    A number that no row can have is that of no row.
    """
    return min(int(request.match_info[name]), HIGHEST_ID)


def read_row_id(text: str) -> int | None:
    """Return the number that a text is, in ASCII digits alone; None for what no row has."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        return None
    row_id = int(text)
    return row_id if row_id <= HIGHEST_ID else None
