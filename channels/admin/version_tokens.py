"""Forms that change dated rows say which rows their reader saw, so that nothing is replaced unseen."""

from channels.web.posted import Form, said

MARK = "seen"
"""The field with the `revision` of the rows that stood on the page."""

_LONGEST = 9


def seen(form: Form) -> int | None:
    """Return the revision that a form was filled in by: -1, which there never is, for what is no number, and None for a
    form that does not say.
    """
    mark = said(form, MARK)
    if not mark:
        return None
    return int(mark) if mark.isdecimal() and len(mark) <= _LONGEST else -1
