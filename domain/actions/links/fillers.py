"""Links and buttons of messages by their kinds: the table that fills what a notice asks for."""

from collections.abc import Mapping
from dataclasses import replace

from domain.actions.context import ActionContext
from domain.actions.links.consent_links import append_consent_link
from domain.actions.links.payment_links import append_payment_link
from domain.actions.links.request_buttons import build_request_buttons
from domain.conversation.buttons.requests import bill_page_button_rows
from domain.language.message_links import LinkFiller, LinkKind, LinkSubject
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup


async def add_buttons(context: ActionContext, message: RenderedMessage, subject: LinkSubject) -> RenderedMessage:
    """Return a message with what a chat shows under it: what can be done with its request now, else its bill's page."""
    channel, policy, texts = subject.channel, context.dependencies.policy, context.dependencies.catalogue
    request = subject.request
    if message.request_id is not None:
        request = request or await context.uow.requests.get(message.request_id)
    if request:
        rows = await build_request_buttons(context, request, subject.mobile, channel)
    else:
        takes_invoices = channel in policy.invoice_channels
        rows = bill_page_button_rows(texts.text, message.bill_pages, takes_invoices=takes_invoices)
    return replace(message, markup=ReplyMarkup(rows))


LINK_FILLERS: Mapping[LinkKind, LinkFiller] = {
    LinkKind.BILL: append_payment_link,
    LinkKind.ANSWER: append_consent_link,
    LinkKind.BUTTONS: add_buttons,
}
"""Filler of each kind (`Dependencies.link_fillers`)."""
