"""Dialogues played against the municipality, by SMS and in a chat: the same messages, the same store behind."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.chats.chat import TextWritten
from domain.messages.records import OutboxMessage
from domain.values.message_parts import count_parts
from domain.values.tracking_codes import display_code
from tests.dialogues.dialogue_town import MOBILES, open_situation
from tests.dialogues.people import Speech
from tests.dialogues.transcript import Dialogue, Message
from tests.support.chat_person import Person, labels
from tests.support.municipality import Municipality

CHANNELS = ("sms", "chat")
_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message, and all that came for it."""

    message: Message
    said: str
    replies: Sequence[OutboxMessage]

    @property
    def text(self) -> str:
        """The replies' words and the labels of their buttons in a row, with plain spaces and without marks of
        direction.
        """
        return readable("\n".join(f"{reply.text}\n{' '.join(labels(reply))}".strip() for reply in self.replies))


@dataclass(slots=True)
class Played:
    """Course of a dialogue: what was said, and the requests and scores before and after, by tracking code."""

    facts: Mapping[str, str]
    """Values of {code} and the like."""
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    scores: Sequence[int] = ()
    opted_out: bool = False

    @property
    def parts(self) -> int:
        """Parts of SMS that the replies cost."""
        return sum(count_parts(reply.text) for exchange in self.exchanges for reply in exchange.replies)

    @property
    def text(self) -> str:
        """Everything that was replied."""
        return "\n".join(exchange.text for exchange in self.exchanges)

    def has_words(self, text: str, words: str) -> bool:
        """Whether a text says one of the words, which are parted by «|»."""
        return any(word.format_map(self.facts) in text for word in words.split("|"))


class Speaker(ABC):
    """Somebody who writes to the municipality."""

    @abstractmethod
    async def writes(self, text: str) -> Sequence[OutboxMessage]:
        """Write; return what came for it."""


class SmsSpeaker(Speaker):
    """By SMS."""

    def __init__(self, town: Municipality, mobile: str) -> None:
        self._town, self._mobile = town, mobile

    async def writes(self, text: str) -> Sequence[OutboxMessage]:
        """Text the municipality."""
        known = {one.id for one in await self._town.sent(self._mobile)}
        await self._town.say(self._mobile, text)
        return [one for one in await self._town.sent(self._mobile) if one.id not in known]


class ChatSpeaker(Speaker):
    """In a chat whose mobile is proved."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def writes(self, text: str) -> Sequence[OutboxMessage]:
        """Write to the bot."""
        await self._person.hears()
        await self._person.does(TextWritten(text))
        return await self._person.hears()


async def _open_speaker(town: Municipality, mobile: str, channel: str) -> Speaker:
    if channel == "sms":
        return SmsSpeaker(town, mobile)
    return ChatSpeaker(await Person(town, mobile=mobile).linked())


def readable(text: str) -> str:
    """Return a text as it is read: the spaces inside codes plain, without marks of direction."""
    return _MARKS.sub("", text).replace("\u00a0", " ")


class Script:
    """Messages that are written down: those that answer what may be asked are left out where it is not."""

    def __init__(self, messages: Sequence[Message], played: Played) -> None:
        self._messages, self._played = iter(messages), played

    def next_message(self, last_reply: str | None) -> Message | None:
        """Return what is written behind a reply; None at the end."""
        for message in self._messages:
            if not message.if_told or self._played.has_words(last_reply or "", message.if_told):
                return message
        return None


async def play(dialogue: Dialogue, channel: str, furnished: Path, path: Path, speech: Speech | None = None) -> Played:
    """Play a dialogue in one of `CHANNELS` over a copy of a furnished file: its messages, or what a person says."""
    async with open_situation(furnished, path, dialogue) as (town, code):
        speaker = await _open_speaker(town, MOBILES[dialogue.who], channel)
        played = Played(await _gather_facts(town, code), await _load_requests(town))
        course = speech or Script(dialogue.messages, played)
        while message := course.next_message(played.exchanges[-1].text if played.exchanges else None):
            town.advance(minutes=message.after_minutes)
            said = message.text.format_map(played.facts)
            played.exchanges.append(Exchange(message, said, await speaker.writes(said)))
        played.after = await _load_requests(town)
        played.scores = [score for (score,) in town.rows("SELECT score FROM ratings")]
        played.opted_out = bool(town.rows("SELECT 1 FROM opt_outs WHERE stopped"))
    return played


async def _gather_facts(town: Municipality, code: str) -> dict[str, str]:
    if not code:
        return {}
    last_digit = (int(code[-1]) + 1) % 10
    facts = {"code": readable(display_code(code)), "mistyped": f"{code[:-1]}{last_digit}"}
    for bill in await town.bills(code):
        facts |= {"bill_id": bill.bill_id, "payment_id": bill.payment_id}
    return facts


async def _load_requests(town: Municipality) -> dict[str, Mapping[str, Any]]:
    codes = [code for (code,) in town.rows("SELECT code FROM requests ORDER BY id")]
    found = [await town.request(str(code)) for code in codes]
    return {one.code: {**one.fields, "service": one.service, "state": one.state} for one in found}
