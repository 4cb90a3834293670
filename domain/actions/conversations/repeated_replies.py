"""Replies that would come twice running in the same words: the second time more is said, the third time a person is
offered, or the ways out of a form.
"""

from dataclasses import replace

from domain.actions.conversations.intents import offer_service
from domain.actions.conversations.questions import describe_ways_out
from domain.actions.conversations.turn_context import TurnContext
from domain.chats.chat import MESSENGERS
from domain.conversation.reading.command_fields import INTENTS_WITH_OWN_QUESTION, MENU_INTENT
from domain.messages.catalogue import RenderedMessage, join_messages
from domain.values.text import close_up_codes

MOST_EXAMPLES = 3
_BILL_KEYS = frozenset(
    {"sms.pay", "sms.pay_bill", "sms.bills", "sms.pay_merged", "sms.pay_merged_until", "sms.nothing_to_pay"}
)
"""Texts of bills: their numbers and links are copied, and stay alone at the end."""


def vary_reply(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply in other words than the text that this line was sent last."""
    if turn.has_acted or _answers_another_question(turn):
        return reply
    if reply.key in _BILL_KEYS:
        return _repeat_bill(turn, reply) if _was_sent_last(turn, reply) else reply
    if _was_sent_last(turn, reply):
        return _say_more(turn, reply)
    has_more_words = f"{reply.key}_again" in turn.dependencies.catalogue
    may_be_third = has_more_words or close_up_codes(reply.text) in close_up_codes(turn.last_sent_text)
    is_third = may_be_third and _was_sent_last(turn, _say_more(turn, reply))
    return _offer_person(turn, reply) if is_third else reply


def _repeat_bill(turn: TurnContext, bill: RenderedMessage) -> RenderedMessage:
    """Return a bill that was sent last, below what may be done where it does not answer what was asked."""
    first_line = turn.render("sms.bill_again")
    return replace(bill, text=f"{first_line.text}\n{bill.text}", part_budget=first_line.part_budget + bill.part_budget)


def _answers_another_question(turn: TurnContext) -> bool:
    """Return whether the same words may answer another question: of another number, another price."""
    form = turn.conversation.forms.get(turn.intent)
    return turn.intent in INTENTS_WITH_OWN_QUESTION or (form is not None and form.lookup is not None)


def _was_sent_last(turn: TurnContext, reply: RenderedMessage) -> bool:
    """Return whether the text sent last was this one; in a chat also below the line that counts the questions."""
    text, last_text = close_up_codes(reply.text), close_up_codes(turn.last_sent_text)
    is_counted = turn.actor.channel in MESSENGERS and last_text.partition("\n")[2] == text
    return text == last_text or is_counted


def _say_more(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply that was sent already with more words: what may be written, or that nothing has changed since."""
    again_key = f"{reply.key}_again"
    if turn.channel_key(again_key) in turn.dependencies.catalogue:
        return turn.render(again_key, examples=_list_examples(turn))
    ways_out = describe_ways_out(turn)
    is_form_open = _waits_for_answer(turn) and ways_out not in reply.text
    return join_messages(reply, turn.reply_with(ways_out, "sms.ways_out") if is_form_open else turn.render("sms.again"))


def _offer_person(turn: TurnContext, reply: RenderedMessage) -> RenderedMessage:
    """Return a reply that was sent twice already, with the offer of a call where nothing else waits for an answer."""
    call_intent = next(filter(turn.conversation.asks_for_person, turn.conversation.forms), None)
    if call_intent is None or _waits_for_answer(turn):
        return reply
    offer = offer_service(turn, "sms.call_offer", call_intent)
    turn.dialogue.frames[:-1] = []
    return offer if f"{reply.key}_again" in turn.dependencies.catalogue else join_messages(reply, offer)


def _waits_for_answer(turn: TurnContext) -> bool:
    return turn.dialogue.top is not None and turn.dialogue.top.intent != MENU_INTENT


def _list_examples(turn: TurnContext) -> str:
    """Return words that begin what is offered, to be written as they are."""
    calling_words = [
        form.submission.keyword.intent.certain_words[0]
        for form in turn.conversation.forms.values()
        if form.is_offered and form.submission
    ]
    return "، ".join(f"«{word}»" for word in calling_words[:MOST_EXAMPLES])
