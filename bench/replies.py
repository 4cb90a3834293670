"""Replies of the receive path to sentences whose meaning is known, each in one town; `bench.language` counts them.

The line that writes owns a taxi. It has an open request, one whose bill is open, one that is done and not rated yet,
and is asked for its consent to a driver's leave. Each sentence is answered by `converse` in a unit of work that is
rolled back, so all of them meet the same rows.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.conversations.converse import converse
from domain.actions.conversations.misread_texts import OFFERED_INTENT, REFUSED_INTENT
from domain.actions.conversations.turn_context import TurnContext, open_turn
from domain.actions.messages.notify import sms_address
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.courtesies import COURTESY_INTENTS
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.labelled_sentences import LabelledSentence
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.requests.request import RequestFilter
from domain.unit_of_work import UnitOfWork
from tests.dialogues.dialogue_town import USED_IDS, furnish_file, open_town
from tests.support.municipality import ORDER, Municipality
from tests.support.scenarios.taxi_organisation import AUXILIARY_LEAVE, AUXILIARY_MOBILE
from tests.support.scenarios.taxi_registries import OWNER_MOBILE

IDS_OF_THE_SITUATION = 5 * USED_IDS
HARMFUL_INTENTS = frozenset(
    {"cancel", "confirm", "deny", "opt_out", "rate", "comment", "iban", "taxi_violation", "taxi_reward"}
)
"""Intents that are done at once, and cannot simply be done again otherwise."""
NOTHING_DONE = frozenset(
    {UNKNOWN_INTENT, OFFERED_INTENT, REFUSED_INTENT, "exit", "back", "emergency", "money", *COURTESY_INTENTS}
)
ANSWERED_ASIDE: Mapping[str, str] = {"money": "pay"}
"""Intents that answer a part of what another one means (instalments, deadlines)."""
_ERROR_KEYS = ("errors.", "sms.none_to.", "sms.refused", "sms.no_")


@dataclass(frozen=True, slots=True)
class Answered:
    """A sentence, and what the receive path made of it."""

    sentence: LabelledSentence
    intent: str
    """The intent that was done or asked about."""
    offered: tuple[str, ...] = ()
    """The intents that were offered by number."""
    is_harmed: bool = False
    """Whether something was ended, agreed to, paid, stopped, scored or reported that the label does not say."""

    @property
    def is_right(self) -> bool:
        """Whether what was meant is done, asked about or offered; what means nothing does nothing."""
        meant = self.sentence.meant_intent
        if meant == UNKNOWN_INTENT:
            return self.intent in NOTHING_DONE
        return meant in {self.intent, ANSWERED_ASIDE.get(self.intent), *self.offered}


@asynccontextmanager
async def open_lived_in_town() -> AsyncIterator[Municipality]:
    """Open a town in which the line has all that is open."""
    with tempfile.TemporaryDirectory() as folder:
        furnished, path = Path(folder) / "furnished.db", Path(folder) / "town.db"
        await furnish_file(furnished)
        shutil.copy(furnished, path)
        async with open_town(path, USED_IDS) as town:
            await town.reach("completed", mobile=OWNER_MOBILE)
            await town.reach("awaiting_payment", ORDER.replace("فردا", "پس‌فردا"), OWNER_MOBILE)
            await town.order(ORDER.replace("۴ ساعت", "۶ ساعت").replace("لودر", "گریدر"), OWNER_MOBILE)
            await town.order(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
            town.advance(minutes=30)
            yield town


async def answer_sentences(
    town: Municipality, grammar: Grammar, sentences: Iterable[LabelledSentence]
) -> list[Answered]:
    """Return what becomes of each sentence, read by a grammar."""
    town.desk.grammar = grammar
    return [await _answer_sentence(town, sentence) for sentence in sentences]


class _RolledBackError(Exception):
    """Ends a unit of work without its writes."""


async def _answer_sentence(town: Municipality, sentence: LabelledSentence) -> Answered:
    answered: list[Answered] = []
    try:
        async with town.store.open_unit() as uow:
            states_before = await _list_states(uow)
            turn = open_turn(ActionContext(town.desk, uow), sms_address(OWNER_MOBILE), None)
            reply = await converse(turn, sentence.text)
            answered.append(_judge(turn, reply, sentence, states_before, await _list_states(uow)))
            raise _RolledBackError
    except _RolledBackError:
        return answered[0]


def _judge(
    turn: TurnContext,
    reply: RenderedMessage,
    sentence: LabelledSentence,
    states_before: Mapping[str, str],
    states: Mapping[str, str],
) -> Answered:
    top = turn.dialogue.top
    offered = tuple(top.options) if top and top.intent == MENU_INTENT and turn.intent == OFFERED_INTENT else ()
    is_done = not turn.asks_question and not reply.key.startswith(_ERROR_KEYS) and turn.intent in HARMFUL_INTENTS
    has_changed = any(states.get(code) != state for code, state in states_before.items())
    is_harmed = (is_done or has_changed) and turn.intent != sentence.meant_intent
    return Answered(sentence, turn.intent, offered, is_harmed)


async def _list_states(uow: UnitOfWork) -> dict[str, str]:
    requests: Sequence[Any] = await uow.requests.list_requests(RequestFilter())
    return {request.code: request.state for request in requests}
