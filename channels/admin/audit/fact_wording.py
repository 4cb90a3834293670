"""Entries of the audit in words: their kinds, and what is told with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from channels.admin.actors import describe_actor
from channels.admin.user_agents import describe_browser
from domain.actions.dependencies import Dependencies
from domain.actions.settings.rule_lists import index_rules
from domain.actions.settings.setting_changes import DAY_PREFIX, TEXT_PREFIX
from domain.actions.settings.text_places import TextPlaces, find_table
from domain.audit.entries import AuditEntry
from domain.fields.types import format_number
from domain.language.wording import day_and_hour_text
from domain.values.calendar import jalali_text
from domain.values.errors import InvalidField
from domain.values.text import group_digits, persian_digits

KINDS_PREFIX = "admin.audit.kinds."
_LABEL_TEXTS = ("admin.audit.facts.{}", "settlement.outcomes.{}")
"""Of a booked settlement file the facts are how many lines came to what."""
_ISO_DAY_LENGTH = len("2026-11-25")
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
    "format": ("admin.exports.{}",),
    "layout": ("admin.audit.layouts.{}",),
    "gateway": ("gateways.names.{}",),
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
_MEMBER_FACTS = frozenset({"absent", "deputy", "officer"})
_ACTOR_FACTS = frozenset({"brought_by", "proposed_by"})
_SUBJECT_TEXTS: Mapping[str, Sequence[str]] = {
    "difference": ("settlement.differences.{}",),
    "debit": ("ledger.accounts.{}",),
    "credit": ("ledger.accounts.{}",),
}
"""Facts that name a kind and, behind a colon, which one of it."""
_WHICH_TEXTS = (
    "gateways.names.{}", "services.{}.title", "choices.service.{}", "choices.registry.{}", "choices.payment_method.{}",
    "ledger.accounts.{}",
)  # fmt: skip


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


class AuditWording:
    """Words entries; `member_names` is what members of the staff are called by user name."""

    def __init__(self, dependencies: Dependencies, member_names: Mapping[str, str]) -> None:
        self._dependencies = dependencies
        self._catalogue = dependencies.catalogue
        self._member_names = member_names
        self._rules_by_name = index_rules(dependencies.services)
        self._text_places = TextPlaces(dependencies.services, dependencies.catalogue)
        self._wordings_by_fact: Mapping[str, Callable[[str], str]] = {
            **dict.fromkeys(_MEMBER_FACTS, self._name_member),
            **dict.fromkeys(_ACTOR_FACTS, self._name_actor),
            **{fact: partial(self._name_subject, templates) for fact, templates in _SUBJECT_TEXTS.items()},
            "error": self._describe_refusal,
            "operation": self._describe_operation,
        }

    def describe_entry(self, entry: AuditEntry) -> AuditEntryView:
        """Return an entry in words; what nobody worded is shown as it is."""
        repetition_facts = {"times": entry.times, "last_at": entry.last_at.isoformat()} if entry.last_at else {}
        fact_parts = [
            self._describe_fact(entry, fact_name, value)
            for fact_name, value in {**entry.detail, **repetition_facts}.items()
        ]
        title = self._name_by((KINDS_PREFIX + "{}",), entry.what)
        return AuditEntryView(
            entry.id, entry, self._name_actor(entry.actor), title, [part for part in fact_parts if part.value]
        )

    def _describe_fact(self, entry: AuditEntry, fact_name: str, value: Any) -> AuditFactPart:
        fact_text = self._word_value(entry, fact_name, value)
        short_text = describe_browser(fact_text) if fact_name == "agent" else fact_text
        return AuditFactPart(self._name_by(_LABEL_TEXTS, fact_name), short_text, fact_text)

    def _word_value(self, entry: AuditEntry, fact_name: str, value: Any) -> str:
        if fact_name == "state":
            return self._name_state(entry, str(value))
        if fact_name == "name" and entry.what == "setting_changed":
            return self._name_setting(str(value))
        word_fact = self._wordings_by_fact.get(fact_name)
        return word_fact(str(value)) if word_fact and value else self._format(value, fact_name)

    def _format(self, value: Any, fact_name: str) -> str:
        if fact_name in _FIGURE_FORMATTERS and isinstance(value, int):
            return _FIGURE_FORMATTERS[fact_name](value)
        if isinstance(value, bool):
            return self._catalogue.text(f"admin.settings.choices.{'yes' if value else 'no'}")
        if isinstance(value, list):
            return "، ".join(self._format(element, fact_name) for element in value)
        if isinstance(value, str):
            if fact_name in _DAY_FACTS:
                return _format_as_jalali(value)
            return self._name_by(_NAMING_TEXTS.get(fact_name, (f"choices.{fact_name}.{{}}",)), value)
        return persian_digits(value) if isinstance(value, int) else "" if value is None else str(value)

    def _name_by(self, text_templates: Sequence[str], identifier: str) -> str:
        """Return what an id is called; one that nobody worded is shown as it is."""
        text_keys = (text_template.format(identifier) for text_template in text_templates)
        return self._catalogue.first_text(*text_keys, fallback=identifier)

    def _name_member(self, username: str) -> str:
        return self._member_names.get(username, username)

    def _name_actor(self, actor_label: str) -> str:
        return describe_actor(self._catalogue, actor_label, self._member_names)

    def _name_state(self, entry: AuditEntry, state: str) -> str:
        """Return what a state is called: of a text, of what is owed, or the one that a report was narrowed down to."""
        service = entry.detail.get("service")
        services = (service,) if service else self._dependencies.services
        of_requests = [f"services.{key}.states.{{}}" for key in services] if entry.what == "report_exported" else ()
        return self._name_by(_STATE_TEXTS.get(entry.what, of_requests), state)

    def _name_setting(self, name: str) -> str:
        """Return what was changed: a rule, the text of a key, or what a day is."""
        if name.startswith(DAY_PREFIX):
            return self._render("day", _format_as_jalali(name.removeprefix(DAY_PREFIX)))
        if name.startswith(TEXT_PREFIX):
            text_key = name.removeprefix(TEXT_PREFIX)
            return self._render("text", f"{self._text_places.table_title(find_table(text_key))} ({text_key})")
        rule = self._rules_by_name.get(name)
        return self._catalogue.text(rule.label_key) if rule else name

    def _render(self, name: str, subject: str) -> str:
        return self._catalogue.render(f"admin.audit.settings.{name}", {"subject": subject})

    def _name_subject(self, text_templates: Sequence[str], subject: str) -> str:
        kind, *which = subject.split(":")
        kind_name = self._name_by(text_templates, kind)
        which_names = [self._name_by(_WHICH_TEXTS, one) for one in which if one]
        return f"{kind_name} ({persian_digits('، '.join(which_names))})" if which_names else kind_name

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
        return self._catalogue.first_text(*text_keys, fallback=error_text)

    def _describe_operation(self, operation_name: str) -> str:
        """Return what a counter's call is called: what services declare is named after them."""
        for service in self._dependencies.services.values():
            if service.soap_operation == operation_name:
                title = self._dependencies.wording.service_title(service.key)
                return self._catalogue.render("admin.audit.submission", {"service": title})
            for lookup in service.lookups:
                if lookup.soap_operation == operation_name:
                    return self._catalogue.text(f"intents.{lookup.intent.name}")
        return self._name_by(("admin.audit.operations.{}",), operation_name)


def _format_as_jalali(iso_text: str) -> str:
    """Return a day or moment that was audited as ISO, as people read it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(iso_text) if len(iso_text) > _ISO_DAY_LENGTH else None
        return day_and_hour_text(moment) if moment else jalali_text(date.fromisoformat(iso_text))
    except (ValueError, OverflowError, InvalidField):
        return iso_text
