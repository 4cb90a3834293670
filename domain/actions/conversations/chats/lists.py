"""Lists in a chat as pages of buttons: the own requests, and what is priced."""

from dataclasses import replace

from domain.actions.conversations import commands
from domain.actions.conversations.price_replies import describe_tariff
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.buttons.answers import PAGE_PREFIX
from domain.conversation.buttons.tariffs import build_tariff_rows
from domain.conversation.dialogue.intent_forms import list_priced_services
from domain.conversation.reading.command_fields import TARIFF_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup


async def show_own_requests(turn: TurnContext, page_number: str) -> RenderedMessage:
    """Return a page of the own requests."""
    turn.wished_page = page_number
    return await commands.list_own_requests(turn, {})


async def show_tariff(turn: TurnContext, service_key: str, subject: str) -> RenderedMessage:
    """Return what something costs that a service prices; without it, or with a page (`>2`), the things that it prices.

    The question for a name is over with it.
    """
    turn.dialogue.frames = [frame for frame in turn.dialogue.frames if frame.intent != TARIFF_INTENT]
    services = turn.dependencies.services
    for service, prices in list_priced_services(services):
        if service.key == service_key and subject in prices.subject.choices:
            return await describe_tariff(turn, {prices.subject.name: subject})
    wished_page = subject.removeprefix(PAGE_PREFIX)
    tariff_rows = build_tariff_rows(services, turn.text_of, service_key, wished_page)
    return replace(turn.render("ask.tariff"), markup=ReplyMarkup(tariff_rows))
