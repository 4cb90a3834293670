"""The accounts of the staff: added, changed, switched off and on, given new passwords, which are shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormAction, FormSubmission
from channels.admin.user_agents import describe_browser
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.staff import attempts, staff_accounts
from domain.actions.staff.signing_in import StaffSignIn
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.types import Choices, Identifier, Text
from domain.people.person import StaffMember
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import NotFound
from domain.values.identifiers import display_mobile
from domain.values.version_token import VersionToken

USERS_PATH, SUBSTITUTES_PATH = "/staff/users", "/staff/users/substitutes"
USER_PATH = f"{USERS_PATH}/one/{{username:[A-Za-z0-9._-]{{1,40}}}}"

PAGE_TABS: Mapping[str, str] = {USERS_PATH: "admin.users.title", SUBSTITUTES_PATH: "admin.substitutes.title"}
"""The routes of these pages."""

ROLE_CHOICES = tuple(role.value for role in Role if role in STAFF_ROLES)
_CHOICE_TITLES: Mapping[str, Mapping[str, str]] = {"role": {role: f"roles.{role}" for role in ROLE_CHOICES}}
_PERSON_FIELDS = (
    Field("full_name", Text(max_length=staff_accounts.LONGEST_NAME)),
    Field("mobile", Identifier("mobile"), required=False),
    Field("role", Choices(), choices=ROLE_CHOICES),
)
ADD_FORM = PageForm(
    "add",
    (Field("username", Text(max_length=staff_accounts.LONGEST_USERNAME)), *_PERSON_FIELDS),
    "admin.users",
    _CHOICE_TITLES,
)
CHANGE_FORM = PageForm("change", _PERSON_FIELDS, "admin.users", _CHOICE_TITLES)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password as it is shown this once."""

    username: str
    password: str


class UserPages:
    """The accounts."""

    sections: Sequence[NavigationSection] = (NavigationSection(USERS_PATH, "admin.sections.users", Right.USERS_VIEW),)

    def __init__(self, staff_sign_in: StaffSignIn) -> None:
        self._dependencies: Dependencies = staff_sign_in.dependencies
        self._store = staff_sign_in.store
        self._passwords = staff_sign_in.passwords

    def list_routes(self) -> Sequence[PageRoute]:
        form_actions: Mapping[str, FormAction] = {
            CHANGE_FORM.name: VersionedAction(self._submit_changes),
            "switch": self._submit_switch,
            "factor": self._submit_factor_removal,
            "sessions": self._submit_session_end,
            "unlock": self._submit_unlock,
            "password": self._submit_password_reset,
        }
        return (
            PageRoute("GET", USERS_PATH, Right.USERS_VIEW, self._render_list),
            PageRoute(
                "POST",
                USERS_PATH,
                Right.USERS_CHANGE,
                FormSubmission(ADD_FORM.name, self._submit_user, self._render_list),
            ),
            PageRoute("GET", USER_PATH, Right.USERS_VIEW, self._render_page),
            *(
                PageRoute(
                    "POST",
                    f"{USER_PATH}/{form_name}",
                    Right.USERS_CHANGE,
                    FormSubmission(form_name, form_action, self._render_page),
                )
                for form_name, form_action in form_actions.items()
            ),
        )

    async def _submit_user(self, request: web.Request, visitor: Visitor) -> web.Response:
        password, values = self._passwords.generate_password(), ADD_FORM.read_values(visitor)
        password_hash = await self._passwords.hash_password(password)
        async with self._store.open_unit() as uow:
            member = await staff_accounts.add_member(
                ActorContext(self._dependencies, uow, visitor.actor),
                values["username"],
                values["role"],
                password_hash,
                full_name=values["full_name"],
                mobile=values.get("mobile"),
            )
        return await self._render_list(request, visitor, new_password=NewPassword(member.username, password))

    async def _submit_changes(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        values = CHANGE_FORM.read_values(visitor)
        async with self._store.open_unit() as uow:
            await staff_accounts.change_member(
                ActorContext(self._dependencies, uow, visitor.actor),
                _read_username(request),
                roles=values["role"],
                full_name=values["full_name"],
                mobile=values.get("mobile"),
                version=version_token,
            )
        return _address_after(request, "user_changed")

    async def _submit_switch(self, request: web.Request, visitor: Visitor) -> str:
        is_active = read_text(visitor.form, "active") == "yes"
        async with self._store.open_unit() as uow:
            await staff_accounts.set_member_active(
                ActorContext(self._dependencies, uow, visitor.actor), _read_username(request), is_active
            )
        return _address_after(request, "user_on" if is_active else "user_off")

    async def _submit_factor_removal(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await staff_accounts.remove_second_factor(
                ActorContext(self._dependencies, uow, visitor.actor), _read_username(request)
            )
        return _address_after(request, "factor_taken")

    async def _submit_session_end(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await staff_accounts.end_member_sessions(
                ActorContext(self._dependencies, uow, visitor.actor), _read_username(request)
            )
        return _address_after(request, "sessions_ended")

    async def _submit_unlock(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await staff_accounts.unlock_account(
                ActorContext(self._dependencies, uow, visitor.actor), _read_username(request)
            )
        return _address_after(request, "unlocked")

    async def _submit_password_reset(self, request: web.Request, visitor: Visitor) -> web.Response:
        username, password = _read_username(request), self._passwords.generate_password()
        password_hash = await self._passwords.hash_password(password)
        async with self._store.open_unit() as uow:
            await staff_accounts.reset_member_password(
                ActorContext(self._dependencies, uow, visitor.actor), username, password_hash
            )
        return await self._render_page(request, visitor, new_password=NewPassword(username, password))

    async def _render_list(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        new_password: NewPassword | None = None,
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            staff_members = await uow.people.list_staff()
        context = {
            "tabs": PAGE_TABS,
            "members": sorted(staff_members, key=lambda member: (not member.active, member.username)),
            "account_form": ADD_FORM.build_view(self._dependencies.wording, {}, refused_form),
            "new_password": new_password,
        }
        return render_staff_page(request, visitor, "admin/people/users.html", context, error=form_error(refused_form))

    async def _render_page(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        new_password: NewPassword | None = None,
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            member = await uow.people.find_staff(_read_username(request))
            if member is None:
                raise NotFound("username")
            own_sessions = await uow.staff_sessions.list_of_member(member.username)
            second_factor = await uow.second_factors.find(member.username)
            active_locks = await attempts.list_locks(uow.lines, member.username, visitor.now)
        error, change = (
            form_error(refused_form),
            CHANGE_FORM.build_view(self._dependencies.wording, _account_values(member), refused_form),
        )
        context = {
            "member": member,
            "sessions": [
                (describe_browser(session.agent), session) for session in own_sessions if session.is_alive(visitor.now)
            ],
            "active_locks": active_locks,
            "is_enrolled": bool(second_factor and second_factor.confirmed),
            "account_form": change,
            "problem": self._dependencies.wording.render_error(error) if error and not change.is_open else None,
            "new_password": new_password,
        }
        return render_staff_page(request, visitor, "admin/people/user.html", context, error=error)


def _read_username(request: web.Request) -> str:
    return request.match_info["username"]


def _address_after(request: web.Request, done_key: str) -> str:
    """Return the page of an account that says what was done (`admin.done`)."""
    return f"{USERS_PATH}/one/{_read_username(request)}?done={done_key}"


def _account_values(member: StaffMember) -> dict[str, Any]:
    """Return an account as its form shows it."""
    shown_mobile = display_mobile(member.mobile) if member.mobile else ""
    return {"full_name": member.full_name, "mobile": shown_mobile, "role": sorted(member.roles)}
