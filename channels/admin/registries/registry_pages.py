"""The registries: lists with search and filters, a row with its history, and rows entered and amended by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.addresses import REGISTRIES_PATH, list_address
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_row import RowPage
from channels.admin.registries.registry_view import CellPart, RegistryViews
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import FormWording, Option, build_controls, describe_stray, read_form
from channels.web.paging import START_PARAMETER, ListPage, build_list_page, read_page_start
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.registry_entry import (
    amend_fields,
    amend_row,
    build_row_search,
    enter_row,
    entry_fields,
    offered_amendment_fields,
    offered_entry_fields,
)
from domain.actions.registries.row_words import NO_ROW_LINKS, RowLinks
from domain.actions.registries.rows import read_conditions
from domain.authorization.rights import Right, registry_right
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.unit_of_work import Store
from domain.values.errors import Conflict, DomainError
from domain.values.reasons import ConflictReason
from domain.values.version_token import VersionToken

PAGE_SIZE = 50
"""Rows of a list that one page shows."""

SEARCH_PARAMETER = "q"
"""The part of a list's address that says what is looked for; that of a field's name is a condition."""


@dataclass(frozen=True, slots=True)
class FoundRows:
    """The rows that the filters of a registry's list leave."""

    row_page: ListPage[RegistryRow]
    """A page of them."""
    conditions: Mapping[str, Any]
    """Field → value that the rows have there."""
    row_links: RowLinks
    """Links from the rows and conditions, by name."""


class RegistryPages(SitePart):
    """The pages of every registry."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(REGISTRIES_PATH, "admin.sections.registries", Right.REGISTRIES_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = RegistryViews(dependencies)
        self._row_page = RowPage(dependencies, store)

    def list_routes(self) -> Sequence[PageRoute]:
        registry_routes = [route for registry in REGISTRIES.values() for route in self._build_routes(registry)]
        return (PageRoute("GET", REGISTRIES_PATH, Right.REGISTRIES_VIEW, self._show_overview), *registry_routes)

    def _build_routes(self, registry: Registry) -> Sequence[PageRoute]:
        list_path, row_path = list_address(registry), f"{list_address(registry)}/{{id:[0-9]{{1,19}}}}"
        view_right, change_right = registry_right(registry.key, "view"), registry_right(registry.key, "change")
        return (
            PageRoute("GET", list_path, view_right, partial(self._show_list, registry)),
            PageRoute("GET", f"{list_path}/new", change_right, partial(self._render_new_form, registry)),
            PageRoute(
                "POST",
                f"{list_path}/new",
                change_right,
                FormSubmission(
                    "new", partial(self._submit_new_row, registry), partial(self._render_new_form, registry)
                ),
            ),
            PageRoute("GET", row_path, view_right, partial(self._row_page.render_row_page, registry)),
            PageRoute("GET", f"{row_path}/edit", change_right, partial(self._show_change_form, registry)),
            PageRoute(
                "POST",
                f"{row_path}/edit",
                change_right,
                FormSubmission(
                    "edit",
                    VersionedAction(partial(self._submit_changes, registry)),
                    partial(self._render_refused_changes, registry),
                ),
            ),
        )

    async def _show_overview(self, request: web.Request, visitor: Visitor) -> web.Response:
        listed_registries = [
            candidate for candidate in REGISTRIES.values() if list_address(candidate).startswith(REGISTRIES_PATH)
        ]
        registry_links = [
            CellPart(self._views.registry_title(candidate), list_address(candidate)) for candidate in listed_registries
        ]
        return render_staff_page(
            request, visitor, "admin/registries/registries.html", {"registry_links": registry_links}
        )

    async def _show_list(self, registry: Registry, request: web.Request, visitor: Visitor) -> web.Response:
        found_rows, filter_error = await load_filtered(
            self._find_rows(registry, request), FoundRows(ListPage([], None), {}, NO_ROW_LINKS)
        )
        return self._render_list(registry, request, visitor, found_rows, filter_error)

    async def _find_rows(self, registry: Registry, request: web.Request) -> FoundRows:
        registry_filter = self._read_filter(registry, request)
        async with self._store.open_unit(write=False) as uow:
            row_page = build_list_page(
                request, list_address(registry), await uow.registries.list_rows(registry_filter), PAGE_SIZE
            )
            row_links = await self._views.load_links(
                uow.registries, registry, [*(row.values for row in row_page.rows), registry_filter.field_values]
            )
        return FoundRows(row_page, registry_filter.field_values, row_links)

    def _read_filter(self, registry: Registry, request: web.Request) -> RegistryFilter:
        search_text = request.query.get(SEARCH_PARAMETER, "").strip()
        condition_texts = {
            field_name: value
            for field_name, value in request.query.items()
            if value and registry.find_field(field_name)
        }
        search_values = build_row_search(self._dependencies, registry, search_text) if search_text else None
        conditions, start_id = read_conditions(self._dependencies, registry, condition_texts), read_page_start(request)
        return RegistryFilter(registry.key, conditions, start_id or 0, PAGE_SIZE + 1, search_values, newest_first=True)

    def _render_list(
        self,
        registry: Registry,
        request: web.Request,
        visitor: Visitor,
        found_rows: FoundRows,
        error: DomainError | None,
    ) -> web.Response:
        row_page, row_links = found_rows.row_page, found_rows.row_links
        context = {
            **self._views.build_context(registry, visitor),
            "rows": [self._views.build_listed_row(registry, entry, row_links) for entry in row_page.rows],
            "column_headings": [
                self._views.field_heading(registry, field_name) for field_name in registry.summary_fields
            ],
            "registry_search": request.query.get(SEARCH_PARAMETER, ""),
            "filters": [
                self._build_filter(registry, entry, request) for entry in registry.fields if type(entry.type) is Choice
            ],
            "conditions": self._list_conditions(registry, request, found_rows.conditions, row_links),
            "new_row_address": _build_new_address(registry, request),
            "list_page": row_page,
            "problem": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/registries/registry_list.html", context, error=error)

    def _build_filter(self, registry: Registry, field: Field, request: web.Request) -> dict[str, Any]:
        chosen_value, get_text = request.query.get(field.name, ""), self._dependencies.catalogue.text
        options = [
            Option(choice, field.type.display_name(choice, get_text), choice == chosen_value)
            for choice in field.choices
        ]
        return {"name": field.name, "label": self._views.field_label(registry, field.name), "options": options}

    def _list_conditions(
        self, registry: Registry, request: web.Request, conditions: Mapping[str, Any], row_links: RowLinks
    ) -> list[dict[str, str]]:
        """Return the conditions that the filters do not show: those of a link from another row's page."""
        condition_fields = [
            condition
            for condition in registry.fields
            if type(condition.type) is not Choice and request.query.get(condition.name)
        ]
        return [
            {
                "label": self._views.field_heading(registry, condition.name),
                "name": condition.name,
                "value": request.query[condition.name],
                "value_text": self._views.render_field(registry, condition.name, conditions[condition.name], row_links)
                if conditions
                else "",
                "removal_address": f"{list_address(registry)}?{urlencode(_drop_parameter(request, condition.name))}",
            }
            for condition in condition_fields
        ]

    async def _render_new_form(
        self, registry: Registry, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        query_values = {
            field_name: value for field_name, value in request.query.items() if registry.find_field(field_name)
        }
        submitted_values = self._views.form_values(registry, registry.defaults) | query_values
        if refused_form:
            submitted_values = read_form(entry_fields(registry), refused_form.posted_form)
        form_fields = offered_entry_fields(registry, visitor.actor)
        return await self._render_form(
            registry, request, visitor, form_fields, submitted_values, form_error(refused_form)
        )

    async def _submit_new_row(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        submitted_values = read_form(entry_fields(registry), visitor.form)
        async with self._store.open_unit() as uow:
            row = await enter_row(ActorContext(self._dependencies, uow, visitor.actor), registry, submitted_values)
        return f"{list_address(registry)}/{row.id}?done=row_entered"

    async def _show_change_form(self, registry: Registry, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            row = await uow.registries.get_row(registry.key, get_row_id(request))
        if not (form_fields := offered_amendment_fields(registry, visitor.actor)):
            raise web.HTTPSeeOther(f"{list_address(registry)}/{row.id}")  # nothing of it is this one's to change
        return await self._render_form(
            registry, request, visitor, form_fields, self._views.form_values(registry, row.values), row=row
        )

    async def _submit_changes(
        self, registry: Registry, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        submitted_values = read_form(amend_fields(registry), visitor.form)
        async with self._store.open_unit() as uow:
            row = await amend_row(
                ActorContext(self._dependencies, uow, visitor.actor),
                registry,
                get_row_id(request),
                version_token,
                submitted_values,
            )
        return f"{list_address(registry)}/{row.id}?done=row_amended"

    async def _render_refused_changes(
        self, registry: Registry, request: web.Request, visitor: Visitor, refused_form: RefusedForm
    ) -> web.Response:
        """Show the form as it was typed; after somebody else's change the row as it is now, and what was typed
        beside it.
        """
        async with self._store.open_unit(write=False) as uow:
            row = await uow.registries.get_row(registry.key, get_row_id(request))
        submitted_values, error = read_form(amend_fields(registry), refused_form.posted_form), refused_form.error
        form_fields, current = (
            offered_amendment_fields(registry, visitor.actor),
            self._views.form_values(registry, row.values),
        )
        is_outdated = isinstance(error, Conflict) and error.reason is ConflictReason.ROW_CHANGED
        lost_values = self._list_lost_values(registry, form_fields, submitted_values, current) if is_outdated else []
        return await self._render_form(
            registry,
            request,
            visitor,
            form_fields,
            current if is_outdated else submitted_values,
            error,
            row=row,
            lost_values=lost_values,
        )

    def _list_lost_values(
        self,
        registry: Registry,
        form_fields: Sequence[Field],
        submitted_values: Mapping[str, Any],
        current_values: Mapping[str, Any],
    ) -> list[tuple[str, str]]:
        """Return what was typed that the row does not hold, each with its label, in words."""
        return [
            (
                self._views.field_label(registry, form_field.name),
                self._describe_submitted(form_field, submitted_values.get(form_field.name)),
            )
            for form_field in form_fields
            if (submitted_values.get(form_field.name) or None) != (current_values.get(form_field.name) or None)
        ]

    def _describe_submitted(self, field: Field, value: Any) -> str:
        chosen_values = value if isinstance(value, list) else [value] if value else []
        get_text = self._dependencies.catalogue.text
        value_labels = [
            field.type.display_name(chosen_value, get_text) if chosen_value in field.choices else str(chosen_value)
            for chosen_value in chosen_values
        ]
        return "، ".join(value_labels) or "—"

    async def _render_form(
        self,
        registry: Registry,
        request: web.Request,
        visitor: Visitor,
        form_fields: Sequence[Field],
        submitted_values: Mapping[str, Any],
        error: DomainError | None = None,
        row: RegistryRow | None = None,
        lost_values: Sequence[tuple[str, str]] = (),
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            suggestions = await self._views.load_suggestions(uow, registry)
            row_links = await self._views.load_links(uow.registries, registry, [row.values] if row else [])
        form_wording = FormWording(
            self._dependencies.wording, partial(self._views.field_label, registry), suggestions=suggestions
        )
        context = {
            **self._views.build_context(registry, visitor),
            "row_name": self._views.render_row_name(registry, row.values, row_links) if row else None,
            "back_address": f"{list_address(registry)}/{row.id}" if row else list_address(registry),
            "version_token": row.version_token if row else None,
            "controls": build_controls(form_fields, submitted_values, form_wording, error),
            "problem": describe_stray(form_fields, error, form_wording),
            "lost_values": lost_values,
        }
        return render_staff_page(request, visitor, "admin/registries/registry_form.html", context, error=error)


def _build_new_address(registry: Registry, request: web.Request) -> str:
    """Return where a row is added to this list: one that refers to what the list is of."""
    reference_values = {
        reference.field: request.query[reference.field]
        for reference in registry.references
        if request.query.get(reference.field)
    }
    return (
        f"{list_address(registry)}/new?{urlencode(reference_values)}"
        if reference_values
        else f"{list_address(registry)}/new"
    )


def _drop_parameter(request: web.Request, field_name: str) -> dict[str, str]:
    return {
        parameter_name: value
        for parameter_name, value in request.query.items()
        if parameter_name not in {field_name, START_PARAMETER}
    }
