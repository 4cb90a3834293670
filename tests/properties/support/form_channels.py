"""Requests of a service whose form nobody here knows, brought through each channel as people and programs do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.pishkhan_soap.schema import camel_case
from domain.actions.context import ActorContext
from domain.actions.messages import notify
from domain.actions.walk_ins.entering import enter_walk_in
from domain.chats.chat import TextWritten
from domain.fields.form import Field
from domain.language.service import Service
from domain.messages.records import InboundState
from domain.values.actors import Role
from tests.channels.pishkhan_soap.envelopes import CITIZEN as CITIZEN_RECORD
from tests.channels.pishkhan_soap.envelopes import Signer, body
from tests.channels.pishkhan_soap.raw_client import RawClient
from tests.properties.support.random_services import KEYWORD
from tests.properties.support.typed_values import list_readable
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, Municipality, actor

MOST_ANSWERS = 40
"""Texts of one dialogue; more are a dialogue that does not end."""

WORK_AHEAD = timedelta(days=200)
"""Days on which machines are wanted: later than whatever is waited for before they are booked."""


class Fault(AssertionError):
    """Something went wrong that nobody who declares a service may be left with."""


@dataclass(frozen=True, slots=True)
class Channels:
    """A municipality with one service, and the ways into it."""

    town: Municipality
    service: Service
    person: Person
    wire: RawClient
    signer: Signer

    async def submit(self, channel: str) -> str:
        """Bring a request; return its tracking code."""
        ways: Mapping[str, Callable[[], Awaitable[str]]] = {
            "sms": self._by_text, "bot": self._by_chat, "soap": self._by_counter, "staff": self._by_staff,
        }  # fmt: skip
        return await ways[channel]()

    def typed(self, form_field: Field) -> str:
        """Return what somebody types into a field."""
        now: datetime = self.town.clock.now()
        if form_field.name == "date":
            return (now + WORK_AHEAD).date().isoformat()
        readable = [raw for raw in list_readable(form_field.type, form_field.choices, now) if isinstance(raw, str)]
        if not readable:
            raise Fault(f"no word of the pool is read by field {form_field.name}")
        return readable[0]

    async def _by_text(self) -> str:
        heard = await self.hears(KEYWORD)
        return await self._answers(heard, self.hears)

    async def hears(self, text: str) -> tuple[str, str]:
        """Text something; return the key and the words of the reply."""
        heard = await self.town.say(CITIZEN, text)
        if heard.inbound.state is InboundState.FAILED or not heard.reply:
            raise Fault(f"the text «{text}» was not answered: {heard.inbound.reason}")
        return heard.key, heard.text

    async def _by_chat(self) -> str:
        heard = await self.chats(KEYWORD)
        return await self._answers(heard, self.chats)

    async def chats(self, text: str) -> tuple[str, str]:
        """Write something in the chat; return key and words of the last message of the answer."""
        await self.person.hears()
        await self.person.does(TextWritten(text))
        answers = await self.person.hears()
        if not answers:
            raise Fault(f"the chat does not answer «{text}»")
        return answers[-1].key, answers[-1].text

    async def _answers(self, heard: tuple[str, str], say: Callable[[str], Awaitable[tuple[str, str]]]) -> str:
        """Answer what is asked until the request is there."""
        for _ in range(MOST_ANSWERS):
            key = heard[0]
            if key.endswith(".notices.submit"):
                return (await self.town.requests_of())[0].code
            heard = await say(self._answer_to(key, heard[1]))
        raise Fault(f"the dialogue does not end: {heard}")

    def _answer_to(self, key: str, text: str) -> str:
        name = key.removesuffix(".prompt").removesuffix(".choose").rpartition(".")[2]
        if key.endswith(".summary"):
            return "1"
        asked = self.service.form_field(name)
        if asked:
            return self.typed(asked)
        if name.endswith("_hours"):
            return "4"
        raise Fault(f"the dialogue says {key}: {text}")

    async def _by_counter(self) -> str:
        values: dict[str, Any] = {"citizen": CITIZEN_RECORD}
        for form_field in self.service.form:
            if form_field.required and not form_field.is_derived and not form_field.autofill:
                values[camel_case(form_field.name)] = self._counter_value(form_field)
        return await self.calls(self.service.soap_operation, values, "trackingCode")

    async def calls(self, operation: str, values: Mapping[str, Any], told: str) -> str:
        """Call an operation; return what an element of the answer says."""
        answer = await self.wire.post(self.signer.signed(body(operation, values)))
        if answer.status != 200:
            raise Fault(f"{operation} is refused: {answer.content.decode()[-700:]}")
        return answer.text(told)

    def _counter_value(self, form_field: Field) -> Any:
        now: datetime = self.town.clock.now()
        by_kind: dict[str, Any] = {
            "date": (now + timedelta(days=1)).date().isoformat(),
            "time": "08:00",
            "items": {"item": {"machine": "loader", "hours": "4"}},
        }
        if form_field.name == "date":
            return self.typed(form_field)
        return by_kind.get(form_field.type.name) or self.typed(form_field)

    async def _by_staff(self) -> str:
        member = actor(Role.CIVIL)
        values = {one.name: self.typed(one) for one in self.service.form if one.required and not one.is_derived}
        async with self.town.store.open_unit() as uow:
            context = ActorContext(self.town.desk, uow, member)
            outcome = await enter_walk_in(context, self.service.key, values, CITIZEN)
            await notify.announce_outcome(context, outcome)
        return outcome.request.code
