"""The straight story of a machinery request, step by step; tests leave it where their own story begins."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.text_matching import Facts

PLACE = "خیابان امام جنب پارک"


class Step(NamedTuple):
    """A step of the staff: the transition, who takes it, and what the citizen is told."""

    action: str
    user: str
    notice: str


STEPS = {
    "accepted": Step("accept", "civil", "accept"),
    "awaiting_payment": Step("price", "revenue", "bill"),
    "paid": Step("", "revenue", "pay"),  # no transition of the staff: a slip is recorded
    "scheduled": Step("schedule", "civil", "schedule"),
    "handed_over": Step("hand_over", "civil", "hand_over"),
    "completed": Step("complete", "civil", "complete"),
}
"""The straight way: the state reached, by which step."""


class Story:
    """One request of one citizen. `code` are the nine digits, `bill` the facts of the text that asked for money."""

    def __init__(self, citizen: Phone, desk: Desk) -> None:
        self.citizen = citizen
        self.desk = desk
        self.code = ""
        self.bill: Facts = {}

    async def reaches(self, state: str, **wish: str) -> "Story":
        """Tell the story from the first text up to the state, each text heard. `wish`: see `is_submitted`."""
        await self.is_submitted(**wish)
        path = list(STEPS)[: list(STEPS).index(state) + 1] if state in STEPS else []
        await self._steps(path[:2])
        await self._steps(path[2:3])  # apart: a receipt would overtake the notices before it
        await self._steps(path[3:])
        return self

    async def _steps(self, states: Sequence[str]) -> None:
        """Let the staff take these steps one after the other; then the citizen reads what came of them."""
        for state in states:
            step = STEPS[state]
            if state == "paid":
                await self.desk.takes_payment(self.bill)
            else:
                given = {"early": "yes"} if step.action == "hand_over" else {}  # it is booked for tomorrow
                await self.does(step.action, by=step.user, **given)
        for state in states:
            facts = await self.hears(STEPS[state].notice)
            if state == "awaiting_payment":
                self.bill = facts

    async def is_submitted(
        self, *, machine: str = "لودر", hours: str = "۴", day: str = "فردا", hour: str = "۸"
    ) -> None:
        """Everything in one text; the reply has the tracking code."""
        text = f"ماشین {machine} {hours} ساعت {day} ساعت {hour} {PLACE}"
        reply = await self.citizen.says(text, "notices.submit")
        self.code = reply["code"].replace(" ", "")

    async def is_accepted(self) -> None:
        """Civil accepts as wished."""
        await self._steps(["accepted"])

    async def is_billed(self) -> None:
        """Revenue confirms the quote; the text has both ids."""
        await self._steps(["awaiting_payment"])

    async def is_paid(self) -> None:
        """Revenue records the citizen's bank slip."""
        await self._steps(["paid"])

    async def does(self, action: str, *, by: str = "civil", **inputs: str) -> dict[str, Any]:
        """Let the staff take a step."""
        return await self.desk.does(action, self.code, by=by, **inputs)

    async def may_not(self, action: str, *, by: str = "civil", **inputs: str) -> str:
        """Let the staff try a step that is refused; what is said about it."""
        return await self.desk.may_not(action, self.code, by=by, **inputs)

    async def hears(self, notice: str) -> Facts:
        """The citizen's next text is this notice, about this request."""
        facts = await self.citizen.hears(f"notices.{notice}")
        assert facts["code"].replace(" ", "") == self.code
        return facts

    async def says(self, text: str, *keys: str) -> Facts:
        """The citizen texts and hears the reply."""
        return await self.citizen.says(text, *keys)

    async def shown(self) -> dict[str, Any]:
        """The request as `request show` prints it."""
        return await self.desk.shows(self.code)

    async def state(self) -> str:
        """State."""
        return str((await self.shown())["state"])

    async def bills(self) -> list[tuple[int, str]]:
        """Amount and state of its bills, oldest first."""
        return [(bill["amount"], bill["state"]) for bill in (await self.shown())["bills"]]

    async def stands(self, state: str, *bill_states: str) -> None:
        """It stands in this state, and so do its bills in theirs."""
        shown = await self.shown()
        assert (shown["state"], [bill["state"] for bill in shown["bills"]]) == (state, list(bill_states))
