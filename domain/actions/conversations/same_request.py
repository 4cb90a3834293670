"""The same request once more in a chat: who did not see the reply says it again, and one request is meant.

A person who wants two says so when asked. By SMS the provider's ids and a window identify repeated texts
(`receive_sms`).
"""

from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.actions.requests.submit import complete_read_form
from domain.chats.chat import MESSENGERS
from domain.conversation.frames import Frame
from domain.requests.request import RequestFilter, ServiceRequest


async def find_same_request(turn: TurnContext, frame: Frame) -> ServiceRequest | None:
    """Return the citizen's newest open request that says all that a filled form says; None when there is none, or it
    was asked already whether a second one is meant. What is wrong with the form is for its submission to say.
    """
    keyword = turn.conversation.forms[frame.intent].submission
    if keyword is None or turn.actor.channel not in MESSENGERS:
        return None
    service, mobile = keyword[0], turn.actor.identifier
    person = await turn.uow.people.find_person(mobile)
    read_values, form_faults = await complete_read_form(
        turn.dependencies, turn.uow, service, person, frame.stated_slots, turn.actor
    )
    stated = {name: value for name, value in read_values.items() if name in frame.stated_slots}
    if form_faults or not stated:
        return None
    criteria = RequestFilter(service=service.key, mobile=mobile, open_only=True, limit=MOST_COUNTED)
    matching_requests = [
        request
        for request in await turn.uow.requests.list_requests(criteria)
        if stated.items() <= request.fields.items()
    ]
    return matching_requests[0] if matching_requests and matching_requests[0].code != frame.same_as else None
