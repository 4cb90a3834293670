"""The same wish once more in a chat: who did not see the reply says it again, and one request is meant.

A person who wants two says so when asked. By SMS the provider's ids and a window tell repeated texts (`receive`).
"""

from domain.actions.conversations.commands import COUNTED, Talk
from domain.actions.requests.submit import autofilled, read_request
from domain.chats.chat import MESSENGERS
from domain.conversation.frames import Frame
from domain.requests.request import RequestFilter, ServiceRequest


async def same_request(talk: Talk, frame: Frame) -> ServiceRequest | None:
    """Return the citizen's newest open request that says all that a filled form says; None when there is none, or it
    was asked already whether a second one is meant. What is wrong with the form is for its submission to say.
    """
    found = talk.conversation.keyword(frame.intent)
    if found is None or talk.actor.channel not in MESSENGERS:
        return None
    service, mobile = found[0], talk.actor.ident
    known = autofilled(service, await talk.uow.people.person(mobile))
    values, faults = await read_request(talk.desk, talk.uow, service, known, frame.said, mobile, talk.actor.channel)
    wanted = {name: value for name, value in values.items() if name in frame.said}
    if faults or not wanted:
        return None
    own = RequestFilter(service=service.key, mobile=mobile, open_only=True, limit=COUNTED)
    alike = [one for one in await talk.uow.requests.find(own) if wanted.items() <= one.fields.items()]
    return alike[0] if alike and alike[0].code != frame.same_as else None
