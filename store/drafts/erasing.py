"""Erasing drafts: those of a mobile, and the one that a request was made of. (Those whose time is over go by a job.)"""

from collections.abc import Mapping

from sqlalchemy import Select, bindparam, select

from store.drafts.files import delete_draft_rows
from store.engines.types import ID, SafeText
from store.schema import drafts, requests
from store.work import SqlTransaction

SELECT_DRAFTS_OF_LINE = select(drafts.c.id).where(drafts.c.mobile == bindparam("of_line", type_=SafeText))
"""The drafts of the mobile `of_line`."""

SELECT_DRAFTS_OF_REQUEST = select(drafts.c.id).where(
    drafts.c.request_code
    == select(requests.c.code).where(requests.c.id == bindparam("of_request", type_=ID)).scalar_subquery()
)
"""Those of which the request `of_request` was made."""


async def erase_drafts(
    transaction: SqlTransaction, selection: Select[tuple[int]], parameters: Mapping[str, object]
) -> None:
    """Delete the selected drafts, with their files."""
    for (draft_id,) in await transaction.fetch_rows(selection, parameters):
        await delete_draft_rows(transaction, draft_id)
