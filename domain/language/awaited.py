"""States in which a service waits for an answer, and the texts by which it asks somebody else than the citizen."""

from domain.fields.stored import stored_text
from domain.language.service import Notice, Service, StoredMobile

ANSWER_UNTIL_FACT = "answer_until"
"""Says in messages until when the state waits that a request is in: the earliest of its deadlines."""

ASKED_MOBILE = stored_text("asked")
"""The mobile whose answer was asked for, also when it is no longer awaited (`ServiceRequest.awaits`)."""


def list_asking_notices(service: Service, state_name: str) -> list[Notice]:
    """Return the notices that go, with a step into a state that waits for somebody's answer, to those whose mobiles the
    request keeps; none for a state that waits for nobody else.
    """
    answer_steps = [step for step in service.transitions if step.awaited_may_take]
    if not any(state_name in step.source_states for step in answer_steps):
        return []
    asking_steps = [step for step in service.transitions if step.target_state == state_name]
    return [notice for step in asking_steps for notice in step.notices if isinstance(notice.audience, StoredMobile)]
