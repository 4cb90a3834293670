"""Moments that a declaration reckons: deadlines, what is due, and the events of reminders, when a request comes into a
state.

Who reckons is a function. It is asked about a request whose form is filled with sample values: it may look at nothing
that a request need not have by then.
"""

from collections.abc import Iterator
from typing import Any

from domain.check.declared.kept_values import KeptByPlace, kept_in_state
from domain.check.declared.sample_requests import build_sample_context, sample_form
from domain.check.flaws import Flaw
from domain.check.walk import Walk
from domain.language.service import MomentReckoner, Service, State, Trigger


class _LackingValue(LookupError):
    """The request need not have it."""


class _UnknownValue(LookupError):
    """The request has it, and what it is cannot be told from the declaration."""


class _SampleValues(dict[str, Any]):
    """Values by their names; of others it is known whether there will be some."""

    def __init__(self, values: dict[str, Any], certain_names: frozenset[str]) -> None:
        super().__init__(values)
        self._certain_names = certain_names

    def __missing__(self, name: str) -> Any:
        raise (_UnknownValue if name in self._certain_names else _LackingValue)(name)


def moment_flaws(service: Service, graph: Walk, kept_by_place: KeptByPlace) -> Iterator[Flaw]:
    """Find moments that cannot be reckoned, or only from what a request need not have."""
    for state in service.states:
        if state.name in graph.reached_states:
            kept_values = kept_in_state(kept_by_place, state.name)
            for name, reckoner in _list_reckoners(service, state):
                if fault := _find_fault(service, state, reckoner, kept_values):
                    yield Flaw("moment_untold", service.key, f"{state.name}.{name}: {fault}")


def _list_reckoners(service: Service, state: State) -> Iterator[tuple[str, MomentReckoner]]:
    for step in service.steps_from(state.name, Trigger.DEADLINE):
        if step.reckon_deadline:
            yield step.name, step.reckon_deadline
    yield from ((reminder.text_name, reminder.reckon_event) for reminder in state.reminders)
    if state.reckon_due:
        yield "due", state.reckon_due


def _find_fault(service: Service, state: State, reckoner: MomentReckoner, kept_values: frozenset[str]) -> str | None:
    """Return what keeps a moment from being reckoned; None where nothing does, or nobody can tell."""
    found_fields = {field.name for field in service.form if field.is_derived or service.fill_form is not None}
    asked_fields = {field.name for field in service.form if field.is_always_given}
    form_values = _SampleValues(dict(sample_form(service)), frozenset({*found_fields, *asked_fields, *kept_values}))
    context = build_sample_context(service, state.name, form_values, _SampleValues({}, kept_values))
    try:
        reckoner(context)
    except _UnknownValue:
        return None
    except _LackingValue as error:
        return str(error.args[0])
    except Exception as error:  # noqa: BLE001 - a stranger's function may fail in any way
        return repr(error)
    return None
