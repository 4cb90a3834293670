"""What messages say of a request: every placeholder of a notice or reminder is filled by somebody.

A text whose fact nobody gives would fail in the middle of a step, or of a night. What there is to tell follows from the
declaration: the form, what is kept, the inputs of the step, and what its effects and guards give (`tells`).
"""

from collections.abc import Iterator, Mapping

from domain.blocks.charging import BILL_FACTS
from domain.check.flaws import Flaw
from domain.check.printouts import OF_EVERY_REQUEST
from domain.language.service import Service, Transition
from domain.language.wording import KEPT
from domain.messages.catalogue import Catalogue, placeholders


def told_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    """Find placeholders of a service's messages that nobody fills."""
    known = OF_EVERY_REQUEST - {"mobile"} | {one.name for one in service.form} | set(KEPT)
    for text, given in _messages(service):
        key = f"services.{service.key}.notices.{text}"
        wanted = set(placeholders(catalogue.text(key))) if key in catalogue else set()
        yield from (Flaw("unfilled", service.key, f"{key}: {name}") for name in sorted(wanted - known - given))


def _messages(service: Service) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each message, with what is told to it besides what every message may say."""
    submitted = {name for effect in service.at_submit for name in effect.tells}
    yield from ((text, submitted) for text in ("submit", *(notice.text for notice in service.told)))
    chosen = _chosen_by(service)
    for step in service.transitions:
        given = _given(step) | chosen.get(step.name, set())
        yield from ((notice.text, given) for notice in step.notices)
    yield from ((one.text, set(BILL_FACTS)) for state in service.states for one in state.reminders)


def _given(step: Transition) -> set[str]:
    by_effects = {name for one in step.effects for name in (one.tells | BILL_FACTS if one.issues_bill else one.tells)}
    by_guards = {name for one in step.guards for name in one.tells}
    return {one.name for one in step.inputs} | by_effects | by_guards


def _chosen_by(service: Service) -> Mapping[str, set[str]]:
    """Return step → what the guards tell that choose among those of its name: all before the chosen one are asked."""
    found: dict[str, set[str]] = {}
    for step in service.transitions:
        if step.when:
            found.setdefault(step.name, set()).update(step.when.tells)
    return found
