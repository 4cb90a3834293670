"""A town that offers every service there is, and a further one; furnished once, and copied for each walk.

The services are those of `SERVICES`, whichever they are, and the one of `docs/add-a-service.md`, which nobody wrote
anything about here: what the walks hold of it they hold of the next one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domain.language.service import Service
from domain.people.person import StaffMember
from domain.services import SERVICES
from domain.settings.policy import Policy
from domain.values.actors import STAFF_ROLES, Role
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.further_service import TREES, WORDS
from tests.support.scenarios.taxi_organisation import TaxiOrganisation

WALKED: tuple[Service, ...] = tuple({service.key: service for service in (*SERVICES, TREES)}.values())

PATIENT = Policy(inbound_limit=10**6, loop_guard=10**6, guess_limit_sender=10**6, visit_notice_hours=2)
"""No limit on texts: a walk sends more in a minute than a citizen in a year. The hours that it names are near: a visit
can be moved until shortly before.
"""

USED_IDS = 1000
"""Ids that furnishing took, at most: each walk counts on from here."""


@asynccontextmanager
async def whole_town(
    path: Path, services: tuple[Service, ...] = WALKED, policy: Policy = PATIENT
) -> AsyncIterator[Municipality]:
    """Open a furnished town."""
    clock = StandingClock()
    desk = build_desk(clock, services=services, policy=policy, texts=WORDS)
    for _ in range(USED_IDS):
        desk.ids.new_id()
    async with municipality(path, desk, clock) as town:
        yield town


async def furnish(path: Path) -> None:
    """Put prices, machines, officers, taxis and somebody of every unit into a migrated file."""
    clock = StandingClock()
    async with municipality(path, build_desk(clock, services=WALKED, texts=WORDS), clock) as town:
        await town.furnish()
        await Experts(town).furnish()
        await TaxiOrganisation(town).furnish()
        async with town.store.open_unit() as uow:
            for role in sorted(STAFF_ROLES):
                if not await uow.people.list_staff_with_role(role):
                    await uow.people.save_staff(_member(role, clock))
        assert town.new_id() < 10**15 + USED_IDS


def _member(role: Role, clock: StandingClock) -> StaffMember:
    mobile = f"+98911200{sorted(Role).index(role):04}"
    return StaffMember(role.value, frozenset({role}), "مریم احمدی", mobile, "", True, clock.now())
