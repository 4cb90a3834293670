"""Numbers of rows, as addresses and forms bring them."""

_HIGHEST_ID = 2**63 - 1
_MOST_DIGITS = len(str(_HIGHEST_ID))


def read_row_id(text: str) -> int | None:
    """Return the number that a text is, in ASCII digits alone; None for what no row has."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        return None
    row_id = int(text)
    return row_id if row_id <= _HIGHEST_ID else None
