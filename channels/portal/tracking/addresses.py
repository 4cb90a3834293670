"""The addresses of a citizen's requests. Those of one request lead nowhere for whoever it does not concern."""

from aiohttp import web

from channels.portal.frame import PortalVisitor
from domain.actions.citizens.sessions import citizen_actor
from domain.values.actors import Actor
from domain.values.tracking_codes import TrackingCode, parse_code

OWN_REQUESTS_PATH = "/my-requests"
"""All that concerns the proved mobile."""

REQUEST_PATH = "/requests/{code:[0-9]{9}}"
ANSWER_PATH = f"{REQUEST_PATH}/answer"
PAPERS_PATH = f"{REQUEST_PATH}/papers"
UPLOADS_PATH = f"{REQUEST_PATH}/uploads"
DOCUMENT_PATH = f"{REQUEST_PATH}/documents/{{id:[0-9]{{1,19}}}}"
CHANGE_PATH = f"{REQUEST_PATH}/change"
CHANGE_SECTION_PATH = f"{CHANGE_PATH}/{{section:[a-z_]+}}"
WITHDRAW_PATH = f"{REQUEST_PATH}/withdraw"
CONSENT_PATH = f"{REQUEST_PATH}/consent"
REFUSE_PATH = f"{REQUEST_PATH}/refuse"
RATING_PATH = f"{REQUEST_PATH}/rating"
REOPEN_PATH = f"{REQUEST_PATH}/reopen"
COMMENT_PATH = f"{REQUEST_PATH}/comment"
VERIFY_PATH = f"{REQUEST_PATH}/verify-mobile"
PAY_PATH = f"{REQUEST_PATH}/pay"
PAPER_PATH = f"{PAPERS_PATH}/{{kind:[a-z_]+}}.pdf"

OWN_REQUESTS_PURPOSE = "my-requests"
"""Purpose of a code that shows somebody the own requests."""

DONE_PARAMETER = "done"
"""The part of a request's address that names what was just done on its page."""


def read_request_code(request: web.Request) -> TrackingCode:
    """Return the tracking code that an address names; `CodeMistyped`."""
    return parse_code(request.match_info["code"])


def request_address(code: str, done: str = "") -> str:
    """Return the address of a request's page, after something was `done` there."""
    return f"/requests/{code}" + (f"?{DONE_PARAMETER}={done}" if done else "")


def change_address(code: str, section_name: str = "") -> str:
    """Return where a request's form is changed, or one section of it."""
    return f"/requests/{code}/change" + (f"/{section_name}" if section_name else "")


def document_address(code: str, document_id: int) -> str:
    """Return where a file of a request is opened."""
    return f"/requests/{code}/documents/{document_id}"


def uploads_address(code: str) -> str:
    """Return where uploads to a request are begun."""
    return f"/requests/{code}/uploads"


def identify_call(request: web.Request, visitor: PortalVisitor) -> tuple[TrackingCode, Actor]:
    """Return the tracking code of the address, and who calls by the proved mobile; where none is, it is asked for."""
    return read_request_code(request), citizen_actor(visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE))
