"""Frame of all pages of the staff's site: who is there, the routes and sections, and how a page is rendered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from aiohttp import web

from channels.web.error_pages import WORDING, status_of
from channels.web.pages import render_page
from channels.web.posted import EMPTY_FORM, PostedForm
from domain.authorization.policy import may_use
from domain.authorization.rights import Right
from domain.people.person import StaffMember, Substitution
from domain.people.sessions import StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.actors import Actor
from domain.values.errors import DomainError

HOME_PATH = "/staff"

MAX_FORM_BYTES = 64 * 1024
"""Bytes of a posted form that has no file."""


class DenialAudit(Protocol):
    """Audits a refusal; `subject_label` names what it is about, where neither the page's address nor the form does."""

    async def __call__(self, error: DomainError, subject_label: str = "") -> None:
        """Audit it."""
        ...


async def skip_audit(error: DomainError, subject_label: str = "") -> None:
    """Audit nothing: at the pages where one signs in, nobody has a right yet that could be refused."""


FAILURE_AGE = timedelta(days=7)
"""Age of a failed message that somebody still looks after."""


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """Number of things that wait for somebody of the staff, shown in the navigation."""

    attempts: int = 0
    """Payments online that somebody has to look at; 0 for who may not see them."""
    mentions: int = 0
    """Notes of colleagues that name them and that they have not read."""
    failed_messages: int = 0
    """Messages of the last `FAILURE_AGE` that failed or are of unknown outcome; 0 for who may not see them."""
    payment_claims: int = 0
    """Bills that citizens say to have paid; 0 for who does not record payments."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody of the staff with a session, at one call of the site."""

    actor: Actor
    """As whom they act, with what their session has proved; the roles of those whom they substitute are among its own.
    """
    member: StaffMember
    """The member itself."""
    session: StaffSession
    """The session that the call bears."""
    caller: ClientOrigin
    """Origin of the call."""
    now: datetime
    """The moment of the call, in UTC."""
    substitutions: Sequence[Substitution]
    """Substitutions in force today."""
    must_enrol: bool
    """Whether it must show a second factor and its owner, who is inside, has no authenticator yet: nothing but making
    one is open.
    """
    waiting_counts: WaitingCounts = field(default_factory=WaitingCounts)
    """Counts of things that wait for the member."""
    form: PostedForm = field(default_factory=lambda: EMPTY_FORM)
    """Posted form, with its files; empty where nothing was."""
    audit_denial: DenialAudit = skip_audit
    """Audits a refusal that a page reports in its own way: a `Forbidden`, and nothing else. The gate audits the
    rest.
    """

    def may(self, right: Right) -> bool:
        """Return whether to offer what needs this right; templates give its value."""
        return may_use(right, self.actor)


PageHandler = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page or step of the site: the right that it needs, and the most bytes of its form."""

    method: str
    path: str
    right: Right
    handler: PageHandler
    max_form_bytes: int = MAX_FORM_BYTES
    is_own_use: bool = True
    """Whether a call shows that the visitor is there; what pages ask by themselves keeps no session alive."""


@dataclass(frozen=True, slots=True)
class NavigationSection:
    """A section of the site in the navigation: its address, the key of its name, and the right to enter it."""

    path: str
    title_key: str
    right: Right
    count: Callable[[Visitor], int] | None = None
    """Number of things waiting in it for its visitor, which its name bears; None: nothing is counted."""
    bar_name: str = ""
    """Name (`admin.bar.…`) under which it stands in a phone's bar too, where the first of a name has the place; empty:
    in the menu alone.
    """


class PageGroup(Protocol):
    """Some pages of the site that belong together."""

    sections: Sequence[NavigationSection]

    def list_routes(self) -> Sequence[PageRoute]:
        """Return every route of these pages."""
        ...


SHOWS_NOBODY: web.ResponseKey[bool] = web.ResponseKey("shows_nobody", bool)
"""Set on an answer that shows nobody's data though its page would: no reading of it is recorded."""

SECTIONS_KEY: web.AppKey[Sequence[NavigationSection]] = web.AppKey("sections", Sequence[NavigationSection])
"""The sections in the order of the navigation."""


def render_staff_page(
    request: web.Request,
    visitor: Visitor,
    template_name: str,
    context: Mapping[str, Any],
    *,
    error: DomainError | None = None,
    status: int = 200,
) -> web.Response:
    """Render a page of the site with its navigation. `done` names what was just done (`admin.done.…`), if anything.

    The page of an `error` is answered with that one's status, any other with `status`.
    """
    done_key = f"admin.done.{request.query.get('done', '')}"
    shared_context = {
        "visitor": visitor,
        **_build_navigation(visitor, request.app[SECTIONS_KEY]),
        "done_key": done_key if done_key in request.app[WORDING].catalogue else None,
    }
    return render_page(
        request, template_name, {**shared_context, **context}, status=status_of(error) if error else status
    )


def _build_navigation(visitor: Visitor, all_sections: Sequence[NavigationSection]) -> dict[str, Any]:
    """Return the sections that the visitor may enter, those of a phone's bar by name, and what waits in all."""
    offered_sections = () if visitor.member.password_temporary else all_sections
    sections = [section for section in offered_sections if visitor.may(section.right)]
    return {
        "sections": sections,
        "bar_sections": {section.bar_name: section for section in reversed(sections) if section.bar_name},
        "waiting_count": sum(section.count(visitor) for section in sections if section.count),
    }


def render_staff_error(request: web.Request, visitor: Visitor, error: DomainError) -> web.Response:
    """Render what cannot be done, in the site's own frame."""
    context = {"status": status_of(error), "message": request.app[WORDING].render_error(error)}
    return render_staff_page(request, visitor, "admin/shared/error.html", context, error=error)
