"""A town whose citizens pay at a scripted bank, and a member of the revenue unit who is told."""

import pytest

from domain.fleet.resources import Resource, ResourceKind
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.municipality import Municipality
from tests.support.scripted_bank import CAN_BE_ASKED, Payer, ScriptedBank

REVENUE_MOBILE = "+989111000009"


@pytest.fixture
async def payer(town: Municipality) -> Payer:
    """Somebody who pays at a bank whose sales are settled by a call."""
    member = StaffMember("revenue", frozenset({Role.REVENUE}), "آی‌گل", REVENUE_MOBILE, "", True, town.clock.now())
    for number in (3, 4, 5):
        await town.put(Resource(town.new_id(), f"LD-{number}", ResourceKind.MACHINE, "loader", f"ماشین {number}"))
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    return Payer(town, ScriptedBank())


@pytest.fixture
async def asker(payer: Payer) -> Payer:
    """Somebody who pays at a bank that can be asked by our own number."""
    return Payer(payer.town, ScriptedBank(capabilities=CAN_BE_ASKED))
