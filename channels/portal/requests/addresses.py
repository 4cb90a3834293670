"""The addresses of a citizen's form. Those of one draft lead nowhere for a browser that does not hold it."""

from aiohttp import web

from channels.web.row_ids import read_row_id
from domain.drafts.draft import Draft
from domain.values.errors import NotFound
from domain.values.reasons import NotFoundReason

BEGIN_PATH = "/services/{key}/request"
"""Address at which a request is begun."""

DRAFTS_PATH = "/drafts"
"""The drafts that a browser holds."""

RESUME_PATH = "/drafts/resume"
"""Address at which a draft of another device is taken up."""

OFFLINE_PATH = f"{BEGIN_PATH}/offline"
"""The page by which a form is filled in without a line, and where what was kept so is sent."""

_DRAFT_PATH = f"{BEGIN_PATH}/{{draft:[0-9]{{1,19}}}}"
SECTION_PATH = f"{_DRAFT_PATH}/form/{{section:[a-z_]+}}"
CONTINUE_PATH = f"{_DRAFT_PATH}/continue"
LATER_PATH = f"{_DRAFT_PATH}/later"
RELATION_PATH = f"{_DRAFT_PATH}/applicant"
PAPERS_PATH = f"{_DRAFT_PATH}/papers"
OFFLINE_PAPERS_PATH = f"{PAPERS_PATH}/kept"
DRAFT_FILE_PATH = f"{PAPERS_PATH}/{{file:[0-9]{{1,19}}}}"
UPLOADS_PATH = f"{_DRAFT_PATH}/uploads"
SUMMARY_PATH = f"{_DRAFT_PATH}/summary"
SUBMIT_PATH = f"{_DRAFT_PATH}/submit"
DONE_PATH = f"{_DRAFT_PATH}/done"
DELETE_PATH = f"{_DRAFT_PATH}/delete"

FROM_SUMMARY = "check"
"""The parameter of a section's address that leads back to the summary."""


LATE_PAPERS = "late_papers"
"""The parameter of the page of a sent form that says of files that they came after it."""


def begin_address(service_key: str) -> str:
    """Return where a request of a service is begun."""
    return f"/services/{service_key}/request"


def draft_address(draft: Draft, page: str) -> str:
    """Return the address of a page of a draft: continue, later, papers, applicant, summary, submit, done, delete; or of
    its uploads.
    """
    return f"{begin_address(draft.service)}/{draft.id}/{page}"


def section_address(draft: Draft, section_name: str, *, from_summary: bool = False) -> str:
    """Return the address of a section of a draft's form."""
    return draft_address(draft, f"form/{section_name}") + (f"?{FROM_SUMMARY}=1" if from_summary else "")


def draft_file_address(draft: Draft, file_id: int) -> str:
    """Return where a file of a draft is opened."""
    return draft_address(draft, f"papers/{file_id}")


def read_draft_id(request: web.Request) -> int:
    """Return the draft that an address names; `NotFound("draft")` for a number that none can have."""
    draft_id = read_row_id(request.match_info["draft"])
    if draft_id is None:
        raise NotFound("draft", NotFoundReason.DRAFT)
    return draft_id


def comes_from_summary(request: web.Request) -> bool:
    """Return whether a section was opened from the summary, and leads back to it."""
    return FROM_SUMMARY in request.query
