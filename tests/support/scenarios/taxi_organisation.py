"""The taxi organisation at work: leaves and reports, from the text to any state, over the rows of `taxi_registries`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.actions.context import ActorContext
from domain.actions.messages import notify
from domain.actions.requests import submit
from domain.registries.declarations import DRIVER
from domain.requests.request import ServiceRequest
from domain.services import SERVICES
from domain.settings.policy import Policy
from domain.values.actors import Actor, Role
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios import taxi_registries
from tests.support.scenarios.taxi_registries import AUXILIARY_CODE, DRIVER_MOBILE, PLATE

OFFICER = actor(Role.TAXI_OFFICER, "officer")
AUXILIARY_MOBILE = "+989121000009"
STRANGER = CITIZEN

LEAVE = "مرخصی از فردا تا ۱۴۰۵/۰۹/۰۸ بیماری"
"""Five days, Wednesday to Sunday, of which the Friday does not count."""
AUXILIARY_LEAVE = "مرخصی کد تاکسی ۱۱۵ از فردا تا ۱۴۰۵/۰۹/۰۸ سفر"
PRAISE = "تشویق تاکسی ۱۱۴ کیف مرا پس داد"
COMPLAINT = "تخلف 12ت345-59 راننده کرایه اضافه گرفت"


@dataclass(frozen=True, slots=True)
class TaxiOrganisation:
    """Drivers, owners, passengers and the officer of one town."""

    town: Municipality

    async def furnish(self) -> None:
        """Fill the registries; the auxiliary driver has a mobile here."""
        await taxi_registries.furnish(self.town)
        await self.change_driver(AUXILIARY_CODE, mobile=AUXILIARY_MOBILE)

    async def change_driver(self, national_code: str, **values: object) -> None:
        """Change a driver, or add one."""
        await taxi_registries.give(self.town, DRIVER.key, {"national_code": national_code, **values})

    async def asks(self, text: str = LEAVE, mobile: str = DRIVER_MOBILE) -> str:
        """Ask for a leave, or report, by one text; return the tracking code."""
        return (await self.town.say(mobile, text)).code

    async def enters(
        self, service: str, values: Mapping[str, object], mobile: str | None = None, by: Actor = OFFICER
    ) -> str:
        """Enter a request at the counter; return the tracking code."""
        async with self.town.store.open_unit() as uow:
            context = ActorContext(self.town.desk, uow, by)
            outcome = await submit.submit_request(context, service, values, mobile)
            await notify.announce_outcome(context, outcome)
        return outcome.request.code

    async def enters_leave(self, first: str, last: str, mobile: str | None = None, **values: object) -> str:
        """Enter a leave of the first taxi, or another, with its whole form."""
        whole = {"plate": PLATE, "scope": "in_city", "reason": "سفر", "from": first, "to": last} | values
        return await self.enters("taxi_leave", whole, mobile)

    async def does(self, code: str, *actions: str) -> ServiceRequest:
        """Let the officer take steps that need no input."""
        for action in actions:
            await self.town.do(code, action, OFFICER)
        return await self.town.request(code)

    async def state(self, code: str) -> str:
        """State of a request."""
        return (await self.town.request(code)).state

    async def reach(self, state: str, text: str = LEAVE, mobile: str = DRIVER_MOBILE) -> str:
        """Bring a leave (of the next days) straight to a state; return its code."""
        code = await self.asks(text, mobile)
        for reached, action in (("under_review", "take"), ("approved", "approve")):
            if await self.state(code) != state and state != "submitted":
                assert (await self.does(code, action)).state == reached
        for reached, days in (("in_effect", 1), ("ended", 6)):
            if state in {"in_effect", "ended"} and await self.state(code) != state:
                self.town.advance(days=days)
                await self.town.run_timers()
                assert await self.state(code) == reached
        assert await self.state(code) == state
        return code


@asynccontextmanager
async def open_taxi_organisation(database: Path, policy: Policy | None = None) -> AsyncIterator[TaxiOrganisation]:
    """Open a town with a taxi organisation, under a policy of its own if one is given."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, services=SERVICES, policy=policy), clock) as town:
        opened = TaxiOrganisation(town)
        await opened.furnish()
        yield opened
