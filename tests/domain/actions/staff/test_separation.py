"""Separation of duties: own roles, money roles, auditors, one person with two accounts, and a proposed price."""

from dataclasses import replace

import pytest

from domain.actions.context import ActorContext
from domain.actions.staff import staff_accounts
from domain.actions.staff.separation import MONEY_ROLES
from domain.actions.tariffs.price_changes import set_price
from domain.people.person import StaffMember
from domain.tariffs.tariff import PriceTerms
from domain.values.actors import STAFF_ROLES, SYSTEM, Actor, Role
from domain.values.errors import DomainError
from tests.support.municipality import Municipality, actor

MANAGER_MOBILE, AUDITOR_MOBILE, SHARED = "+989111110001", "+989111110002", "+989111110003"
ADMIN = replace(actor(Role.ADMIN), identifier="boss")


async def add(
    town: Municipality, username: str, *roles: Role, mobile: str | None = None, by: Actor = SYSTEM
) -> StaffMember:
    """Make an account."""
    async with town.store.open_unit() as uow:
        return await staff_accounts.add_member(ActorContext(town.desk, uow, by), username, roles, "hash", mobile=mobile)


async def change(
    town: Municipality, member: StaffMember, *roles: Role, mobile: str | None = None, by: Actor = ADMIN
) -> StaffMember:
    """Give an account these roles, and a mobile."""
    async with town.store.open_unit() as uow:
        return await staff_accounts.change_member(
            ActorContext(town.desk, uow, by), member.username, roles=roles, full_name=member.full_name, mobile=mobile
        )


async def refusal(town: Municipality, member: StaffMember, *roles: Role, **given: object) -> str:
    """The reason why an account is not changed so."""
    with pytest.raises(DomainError) as refused:
        await change(town, member, *roles, **given)  # type: ignore[arg-type]  # each is of its own type
    return str(refused.value.reason)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.ADMIN}))
async def test_nobody_changes_the_own_roles_but_the_own_name(town: Municipality, role: Role) -> None:
    boss, other = await add(town, "boss", Role.ADMIN), await add(town, "other", Role.ADMIN)
    assert await refusal(town, boss, Role.ADMIN, role) in {"own_roles", "auditor_alone"}
    assert await refusal(town, boss, role) == "own_roles"
    await change(town, boss, Role.ADMIN, mobile=SHARED)
    await change(town, other, role)
    await add(town, "third", Role.ADMIN)
    await change(town, boss, role, by=SYSTEM)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.AUDITOR}))
async def test_an_auditor_stands_alone(town: Municipality, role: Role) -> None:
    with pytest.raises(DomainError, match="auditor_alone"):
        await add(town, "both", Role.AUDITOR, role)
    assert await refusal(town, await add(town, "one", role), role, Role.AUDITOR) == "auditor_alone"


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_manager_and_auditor_hear_of_who_is_given_money(town: Municipality, role: Role) -> None:
    await add(town, "manager", Role.MANAGER, mobile=MANAGER_MOBILE)
    await add(town, "auditor", Role.AUDITOR, mobile=AUDITOR_MOBILE)
    before = len(await town.sent(AUDITOR_MOBILE))
    member = await add(town, "new", role)
    expected = 1 if role in MONEY_ROLES else 0
    assert len(await town.sent(AUDITOR_MOBILE)) - before == expected
    await change(town, member, role, mobile=SHARED)
    assert len(await town.sent(AUDITOR_MOBILE)) - before == expected, "nothing new was given"
    if role is not Role.AUDITOR:
        await change(town, member, role, Role.REVENUE)
        told = (await town.sent(MANAGER_MOBILE))[-1]
        assert (told.key, "boss" in told.text or role is Role.REVENUE) == ("staff.money_role_given", True)


async def test_two_open_accounts_have_two_mobiles(town: Municipality) -> None:
    one = await add(town, "one", Role.REVENUE, mobile=SHARED)
    with pytest.raises(DomainError, match="mobile_of_colleague"):
        await add(town, "two", Role.MANAGER, mobile=SHARED)
    two = await add(town, "two", Role.MANAGER)
    assert await refusal(town, two, Role.MANAGER, mobile=SHARED) == "mobile_of_colleague"
    async with town.store.open_unit() as uow:
        await staff_accounts.set_member_active(ActorContext(town.desk, uow, SYSTEM), one.username, False)
    await change(town, two, Role.MANAGER, mobile=SHARED)
    async with town.store.open_unit() as uow:
        with pytest.raises(DomainError, match="mobile_of_colleague"):
            await staff_accounts.set_member_active(ActorContext(town.desk, uow, SYSTEM), one.username, True)


async def test_a_proposed_price_stands_in_the_audit_at_once(town: Municipality) -> None:
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, tariffs_need_approval=True))
    await add(town, "mina", Role.REVENUE)
    terms = PriceTerms("machinery", {"machine": "loader"}, "hour", 9_000_000, 0, 10, town.clock.now().date())
    async with town.store.open_unit() as uow:
        await set_price(
            ActorContext(town.desk, uow, replace(actor(Role.REVENUE), identifier="mina")), terms, far_meant=True
        )
    [(who, detail)] = town.rows("SELECT actor, detail FROM audit WHERE what = 'tariff_proposed'")
    assert (who, "9000000" in detail) == ("staff:mina", True)
