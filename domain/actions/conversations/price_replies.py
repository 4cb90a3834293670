"""Replies to questions that make no request: look-ups of services, and prices."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.lookups.answers import AnswerLine, answer_text_key, run_lookup
from domain.actions.tariffs.price_lines import list_price_lines
from domain.chats.chat import MESSENGERS
from domain.conversation.buttons.requests import bill_button
from domain.conversation.dialogue.intent_forms import list_priced_services
from domain.language.lookups import Lookup, PriceLookup
from domain.language.service import Service
from domain.messages.catalogue import RenderedMessage, fit_lines
from domain.messages.keyboards import ReplyMarkup, arrange_in_rows
from domain.messages.records import MessageClass
from domain.values.text import group_digits, persian_digits


async def answer_lookup(
    turn: TurnContext, service: Service, lookup: Lookup | PriceLookup, slots: SlotValues
) -> RenderedMessage:
    """Answer a question that makes no request, line by line."""
    lines = await run_lookup(turn, service, lookup, slots, brief=True)
    parts = sum(turn.dependencies.catalogue.part_budget(answer_text_key(service, line.key)) for line in lines)
    answer_text = "\n".join(line.text for line in lines)
    answer = RenderedMessage(f"services.{service.key}.answers", MessageClass.REPLY, answer_text, parts)
    return replace(answer, markup=_build_payment_buttons(turn, lines)) if turn.actor.channel in MESSENGERS else answer


def _build_payment_buttons(turn: TurnContext, lines: Sequence[AnswerLine]) -> ReplyMarkup:
    """Return a button for each bill that an answer names, which says how it is paid."""
    buttons = [
        bill_button(
            turn.render("chat.buttons.pay_amount", amount=group_digits(line.facts["amount"])).text,
            line.facts["bill_id"],
        )
        for line in lines
        if "bill_id" in line.facts
    ]
    return ReplyMarkup(arrange_in_rows(buttons, 1))


async def describe_tariff(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Return the price of what is named, by the service that prices it; where a service is named, all its prices."""
    for service, prices in list_priced_services(turn.dependencies.services):
        if prices.subject.name in slots:
            return await answer_lookup(turn, service, prices, slots)
    services = turn.dependencies.services.values()
    return await _list_prices(turn, [service for service in services if slots.get("service") in service.topic_names])


async def _list_prices(turn: TurnContext, services: Sequence[Service]) -> RenderedMessage:
    price_lines = [line.text for line in await list_price_lines(turn, services)]

    def describe_rest(shown_count: int) -> list[str]:
        hidden_count = len(price_lines) - shown_count
        return [turn.render("sms.more_prices", count=persian_digits(hidden_count)).text] if hidden_count else []

    head = turn.render("sms.prices")
    text, _ = fit_lines(head.part_budget, head.text, price_lines, describe_rest)
    return replace(head, text=text)
