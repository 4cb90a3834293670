"""Read events (readers of personal data), page by page and as a sheet."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.paging import ListPage, build_list_page, build_page_query, read_page_start
from channels.web.sheets import render_csv
from channels.web.site_part import SitePart
from domain.audit.read_events import ReadEvent, ReadEventFilter, ReadKind
from domain.authorization.rights import Right
from domain.fields.form import Field, read_submitted
from domain.fields.moments import Day
from domain.fields.types import Choice, ReadingContext, Text
from domain.values.calendar import day_bounds
from domain.values.text import ascii_digits

READ_EVENTS_PATH = "/staff/audit/readings"

PAGE_SIZE = 100
"""Events on a page."""

MOST_EXPORTED_EVENTS = 100_000
"""Events in a sheet; who needs more takes it day by day."""

_REGISTRY_KINDS = frozenset({ReadKind.REGISTRY, ReadKind.REGISTRY_ROW, ReadKind.IMPORT_FILE, ReadKind.PAPER})
_READS_PREFIX = "admin.audit.reads."
_FILTER_FIELDS = (
    Field("actor", Text(max_length=100), required=False),
    Field("read", Choice(), required=False, choices=tuple(ReadKind)),
    Field("subject", Text(max_length=100), required=False),
    Field("day", Day(allows_past=True), required=False),
)


@dataclass(frozen=True, slots=True)
class ReadEventView:
    """An event in words."""

    id: int
    event: ReadEvent
    viewer_name: str
    title: str


class ReadEventPages(SitePart):
    """The page of read events, and its sheet."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", READ_EVENTS_PATH, Right.AUDIT_VIEW, self._show_events),
            PageRoute("GET", f"{READ_EVENTS_PATH}.csv", Right.AUDIT_EXPORT, self._send_sheet),
        )

    async def _show_events(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show the events that the filters leave; one that cannot be understood is reported, and leaves none."""
        filter_values, wording = read_form(_FILTER_FIELDS, request.query), self._build_wording()
        event_page, filter_error = await load_filtered(
            self._find_events(request, filter_values, visitor), ListPage((), None)
        )
        context = {
            "filters": build_controls(_FILTER_FIELDS, filter_values, wording, filter_error),
            "problem": describe_stray(_FILTER_FIELDS, filter_error, wording) if filter_error else None,
            "list_page": event_page,
            "sheet_address": f"{READ_EVENTS_PATH}.csv?{build_page_query(request)}",
        }
        return render_staff_page(request, visitor, "admin/audit/read_events.html", context, error=filter_error)

    async def _find_events(
        self, request: web.Request, filter_values: Mapping[str, Any], visitor: Visitor
    ) -> ListPage[ReadEventView]:
        views = await self._load_views(_read_filter(request, filter_values, visitor, PAGE_SIZE + 1))
        return build_list_page(request, READ_EVENTS_PATH, views, PAGE_SIZE)

    async def _load_views(self, event_filter: ReadEventFilter) -> list[ReadEventView]:
        async with self._store.open_unit(write=False) as uow:
            events, member_names = await uow.audit.list_read_events(event_filter), await load_staff_names(uow.people)
        catalogue = self._dependencies.catalogue
        return [
            ReadEventView(
                event.id, event, describe_actor(catalogue, event.viewer, member_names), self._describe_kind(event)
            )
            for event in events
        ]

    def _describe_kind(self, event: ReadEvent) -> str:
        """Return what was shown, with the name of the registry where it was one."""
        catalogue = self._dependencies.catalogue
        registry_key = f"choices.registry.{event.subject.partition('/')[0].partition(' ')[0]}"
        title = catalogue.text(_READS_PREFIX + event.kind)
        is_named = event.kind in _REGISTRY_KINDS and registry_key in catalogue
        return f"{title}: {catalogue.text(registry_key)}" if is_named else title

    async def _send_sheet(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Send the events that the filters leave, moments in UTC; that they are taken along is in the audit."""
        filter_values = read_form(_FILTER_FIELDS, request.query)
        views = await self._load_views(_read_filter(request, filter_values, visitor, MOST_EXPORTED_EVENTS))
        async with self._store.open_unit() as uow:
            audit_facts = {"kind": "csv", "file": "read-events.csv"}
            await uow.audit.add_entry(visitor.now, visitor.actor.label, "export", audit_facts)
        headings = ["at", "viewer", "name", "kind", "subject"]
        rows = [
            [view.event.at.isoformat(), view.event.viewer, view.viewer_name, view.event.kind, view.event.subject]
            for view in views
        ]
        return await asyncio.to_thread(render_csv, "read-events", [headings, *rows])

    def _build_wording(self) -> FormWording:
        get_text = self._dependencies.catalogue.text
        return FormWording(
            self._dependencies.wording,
            lambda field_name: get_text(f"admin.audit.{field_name}"),
            {"read": {kind: _READS_PREFIX + kind for kind in ReadKind}},
            blank_key="web.form.every",
            hints_by_field={
                "actor": get_text("admin.audit.actor_hint"),
                "subject": get_text("admin.audit.subject_hint"),
            },
        )


def _read_filter(
    request: web.Request, filter_values: Mapping[str, Any], visitor: Visitor, limit: int
) -> ReadEventFilter:
    """Return what the address asks for; `InvalidField` for what cannot be understood."""
    values = read_submitted(_FILTER_FIELDS, filter_values, ReadingContext(visitor.now))
    viewer, subject = values.get("actor"), values.get("subject")
    return ReadEventFilter(
        viewer if viewer is None or ":" in viewer else f"staff:{viewer}",
        ReadKind(values["read"]) if "read" in values else None,
        ascii_digits(subject).strip() if subject else None,
        day_bounds(date.fromisoformat(values["day"])) if "day" in values else None,
        read_page_start(request),
        limit,
    )
