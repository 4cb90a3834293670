"""Answers in pages: a cursor says where the page before ended, and is passed on unchanged."""

from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, SchemaElement
from channels.web.row_ids import read_row_id
from domain.values.errors import InvalidField

CURSOR_ELEMENT = SchemaElement(
    "cursor", st.IDENTIFIER, Doc("نشانی صفحه بعد", "nextCursor of the page before."), required=False
)
NEXT_CURSOR = SchemaElement(
    "nextCursor",
    st.IDENTIFIER,
    Doc("اگر صفحه دیگری باشد", "There if there is a next page."),
    key="next",
    required=False,
)


def parse_cursor(cursor_text: str | None) -> int | None:
    """Return the number that a cursor is; `InvalidField("cursor")` for one that no answer contained."""
    if cursor_text is None:
        return None
    row_id = read_row_id(cursor_text)
    if row_id is None:
        raise InvalidField("cursor")
    return row_id
