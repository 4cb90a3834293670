"""Forms of day sheets, which a device keeps until there is a line and sends again until it heard what became of them.

Each bears a random key and does what it asks for once. A script that asks for JSON is told that it is done, or why not
and what stands now; without one the form is answered as every other.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from channels.admin.frame import SHOWS_NOBODY, Visitor
from channels.admin.paper_files import describe_refused_files
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VERSION_FIELD
from channels.web.error_pages import WORDING, status_of
from channels.web.posted import PostedForm, read_text
from channels.web.refused_forms import RefusedForm
from channels.web.session import CSRF_FIELD
from domain.actions.requests.form_keys import KeyedForm
from domain.authorization.policy import is_missing_proof
from domain.values.errors import DomainError, Forbidden, InvalidField, NotFound
from domain.values.reasons import InvalidReason

FORM_KEY_FIELD, WRITTEN_AT_FIELD = "form_key", "written_at"
"""Fields that a device adds to a form: its key, and the moment at which it was written. No field of a service is called
so."""

FORM_KEY_PATTERN = re.compile("[0-9a-f]{32}")
"""Pattern of keys; the form of a walk-in bears one that its page made."""

_OPERATION = "sheet"
_VERSIONS: web.RequestKey[Sequence[str]] = web.RequestKey("versions", Sequence[str])
_UNCOUNTED_FIELDS = frozenset({CSRF_FIELD, VERSION_FIELD, FORM_KEY_FIELD})
"""Fields that may differ when the same form is sent again."""

_TOO_MANY, _FAILED = 429, 500


@dataclass(frozen=True, slots=True)
class PresentState:
    """Present state, shown to the writer of a form who had not seen it."""

    facts: Sequence[tuple[str, str]] = ()
    """Labels and values."""
    version: str = ""
    """The version that a form bears which was written in view of it."""
    may_send: bool = False
    """The form may be sent as it is, in view of that: one that bears the version that it was written in view of."""


@dataclass(frozen=True, slots=True)
class KeptSubmission(FormSubmission):
    """The handler of a posted form that a device may keep."""

    describe_present: Callable[[web.Request, Visitor], Awaitable[PresentState]] = field(kw_only=True)
    """Says what stands now, where the form was refused; `NotFound` and `Forbidden` for what the visitor may not see."""

    async def __call__(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Answer the form: a script in JSON, anybody else as every form."""
        if "application/json" not in request.headers.get("Accept", ""):
            return await FormSubmission.__call__(self, request, visitor)
        try:
            await self.action(request, visitor)
        except DomainError as error:
            if is_missing_proof(error):
                raise
            return await self._answer_refused(request, visitor, error)
        versions = {"versions": request[_VERSIONS]} if _VERSIONS in request else {}
        answer = web.json_response({"state": "done", **versions})
        answer[SHOWS_NOBODY] = True
        return answer

    async def _answer_refused(self, request: web.Request, visitor: Visitor, error: DomainError) -> web.Response:
        if isinstance(error, Forbidden):
            await visitor.audit_denial(error)
        status, wording = status_of(error), request.app[WORDING]
        refused_files = describe_refused_files(wording, RefusedForm(self.name, visitor.form, error))
        present = await self._find_present(request, visitor)
        answer: dict[str, Any] = {
            "state": "later" if status == _TOO_MANY or status >= _FAILED else "refused",
            "message": " ".join(f"{name}: {reason}" for name, reason in refused_files)
            or " ".join(wording.render_error(fault) for fault in error.faults),
            "now": present.facts,
            "version": present.version,
            "may_send": present.may_send and read_text(visitor.form, VERSION_FIELD) not in {"", present.version},
        }
        return web.json_response(answer, status=status)

    async def _find_present(self, request: web.Request, visitor: Visitor) -> PresentState:
        try:
            return await self.describe_present(request, visitor)
        except (NotFound, Forbidden):
            return PresentState()


def note_versions(request: web.Request, versions: Sequence[str]) -> None:
    """Note which version a form found of what it is about, and which came of it: a device's other forms of the same
    that were written in view of the first go on in view of the second, as nobody else did anything between.
    """
    request[_VERSIONS] = versions


def read_keyed_form(request: web.Request, form: PostedForm) -> KeyedForm | None:
    """Return the form by its key; None for one that bears none."""
    key = read_text(form, FORM_KEY_FIELD)
    if not key:
        return None
    if not FORM_KEY_PATTERN.fullmatch(key):
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM)
    content = sorted(
        (name, value if isinstance(value, str) else hashlib.sha256(value.content).hexdigest())
        for name, value in form.items()
        if name not in _UNCOUNTED_FIELDS
    )
    return KeyedForm(key, _OPERATION, [request.path, content])


def read_written_moment(form: PostedForm, now: datetime) -> datetime:
    """Return when a form was written, in UTC: now where it does not say, never later; `InvalidField` for no moment."""
    written_text = read_text(form, WRITTEN_AT_FIELD)
    if not written_text:
        return now
    try:
        return min(datetime.fromisoformat(written_text).astimezone(UTC), now)
    except (ValueError, OverflowError):
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM) from None
