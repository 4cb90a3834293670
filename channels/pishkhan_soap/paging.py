"""Answers in pages: a cursor says where the page before ended, and is passed on as it was told."""

from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, SchemaElement
from domain.values.errors import InvalidField

CURSOR = SchemaElement("cursor", st.ID, Doc("نشانی صفحه بعد", "nextCursor of the page before."), required=False)
NEXT = SchemaElement(
    "nextCursor", st.ID, Doc("اگر صفحه دیگری باشد", "There if there is a next page."), key="next", required=False
)


def read_cursor(text: str | None) -> int | None:
    """Return the number that a cursor is; `InvalidField("cursor")` for one that no answer told."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63):
        raise InvalidField("cursor")
    return int(text)
