"""Suggestions by number: the support of one by a text that says nothing else («موافقم ۱۲»), and how one stands
(«پیشنهاد ۱۲»)."""

from domain.actions.conversations.turn_context import TurnContext
from domain.actions.feedback.followed_suggestions import find_followed
from domain.actions.feedback.suggestions import support_suggestion
from domain.messages.catalogue import RenderedMessage
from domain.parsing.suggestions import find_asked_number, find_supported_number, names_suggestion
from domain.values.errors import DomainError
from domain.values.text import persian_digits

SUPPORT_INTENT = "support"
"""The intent of such a text."""

SUGGESTION_INTENT = "suggestion"
"""The intent of a text that asks after a suggestion."""


async def answer_support(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to the support of a suggestion, which is stored; None for any other text. Where a question waits
    it must be called a suggestion.
    """
    number = find_supported_number(text)
    if number is None or (turn.dialogue.top is not None and not names_suggestion(text)):
        return None
    turn.intent = SUPPORT_INTENT
    try:
        supported = await support_suggestion(turn, number)
    except DomainError as error:
        return turn.render_error(error)
    turn.has_acted = True
    facts = {"number": persian_digits(number), "count": persian_digits(supported.supporter_count)}
    return turn.render("sms.suggestion.supported", **facts)


async def describe_suggestion(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return how a suggestion stands whose number is all that a text says; None for any other text."""
    number = find_asked_number(text)
    if number is None:
        return None
    turn.intent = SUGGESTION_INTENT
    try:
        followed = await find_followed(turn.uow, number, turn.actor.identifier)
    except DomainError as error:
        return turn.render_error(error)
    note = followed.steps[-1].note if followed.steps else None
    facts = {"number": persian_digits(number), "count": persian_digits(followed.supporter_count), "note": note or ""}
    return turn.render(f"sms.suggestion.standing.{followed.suggestion.progress}", **facts)
