"""The accounts of the staff: added, changed, switched off and on, given new passwords, which are shown once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.refused_forms import PageForm, Tried
from channels.admin.user_agents import browser_shown
from channels.admin.version_tokens import MARK
from channels.web.error_pages import status_of
from channels.web.forms import read_form
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.staff import attempts, staff_accounts
from domain.actions.staff.signing_in import Doorman
from domain.fields.form import Field, read_fields
from domain.fields.types import Choices, Identifier, ReadingContext, Text
from domain.people.person import StaffMember
from domain.unit_of_work import UnitOfWork
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import DomainError, Forbidden, NotFound
from domain.values.identifiers import mobile_shown

PATH, SUBSTITUTES = "/staff/users", "/staff/users/substitutes"
ONE = f"{PATH}/one/{{username:[A-Za-z0-9._-]{{1,40}}}}"

TABS: Mapping[str, str] = {PATH: "admin.users.title", SUBSTITUTES: "admin.substitutes.title"}
"""The pages of this room."""

ROLES = tuple(role.value for role in Role if role in STAFF_ROLES)
_TITLES: Mapping[str, Mapping[str, str]] = {"role": {role: f"roles.{role}" for role in ROLES}}
_PERSON = (
    Field("full_name", Text(limit=staff_accounts.LONGEST_NAME)),
    Field("mobile", Identifier("mobile"), required=False),
    Field("role", Choices(), choices=ROLES),
)
ADD = PageForm(
    "add", (Field("username", Text(limit=staff_accounts.LONGEST_USERNAME)), *_PERSON), "admin.users", _TITLES
)
CHANGE = PageForm("change", _PERSON, "admin.users", _TITLES)

Work = Callable[[UnitOfWork, str], Awaitable[object]]
"""Something done about the account of that user name."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password as it is told this once."""

    username: str
    password: str


class UserPages:
    """The accounts."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.users", "users.view"),)

    def __init__(self, doorman: Doorman) -> None:
        self._desk: Desk = doorman.desk
        self._store = doorman.store
        self._passwords = doorman.passwords

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        changes = {
            "change": self._change, "switch": self._switch, "password": self._reset, "factor": self._take_factor,
            "sessions": self._end_sessions, "unlock": self._unlock,
        }  # fmt: skip
        return (
            PageRoute("GET", PATH, "users.view", self._show_all),
            PageRoute("POST", PATH, "users.change", self._add),
            PageRoute("GET", ONE, "users.view", self._show),
            *(PageRoute("POST", f"{ONE}/{name}", "users.change", handler) for name, handler in changes.items()),
        )

    async def _show_all(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._list(request, visit)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._page(request, visit)

    async def _add(self, request: web.Request, visit: Visit) -> web.Response:
        given, password = read_form(ADD.fields, visit.form), self._passwords.made()
        try:
            values = read_fields(ADD.fields, given, visit.actor.channel, ReadingContext(visit.now))
            kept = await self._passwords.hashed(password)
            async with self._store.unit() as uow:
                member = await staff_accounts.add(
                    self._desk, uow, values["username"], values["role"], kept,
                    full_name=values["full_name"], mobile=values.get("mobile"), actor=visit.actor,
                )  # fmt: skip
        except Forbidden:
            raise
        except DomainError as error:
            return await self._list(request, visit, Tried(ADD.name, given, error))
        return await self._list(request, visit, made=NewPassword(member.username, password))

    async def _change(self, request: web.Request, visit: Visit) -> web.Response:
        username, given = _username(request), read_form(CHANGE.fields, visit.form)
        try:
            values = read_fields(CHANGE.fields, given, visit.actor.channel, ReadingContext(visit.now))
            async with self._store.unit() as uow:
                await staff_accounts.change(
                    self._desk, uow, username, roles=values["role"], full_name=values["full_name"],
                    mobile=values.get("mobile"), actor=visit.actor, seen=said(visit.form, MARK),
                )  # fmt: skip
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried(CHANGE.name, given, error))
        raise web.HTTPSeeOther(f"{PATH}/one/{username}?done=user_changed")

    async def _switch(self, request: web.Request, visit: Visit) -> web.Response:
        active = said(visit.form, "active") == "yes"

        async def work(uow: UnitOfWork, username: str) -> None:
            await staff_accounts.set_active(self._desk, uow, username, active, actor=visit.actor)

        return await self._done(request, visit, "user_on" if active else "user_off", work)

    async def _take_factor(self, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, username: str) -> None:
            await staff_accounts.take_second_factor(self._desk, uow, username, actor=visit.actor)

        return await self._done(request, visit, "factor_taken", work)

    async def _end_sessions(self, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, username: str) -> None:
            await staff_accounts.end_sessions(self._desk, uow, username, actor=visit.actor)

        return await self._done(request, visit, "sessions_ended", work)

    async def _unlock(self, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, username: str) -> None:
            await staff_accounts.unlock(self._desk, uow, username, actor=visit.actor)

        return await self._done(request, visit, "unlocked", work)

    async def _done(self, request: web.Request, visit: Visit, what: str, work: Work) -> web.Response:
        """Do something about an account in one unit and show it again, with what was wrong if it was refused."""
        username = _username(request)
        try:
            async with self._store.unit() as uow:
                await work(uow, username)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried(what, {}, error))
        raise web.HTTPSeeOther(f"{PATH}/one/{username}?done={what}")

    async def _reset(self, request: web.Request, visit: Visit) -> web.Response:
        username, password = _username(request), self._passwords.made()
        kept = await self._passwords.hashed(password)
        async with self._store.unit() as uow:
            await staff_accounts.reset_password(self._desk, uow, username, kept, actor=visit.actor)
        return await self._page(request, visit, made=NewPassword(username, password))

    async def _list(
        self, request: web.Request, visit: Visit, tried: Tried | None = None, made: NewPassword | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            members = await uow.people.all_staff()
        context = {
            "tabs": TABS,
            "members": sorted(members, key=lambda one: (not one.active, one.username)),
            "add": ADD.shown(self._desk.wording, {}, tried),
            "made": made,
        }
        return staff_page(request, visit, "admin/people/users.html", context, status=_status(tried))

    async def _page(
        self, request: web.Request, visit: Visit, tried: Tried | None = None, made: NewPassword | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            member = await uow.people.staff(_username(request))
            if member is None:
                raise NotFound("username")
            sessions = await uow.staff_sessions.of(member.username)
            factor = await uow.second_factors.get(member.username)
            locks = await attempts.locks(uow, member.username, visit.now)
        wording = self._desk.wording
        context = {
            "member": member,
            "sessions": [(browser_shown(one.agent), one) for one in sessions if one.alive(visit.now)],
            "locks": locks,
            "enrolled": bool(factor and factor.confirmed),
            "change": CHANGE.shown(wording, _given(member), tried),
            "problem": wording.error(tried.error) if tried and tried.action != CHANGE.name else None,
            "made": made,
        }
        return staff_page(request, visit, "admin/people/user.html", context, status=_status(tried))


def _username(request: web.Request) -> str:
    return request.match_info["username"]


def _status(tried: Tried | None) -> int:
    return status_of(tried.error) if tried else 200


def _given(member: StaffMember) -> dict[str, Any]:
    """Return an account as its form shows it."""
    mobile = mobile_shown(member.mobile) if member.mobile else ""
    return {"full_name": member.full_name, "mobile": mobile, "role": sorted(member.roles)}
