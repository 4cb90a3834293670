"""What was done and refused here, and whether the history is whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.user_agents import describe_browser
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.paging import ListPage, build_list_page, read_page_start
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.dependencies import Dependencies
from domain.actions.history.verifications import request_verification
from domain.actions.settings.rule_lists import index_rules
from domain.audit.entries import AuditEntry, AuditFilter
from domain.authorization.rights import Right
from domain.fields.form import Field, read_submitted
from domain.fields.moments import Day
from domain.fields.types import Choice, ReadingContext, Text, format_number
from domain.language.wording import day_and_hour_text
from domain.unit_of_work import Store
from domain.values.calendar import day_bounds, jalali_text
from domain.values.errors import InvalidField
from domain.values.text import group_digits, persian_digits

AUDIT_PATH = "/staff/audit"

PAGE_SIZE = 50
"""Facts on a page."""

_ISO_DAY_LENGTH = len("2026-11-25")
_KINDS_PREFIX, _FACTS_PREFIX = "admin.audit.kinds.", "admin.audit.facts."
_FIGURE_FORMATTERS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(("amount", "declared", "refund", "rate", "per_request"), group_digits),
    "share_bp": lambda hundredths: format_number(hundredths / 100),
}
"""Facts that are rials, and the one that is kept as hundredths of a percent."""
_DAY_FACTS = frozenset({"day", "from", "to", "until", "before", "old_until", "last_at"})
"""Facts that are a day or a moment. What strangers may write (a browser's name, a path) is never read as one."""


_NAMING_TEXTS: Mapping[str, Sequence[str]] = {
    "report": ("reports.titles.{}",),
    "registry": ("choices.registry.{}",),
    "service": ("services.{}.title", "choices.service.{}"),
    "kind": ("admin.exports.{}", "choices.kind.{}"),
    "name": ("admin.settings.rules.{}",),
    "roles": ("roles.{}",),
    "roles_before": ("roles.{}",),
    "unit": ("roles.{}",),
    "changed": ("admin.users.{}", "admin.audit.facts.{}"),
    "failed_by": ("admin.messages.reasons.{}",),
    "channel": ("admin.channels.{}",),
    "phase": ("reports.phases.{}",),
    "right": ("admin.audit.rights.{}",),
    "destination": ("admin.audit.destinations.{}",),
    "method": ("admin.audit.methods.{}",),
    "why": ("details.forbidden.{}", "admin.audit.whys.{}"),
}
"""Facts that are an id of something, and the texts that may name it. Any other may be one of the choices that are
called like it, as what a service prices by is.
"""
_STATE_TEXTS: Mapping[str, Sequence[str]] = {
    "message_retried": ("admin.message_states.{}",),
    "charge_entered": ("choices.duty_state.{}",),
}
"""Kinds of fact that name a state, and the texts that name it: of texts, and of what is owed."""
_MEMBER_FACTS = frozenset({"absent", "deputy"})
_ACTOR_FACTS = frozenset({"brought_by", "proposed_by"})
_AGENT_FACT = "agent"


@dataclass(frozen=True, slots=True)
class AuditFactPart:
    """A part of a fact in words; `full_value` is all of it where `value` is short for it."""

    name: str
    value: str
    full_value: str


@dataclass(frozen=True, slots=True)
class AuditEntryView:
    """A fact of the audit in words; `fact_parts` is what may be shown of it."""

    id: int
    entry: AuditEntry
    actor_name: str
    title: str
    fact_parts: Sequence[AuditFactPart]


class AuditPages:
    """The audit, with the state of the history above it."""

    sections: Sequence[NavigationSection] = (NavigationSection(AUDIT_PATH, "admin.sections.audit", Right.AUDIT_VIEW),)

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
        self._rules_by_name = index_rules(dependencies.services)

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
            await request_verification(self._dependencies, uow, visitor.actor)
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
        entry_kinds = [key.removeprefix(_KINDS_PREFIX) for key in self._dependencies.catalogue.list_keys(_KINDS_PREFIX)]
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
            audit_entries, member_names = await uow.audit.list_entries(audit_filter), await load_staff_names(uow)
        return build_list_page(
            request, AUDIT_PATH, [self._build_entry_view(entry, member_names) for entry in audit_entries], PAGE_SIZE
        )

    def _build_entry_view(self, entry: AuditEntry, member_names: Mapping[str, str]) -> AuditEntryView:
        repetition_facts = {"times": entry.times, "last_at": entry.last_at.isoformat()} if entry.last_at else {}
        fact_parts = [
            self._describe_fact(entry.what, fact_name, value, member_names)
            for fact_name, value in {**entry.detail, **repetition_facts}.items()
        ]
        actor_name, kind_title = (
            describe_actor(self._dependencies.catalogue, entry.actor, member_names),
            self._label_fact(_KINDS_PREFIX, entry.what),
        )
        return AuditEntryView(
            entry.id, entry, actor_name, kind_title, [fact_part for fact_part in fact_parts if fact_part.value]
        )

    def _describe_fact(
        self, entry_kind: str, fact_name: str, value: Any, member_names: Mapping[str, str]
    ) -> AuditFactPart:
        fact_text = self._format_fact(value, fact_name)
        if fact_name == "state":
            fact_text = self._name_identifier(_STATE_TEXTS.get(entry_kind, ()), fact_text)
        elif fact_name in _MEMBER_FACTS:
            fact_text = member_names.get(fact_text, fact_text)
        elif fact_text and fact_name in _ACTOR_FACTS:
            fact_text = describe_actor(self._dependencies.catalogue, fact_text, member_names)
        elif fact_name == "name" and (rule := self._rules_by_name.get(str(value))):
            fact_text = self._dependencies.catalogue.text(rule.label_key)
        elif fact_name == "error":
            fact_text = self._describe_refusal(fact_text)
        elif fact_name == "operation":
            fact_text = self._describe_operation(fact_text)
        return AuditFactPart(
            self._label_fact(_FACTS_PREFIX, fact_name),
            describe_browser(fact_text) if fact_name == _AGENT_FACT else fact_text,
            fact_text,
        )

    def _label_fact(self, text_prefix: str, fact_name: str) -> str:
        """Return what a kind of fact or a part of one is called; what nobody worded is shown as it is."""
        key = text_prefix + fact_name
        return self._dependencies.catalogue.text(key) if key in self._dependencies.catalogue else fact_name

    def _format_fact(self, value: Any, fact_name: str = "") -> str:
        if fact_name in _FIGURE_FORMATTERS and isinstance(value, int):
            return _FIGURE_FORMATTERS[fact_name](value)
        if isinstance(value, bool):
            return self._dependencies.catalogue.text(f"admin.settings.choices.{'yes' if value else 'no'}")
        if isinstance(value, list):
            return "، ".join(self._format_fact(element, fact_name) for element in value)
        if isinstance(value, dict):
            return "، ".join(f"{fact_name}: {self._format_fact(element)}" for fact_name, element in value.items())
        if isinstance(value, str):
            return (
                _format_as_jalali(value)
                if fact_name in _DAY_FACTS
                else self._name_identifier(_NAMING_TEXTS.get(fact_name, (f"choices.{fact_name}.{{}}",)), value)
            )
        return persian_digits(value) if isinstance(value, int) else "" if value is None else str(value)

    def _name_identifier(self, text_templates: Sequence[str], identifier: str) -> str:
        """Return what an id is called; one that nobody worded is shown as it is."""
        text_keys = (text_template.format(identifier) for text_template in text_templates)
        return next(
            (self._dependencies.catalogue.text(key) for key in text_keys if key in self._dependencies.catalogue),
            identifier,
        )

    def _describe_refusal(self, error_text: str) -> str:
        """Return why a call was refused, in words; the audit has the error as the domain writes it, without its facts:
        code, field and reason, each of the last two only where there is one.
        """
        error_code, _, error_rest = error_text.partition(":")
        error_reason = error_rest.rpartition(":")[2]
        text_keys = (
            f"admin.audit.errors.{error_reason}",
            f"details.{error_code}.{error_reason}",
            f"errors.{error_code}",
        )
        return next(
            (self._dependencies.catalogue.text(key) for key in text_keys if key in self._dependencies.catalogue),
            error_text,
        )

    def _describe_operation(self, operation_name: str) -> str:
        """Return what a counter's call is called: what services declare is named after them."""
        catalogue = self._dependencies.catalogue
        for service in self._dependencies.services.values():
            if service.soap_operation == operation_name:
                return catalogue.render(
                    "admin.audit.submission", {"service": self._dependencies.wording.service_title(service.key)}
                )
            for lookup in service.lookups:
                if lookup.soap_operation == operation_name:
                    return catalogue.text(f"intents.{lookup.intent.name}")
        return self._name_identifier(("admin.audit.operations.{}",), operation_name)

    async def _describe_history_state(self) -> dict[str, Any]:
        """Return the state of the history: its last seal, what is not sealed, and the last verification."""
        async with self._store.open_unit(write=False) as uow:
            member_names = await load_staff_names(uow)
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
                key.removeprefix(_KINDS_PREFIX): key for key in self._dependencies.catalogue.list_keys(_KINDS_PREFIX)
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


def _format_as_jalali(iso_text: str) -> str:
    """Return a day or moment that was audited as ISO, as people read it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(iso_text) if len(iso_text) > _ISO_DAY_LENGTH else None
        return day_and_hour_text(moment) if moment else jalali_text(date.fromisoformat(iso_text))
    except (ValueError, OverflowError, InvalidField):
        return iso_text


def _parse_actor_label(submitted_actor: str | None) -> str | None:
    """Return the label that somebody looks for: a user name alone is a member of the staff."""
    return submitted_actor if submitted_actor is None or ":" in submitted_actor else f"staff:{submitted_actor}"
