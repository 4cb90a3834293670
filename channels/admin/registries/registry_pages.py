"""The registries: lists with search and filters, a row with its history, and rows entered and amended by hand."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_row import RowPage, row_id
from channels.admin.registries.registry_view import REGISTRY_ROOM, CellPart, RegistryViews, address
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import required_version
from channels.web.forms import FormWords, Option, controls, read_form, stray
from channels.web.paging import START, ListPage, listed, page_start
from domain.actions.desk import Desk
from domain.actions.registries.registry_entry import (
    amend,
    amended_fields,
    enter,
    entered_fields,
    offered_to_amend,
    offered_to_enter,
    searched,
)
from domain.actions.registries.row_words import NO_LINKS, Links
from domain.actions.registries.rows import read_where
from domain.actions.staff.authorization import registry_right
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.unit_of_work import Store
from domain.values.errors import Conflict, DomainError

PAGE = 50
"""Rows of a list that one page shows."""

ASKED = "q"
"""The part of a list's address that says what is looked for; that of a field's name is a condition."""


class RegistryPages:
    """The pages of every registry."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(REGISTRY_ROOM, "admin.sections.registries", "registries.view"),
    )

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RegistryViews(desk)
        self._row = RowPage(desk, store)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        rooms = [route for registry in REGISTRIES.values() for route in self._of(registry)]
        return (PageRoute("GET", REGISTRY_ROOM, "registries.view", self._overview), *rooms)

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        base, one = address(registry), f"{address(registry)}/{{id:[0-9]{{1,19}}}}"
        view, change = registry_right(registry.key, "view"), registry_right(registry.key, "change")
        return (
            PageRoute("GET", base, view, partial(self._list, registry)),
            PageRoute("GET", f"{base}/new", change, partial(self._page_of_new, registry)),
            PageRoute(
                "POST",
                f"{base}/new",
                change,
                FormSubmission("new", partial(self._enter, registry), partial(self._page_of_new, registry)),
            ),
            PageRoute("GET", one, view, partial(self._row.page, registry)),
            PageRoute("GET", f"{one}/edit", change, partial(self._ask_changes, registry)),
            PageRoute(
                "POST",
                f"{one}/edit",
                change,
                FormSubmission("edit", partial(self._amend, registry), partial(self._again, registry)),
            ),
        )

    async def _overview(self, request: web.Request, visit: Visit) -> web.Response:
        shown = [one for one in REGISTRIES.values() if address(one).startswith(REGISTRY_ROOM)]
        tiles = [CellPart(self._views.title(one), address(one)) for one in shown]
        return staff_page(request, visit, "admin/registries/registries.html", {"tiles": tiles})

    async def _list(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        nothing: ListPage[RegistryRow] = ListPage([], None)
        try:
            wanted = self._wanted(registry, request)
        except DomainError as error:
            return self._listed(registry, request, visit, nothing, {}, NO_LINKS, error)
        async with self._store.unit(write=False) as uow:
            found = listed(request, address(registry), await uow.registries.find(wanted), PAGE)
            links = await self._views.links(uow, registry, [*(one.values for one in found.rows), wanted.where])
        return self._listed(registry, request, visit, found, wanted.where, links)

    def _wanted(self, registry: Registry, request: web.Request) -> RegistryFilter:
        asked = request.query.get(ASKED, "").strip()
        given = {name: value for name, value in request.query.items() if value and registry.field(name)}
        search = searched(self._desk, registry, asked) if asked else None
        where, start = read_where(self._desk, registry, given), page_start(request)
        return RegistryFilter(registry.key, where, start or 0, PAGE + 1, search, newest_first=True)

    def _listed(
        self,
        registry: Registry,
        request: web.Request,
        visit: Visit,
        found: ListPage[RegistryRow],
        where: Mapping[str, Any],
        links: Links,
        error: DomainError | None = None,
    ) -> web.Response:
        context = {
            **self._views.room(registry, visit),
            "rows": [self._views.listed(registry, one, links) for one in found.rows],
            "headings": [self._views.heading(registry, name) for name in registry.listed],
            "q": request.query.get(ASKED, ""),
            "filters": [self._filter(registry, one, request) for one in registry.fields if type(one.type) is Choice],
            "chips": self._chips(registry, request, where, links),
            "new": _new(registry, request),
            "list": found,
            "problem": self._desk.wording.error(error) if error else None,
        }
        return staff_page(request, visit, "admin/registries/registry_list.html", context, error=error)

    def _filter(self, registry: Registry, field: Field, request: web.Request) -> dict[str, Any]:
        chosen, words = request.query.get(field.name, ""), self._desk.catalogue.text
        options = [Option(one, field.type.name_of(one, words), one == chosen) for one in field.choices]
        return {"name": field.name, "label": self._views.label(registry, field.name), "options": options}

    def _chips(
        self, registry: Registry, request: web.Request, where: Mapping[str, Any], links: Links
    ) -> list[dict[str, str]]:
        """Return the conditions that the filters do not show: those of a link from another row's page."""
        fields = [one for one in registry.fields if type(one.type) is not Choice and request.query.get(one.name)]
        return [
            {
                "label": self._views.heading(registry, one.name),
                "name": one.name,
                "value": request.query[one.name],
                "said": self._views.named(registry, one.name, where[one.name], links) if where else "",
                "without": f"{address(registry)}?{urlencode(_without(request, one.name))}",
            }
            for one in fields
        ]

    async def _page_of_new(
        self, registry: Registry, request: web.Request, visit: Visit, refused: RefusedForm | None = None
    ) -> web.Response:
        asked = {name: value for name, value in request.query.items() if registry.field(name)}
        given = self._views.typed(registry, registry.defaults) | asked
        if refused:
            given = read_form(entered_fields(registry), refused.posted)
        fields = offered_to_enter(registry, visit.actor)
        return await self._form(registry, request, visit, fields, given, error_of(refused))

    async def _enter(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        given = read_form(entered_fields(registry), visit.form)
        async with self._store.unit() as uow:
            row = await enter(self._desk, uow, registry, given, visit.actor)
        return f"{address(registry)}/{row.id}?done=row_entered"

    async def _ask_changes(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            row = await uow.registries.get(registry.key, row_id(request))
        if not (fields := offered_to_amend(registry, visit.actor)):
            raise web.HTTPSeeOther(f"{address(registry)}/{row.id}")  # nothing of it is this one's to change
        return await self._form(registry, request, visit, fields, self._views.typed(registry, row.values), row=row)

    async def _amend(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        given, version = read_form(amended_fields(registry), visit.form), required_version(visit.form)
        async with self._store.unit() as uow:
            row = await amend(self._desk, uow, registry, row_id(request), version, given, visit.actor)
        return f"{address(registry)}/{row.id}?done=row_amended"

    async def _again(
        self, registry: Registry, request: web.Request, visit: Visit, refused: RefusedForm
    ) -> web.Response:
        """Show the form as it was typed; after somebody else's change the row as it is now, and what was typed
        beside it.
        """
        async with self._store.unit(write=False) as uow:
            row = await uow.registries.get(registry.key, row_id(request))
        given, error = read_form(amended_fields(registry), refused.posted), refused.error
        fields, now = offered_to_amend(registry, visit.actor), self._views.typed(registry, row.values)
        moved = isinstance(error, Conflict) and error.detail == "row_changed"
        lost = [one for one in fields if (given.get(one.name) or None) != (now.get(one.name) or None)] if moved else []
        shown = [(self._views.label(registry, one.name), self._typed(one, given.get(one.name))) for one in lost]
        return await self._form(registry, request, visit, fields, now if moved else given, error, row=row, lost=shown)

    def _typed(self, field: Field, value: Any) -> str:
        chosen = value if isinstance(value, list) else [value] if value else []
        words = self._desk.catalogue.text
        named = [field.type.name_of(one, words) if one in field.choices else str(one) for one in chosen]
        return "، ".join(named) or "—"

    async def _form(
        self,
        registry: Registry,
        request: web.Request,
        visit: Visit,
        fields: Sequence[Field],
        given: Mapping[str, Any],
        error: DomainError | None = None,
        row: RegistryRow | None = None,
        lost: Sequence[tuple[str, str]] = (),
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            offered = await self._views.offered(uow, registry)
            links = await self._views.links(uow, registry, [row.values] if row else [])
        words = FormWords(self._desk.wording, partial(self._views.label, registry), offered=offered)
        context = {
            **self._views.room(registry, visit),
            "name": self._views.called(registry, row.values, links) if row else None,
            "back": f"{address(registry)}/{row.id}" if row else address(registry),
            "version": row.version_token if row else None,
            "controls": controls(fields, given, words, error),
            "problem": stray(fields, error, words),
            "lost": lost,
        }
        return staff_page(request, visit, "admin/registries/registry_form.html", context, error=error)


def _new(registry: Registry, request: web.Request) -> str:
    """Return where a row is added to this list: one that refers to what the list is of."""
    refers = {one.field: request.query[one.field] for one in registry.references if request.query.get(one.field)}
    return f"{address(registry)}/new?{urlencode(refers)}" if refers else f"{address(registry)}/new"


def _without(request: web.Request, name: str) -> dict[str, str]:
    return {other: value for other, value in request.query.items() if other not in {name, START}}
