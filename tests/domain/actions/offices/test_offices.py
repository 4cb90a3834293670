"""Counter offices: keys that overlap, networks, lock-outs, commission with dated rules, statements."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.security.vault import FernetVault
from domain.actions.context import ActionContext, ActorContext
from domain.actions.offices import accounts
from domain.actions.offices.statement import build_statement
from domain.bills.bill import PaymentMethod
from domain.offices.office import (
    ACTION_ANSWER_RETENTION,
    MOST_LOCKED_SOURCES,
    CommissionRule,
    Office,
    Statement,
    StatementLine,
    parse_network,
)
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.calendar import jalali_period
from domain.values.errors import AlreadyDone, Conflict, Forbidden, Internal, InvalidField, NotFound, UnknownService
from store.schema import audit
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, OFFICE, TUESDAY_MORNING, Municipality, actor, clerk

VAULT = FernetVault("a secret of this test")
TODAY, HOUR = date(2026, 11, 24), timedelta(hours=1)
NAME = "دفتر پیشخوان آزمایشی"


@pytest.fixture
async def key(town: Municipality) -> str:
    """The key of the office 1001, which is there."""
    return await added(town)


async def added(town: Municipality, code: str = OFFICE) -> str:
    async with town.store.open_unit() as uow:
        _, key = await accounts.add_office(ActorContext(town.desk, uow, SYSTEM), VAULT, code, NAME)
    return key


async def office_of(town: Municipality, code: str = OFFICE) -> Office:
    async with town.store.open_unit(write=False) as uow:
        return await uow.offices.get_by_code(code)


async def rotated(town: Municipality, overlap: timedelta) -> str:
    async with town.store.open_unit() as uow:
        return await accounts.rotate_office_key(ActorContext(town.desk, uow, SYSTEM), VAULT, OFFICE, overlap)


async def ruled(town: Municipality, **rule: object) -> CommissionRule:
    async with town.store.open_unit() as uow:
        return await accounts.add_commission_rule(ActorContext(town.desk, uow, SYSTEM), **rule)  # type: ignore[arg-type]  # words of the action


async def stated(town: Municipality, first: date, last: date, code: str = OFFICE) -> Statement:
    async with town.store.open_unit(write=False) as uow:
        return await build_statement(ActionContext(town.desk, uow), code, first, last)


async def audited(town: Municipality) -> list[tuple[str, str, Mapping[str, object]]]:
    async with town.store.open_unit(write=False) as uow:
        return list(
            await uow.audit._transaction.fetch_rows(
                select(audit.c.actor, audit.c.what, audit.c.detail).order_by(audit.c.id)
            )
        )


def usable(office: Office, now: datetime) -> list[str]:
    return [VAULT.unseal_secret(one.sealed) for one in office.list_usable_keys(now)]


async def test_an_office_gets_a_key_that_is_kept_sealed(town: Municipality, key: str) -> None:
    office = await office_of(town)
    assert (office.username, office.active, office.networks, office.locks) == ("office-1001", True, (), {})
    assert usable(office, town.clock.at) == [key]
    assert len(key) == 32
    assert town.rows("SELECT count(*) FROM offices WHERE keys LIKE ?", f"%{key}%") == [(0,)]
    with pytest.raises(Internal, match="sealed_elsewhere"):
        FernetVault("another secret").unseal_secret(office.keys[0].sealed)
    with pytest.raises(Internal, match="sealed_elsewhere"):
        VAULT.unseal_secret("no seal at all")
    assert await audited(town) == [
        ("system:engine", "office_added", {"office": OFFICE, "name": NAME, "username": "office-1001"})
    ]


async def test_offices_that_cannot_be(town: Municipality, key: str) -> None:
    for code, name, username, given, error in (
        (OFFICE, NAME, None, None, AlreadyDone),
        ("12 3", NAME, None, None, InvalidField),
        ("1" * 21, NAME, None, None, InvalidField),
        ("a/b", NAME, None, None, InvalidField),
        ("2", " ", None, None, InvalidField),
        ("2", NAME, "a b", None, InvalidField),
        ("2", NAME, None, "short", InvalidField),
        ("2", NAME, "office-1001", None, Conflict),
    ):
        async with town.store.open_unit() as uow:
            with pytest.raises(error):
                await accounts.add_office(ActorContext(town.desk, uow, SYSTEM), VAULT, code, name, username, given)
    async with town.store.open_unit() as uow:
        office, secret = await accounts.add_office(
            ActorContext(town.desk, uow, SYSTEM), VAULT, "A-2", NAME, key="a-key-of-the-testers"
        )
    assert (office.username, secret) == ("office-a-2", "a-key-of-the-testers")


async def test_keys_overlap(town: Municipality, key: str) -> None:
    town.advance(hours=1)
    second = await rotated(town, 24 * HOUR)
    assert usable(await office_of(town), town.clock.at) == [second, key]
    town.advance(hours=1)
    third = await rotated(town, 48 * HOUR)
    assert usable(await office_of(town), town.clock.at) == [third, second, key]
    town.advance(hours=23)
    assert usable(await office_of(town), town.clock.at) == [third, second]
    last = await rotated(town, timedelta())
    assert usable(await office_of(town), town.clock.at) == [last]
    assert len((await office_of(town)).keys) == 1
    with pytest.raises(InvalidField, match="overlap"):
        await rotated(town, -HOUR)


@pytest.mark.parametrize(
    ("networks", "address", "admitted"),
    [
        ([], None, True),
        ([], "203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["203.0.113.9"], "203.0.113.10", False),
        (["10.0.0.1/8", "2001:db8::/32"], "2001:db8::7", True),
        (["10.0.0.1/8"], "2001:db8::7", False),
        (["10.0.0.1/8"], None, False),
        (["10.0.0.1/8"], "proxy", False),
    ],
)
async def test_from_where_an_office_calls(
    town: Municipality, key: str, networks: list[str], address: str | None, admitted: bool
) -> None:
    async with town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(town.desk, uow, SYSTEM), OFFICE, networks)
    assert (await office_of(town)).admits_address(address) is admitted


def test_networks_are_read() -> None:
    assert [parse_network(text) for text in ("10.1.2.3/8", " 203.0.113.9 ", "::1")] == [
        "10.0.0.0/8",
        "203.0.113.9/32",
        "::1/128",
    ]
    for text in ("", "10.0.0.0/40", "office.example.ir"):
        with pytest.raises(InvalidField, match="network"):
            parse_network(text)


async def test_a_lock_ends_by_itself(town: Municipality, key: str) -> None:
    async with town.store.open_unit() as uow:
        context = ActionContext(town.desk, uow)
        await accounts.lock_out_address(context, OFFICE, "203.0.113.9", HOUR)
        await accounts.lock_out_address(context, OFFICE, None, 2 * HOUR)
    office = await office_of(town)
    assert office.is_locked_out("203.0.113.9", town.clock.at)
    assert office.is_locked_out(None, town.clock.at + HOUR)
    assert not office.is_locked_out("203.0.113.10", town.clock.at)
    assert not office.is_locked_out("203.0.113.9", town.clock.at + HOUR)
    town.advance(hours=3)
    async with town.store.open_unit() as uow:
        await accounts.lock_out_address(ActionContext(town.desk, uow), OFFICE, "203.0.113.10", HOUR)
    assert set((await office_of(town)).locks) == {"203.0.113.10"}
    assert [what for _, what, _ in await audited(town)][1:] == ["office_locked"] * 3


async def test_locks_are_bounded(town: Municipality, key: str) -> None:
    office, now = await office_of(town), town.clock.at
    for number in range(MOST_LOCKED_SOURCES + 5):
        office.lock_out(f"10.0.0.{number}", now + HOUR + timedelta(seconds=number), now)
    assert (len(office.locks), "10.0.0.4" in office.locks, "10.0.0.5" in office.locks) == (
        MOST_LOCKED_SOURCES,
        False,
        True,
    )


async def test_an_office_is_switched_off_and_on(town: Municipality, key: str) -> None:
    async with town.store.open_unit() as uow:
        await accounts.lock_out_address(ActionContext(town.desk, uow), OFFICE, "203.0.113.9", HOUR)
        context = ActorContext(town.desk, uow, SYSTEM)
        assert not (await accounts.set_office_active(context, OFFICE, False)).active
        await accounts.set_office_active(context, OFFICE, False)
        assert (await uow.offices.get_by_code(OFFICE)).locks
        assert (await accounts.set_office_active(context, OFFICE, True)).locks == {}
    assert [what for _, what, _ in await audited(town)][2:] == ["office_deactivated", "office_activated"]


@pytest.mark.parametrize("role", [Role.CIVIL, Role.AUDITOR, Role.EXPERT, Role.CLERK, Role.CITIZEN])
async def test_others_change_no_office(town: Municipality, key: str, role: Role) -> None:
    who = actor(role)
    async with town.store.open_unit() as uow:
        desk = town.desk
        context = ActorContext(desk, uow, who)
        for refused in (
            accounts.add_office(context, VAULT, "2", NAME),
            accounts.rotate_office_key(context, VAULT, OFFICE, HOUR),
            accounts.allow_networks(context, OFFICE, []),
            accounts.rename_office(context, OFFICE, "نام دیگر"),
            accounts.set_office_active(context, OFFICE, False),
            accounts.add_commission_rule(context, share_bp=1),
        ):
            with pytest.raises(Forbidden, match="office"):
                await refused


@pytest.mark.parametrize("role", [Role.ADMIN, Role.REVENUE, Role.MANAGER])
async def test_changes_bear_a_name(town: Municipality, role: Role) -> None:
    substitute = Actor(frozenset({role}), "staff", "sara", "cli", lent_roles=frozenset({("ali", role)}))
    async with town.store.open_unit() as uow:
        await accounts.add_office(ActorContext(town.desk, uow, substitute), VAULT, "2", NAME)
    assert [one[0] for one in await audited(town)] == ["staff:sara for ali"]


async def test_no_such_office(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, SYSTEM)
        action_context = ActionContext(town.desk, uow)
        for missing in (
            accounts.rotate_office_key(context, VAULT, "9", HOUR),
            accounts.allow_networks(context, "9", []),
            accounts.rename_office(context, "9", "نام دیگر"),
            accounts.set_office_active(context, "9", True),
            accounts.lock_out_address(action_context, "9", None, HOUR),
            accounts.add_commission_rule(context, office="9"),
            build_statement(action_context, "9", TODAY, TODAY + timedelta(1)),
        ):
            with pytest.raises(NotFound, match="office"):
                await missing


async def test_a_rule_closes_the_one_before(town: Municipality, key: str) -> None:
    first = await ruled(town, share_bp=200)
    await ruled(town, share_bp=900, service="machinery")
    second = await ruled(town, share_bp=300, valid_from=date(2026, 12, 1))
    async with town.store.open_unit() as uow:
        general = [one for one in await uow.offices.list_rules() if one.service is None]
    assert general == [replace(first, valid_to=date(2026, 12, 1)), second]
    with pytest.raises(InvalidField, match="valid_from:past"):
        await ruled(town, office=OFFICE, share_bp=400, valid_from=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"share_bp": 10_001}, InvalidField),
        ({"share_bp": -1}, InvalidField),
        ({"per_request": -1}, InvalidField),
        ({"per_request": 10**10}, InvalidField),
        ({"service": "moon"}, UnknownService),
    ],
)
async def test_rules_that_cannot_be(town: Municipality, rule: Mapping[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        await ruled(town, **rule)


async def test_the_most_specific_rule_wins(town: Municipality, key: str) -> None:
    await town.submit(by=clerk())
    earned = []
    for number, which in enumerate(({}, {"service": "machinery"}, {"office": OFFICE}), 1):
        await ruled(town, per_request=number, **which)
        earned.append((await stated(town, TODAY, date(2026, 11, 25))).totals.commission)
    await ruled(town, per_request=4, office=OFFICE, service="machinery")
    await ruled(town, per_request=9, service="duty")
    earned.append((await stated(town, TODAY, date(2026, 11, 25))).totals.commission)
    assert earned == [1, 2, 3, 4]


async def work_under_two_rules(town: Municipality) -> None:
    """Bring requests and payments to two offices, before and after a rule of commission takes another's place."""
    await added(town, "1002")
    await ruled(town, per_request=50_000, share_bp=200)
    await ruled(town, per_request=70_000, share_bp=333, valid_from=date(2026, 11, 26))
    codes = [(await town.submit(by=clerk())).code for _ in range(2)]
    await town.submit(NEIGHBOUR, by=clerk("1002"))
    await town.submit(NEIGHBOUR)
    for code in codes:
        await town.do(code, "accept", Role.CIVIL)
        await town.do(code, "price", Role.REVENUE)
    await town.pay(codes[0], reference="1", method=PaymentMethod.POS, by=clerk())
    town.clock.at = datetime.fromisoformat("2026-11-26T00:00:00+03:30")  # the new rule's first moment in Tehran
    await town.submit(by=clerk(), date="2026-11-28")
    await town.pay(codes[1], reference="2", method=PaymentMethod.POS, by=clerk())
    await town.pay(codes[1], reference="3", method=PaymentMethod.POS, by=clerk())


async def test_a_statement_by_rules_that_change_in_mid_period(town: Municipality, key: str) -> None:
    await work_under_two_rules(town)
    made = await stated(town, *jalali_period(1405, 9))
    old, new = FOUR_HOURS * 200 // 10_000, FOUR_HOURS * 333 // 10_000
    line = StatementLine(
        service="machinery",
        requests=3,
        payments=2,
        amount=2 * FOUR_HOURS,
        surplus_payments=1,
        surplus_amount=FOUR_HOURS,
        request_commission=170_000,
        payment_commission=old + new,
    )
    assert (made.lines, made.totals) == ((line,), replace(line, service=""))
    assert [(one.reference, one.outcome, one.commission) for one in made.payments] == [
        ("1", "settled", old),
        ("2", "settled", new),
        ("3", "surplus", 0),
    ]
    assert made.totals.commission == 170_000 + old + new
    before = await stated(town, TODAY, date(2026, 11, 26))
    assert (before.totals.requests, before.totals.commission) == (2, 100_000 + old)
    assert (await stated(town, *jalali_period(1405, 8))).lines == ()
    assert (await stated(town, *jalali_period(1405), "1002")).totals.requests == 1
    with pytest.raises(InvalidField, match="last"):
        await stated(town, TODAY, TODAY)


async def test_a_share_is_rounded_down_payment_by_payment(town: Municipality, key: str) -> None:
    rule = await ruled(town, share_bp=1)
    assert [rule.share_of_amount(amount) for amount in (0, 9_999, 10_000, 19_999, 99_999_999_000)] == [
        0,
        0,
        1,
        1,
        9_999_999,
    ]


async def test_keys_and_nonces_are_forgotten_in_time(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await uow.idempotency_keys.begin(
            OFFICE, "a", "d", "Ping", TUESDAY_MORNING + ACTION_ANSWER_RETENTION, TUESDAY_MORNING
        )
        await uow.office_nonces.take(OFFICE, "n", TUESDAY_MORNING + HOUR)
    assert await accounts.forget_expired_keys(town.desk, town.store) == 0
    town.advance(hours=1)
    assert await accounts.forget_expired_keys(town.desk, town.store) == 1
    town.advance(days=400)
    assert await accounts.forget_expired_keys(town.desk, town.store) == 1
