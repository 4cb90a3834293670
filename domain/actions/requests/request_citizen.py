"""The citizen of a request: what it says of the person, and the text that states how far it is."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import find_status_text, notify_line
from domain.language.service import Service
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.people.person import Person
from domain.requests.request import ServiceRequest


def build_citizen(dependencies: Dependencies, service: Service, request: ServiceRequest, mobile: str) -> Person:
    """Return the person with that mobile (+989…) as the form of a request names him."""
    values = {field.autofill: request.fields.get(field.name) for field in service.form if field.autofill}
    return Person(mobile, values.get("person.full_name"), values.get("person.national_code"), dependencies.clock.now())


async def send_status(context: ActionContext, request: ServiceRequest, mobile: str) -> None:
    """Queue the text that states how far a request is, for a number that became its citizen's just now."""
    text_key, facts = await find_status_text(context, request)
    chosen_key = text_key if text_key in context.dependencies.catalogue else "sms.status"

    async def render_message() -> RenderedMessage:
        return context.dependencies.wording.render_about(request, chosen_key, facts, MessageClass.RECEIPT)

    await notify_line(context, mobile, render_message)
