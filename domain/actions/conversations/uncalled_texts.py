"""Texts that call nothing by a keyword: what they mean by what is open, was sent just now, or is a courtesy («خوب بود
ممنون», «لودر فردا نه شنبه», «دیگه لازم نیست خودمان جمعش کردیم»).
"""

from collections.abc import Sequence

from domain.actions.conversations.enquiries.asides import answer_courtesy, asks_when
from domain.actions.conversations.enquiries.meant_requests import (
    can_cancel,
    choose_named_request,
    find_abandoned_request,
)
from domain.actions.conversations.enquiries.money_questions import answer_money_question
from domain.actions.conversations.enquiries.passing_changes import (
    find_fresh_request,
    find_regretted_request,
    read_passing_change,
    read_restated_change,
)
from domain.actions.conversations.enquiries.payment_claims import answer_payment_claim
from domain.actions.conversations.enquiries.priced_orders import read_priced_order
from domain.actions.conversations.enquiries.supported_suggestions import answer_support, describe_suggestion
from domain.actions.conversations.intents import offer_requests
from domain.actions.conversations.open_requests import find_last_intent, list_candidates, read_open_answer
from domain.actions.conversations.questions import render_offer
from domain.actions.conversations.turn_context import Outcome, TurnContext
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame
from domain.conversation.reading.endings import CANCEL_INTENT, gives_up
from domain.messages.catalogue import RenderedMessage, join_messages
from domain.parsing.identifiers import find_tracking_codes
from domain.requests.request import ServiceRequest


async def read_uncalled(turn: TurnContext, text: str, *, is_forwarded: bool) -> Outcome | None:
    """Return what a text does that answers what is open («خوب بود ممنون»), or is a courtesy; None for others."""
    if not is_forwarded and (own_step := await _read_about_own(turn, text)):
        return own_step
    courtesy_reply = await describe_suggestion(turn, text) or answer_courtesy(turn, text)
    return courtesy_reply or await answer_money_question(turn, text)


async def _read_about_own(turn: TurnContext, text: str) -> Outcome | None:
    """Return what a text does with its writer's own requests and bills; None where it does nothing."""
    if support_reply := await answer_support(turn, text):
        return support_reply
    if claim_reply := await answer_payment_claim(turn, text):
        return await _offer_ending_beside(turn, text, claim_reply)
    step: Outcome | None = (
        await choose_named_request(turn, text)
        or await read_open_answer(turn, text)
        or await read_restated_change(turn, text)
    )
    if step is None and (request := await find_regretted_request(turn, text)):
        return await offer_cancelling(turn, [request])
    return step


async def _offer_ending_beside(turn: TurnContext, text: str, claim_reply: RenderedMessage) -> RenderedMessage:
    """Return what is known of a payment, and where its text gives up what was paid for, the question whether that ends
    («پرداخت کردم ولی دیگه نمی‌خوام، پولم برگرده»).
    """
    if turn.dialogue.top is not None or not gives_up(text):
        return claim_reply
    named_codes = find_tracking_codes(text)
    requests = [
        request
        for request in await list_candidates(turn, CANCEL_INTENT)
        if can_cancel(turn, request) and (not named_codes or request.code in named_codes)
    ]
    return join_messages(claim_reply, await offer_cancelling(turn, requests)) if requests else claim_reply


async def find_meant_step(turn: TurnContext, text: str) -> Outcome | None:
    """Return what a text comes to that calls nothing: an answer to what is open, a correction of what was just sent, a
    request given up, or the question when somebody comes; None where it is none of these.
    """
    if turn.dialogue.top is not None:
        return None
    if turn.had_dialogue and (open_step := await read_open_answer(turn, text)):
        return open_step
    if later_step := await read_priced_order(turn, text) or await read_passing_change(turn, text, is_unknown=True):
        return later_step
    if request := await find_abandoned_request(turn, text):
        return await offer_cancelling(turn, [request])
    if asks_when(text) and await list_candidates(turn, CANCEL_INTENT):
        return turn.conversation.begin_intent(turn.dialogue, "track", {}, turn.sent_at)
    return None


async def explain_unknown(turn: TurnContext) -> RenderedMessage:
    """Return what is told of a text that nobody understood: in the minutes after a message about a request, that this
    stays as it is, or that the answer to the unit's question has arrived; once, then what may be written.
    """
    request = await find_fresh_request(turn)
    if request is None or request.phase.is_final:
        return turn.render("sms.unknown")
    code_text = turn.dependencies.wording.tracking_code_text(request.code)
    if await find_last_intent(turn) == "reply":
        return turn.render("sms.unknown_after_answer", code=code_text)
    reply = turn.render("sms.unknown_after_request", code=code_text)
    return turn.render("sms.unknown") if reply.text in turn.last_sent_text else reply


async def offer_cancelling(turn: TurnContext, requests: Sequence[ServiceRequest]) -> RenderedMessage:
    """Ask whether the one request that is meant shall end, or which of several."""
    frame = Frame(CANCEL_INTENT, asked="code", plain=False, one_shot=False)
    turn.dialogue.frames.append(frame)
    turn.intent, turn.asks_question = CANCEL_INTENT, True
    if len(requests) == 1:
        frame.slots["code"], frame.asked = requests[0].code, CONFIRM_STEP
        return await render_offer(turn, frame)
    return offer_requests(turn, frame, requests)
