"""The people of a round, and what must be true of them in the end: each remembers what was said, done and promised."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from aiohttp import ClientError

from domain.values.identifiers import parse_mobile as mobile_stored
from tests.e2e.support.office_setup import OPERATORS, STAFF, operator_mobile
from tests.e2e.support.program_runs import KILLED, Death
from tests.e2e.support.text_matching import read_facts
from tests.fakes.kavenegar import FIRST_MESSAGE_ID
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.round_plan import MACHINERY, STORIES, Does, Pays, Plan, Says

ANSWER_SECONDS = 20.0
"""Time that a panel waits for the answer to a webhook."""

AGAIN_SECONDS = 0.05
"""Time after which a panel delivers again what was not answered 200."""

OPERATOR_TOLD = f"{MACHINERY}notices.operator_booked"
UNIT_PAID = f"{MACHINERY}notices.unit_paid"
DONE_ALREADY = {"already_done", "not_allowed_now"}

NOBODY = "nobody is there"

_MOBILES = count(1)
_MESSAGES = count(FIRST_MESSAGE_ID + 5_000_000)
_SLIPS = count(1)
_OPERATORS = cycle(range(1, OPERATORS + 1))


@dataclass(slots=True)
class Text:
    """One text of a citizen as the panel delivers it. `answers` are the ids that the server gave it, `refusals` counts
    its 503s.
    """

    messageid: int
    words: str
    key: str
    answers: set[str] = field(default_factory=set)
    refusals: int = 0


class Citizen:
    """One citizen, who lives one story. `told` counts the texts that are due, by recipient (+98…) and key."""

    def __init__(self, office: MortalOffice, story: str, plan: Plan) -> None:
        self.story = story
        self.mobile = f"0912{next(_MOBILES):07}"
        self.stored = mobile_stored(self.mobile)
        self.texts: list[Text] = []
        self.events: list[str] = []
        self.told: Counter[tuple[str, str]] = Counter()
        self.code = ""
        self.bill: dict[str, Any] = {}
        self.reference = f"slip-{next(_SLIPS)}"
        self._office = office
        self._plan = plan

    async def lives(self, deliveries: Iterator[tuple[int, int]], deaths: Iterator[Death | None]) -> None:
        """Live the story to its end: everything said was taken, everything done is done."""
        for act in STORIES[self.story]:
            match act:
                case Says():
                    await self._says(act, *next(deliveries))
                case Does():
                    await self._does(act, next(deaths))
                case Pays():
                    await self._pays(act, next(deaths))

    async def _says(self, act: Says, copies: int, again: int) -> None:
        words = act.words.format(code=self.code, day=self._plan.day, hour=self._plan.hour)
        text = Text(next(_MESSAGES), words, act.key)
        self.texts.append(text)
        for at_once in (copies, *[1] * again):
            await asyncio.gather(*(self._is_taken(text) for _ in range(at_once)))
        self.told[self.stored, act.key] += 1
        if act.event:
            self.events.append(act.event)
        if act.event == "submit":
            self.code = await self._read_code()

    async def _is_taken(self, text: Text) -> None:
        """Deliver until the server has taken it, as a panel does."""
        while True:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    [answer] = await next(self._office.entrances).inbound(
                        self.mobile, text.words, messageid=text.messageid, method="POST"
                    )
            except (ClientError, TimeoutError, OSError):
                answer = (503, NOBODY)
            if answer[0] == 200:
                text.answers.add(json.loads(answer[1])["id"])
                return
            assert answer[0] == 503, f"{text} was answered {answer}"
            text.refusals += answer[1] != NOBODY
            await asyncio.sleep(AGAIN_SECONDS)

    async def _read_code(self) -> str:
        await self._office.panel.wait_until(lambda: bool(self._codes()), f"the code for {self.mobile}")
        return self._codes()[0]

    def _codes(self) -> list[str]:
        found = []
        for sent in self._office.panel.of(self.mobile):
            try:
                found.append(read_facts(sent.message, "notices.submit")["code"].replace(" ", ""))
            except AssertionError:  # another text
                continue
        return found

    async def _does(self, act: Does, death: Death | None) -> None:
        operator = next(_OPERATORS) if act.action == "schedule" else 0
        given = ("--set", f"operator=OP-{operator:02}") if operator else ()
        await self._commands(death, "request", "act", self.code, act.action, "--as", act.by, *act.given, *given)
        self._remember(act)
        if operator:
            self.told[mobile_stored(operator_mobile(operator)), OPERATOR_TOLD] += 1
        if "bill" in act.events:
            [self.bill] = (await self._office.cli("request", "show", self.code))["bills"]

    async def _pays(self, act: Pays, death: Death | None) -> None:
        facts = (self.bill["bill_id"], self.bill["payment_id"], str(self.bill["amount"]))
        await self._commands(death, "payment", "record", *facts, "--reference", self.reference, "--as", "revenue")
        self._remember(act)
        self.told[mobile_stored(STAFF["civil"]), UNIT_PAID] += 1

    def _remember(self, act: Does | Pays) -> None:
        self.told.update((self.stored, key) for key in act.told)
        self.events.extend(act.events)

    async def _commands(self, death: Death | None, *arguments: str) -> None:
        """Have a command done: one that died is given again, and may then be told that it was done before.

        Two clerks who took the same machine at the same moment: one is told of the conflict, and does it again.
        """
        finished = await self._office.run(*arguments, "--json", death=death)
        died = finished.code == KILLED
        while died or (finished.code == 1 and finished.json["error"]["code"] == "conflict"):
            finished = await self._office.run(*arguments, "--json")
            if died and finished.code == 1 and finished.json["error"]["code"] in DONE_ALREADY:
                return
            died = False
        assert finished.code == 0, f"{arguments}: {finished}"
