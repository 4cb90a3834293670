"""Payments at terminals: a trace number repeats, so day, terminal and RRN tell whether it is one payment or two."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.actions.bills import pay
from domain.actions.context import ActorContext
from domain.bills.bill import PaymentMethod, PaymentOutcome
from domain.bills.pos_receipts import PosReceipt
from domain.values.actors import Role
from domain.values.errors import DomainError, DuplicateRequest, MissingField
from tests.support.municipality import NEIGHBOUR, Municipality, actor, clerk

TRACE, RRN, OTHER_RRN = "000123", "433812345678", "433812345679"
MORNING = datetime(2026, 11, 24, 5, tzinfo=UTC)


@dataclass(slots=True)
class Counter:
    """A counter's clerk with two bills that wait for money."""

    town: Municipality
    codes: tuple[str, str]

    async def report(self, bill: int, reference: str = TRACE, **receipt: Any) -> pay.RecordedPayment:
        """Report a payment of one of the two bills."""
        code = self.codes[bill]
        (meant,) = await self.town.bills(code)
        async with self.town.store.open_unit() as uow:
            return await pay.record_payment(
                ActorContext(self.town.desk, uow, clerk()),
                bill_id_pair=(meant.bill_id, meant.payment_id),
                amount=meant.amount,
                method=PaymentMethod.POS,
                reference=reference,
                receipt=PosReceipt(**receipt),
            )

    async def told(self, bill: int, reference: str = TRACE, **receipt: Any) -> str:
        """Report a payment; how it ended in a word."""
        try:
            settled = await self.report(bill, reference, **receipt)
        except DomainError as error:
            return f"{error.code} {error.field}"
        return settled.payment.outcome.value if len(await self.town.payments(self.codes[bill])) == 1 else "another"


@pytest.fixture
async def counter(town: Municipality) -> Counter:
    """Two requests whose bills are open."""
    return Counter(town, (await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"rrn": RRN}, {"rrn": OTHER_RRN}, "settled"),
        ({"rrn": RRN}, {"rrn": RRN}, "duplicate_request reference"),
        ({}, {"rrn": RRN}, "settled"),
        ({"rrn": RRN}, {}, "missing_field rrn"),
        ({}, {}, "missing_field rrn"),
        ({"terminal_id": "T1"}, {"terminal_id": "T2"}, "settled"),
        ({"terminal_id": "T1"}, {}, "missing_field rrn"),
        ({"terminal_id": "T1"}, {"terminal_id": "T1"}, "duplicate_request reference"),
        ({"paid_at": MORNING}, {"paid_at": MORNING - timedelta(days=1)}, "settled"),
        ({"paid_at": MORNING - timedelta(days=1)}, {}, "settled"),
        ({"paid_at": MORNING}, {"paid_at": MORNING + timedelta(hours=1)}, "missing_field rrn"),
        ({"rrn": RRN, "terminal_id": "T1"}, {"rrn": RRN, "terminal_id": "T2"}, "duplicate_request reference"),
    ],
)
async def test_one_trace_number_for_two_bills(
    counter: Counter, first: dict[str, Any], second: dict[str, Any], told: str
) -> None:
    assert await counter.told(0, **first) == "settled"
    assert await counter.told(1, **second) == told


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({}, {}, "settled"),
        ({}, {"rrn": RRN}, "settled"),
        ({"rrn": RRN}, {}, "settled"),
        ({"rrn": RRN}, {"rrn": RRN, "terminal_id": "T1", "paid_at": MORNING}, "settled"),
        ({"rrn": RRN}, {"rrn": OTHER_RRN}, "another"),
        ({"terminal_id": "T1"}, {"terminal_id": "T2"}, "another"),
        ({"paid_at": MORNING}, {"paid_at": MORNING - timedelta(days=1)}, "another"),
    ],
)
@pytest.mark.parametrize("days", [0, 1])
async def test_one_bill_reported_twice(
    counter: Counter, first: dict[str, Any], second: dict[str, Any], told: str, days: int
) -> None:
    assert await counter.told(0, **first) == "settled"
    counter.town.advance(days=days)
    assert await counter.told(0, **second) == told
    assert len(await counter.town.refunds(counter.codes[0])) == (told == "another"), "money that came twice goes back"


async def test_a_trace_number_begins_anew_another_day(counter: Counter) -> None:
    assert await counter.told(0) == "settled"
    counter.town.advance(days=1)
    assert await counter.told(1) == "settled"
    payments = [one for code in counter.codes for one in await counter.town.payments(code)]
    assert [(one.reference, one.outcome) for one in payments] == [("1001/000123", PaymentOutcome.SETTLED)] * 2


async def test_an_rrn_in_the_place_of_the_trace_number_never_repeats(counter: Counter) -> None:
    assert await counter.told(0, RRN) == "settled"
    counter.town.advance(days=30)
    assert await counter.told(1, RRN) == "duplicate_request reference"
    assert await counter.told(1, rrn=RRN) == "duplicate_request reference", "in its own place, too"
    assert await counter.told(0, rrn=RRN) == "settled", "the same payment, with its trace number now"


async def test_the_municipalitys_own_terminal_repeats_its_numbers_too(counter: Counter) -> None:
    town, (first, second) = counter.town, counter.codes
    await town.pay(first, reference=TRACE, method=PaymentMethod.POS, by=actor(Role.REVENUE))
    with pytest.raises(MissingField, match="reference"):
        await town.pay(second, reference=TRACE, method=PaymentMethod.POS, by=actor(Role.REVENUE))
    town.advance(days=1)
    await town.pay(second, reference=TRACE, method=PaymentMethod.POS, by=actor(Role.REVENUE))
    third = await town.reach("awaiting_payment", mobile="+989121230000")
    await town.pay(third, reference=RRN, method=PaymentMethod.POS, by=actor(Role.REVENUE))
    with pytest.raises(DuplicateRequest):
        await town.pay(first, reference=RRN, method=PaymentMethod.POS, by=actor(Role.REVENUE))
