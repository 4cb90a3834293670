"""Steps that may be taken back: by somebody of the staff, for a while, and none whose effects last."""

from collections.abc import Iterator

from domain.authorization.request_policy import is_step_of_staff
from domain.check.flaws import Flaw
from domain.engine.undoing import STEP_BACK, list_lasting_reasons
from domain.language.service import Service, Transition
from domain.requests.notes import NOTE

MOST_UNDO_MINUTES = 24 * 60
"""Minutes for which a step may be taken back at most: a day."""


def taking_back_flaws(service: Service) -> Iterator[Flaw]:
    """Find steps that say they may be taken back, and never could be, and those that are called as other events."""
    for step in service.transitions:
        if step.name in {STEP_BACK, NOTE}:
            yield Flaw("step_called_as_event", service.key, step.name)
        if step.undo_minutes is not None:
            yield from _list_flaws(service, step, step.undo_minutes)


def _list_flaws(service: Service, step: Transition, undo_minutes: int) -> Iterator[Flaw]:
    if not 1 <= undo_minutes <= MOST_UNDO_MINUTES:
        yield Flaw("undo_minutes_beyond", service.key, step.name)
    if step.trigger is not None or (step.roles and not is_step_of_staff(step)):
        yield Flaw("undo_of_no_staff", service.key, step.name)
    yield from (Flaw(reason.value, service.key, step.name) for reason in list_lasting_reasons(service, step))
