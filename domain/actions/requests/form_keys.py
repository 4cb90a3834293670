"""Forms of the staff's site that bear a random key of their own: each does what it asks for once, however often it is
sent. What became of one is remembered where the calls of counter software are.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DuplicateRequest
from domain.values.reasons import DuplicateReason

SHEET_FORM_MEMORY = timedelta(days=14)
"""How long a form of a day sheet is known again: longer than a device keeps one that waits for a line."""

_DONE = "done"


@dataclass(frozen=True, slots=True)
class KeyedForm:
    """A form with its key."""

    key: str
    """Random, of this form alone."""
    operation: str
    """What it does."""
    content: object
    """What it says, as JSON: under one key never two things."""
    memory: timedelta = SHEET_FORM_MEMORY
    """How long it is known again."""

    @property
    def digest(self) -> str:
        """What stands for its content."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True, default=str).encode()).hexdigest()


async def begin_form(dependencies: Dependencies, uow: UnitOfWork, form: KeyedForm, actor: Actor) -> str | None:
    """Return what became of a form that was sent before; None for a new one, which is begun in this unit: whoever sends
    it meanwhile waits for the end of that.

    `DuplicateRequest` when something else was sent under that key.
    """
    now = dependencies.clock.now()
    earlier_call = await uow.office_calls.begin(
        _name_owner(actor), form.key, form.digest, form.operation, now + form.memory, now
    )
    if earlier_call is None:
        return None
    if earlier_call.body_digest != form.digest or earlier_call.answer_text is None:
        raise DuplicateRequest(reason=DuplicateReason.FORM_USED)
    return earlier_call.answer_text


async def save_form_outcome(uow: UnitOfWork, form: KeyedForm, actor: Actor, outcome_text: str) -> None:
    """Keep what became of a form that this unit began."""
    await uow.office_calls.save_answer(_name_owner(actor), form.key, outcome_text)


async def do_once(
    dependencies: Dependencies,
    uow: UnitOfWork,
    form: KeyedForm | None,
    actor: Actor,
    carry_out: Callable[[UnitOfWork], Awaitable[None]],
) -> None:
    """Do what a form asks for, unless it was done before; one without a key does it each time.

    The errors of `begin_form`, and of what it does: then the form is as if it had never been sent.
    """
    if form is None:
        await carry_out(uow)
    elif await begin_form(dependencies, uow, form, actor) is None:
        await carry_out(uow)
        await save_form_outcome(uow, form, actor, _DONE)


def _name_owner(actor: Actor) -> str:
    """Return under whom a form is known; no office has such a code."""
    return f"{actor.kind}:{actor.identifier}"
