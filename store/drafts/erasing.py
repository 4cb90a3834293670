"""Erasing drafts: those of a mobile, and the one that a request was made of. (Those whose time is over go by a job.)"""

from sqlalchemy import bindparam, delete, select

from store.engines.types import ID, SafeText
from store.schema import draft_holders, drafts, requests

_OF_LINE = drafts.c.mobile == bindparam("of_line", type_=SafeText)
_OF_REQUEST = (
    drafts.c.request_code
    == select(requests.c.code).where(requests.c.id == bindparam("of_request", type_=ID)).scalar_subquery()
)

DELETE_DRAFTS_OF_LINE, DELETE_DRAFTS_OF_REQUEST = (
    (
        delete(draft_holders).where(draft_holders.c.draft_id.in_(select(drafts.c.id).where(condition))),
        delete(drafts).where(condition),
    )
    for condition in (_OF_LINE, _OF_REQUEST)
)
"""Statements for the mobile `of_line`, and for the request `of_request`, in their order."""
