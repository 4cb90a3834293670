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
    """Question."""
    before: str
    """Value before; empty where nothing did."""
    after: str
    """Value afterwards; empty where it was taken away."""


def describe_change(
    wording: Wording,
    service: Service,
    field_name: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    in_message: bool = False,
) -> DescribedChange:
    """Return what a change of a form makes of one of its answers, as a page says it, or a message; both are values of
    the whole form.
    """
    render_value = wording.render_fact if in_message else wording.render_page_value
    form_field = service.form_field(field_name)
    before_text, after_text = (
        "" if form_field is None or value in (None, "", []) else render_value(form_field.type, field_name, value)
        for value in (before.get(field_name), after.get(field_name))
    )
    label = wording.catalogue.text(f"services.{service.key}.fields.{field_name}.label")
    return DescribedChange(label, before_text, after_text)


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
