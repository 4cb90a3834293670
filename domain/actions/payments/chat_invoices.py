"""A payer asks for an invoice in a messenger's chat: an attempt begins there, or the chat reads why none does."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.line_languages import find_address_language
from domain.actions.messages.notify import Address, queue_reply
from domain.actions.payments.begin import begin_payment
from domain.gateways.gateway import DeclineReason, PaymentGateway
from domain.unit_of_work import Store
from domain.values.errors import DomainError, NotAllowedNow, Unavailable
from domain.values.languages import in_language

REFUSED_KEY = "chat.invoice_refused"
"""The text that says why no invoice comes."""


async def send_chat_invoice(
    dependencies: Dependencies, store: Store, gateway: PaymentGateway, address: Address, link_token: str
) -> None:
    """Have an invoice for all open bills of a link sent into a chat, or tell there why none comes.

    `Unavailable` where not even that can be stored.
    """
    try:
        await begin_payment(dependencies, store, gateway, link_token, address.channel, "", payer_chat=address.recipient)
    except DomainError as error:
        async with store.open_unit() as uow:
            context = ActionContext(dependencies, uow)
            with in_language(await find_address_language(context, address.channel, address.recipient)):
                reason_text = _describe_refusal(dependencies, error)
                message = dependencies.catalogue.render_message(REFUSED_KEY, {"reason": reason_text})
            await queue_reply(context, address, message)


def _describe_refusal(dependencies: Dependencies, error: DomainError) -> str:
    if isinstance(error, Unavailable) and error.field == "gateway":
        return dependencies.catalogue.text(f"gateways.declines.{error.params.get('decline', DeclineReason.BANK)}")
    if isinstance(error, NotAllowedNow) and error.field == "amount":
        return dependencies.catalogue.text(f"gateways.declines.{DeclineReason.AMOUNT}")
    return dependencies.wording.render_error(error)
