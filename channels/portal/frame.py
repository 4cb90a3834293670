"""Frame of the personal pages of the portal: who is there, their routes, their posted forms, how a page is rendered.

A page of the portal that is more than a text to be read is a `PortalRoute` of a `PortalPageGroup`; the guard
(`channels/portal/guard.py`) stands before all of them. A posted form's handler is a `PortalSubmission`.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from channels.web.error_pages import WORDING, status_of
from channels.web.pages import render_page
from channels.web.posted import EMPTY_FORM, PostedForm, read_text
from channels.web.refused_forms import RefusedForm
from channels.web.return_addresses import is_normal_address
from channels.web.session import SessionCookie
from domain.people.citizen_session import SESSION_LIFETIME, CitizenSession
from domain.values.errors import DomainError, Forbidden, MobileNotVerified, NotFound
from domain.values.reasons import MobileReason

HOME_PATH = "/"

SESSION_COOKIE = SessionCookie("pishkhan_portal", "/", SESSION_LIFETIME)

MAX_FORM_BYTES = 64 * 1024
"""Bytes of a posted form that has no file."""

MAX_ADDRESS_LENGTH = 500
"""Characters of an address that is led back to."""

BEGIN_KEY_BYTES = 16

BEGIN_KEY_FIELD = "begin_key"
"""The field of a form on which a session may begin (`portal/parts.html`: `begin_input`)."""

NEW_TOKEN: web.RequestKey[str] = web.RequestKey("new_portal_token", str)
"""A token that the answer gives to the browser."""


@dataclass(frozen=True, slots=True)
class PortalVisitor:
    """A citizen at one call of the portal."""

    session: CitizenSession | None
    """Session of the browser's cookie; None without one."""
    now: datetime
    """The moment of the call, in UTC."""
    source_address: str
    """The network address that the call came from."""
    form: PostedForm = field(default_factory=lambda: EMPTY_FORM)
    """Posted form, with its files; empty where nothing was."""
    body: bytes = b""
    """Bytes that a script sent to a route that takes bytes."""

    @property
    def csrf_token(self) -> str:
        """The token that the page's forms bear; empty without a session: such forms are checked by their origin."""
        return self.session.csrf_token if self.session else ""

    @property
    def begin_key(self) -> str:
        """The key by which a form begins a session once, however often it is sent; empty where it bears none."""
        return read_text(self.form, BEGIN_KEY_FIELD)

    @property
    def proved_mobile(self) -> str | None:
        """The number (+989…) whose proof holds now; None where none does."""
        return self.session.find_proved_mobile(self.now) if self.session else None

    def require_proved_mobile(self, purpose: str, mobile: str = "") -> str:
        """Return the proved number. Where none is, `MobileNotVerified`, and the guard asks for the proof: afterwards it
        leads back to the address, with the form as it was posted, if one was.

        `purpose` names what the code is for (`domain/actions/citizens/proofs.py`); to `mobile`, as it was typed
        before, a code is sent at once.
        """
        proved_mobile = self.proved_mobile
        if proved_mobile is None:
            raise MobileNotVerified("mobile", MobileReason.ASK_PROOF, purpose=purpose, mobile=mobile)
        return proved_mobile


def keep_session_token(request: web.Request, token: str) -> None:
    """Have the answer to this call give the token of a session to the browser."""
    request[NEW_TOKEN] = token


PortalHandler = Callable[[web.Request, PortalVisitor], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PortalRoute:
    """A page or form of the portal, and the most bytes of its form."""

    method: str
    path: str
    handler: PortalHandler
    max_form_bytes: int = MAX_FORM_BYTES
    flood_name: str = ""
    """Name under which its form is counted, so that a flood of it is slowed (`domain/actions/citizens/flooding.py`);
    empty: it is not. A form with files is none of these: they would have to be chosen again.
    """
    bears_token: bool = True
    """Whether its form bears the session's token. One that is on pages for everybody cannot, since they know of no
    session, nor one that is sent again once there is a line: of these is asked only where they come from
    (`require_same_origin`).
    """
    takes_bytes: bool = False
    """Whether a script of our pages sends it bytes in place of a form; the token comes in a header (`CSRF_HEADER`)."""


class PortalPageGroup(Protocol):
    """Some pages of the portal that belong together."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return every route of these pages."""
        ...


PortalAction = Callable[[web.Request, PortalVisitor], Awaitable[str | web.Response]]
"""Does what a form asks for. Returns the address to go on to, or a page itself. A domain error refuses the form."""

PortalFormPage = Callable[[web.Request, PortalVisitor, RefusedForm], Awaitable[web.Response]]
"""Shows the page of a form again, with the form as it was typed."""


@dataclass(frozen=True, slots=True)
class PortalSubmission:
    """The handler of a posted form."""

    name: str
    """Name for its page; parts of the route's address may be in braces, as in the route."""
    action: PortalAction
    """Does what the form asks for."""
    page: PortalFormPage
    """Shown again when the form is refused, by the action or for having come from a page of an earlier session."""

    async def __call__(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Answer the form: 303 to where it leads, the page that its action made, or its own page again.

        What there is not, what is not theirs, and what wants a proof is not shown there: the guard deals with it, and
        with a refusal whose page is gone meanwhile.
        """
        try:
            outcome = await self.action(request, visitor)
        except DomainError as error:
            if isinstance(error, NotFound | Forbidden) or error.reason is MobileReason.ASK_PROOF:
                raise
            try:
                return await self.show_refused(request, visitor, error)
            except NotFound:
                raise error from None
        if isinstance(outcome, str):
            raise web.HTTPSeeOther(outcome)
        return outcome

    async def show_refused(self, request: web.Request, visitor: PortalVisitor, error: DomainError) -> web.Response:
        """Return the form's page again, with what was typed and why it was refused."""
        form_name = self.name.format_map(request.match_info)
        return await self.page(request, visitor, RefusedForm(form_name, visitor.form, error))


def render_portal_page(
    request: web.Request,
    visitor: PortalVisitor,
    template_name: str,
    context: Mapping[str, Any],
    *,
    error: DomainError | None = None,
    status: int = 200,
) -> web.Response:
    """Render a page that extends `portal/layout.html`. The page of an `error` is answered with that one's status, any
    other with `status`.
    """
    is_refused = error is not None or status == web.HTTPUnprocessableEntity.status_code
    begin_key = "" if visitor.session else secrets.token_hex(BEGIN_KEY_BYTES)
    shared_context = {"visitor": visitor, "is_refused": is_refused, "begin_key": begin_key}
    return render_page(
        request, template_name, {**shared_context, **context}, status=status_of(error) if error else status
    )


def render_portal_error(request: web.Request, visitor: PortalVisitor, error: DomainError) -> web.Response:
    """Render what cannot be done, with the other ways to get it done."""
    context = {"is_refused": False, "status": status_of(error), "message": request.app[WORDING].render_error(error)}
    return render_portal_page(request, visitor, "portal/error.html", context, error=error)


def as_portal_address(address: str) -> str:
    """Return an address that somebody brought if it is a page of the portal, else the first page: nothing leads to
    another site, nor to the staff's.
    """
    is_own = is_normal_address(address) and not _is_of_staff(address)
    is_plain = address.isascii() and address.isprintable() and not set(address) & set("\\ ")
    return address if is_own and is_plain and len(address) <= MAX_ADDRESS_LENGTH else HOME_PATH


def _is_of_staff(address: str) -> bool:
    path = address.partition("?")[0].partition("#")[0].casefold()
    return path == "/staff" or path.startswith("/staff/")
