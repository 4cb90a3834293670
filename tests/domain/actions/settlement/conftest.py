"""A revenue unit that brings files, in a town whose citizens also pay at a scripted bank."""

from dataclasses import replace

import pytest

from domain.fleet.resources import Resource, ResourceKind
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.municipality import Municipality
from tests.support.scripted_bank import Payer, ScriptedBank
from tests.support.settlement_files import SCRIPTED_LAYOUT, RevenueUnit

WHOLE_LAYOUT = "scripted_days_csv"
"""The same of a bank whose files hold whole days."""

REVENUE_MOBILE = "+989111000009"


@pytest.fixture
async def revenue(town: Municipality) -> RevenueUnit:
    """The revenue unit, with a member who is texted."""
    member = StaffMember("revenue", frozenset({Role.REVENUE}), "آی‌گل", REVENUE_MOBILE, "", True, town.clock.now())
    for number in (3, 4, 5, 6):
        await town.put(Resource(town.new_id(), f"LD-{number}", ResourceKind.MACHINE, "loader", f"ماشین {number}"))
        await town.put(Resource(town.new_id(), f"OP-{number + 1}", ResourceKind.OPERATOR, "", f"راننده {number}"))
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    shipped = town.desk.settlement_layouts
    own_layout = replace(shipped["behpardakht_csv"], name=SCRIPTED_LAYOUT, source="bank")
    whole_layout = replace(own_layout, name=WHOLE_LAYOUT, whole_days=True)
    town.desk.settlement_layouts = {**shipped, SCRIPTED_LAYOUT: own_layout, WHOLE_LAYOUT: whole_layout}
    return RevenueUnit(town)


@pytest.fixture
async def payer(revenue: RevenueUnit) -> Payer:
    """Somebody who pays at the bank whose settlement files come."""
    return Payer(revenue.town, ScriptedBank())
