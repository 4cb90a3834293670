"""What messages say of a request: every placeholder of a notice or reminder is filled by somebody.

A text whose fact nobody gives would fail in the middle of a step, or of a night. What facts there are follows from the
declaration: the form, what is kept, the inputs of the step, and what its effects and guards give (`provides`).
"""

from collections.abc import Iterator, Mapping

from domain.blocks.charging import BILL_FACTS
from domain.check.flaws import Flaw
from domain.check.printouts import REQUEST_FACTS
from domain.language.service import Service, Transition
from domain.language.wording import ASKING_FACTS, list_value_fields
from domain.messages.catalogue import Catalogue, list_placeholders


def unfilled_fact_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find placeholders of a service's messages that nobody fills."""
    common_facts = REQUEST_FACTS - {"mobile"} | {field.name for field in list_value_fields(service)} | set(ASKING_FACTS)
    for text_name, provided_facts in _message_facts(service):
        key = f"services.{service.key}.notices.{text_name}"
        required_facts = set(list_placeholders(catalogue.text(key))) if key in catalogue else set()
        yield from (
            Flaw("unfilled", service.key, f"{key}: {name}")
            for name in sorted(required_facts - common_facts - provided_facts)
        )


def _message_facts(service: Service) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each message, with the facts that it gets besides those of every message."""
    submit_facts = {name for effect in service.submit_effects for name in effect.provides}
    yield from (
        (text_name, submit_facts) for text_name in ("submit", *(notice.text_name for notice in service.submit_notices))
    )
    condition_facts = _condition_facts(service)
    for step in service.transitions:
        step_facts = _step_facts(step) | condition_facts.get(step.name, set())
        yield from ((notice.text_name, step_facts) for notice in step.notices)
    yield from ((reminder.text_name, set(BILL_FACTS)) for state in service.states for reminder in state.reminders)


def _step_facts(step: Transition) -> set[str]:
    effect_facts = {
        name
        for provider in step.effects
        for name in (provider.provides | BILL_FACTS if provider.issues_bill else provider.provides)
    }
    guard_facts = {name for provider in step.guards for name in provider.provides}
    return {provider.name for provider in step.inputs} | effect_facts | guard_facts


def _condition_facts(service: Service) -> Mapping[str, set[str]]:
    """Return step → the facts of the guards that choose among those of its name: all before the chosen one are
    asked.
    """
    facts_by_step: dict[str, set[str]] = {}
    for step in service.transitions:
        if step.condition:
            facts_by_step.setdefault(step.name, set()).update(step.condition.provides)
    return facts_by_step
