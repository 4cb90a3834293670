"""Forms of the staff's site that bear a random key of their own: each does what it asks for once, however often it is
sent.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.actions.context import ActorContext
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DuplicateRequest
from domain.values.reasons import DuplicateReason

SHEET_FORM_MEMORY = timedelta(days=14)
"""Time for which a form of a day sheet is known again: longer than a device keeps one that waits for a line."""


@dataclass(frozen=True, slots=True)
class KeyedForm:
    """A form with its key."""

    key: str
    """Random, of this form alone."""
    operation: str
    """Name of the operation."""
    content: object
    """Content, as JSON: under one key never two things."""
    memory: timedelta = SHEET_FORM_MEMORY
    """Time for which it is known again."""

    @property
    def digest(self) -> str:
        """Digest of its content."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True, default=str).encode()).hexdigest()


async def do_once(
    context: ActorContext, form: KeyedForm | None, carry_out: Callable[[UnitOfWork], Awaitable[str]]
) -> str:
    """Do what a form asks for, unless it was done before, and return what `carry_out` says that came of it, then or
    now: an answer that was lost is given again. Whoever sends the same form meanwhile waits for the end of this unit;
    one without a key is done each time.

    `DuplicateRequest` when something else was sent under that key; the errors of `carry_out`: then the form is as if it
    had never been sent.
    """
    if form is None:
        return await carry_out(context.uow)
    now, owner = context.dependencies.clock.now(), _name_owner(context.actor)
    earlier = await context.uow.idempotency_keys.begin(
        owner, form.key, form.digest, form.operation, now + form.memory, now
    )
    if earlier is None:
        outcome_text = await carry_out(context.uow)
        await context.uow.idempotency_keys.save_answer(owner, form.key, outcome_text)
        return outcome_text
    if earlier.digest != form.digest or earlier.answer is None:
        raise DuplicateRequest(reason=DuplicateReason.FORM_USED)
    return earlier.answer


def _name_owner(actor: Actor) -> str:
    """Return under whom a form is known; no office has such a code."""
    return f"{actor.kind}:{actor.identifier}"
