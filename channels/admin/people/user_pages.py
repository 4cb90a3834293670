"""The accounts of the staff: added, changed, switched off and on, given new passwords, which are shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.user_agents import browser_shown
from channels.admin.version_tokens import version_shown
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.staff import attempts, staff_accounts
from domain.actions.staff.signing_in import Doorman
from domain.fields.form import Field
from domain.fields.types import Choices, Identifier, Text
from domain.people.person import StaffMember
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import NotFound
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
        actions = {
            CHANGE.name: self._change, "switch": self._switch, "factor": self._take_factor,
            "sessions": self._end_sessions, "unlock": self._unlock,
        }  # fmt: skip
        return (
            PageRoute("GET", PATH, "users.view", self._list),
            PageRoute("POST", PATH, "users.change", FormSubmission(ADD.name, self._add, self._list)),
            PageRoute("GET", ONE, "users.view", self._page),
            *(
                PageRoute("POST", f"{ONE}/{name}", "users.change", FormSubmission(name, action, self._page))
                for name, action in actions.items()
            ),
            PageRoute("POST", f"{ONE}/password", "users.change", self._reset),
        )

    async def _add(self, request: web.Request, visit: Visit) -> web.Response:
        password, values = self._passwords.made(), ADD.read(visit)
        kept = await self._passwords.hashed(password)
        async with self._store.unit() as uow:
            member = await staff_accounts.add(
                self._desk, uow, values["username"], values["role"], kept,
                full_name=values["full_name"], mobile=values.get("mobile"), actor=visit.actor,
            )  # fmt: skip
        return await self._list(request, visit, made=NewPassword(member.username, password))

    async def _change(self, request: web.Request, visit: Visit) -> str:
        values = CHANGE.read(visit)
        async with self._store.unit() as uow:
            await staff_accounts.change(
                self._desk, uow, _username(request), roles=values["role"], full_name=values["full_name"],
                mobile=values.get("mobile"), actor=visit.actor, version=version_shown(visit.form),
            )  # fmt: skip
        return _after(request, "user_changed")

    async def _switch(self, request: web.Request, visit: Visit) -> str:
        active = said(visit.form, "active") == "yes"
        async with self._store.unit() as uow:
            await staff_accounts.set_active(self._desk, uow, _username(request), active, actor=visit.actor)
        return _after(request, "user_on" if active else "user_off")

    async def _take_factor(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await staff_accounts.take_second_factor(self._desk, uow, _username(request), actor=visit.actor)
        return _after(request, "factor_taken")

    async def _end_sessions(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await staff_accounts.end_sessions(self._desk, uow, _username(request), actor=visit.actor)
        return _after(request, "sessions_ended")

    async def _unlock(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await staff_accounts.unlock(self._desk, uow, _username(request), actor=visit.actor)
        return _after(request, "unlocked")

    async def _reset(self, request: web.Request, visit: Visit) -> web.Response:
        username, password = _username(request), self._passwords.made()
        kept = await self._passwords.hashed(password)
        async with self._store.unit() as uow:
            await staff_accounts.reset_password(self._desk, uow, username, kept, actor=visit.actor)
        return await self._page(request, visit, made=NewPassword(username, password))

    async def _list(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, made: NewPassword | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            members = await uow.people.all_staff()
        context = {
            "tabs": TABS,
            "members": sorted(members, key=lambda one: (not one.active, one.username)),
            "add": ADD.shown(self._desk.wording, {}, refused),
            "made": made,
        }
        return staff_page(request, visit, "admin/people/users.html", context, error=error_of(refused))

    async def _page(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, made: NewPassword | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            member = await uow.people.staff(_username(request))
            if member is None:
                raise NotFound("username")
            sessions = await uow.staff_sessions.of(member.username)
            factor = await uow.second_factors.get(member.username)
            locks = await attempts.locks(uow, member.username, visit.now)
        error, change = error_of(refused), CHANGE.shown(self._desk.wording, _given(member), refused)
        context = {
            "member": member,
            "sessions": [(browser_shown(one.agent), one) for one in sessions if one.alive(visit.now)],
            "locks": locks,
            "enrolled": bool(factor and factor.confirmed),
            "change": change,
            "problem": self._desk.wording.error(error) if error and not change.open else None,
            "made": made,
        }
        return staff_page(request, visit, "admin/people/user.html", context, error=error)


def _username(request: web.Request) -> str:
    return request.match_info["username"]


def _after(request: web.Request, done: str) -> str:
    """Return the page of an account that tells what was done (`admin.done`)."""
    return f"{PATH}/one/{_username(request)}?done={done}"


def _given(member: StaffMember) -> dict[str, Any]:
    """Return an account as its form shows it."""
    mobile = mobile_shown(member.mobile) if member.mobile else ""
    return {"full_name": member.full_name, "mobile": mobile, "role": sorted(member.roles)}
