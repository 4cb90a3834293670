"""The audit of acts and refusals here, and whether the history is whole."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.audit.fact_wording import KINDS_PREFIX, AuditEntryView, AuditWording
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.paging import ListPage, build_list_page, read_page_start
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.history.verifications import request_verification
from domain.audit.entries import AuditFilter
from domain.authorization.rights import Right
from domain.fields.form import Field, read_submitted
from domain.fields.moments import Day
from domain.fields.types import Choice, ReadingContext, Text
from domain.values.calendar import day_bounds

AUDIT_PATH = "/staff/audit"

PAGE_SIZE = 50
"""Facts on a page."""


class AuditPages(SitePart):
    """The audit, with the state of the history above it."""

    sections: Sequence[NavigationSection] = (NavigationSection(AUDIT_PATH, "admin.sections.audit", Right.AUDIT_VIEW),)

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", AUDIT_PATH, Right.AUDIT_VIEW, self._render_page),
            PageRoute(
                "POST",
                f"{AUDIT_PATH}/verify",
                Right.HISTORY_VERIFY,
                FormSubmission("verify", self._submit_verification, self._render_page),
            ),
        )

    async def _submit_verification(self, request: web.Request, visitor: Visitor) -> str:
        """Ask for a verification; a process takes it up within seconds."""
        async with self._store.open_unit() as uow:
            await request_verification(ActorContext(self._dependencies, uow, visitor.actor))
        return f"{AUDIT_PATH}?done=verification"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show the facts that the filters leave; one that cannot be understood is reported, and leaves none."""
        filter_fields = self._build_filter_fields()
        filter_values = read_form(filter_fields, request.query)
        entry_page, filter_error = await load_filtered(
            self._find_entries(request, filter_fields, filter_values, visitor), ListPage((), None)
        )
        form_wording = self._build_wording()
        context = {
            "filters": build_controls(filter_fields, filter_values, form_wording, filter_error),
            "problem": describe_stray(filter_fields, filter_error, form_wording) if filter_error else None,
            "refusal": self._dependencies.wording.render_error(refused_form.error) if refused_form else None,
            "list_page": entry_page,
            **await self._describe_history_state(),
        }
        return render_staff_page(
            request, visitor, "admin/audit/audit.html", context, error=form_error(refused_form) or filter_error
        )

    def _build_filter_fields(self) -> tuple[Field, ...]:
        entry_kinds = [key.removeprefix(KINDS_PREFIX) for key in self._dependencies.catalogue.list_keys(KINDS_PREFIX)]
        return (
            Field("actor", Text(max_length=100), required=False),
            Field("what", Choice(), required=False, choices=tuple(entry_kinds)),
            Field("day", Day(allows_past=True), required=False),
        )

    async def _find_entries(
        self, request: web.Request, filter_fields: tuple[Field, ...], filter_values: Mapping[str, Any], visitor: Visitor
    ) -> ListPage[AuditEntryView]:
        parsed_filter = read_submitted(filter_fields, filter_values, ReadingContext(visitor.now))
        day_range = day_bounds(date.fromisoformat(parsed_filter["day"])) if "day" in parsed_filter else None
        audit_filter = AuditFilter(
            _parse_actor_label(parsed_filter.get("actor")),
            parsed_filter.get("what"),
            day_range,
            read_page_start(request),
            PAGE_SIZE + 1,
        )
        async with self._store.open_unit(write=False) as uow:
            audit_entries, member_names = await uow.audit.list_entries(audit_filter), await load_staff_names(uow.people)
        audit_wording = AuditWording(self._dependencies, member_names)
        return build_list_page(request, AUDIT_PATH, [*map(audit_wording.describe_entry, audit_entries)], PAGE_SIZE)

    async def _describe_history_state(self) -> dict[str, Any]:
        """Return the state of the history: its last seal, what is not sealed, and the last verification."""
        async with self._store.open_unit(write=False) as uow:
            member_names = await load_staff_names(uow.people)
            pending_verification, last_verification = (
                await uow.verifications.find_requested(),
                await uow.verifications.find_last_ended(),
            )
            history_state = {
                "last_seal": await uow.history.find_last_sealed(),
                "unsealed_event_count": await uow.history.count_unsealed_events(),
            }
        actor_name = (
            describe_actor(self._dependencies.catalogue, last_verification.asked_by, member_names)
            if last_verification
            else ""
        )
        return {
            **history_state,
            "pending_verification": pending_verification,
            "last_verification": last_verification,
            "verifier_name": actor_name,
        }

    def _build_wording(self) -> FormWording:
        get_text = self._dependencies.catalogue.text
        titles_by_field = {
            "what": {
                key.removeprefix(KINDS_PREFIX): key for key in self._dependencies.catalogue.list_keys(KINDS_PREFIX)
            }
        }
        hints_by_field = {"actor": get_text("admin.audit.actor_hint")}
        return FormWording(
            self._dependencies.wording,
            lambda field_name: get_text(f"admin.audit.{field_name}"),
            titles_by_field,
            blank_key="web.form.every",
            hints_by_field=hints_by_field,
        )


def _parse_actor_label(submitted_actor: str | None) -> str | None:
    """Return the label that somebody looks for: a user name alone is a member of the staff."""
    return submitted_actor if submitted_actor is None or ":" in submitted_actor else f"staff:{submitted_actor}"
