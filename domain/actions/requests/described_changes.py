"""Changes of a form in words: each answer as it was and as it is, for whoever reads a request's history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.actions.requests.change import CHANGE_EVENT
from domain.language.service import Service
from domain.language.wording import Wording
from domain.requests.history import HistoryEvent


@dataclass(frozen=True, slots=True)
class DescribedChange:
    """An answer before and after a change, in words."""

    label: str
    """What was asked."""
    before: str
    """What stood there; empty where nothing did."""
    after: str
    """What stands there afterwards; empty where it was taken away."""


def describe_change(
    wording: Wording, service: Service, field_name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> DescribedChange:
    """Return what a change of a form makes of one of its answers; both are values of the whole form."""
    return DescribedChange(
        wording.catalogue.text(f"services.{service.key}.fields.{field_name}.label"),
        _describe_value(wording, service, field_name, before.get(field_name)),
        _describe_value(wording, service, field_name, after.get(field_name)),
    )


def describe_event_changes(wording: Wording, service: Service, event: HistoryEvent) -> list[DescribedChange]:
    """Return what an event of the history changed in the form; nothing of another event, and of an erased one."""
    changes: Mapping[str, Mapping[str, Any]] = (event.payload or {}).get("changes", {})
    if event.event != CHANGE_EVENT:
        return []
    return [
        describe_change(wording, service, name, {name: values.get("before")}, {name: values.get("after")})
        for name, values in changes.items()
        if service.form_field(name)
    ]


def _describe_value(wording: Wording, service: Service, field_name: str, value: Any) -> str:
    form_field = service.form_field(field_name)
    if form_field is None or value in (None, "", []):
        return ""
    return wording.render_page_value(form_field.type, field_name, value)
