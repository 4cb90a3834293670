"""States in which a service waits for an answer, and the texts by which it asks somebody else than the citizen."""

from domain.fields.stored import stored_text
from domain.language.message_links import LinkKind
from domain.language.service import Notice, Service

ANSWER_UNTIL_FACT = "answer_until"
"""Says in messages until when the state waits that a request is in: the earliest of its deadlines."""

ASKED_MOBILE = stored_text("asked")
"""The mobile whose answer was asked for, also when it is no longer awaited (`ServiceRequest.awaits`)."""


def list_asking_notices(service: Service, state_name: str) -> list[Notice]:
    """Return the notices that ask for an answer with a step into a state; none where it waits for nobody else."""
    asking_steps = [step for step in service.transitions if step.target_state == state_name]
    return [notice for step in asking_steps for notice in step.notices if LinkKind.ANSWER in notice.links]
