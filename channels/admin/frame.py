"""What every page of the staff's site shares: who is there, the routes and sections, and how a page is rendered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from channels.web.error_pages import WORDING, status_of
from channels.web.pages import page
from channels.web.posted import NO_FORM, Form
from domain.actions.staff import authorization
from domain.people.person import StaffMember, Substitution
from domain.people.sessions import StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.actors import Actor
from domain.values.errors import DomainError

HOME = "/staff"

FORM_BYTES = 64 * 1024
"""Bytes of a posted form that has no file."""


class Denied(Protocol):
    """Audits a refusal; `about` names what it is about, where neither the page's address nor the form does."""

    async def __call__(self, error: DomainError, about: str = "") -> None:
        """Audit it."""
        ...


async def unaudited(error: DomainError, about: str = "") -> None:
    """Audit nothing: at the pages where one signs in, nobody has a right yet that could be refused."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody of the staff with a session: as whom they act (substitutes included), from where, and when; and the form
    that they posted, with its files, if they did.
    """

    actor: Actor
    member: StaffMember
    session: StaffSession
    caller: ClientOrigin
    now: datetime
    substitutes: Sequence[Substitution]
    """Who of the staff stands for whom today."""
    second_factor: bool
    """Whether this session must show a second factor before it may do what it asks for."""
    must_enrol: bool
    """Whether it must and its owner, who is inside, has no authenticator yet: nothing but making one is open."""
    form: Form = field(default_factory=lambda: NO_FORM)
    denied: Denied = unaudited
    """Audits a refusal that a page tells in its own way: a `Forbidden`, and nothing else. The door audits the rest."""

    def may(self, right: str) -> bool:
        """Tell whether to offer what needs this right."""
        return authorization.allowed(right, self.actor.role_names, inside=self.caller.inside)

    def require(self, right: str) -> None:
        """Refuse whoever may not use this right now: `Forbidden`, and `AuthenticationFailed` where something is still
        to be shown. The door asks for a fresh proof then, keeps what was typed, and comes back with both.
        """
        roles, inside = self.actor.role_names, self.caller.inside
        refused = authorization.refusal(
            right, roles, self.session, self.now, inside=inside, second_factor=self.second_factor
        )
        if refused:
            raise refused


Handler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page or step of the site: the right that it needs, and the most bytes of its form."""

    method: str
    path: str
    right: str
    handler: Handler
    largest: int = FORM_BYTES


@dataclass(frozen=True, slots=True)
class NavigationSection:
    """A room of the site in the navigation: its address, the key of its name, and the right to enter it."""

    path: str
    title: str
    right: str


class PageGroup(Protocol):
    """Some pages of the site that belong together."""

    sections: Sequence[NavigationSection]

    def routes(self) -> Sequence[PageRoute]:
        """Return every route of these pages."""
        ...


SECTIONS: web.AppKey[Sequence[NavigationSection]] = web.AppKey("sections", Sequence[NavigationSection])
"""The sections in the order of the navigation."""


def staff_page(
    request: web.Request,
    visit: Visit,
    template: str,
    context: Mapping[str, Any],
    *,
    error: DomainError | None = None,
    status: int = 200,
) -> web.Response:
    """Render a page of the site with its navigation. `done` names what was just done (`admin.done.…`), if anything.

    The page of an `error` is answered with that one's status, any other with `status`.
    """
    done = f"admin.done.{request.query.get('done', '')}"
    offered = () if visit.member.password_temporary else request.app[SECTIONS]
    shared = {
        "visit": visit,
        "sections": [one for one in offered if visit.may(one.right)],
        "done": done if done in request.app[WORDING].catalogue else None,
    }
    return page(request, template, {**shared, **context}, status=status_of(error) if error else status)


def staff_error(request: web.Request, visit: Visit, error: DomainError) -> web.Response:
    """Render what cannot be done, in the site's own frame."""
    context = {"status": status_of(error), "message": request.app[WORDING].error(error)}
    return staff_page(request, visit, "admin/shared/error.html", context, error=error)
