"""Who acts for whom while a member of the staff is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.page_forms import PageForm
from channels.admin.people.user_pages import SUBSTITUTES, TABS
from channels.admin.submissions import FormAction, FormSubmission, RefusedForm, error_of, forbidden_with_reason_too
from domain.actions.desk import Desk
from domain.actions.staff.staffing import end_substitution, lent_by, may_lend, substitute, today
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Text
from domain.people.person import StaffMember, Substitution
from domain.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class SubstitutionView:
    """Who acts for whom: whether it is the reader's to end, and the key of a text about what is not lent: the role of
    an absent one who became an administrator meanwhile, or nothing at all; None where all is.
    """

    one: Substitution
    ended_here: bool
    not_lent: str | None


NAME = "name"
"""The form that names a substitute."""

END = PageForm("end", (
    Field("absent", Text(limit=40)), Field("deputy", Text(limit=40)), Field("from", Day(past=True)),
), "admin.substitutes")  # fmt: skip
"""What the button of a line says: whose line it is."""


class SubstitutePages:
    """The substitutes."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", SUBSTITUTES, "users.view", self._page),
            PageRoute("POST", SUBSTITUTES, "substitutes.name", self._submission(NAME, self._name)),
            PageRoute("POST", f"{SUBSTITUTES}/end", "substitutes.name", self._submission(END.name, self._end)),
        )

    def _submission(self, form: str, action: FormAction) -> FormSubmission:
        return FormSubmission(form, action, self._page, forbidden_with_reason_too)

    async def _name(self, request: web.Request, visit: Visit) -> str:
        """Name a substitute; for the same two from the same day the last day is changed, and so ended early."""
        values = self._form(await self._names()).read(visit)
        days = date.fromisoformat(values["from"]), date.fromisoformat(values["to"])
        async with self._store.unit() as uow:
            await substitute(self._desk, uow, values["absent"], values["deputy"], days, visit.actor)
        return f"{SUBSTITUTES}?done=substitute"

    async def _end(self, request: web.Request, visit: Visit) -> str:
        """End at once that somebody is a substitute, or will be."""
        values = END.read(visit)
        first = date.fromisoformat(values["from"])
        async with self._store.unit() as uow:
            await end_substitution(self._desk, uow, values["absent"], values["deputy"], first, visit.actor)
        return f"{SUBSTITUTES}?done=substitute_ended"

    async def _names(self) -> Mapping[str, str]:
        """Return the names of the active staff."""
        async with self._store.unit(write=False) as uow:
            return {one.username: one.full_name for one in await uow.people.all_staff() if one.active}

    def _form(self, members: Mapping[str, str], reader: str | None = None) -> PageForm:
        """Return the form; the reader is not offered as a substitute, whom nobody else would have named."""
        deputies = {name: full for name, full in members.items() if name != reader}
        fields = (
            Field("absent", Choice(), choices=tuple(members)),
            Field("deputy", Choice(), choices=tuple(deputies)),
            Field("from", Day(past=True)),
            Field("to", Day(past=True)),
        )
        return PageForm(NAME, fields, "admin.substitutes", {"absent": members, "deputy": deputies})

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        form = self._form(await self._names(), visit.member.username)
        async with self._store.unit(write=False) as uow:
            staff = {one.username: one for one in await uow.people.all_staff()}
            found = await uow.people.substitutions(today(self._desk))
        error, add = error_of(refused), form.shown(self._desk.wording, {}, refused)
        listed = [_shown(one, staff[one.absent], staff[one.deputy], visit) for one in found]
        context = {
            "tabs": TABS,
            "substitutions": listed,
            "names": {name: one.full_name for name, one in staff.items()},
            "today": today(self._desk),
            "add": add,
            "refusal": self._desk.wording.error(error) if error and not add.open else None,
        }
        return staff_page(request, visit, "admin/people/substitutes.html", context, error=error)


def _shown(one: Substitution, absent: StaffMember, deputy: StaffMember, visit: Visit) -> SubstitutionView:
    lent = lent_by(one, absent, deputy)
    not_lent = None if lent == absent.roles else "without_admin" if lent else "void"
    return SubstitutionView(one, may_lend(lent, visit.actor), not_lent)
