"""Substitutes for absent members of the staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.page_forms import PageForm
from channels.admin.people.user_pages import PAGE_TABS, SUBSTITUTES_PATH
from channels.admin.submissions import FormAction, FormSubmission, forbidden_with_reason_too
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.staffing import end_substitution, name_substitute, today_in_tehran
from domain.authorization.rights import Right
from domain.authorization.substitution import lent_roles, may_manage_substitute
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice, Text
from domain.people.person import StaffMember, Substitution


@dataclass(frozen=True, slots=True)
class SubstitutionView:
    """Substitution."""

    substitution: Substitution
    """As it is stored."""
    may_end: bool
    """Its reader may end it."""
    unlent_key: str | None
    """The key of the text where not all roles are lent, or none; None where all are."""


NAME_FORM = "name"
"""The form that names a substitute."""

END_FORM = PageForm(
    "end",
    (
        Field("absent", Text(max_length=40)),
        Field("deputy", Text(max_length=40)),
        Field("from", Day(allows_past=True)),
    ),
    "admin.substitutes",
)
"""Form behind the button of a line: whose line it is."""


class SubstitutePages(SitePart):
    """The substitutes."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", SUBSTITUTES_PATH, Right.USERS_VIEW, self._render_page),
            PageRoute(
                "POST",
                SUBSTITUTES_PATH,
                Right.SUBSTITUTES_NAME,
                self._build_submission(NAME_FORM, self._submit_substitute),
            ),
            PageRoute(
                "POST",
                f"{SUBSTITUTES_PATH}/end",
                Right.SUBSTITUTES_NAME,
                self._build_submission(END_FORM.name, self._submit_end),
            ),
        )

    def _build_submission(self, form_name: str, form_action: FormAction) -> FormSubmission:
        return FormSubmission(form_name, form_action, self._render_page, forbidden_with_reason_too)

    async def _submit_substitute(self, request: web.Request, visitor: Visitor) -> str:
        """Name a substitute; for the same two from the same day the last day is changed, and so ended early."""
        values = self._build_form(await self._load_member_names()).read_values(visitor)
        day_range = date.fromisoformat(values["from"]), date.fromisoformat(values["to"])
        async with self._store.open_unit() as uow:
            await name_substitute(
                ActorContext(self._dependencies, uow, visitor.actor), values["absent"], values["deputy"], day_range
            )
        return f"{SUBSTITUTES_PATH}?done=substitute"

    async def _submit_end(self, request: web.Request, visitor: Visitor) -> str:
        """End at once that somebody is a substitute, or will be."""
        values = END_FORM.read_values(visitor)
        first_day = date.fromisoformat(values["from"])
        async with self._store.open_unit() as uow:
            await end_substitution(
                ActorContext(self._dependencies, uow, visitor.actor), values["absent"], values["deputy"], first_day
            )
        return f"{SUBSTITUTES_PATH}?done=substitute_ended"

    async def _load_member_names(self) -> Mapping[str, str]:
        """Return the names of the active staff."""
        async with self._store.open_unit(write=False) as uow:
            return {member.username: member.full_name for member in await uow.people.list_staff() if member.active}

    def _build_form(self, member_names: Mapping[str, str], reader_username: str | None = None) -> PageForm:
        """Return the form; the reader is not offered as a substitute, whom nobody else would have named."""
        deputy_names = {
            username: full_name for username, full_name in member_names.items() if username != reader_username
        }
        form_fields = (
            Field("absent", Choice(), choices=tuple(member_names)),
            Field("deputy", Choice(), choices=tuple(deputy_names)),
            Field("from", Day(allows_past=True)),
            Field("to", Day(allows_past=True)),
        )
        return PageForm(NAME_FORM, form_fields, "admin.substitutes", {"absent": member_names, "deputy": deputy_names})

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        form = self._build_form(await self._load_member_names(), visitor.member.username)
        async with self._store.open_unit(write=False) as uow:
            members_by_username = {entry.username: entry for entry in await uow.people.list_staff()}
            substitutions = await uow.people.list_substitutions(today_in_tehran(self._dependencies))
        error, add = form_error(refused_form), form.build_view(self._dependencies.wording, {}, refused_form)
        substitution_views = [
            _build_substitution_view(
                entry, members_by_username[entry.absent], members_by_username[entry.deputy], visitor
            )
            for entry in substitutions
        ]
        context = {
            "tabs": PAGE_TABS,
            "substitution_views": substitution_views,
            "member_names": {username: entry.full_name for username, entry in members_by_username.items()},
            "today": today_in_tehran(self._dependencies),
            "substitute_form": add,
            "refusal": self._dependencies.wording.render_error(error) if error and not add.is_open else None,
        }
        return render_staff_page(request, visitor, "admin/people/substitutes.html", context, error=error)


def _build_substitution_view(
    substitution: Substitution, absent_member: StaffMember, deputy_member: StaffMember, visitor: Visitor
) -> SubstitutionView:
    roles_lent = lent_roles(substitution, absent_member, deputy_member)
    unlent_key = None if roles_lent == absent_member.roles else "without_admin" if roles_lent else "void"
    return SubstitutionView(substitution, may_manage_substitute(roles_lent, visitor.actor), unlent_key)
