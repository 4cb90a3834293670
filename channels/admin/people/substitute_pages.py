"""Who acts for whom while a member of the staff is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.people.user_pages import SUBSTITUTES, TABS
from channels.admin.refused_forms import PageForm, Tried
from channels.web.error_pages import status_of
from channels.web.forms import read_form
from domain.actions.desk import Desk
from domain.actions.staff.staffing import end_substitution, lent_by, may_lend, substitute, today
from domain.fields.form import Field, read_fields
from domain.fields.types import Choice, Day, ReadingContext, Text
from domain.people.person import StaffMember, Substitution
from domain.unit_of_work import Store
from domain.values.errors import DomainError, Forbidden


@dataclass(frozen=True, slots=True)
class SubstitutionView:
    """Who acts for whom: whether it is the reader's to end, and the key of a text about what is not lent: the role of
    an absent one who became an administrator meanwhile, or nothing at all; None where all is.
    """

    one: Substitution
    ended_here: bool
    not_lent: str | None


ENDED = (Field("absent", Text(limit=40)), Field("deputy", Text(limit=40)), Field("from", Day(past=True)))
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
            PageRoute("GET", SUBSTITUTES, "users.view", self._show),
            PageRoute("POST", SUBSTITUTES, "substitutes.name", self._name),
            PageRoute("POST", f"{SUBSTITUTES}/end", "substitutes.name", self._end),
        )

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._page(request, visit)

    async def _name(self, request: web.Request, visit: Visit) -> web.Response:
        """Name a substitute; for the same two from the same day the last day is changed, and so ended early."""
        form = self._form(await self._names())
        given = read_form(form.fields, visit.form)
        try:
            values = read_fields(form.fields, given, visit.actor.channel, ReadingContext(visit.now))
            days = date.fromisoformat(values["from"]), date.fromisoformat(values["to"])
            async with self._store.unit() as uow:
                await substitute(self._desk, uow, values["absent"], values["deputy"], days, visit.actor)
        except Forbidden as error:
            if error.detail is None:
                raise
            await visit.denied(error)
            return await self._page(request, visit, Tried(form.name, given, error))
        except DomainError as error:
            return await self._page(request, visit, Tried(form.name, given, error))
        raise web.HTTPSeeOther(f"{SUBSTITUTES}?done=substitute")

    async def _end(self, request: web.Request, visit: Visit) -> web.Response:
        """End at once that somebody is a substitute, or will be."""
        given = read_form(ENDED, visit.form)
        try:
            values = read_fields(ENDED, given, visit.actor.channel, ReadingContext(visit.now))
            first = date.fromisoformat(values["from"])
            async with self._store.unit() as uow:
                await end_substitution(self._desk, uow, values["absent"], values["deputy"], first, visit.actor)
        except Forbidden as error:
            if error.detail is None:
                raise
            await visit.denied(error)
            return await self._page(request, visit, Tried("end", given, error))
        except DomainError as error:
            return await self._page(request, visit, Tried("end", given, error))
        raise web.HTTPSeeOther(f"{SUBSTITUTES}?done=substitute_ended")

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
        return PageForm("name", fields, "admin.substitutes", {"absent": members, "deputy": deputies})

    async def _page(self, request: web.Request, visit: Visit, tried: Tried | None = None) -> web.Response:
        form = self._form(await self._names(), visit.member.username)
        async with self._store.unit(write=False) as uow:
            staff = {one.username: one for one in await uow.people.all_staff()}
            found = await uow.people.substitutions(today(self._desk))
        listed = [_shown(one, staff[one.absent], staff[one.deputy], visit) for one in found]
        context = {
            "tabs": TABS,
            "substitutions": listed,
            "names": {name: one.full_name for name, one in staff.items()},
            "today": today(self._desk),
            "add": form.shown(self._desk.wording, {}, tried),
            "refusal": self._desk.wording.error(tried.error) if tried and tried.action != form.name else None,
        }
        status = status_of(tried.error) if tried else 200
        return staff_page(request, visit, "admin/people/substitutes.html", context, status=status)


def _shown(one: Substitution, absent: StaffMember, deputy: StaffMember, visit: Visit) -> SubstitutionView:
    lent = lent_by(one, absent, deputy)
    not_lent = None if lent == absent.roles else "without_admin" if lent else "void"
    return SubstitutionView(one, may_lend(lent, visit.actor), not_lent)
