"""The town of the dialogues: every service, machines, prices, taxis, officers, a phone; and what was there before."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from domain.services import SERVICES
from domain.settings.contact import Contact
from domain.values.actors import Role
from store.migrate import migrate
from tests.dialogues.transcript import Dialogue, RequestBefore
from tests.support.municipality import (
    CITIZEN,
    NEIGHBOUR,
    ORDER,
    Municipality,
    StandingClock,
    build_desk,
    municipality,
)
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import AUXILIARY_LEAVE, AUXILIARY_MOBILE, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE

MOBILES = {
    "citizen": CITIZEN,
    "neighbour": NEIGHBOUR,
    "driver": DRIVER_MOBILE,
    "auxiliary": AUXILIARY_MOBILE,
    "owner": OWNER_MOBILE,
}
DAYS = ("فردا", "پس‌فردا")
"""Days of the orders that were there before."""
USED_IDS = 1000
"""Ids that furnishing took, at most: each dialogue counts on from here."""


@asynccontextmanager
async def open_town(path: Path, used_ids: int = 0) -> AsyncIterator[Municipality]:
    """Open a town with every service and a phone over a migrated file."""
    clock = StandingClock()
    desk = build_desk(clock, services=SERVICES)
    desk.contact = Contact("017-3411 2233", "گمیشان، خیابان امام")
    desk.catalogue.phone = desk.contact.dialled_phone
    for _ in range(used_ids):
        desk.ids.new_id()
    async with municipality(path, desk, clock) as town:
        yield town


async def furnish_file(path: Path) -> None:
    """Make a file with machines, prices, officers and taxis, to be copied for each dialogue."""
    await migrate(f"sqlite:///{path}")
    async with open_town(path) as town:
        await town.furnish()
        await Experts(town).furnish()
        await TaxiOrganisation(town).furnish()
        assert town.new_id() < 10**15 + USED_IDS


@asynccontextmanager
async def open_situation(furnished: Path, path: Path, dialogue: Dialogue) -> AsyncIterator[tuple[Municipality, str]]:
    """Open a town in the situation before a dialogue; beside it the code of the request that is there, if one is."""
    shutil.copy(furnished, path)
    async with open_town(path, USED_IDS) as town:
        codes = [
            await _reach(town, one, MOBILES[one.by or dialogue.who], DAYS[place])
            for place, one in enumerate(dialogue.before)
        ]
        town.clock.at = dialogue.at or town.clock.at + timedelta(minutes=30)
        yield town, codes[0] if codes else ""


async def _reach(town: Municipality, wanted: RequestBefore, mobile: str, day: str) -> str:
    if wanted.service == "machinery":
        code = await town.reach(wanted.state, ORDER.replace("فردا", day), mobile)
    else:
        code = await town.order(AUXILIARY_LEAVE, mobile)
    assert (await town.request(code)).state == wanted.state
    if wanted.asked:
        await town.do(code, "ask", Role.CIVIL, question=wanted.asked)
    return code
