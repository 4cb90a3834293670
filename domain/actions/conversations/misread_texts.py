"""Texts that were not understood as they were meant, kept for the desk while they are answered.

Kept is what nothing was found in, what something was offered for (until the offer is taken), and what began something
that the next text leaves or takes back. They are masked before; a text that was understood costs nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.actions.conversations.enquiries.passing_changes import corrects_something
from domain.actions.conversations.turn_context import TurnContext
from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue.frames import OFFER, Left, Refused
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.courtesies import COURTESY_INTENTS
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.messages.masked_texts import mask_personal_data
from domain.messages.misread_texts import MisreadReason, MisreadText, digest_misread
from domain.messages.records import InboundMessage
from domain.values.text import tidy_text

OFFERED_INTENT, REFUSED_INTENT = "offered", "refused"
"""The intent of a text that was answered with an offer, or that nothing is done for."""

UNANSWERED_INTENTS = frozenset({UNKNOWN_INTENT, OFFERED_INTENT, REFUSED_INTENT})
"""Intents for which nothing is done."""

CORRECTION_WINDOW = timedelta(minutes=10)
"""Beyond it a text that leaves what an earlier one began is a change of mind."""

_UNDOUBTED_INTENTS = UNANSWERED_INTENTS | COURTESY_INTENTS | {"exit", "opt_out", "opt_in", ""}
_LONGEST_OF_A_WORD = 1


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer or form that waits for an answer when a turn begins."""

    text: str = ""
    """The text that something was offered for; empty: none."""
    intents: tuple[str, ...] = ()
    """The intents offered."""
    begun_intent: str = ""
    """The one form that waits and has no answer yet; empty: none."""


def find_open_offer(turn: TurnContext) -> OpenOffer:
    """Return what the dialogue waits with, before a text is read."""
    frame = turn.dialogue.top
    if frame is None:
        return OpenOffer()
    if frame.intent == MENU_INTENT:
        return OpenOffer(str(frame.slots.get(OFFER, "")), tuple(frame.options))
    return OpenOffer(begun_intent="" if frame.trail or len(turn.dialogue.frames) > 1 else frame.intent)


async def note_misread_texts(turn: TurnContext, text: str, offer: OpenOffer, step: object) -> None:
    """Keep the text of a turn, or the one before it, where it was not understood as it was meant; take back that an
    offer was wrong which is taken now.
    """
    if offer.text and turn.intent in offer.intents:
        await turn.uow.misread_texts.withdraw(digest_misread(await _mask_text(turn, offer.text)))
    elif turn.intent == OFFERED_INTENT:
        await _keep_text(turn, text, MisreadReason.OFFERED)
    elif turn.intent == UNKNOWN_INTENT and not (turn.late_question or turn.has_acted):
        await _keep_text(turn, text, MisreadReason.NOT_UNDERSTOOD)
    elif (isinstance(step, Left) and offer.begun_intent) or (
        offer.begun_intent not in {"", turn.intent} and corrects_something(text)
    ):
        await _keep_corrected(turn, offer.begun_intent)
    elif isinstance(step, Refused) and not offer.text:
        await _keep_corrected(turn, step.intent)


async def _keep_corrected(turn: TurnContext, left_intent: str) -> None:
    """Keep the text before, which this one leaves or takes back, as one that meant something else."""
    earlier = await _find_earlier_text(turn)
    if earlier is None or (earlier.intent or "") in _UNDOUBTED_INTENTS:
        return
    if earlier.text and left_intent in {"", earlier.intent}:
        await _keep_text(turn, earlier.text, MisreadReason.CORRECTED, earlier.intent or "")


async def _find_earlier_text(turn: TurnContext) -> InboundMessage | None:
    """Return the text that the line wrote right before; None where that is long ago, or a button was pressed."""
    arrivals = await turn.uow.inbox.list_last_from(turn.address.channel, turn.address.recipient, 2)
    earlier = arrivals[1] if len(arrivals) > 1 else None
    is_press = turn.actor.channel in MESSENGERS and earlier is not None and bool(earlier.recipient)
    if earlier is None or is_press or arrivals[0].received_at - earlier.received_at > CORRECTION_WINDOW:
        return None
    return earlier


async def _keep_text(turn: TurnContext, text: str, reason: MisreadReason, read_as: str = "") -> None:
    masked_text = await _mask_text(turn, text)
    if len(masked_text.split()) <= _LONGEST_OF_A_WORD and masked_text.isdigit():
        return
    now = turn.dependencies.clock.now()
    misread = MisreadText(
        id=turn.dependencies.ids.new_id(),
        digest=digest_misread(masked_text),
        text=masked_text,
        reason=reason,
        read_as=read_as,
        count=1,
        first_at=now,
        last_at=now,
    )
    await turn.uow.misread_texts.add(misread)


async def _mask_text(turn: TurnContext, text: str) -> str:
    """Return a text without what is personal, the names of its writer among it as far as they are known."""
    person = await turn.uow.people.find_person(turn.actor.identifier)
    chat = None
    if turn.actor.channel in MESSENGERS:
        chat = await turn.uow.chats.find(turn.actor.channel, turn.address.recipient)
    full_names = [person.full_name if person else None, chat.name if chat else None]
    return mask_personal_data(tidy_text(text), [full_name for full_name in full_names if full_name])
