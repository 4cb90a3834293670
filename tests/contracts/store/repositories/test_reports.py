"""Records that reports read and keep, on every engine: sums by every column, requests as rows, files that are kept."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.feedback.opinions import Rating
from domain.fleet.resources import MachineWork
from domain.messages.records import MessageState
from domain.reports.figures import (
    BILLING_FACTS,
    MACHINE_WORK_FACTS,
    MESSAGE_FACTS,
    PAYMENT_FACTS,
    QUEUE_FACTS,
    RATING_FACTS,
    REFUND_FACTS,
    REQUEST_FACTS,
    STEP_FACTS,
    Dimension,
    FactTable,
)
from domain.reports.ports import DimensionFilter, StoredReport
from domain.reports.rows import StepRecord
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_message, a_payment, a_refund, a_request, new_id

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = (NOW, NOW + HOUR)

D = Dimension


def a_step(request: ServiceRequest, **changes: Any) -> StepRecord:
    """The end of a stay of an hour in the first state, in time."""
    step = StepRecord(
        at=NOW,
        request_id=request.id,
        seq=2,
        service=request.service,
        kind=request.kind,
        channel=request.channel,
        office=request.office,
        officer="sara",
        state="submitted",
        seconds=3600,
        worked=60,
        late=False,
        outcome=None,
        remote=True,
    )
    return replace(step, **changes)


async def summed(
    store: SqlStore,
    fact: FactTable,
    *by: Dimension,
    where: DimensionFilter | None = None,
    moments: tuple[datetime, datetime] = TODAY,
) -> dict[Any, tuple[int, ...]]:
    """Add a fact up."""
    async with store.open_unit(write=False) as uow:
        cells = await uow.reports.sum_facts(fact, by, where or {}, moments)
    return {key[0] if len(key) == 1 else key: sums for key, sums in cells}


@pytest.fixture
async def three(store: SqlStore) -> list[ServiceRequest]:
    """Two requests of today, one with everything, and one of an hour later."""
    full = a_request(
        service="expert",
        kind="valuation",
        state="closed",
        phase=Phase.DONE,
        channel="pishkhan_soap",
        office="1001",
        assignee="sara",
    )
    plain, late = a_request(), a_request(created_at=NOW + HOUR)
    async with store.open_unit() as uow:
        for request in (full, plain, late):
            await uow.requests.add(request)
    return [full, plain, late]


async def test_nothing_is_nothing(store: SqlStore) -> None:
    for fact in (
        REQUEST_FACTS,
        STEP_FACTS,
        QUEUE_FACTS,
        BILLING_FACTS,
        PAYMENT_FACTS,
        REFUND_FACTS,
        RATING_FACTS,
        MACHINE_WORK_FACTS,
        MESSAGE_FACTS,
    ):
        assert await summed(store, fact) == {(): (0,) * len(fact.sum_names)}, fact.key
        assert await summed(store, fact, *sorted(fact.stored_dimensions)) == {}, fact.key


async def test_requests_by_each_column(store: SqlStore, three: list[ServiceRequest]) -> None:
    assert await summed(store, REQUEST_FACTS) == {(): (2,)}
    assert await summed(store, REQUEST_FACTS, moments=(NOW - DAY, NOW)) == {(): (0,)}
    assert await summed(store, REQUEST_FACTS, moments=(NOW, NOW + DAY)) == {(): (3,)}
    for column, values in {
        D.SERVICE: ("expert", "machinery"),
        D.KIND: ("valuation", None),
        D.STATE: ("closed", "submitted"),
        D.PHASE: (Phase.DONE, Phase.RECEIVED),
        D.CHANNEL: ("pishkhan_soap", "sms"),
        D.OFFICE: ("1001", None),
        D.OFFICER: ("sara", None),
    }.items():
        assert await summed(store, REQUEST_FACTS, column) == dict.fromkeys(values, (1,)), column
        assert await summed(store, REQUEST_FACTS, where={column: str(values[0])}) == {(): (1,)}, column
        assert await summed(store, REQUEST_FACTS, where={column: frozenset({str(values[0]), "x"})}) == {(): (1,)}, (
            column
        )
        assert await summed(store, REQUEST_FACTS, where={column: "x"}) == {(): (0,)}, column
        assert await summed(store, REQUEST_FACTS, where={column: frozenset()}) == {(): (0,)}, column


async def test_steps(store: SqlStore, three: list[ServiceRequest]) -> None:
    full, plain, _ = three
    async with store.open_unit() as uow:
        for step in (
            a_step(plain, seq=1, state=None, seconds=0, worked=0, late=None, officer=None),
            a_step(plain, late=True, remote=False, outcome=Phase.DECLINED, officer=None),
            a_step(full, seconds=60, worked=1),
            a_step(full, seq=3, state="paid", late=None, outcome=Phase.DONE, seconds=2 * 10**9),
            a_step(full, seq=4, at=NOW + HOUR),
        ):
            await uow.reports.add_step(step)
    seconds = 3600 + 60 + 2 * 10**9
    assert await summed(store, STEP_FACTS) == {(): (3, seconds, 121, 1, 1, 2, 1, 1, 0, 3)}
    assert await summed(store, STEP_FACTS, D.STATE, D.OFFICER) == {
        (None, None): (0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
        ("submitted", None): (1, 3600, 60, 0, 1, 1, 0, 1, 0, 0),
        ("submitted", "sara"): (1, 60, 1, 1, 0, 0, 0, 0, 0, 1),
        ("paid", "sara"): (1, 2 * 10**9, 60, 0, 0, 1, 1, 0, 0, 1),
    }
    assert (await summed(store, STEP_FACTS, where={D.SERVICE: "expert"}))[()][0] == 2


async def test_a_step_is_kept_once(store: SqlStore, three: list[ServiceRequest]) -> None:
    step = a_step(three[0])

    async def keep(seconds: int) -> None:
        async with store.open_unit() as uow:
            await uow.reports.add_step(replace(step, seconds=seconds))

    await keep(1)
    with pytest.raises(Conflict):
        await keep(2)


async def test_the_queue_is_of_now(store: SqlStore, three: list[ServiceRequest]) -> None:
    del three
    async with store.open_unit() as uow:
        for due_at in (None, NOW, NOW - HOUR, NOW + DAY):
            await uow.requests.add(a_request(turn="civil", due_at=due_at))
        letter = a_request(state="answered", phase=Phase.DONE, turn="secretariat:done")  # nobody has collected it yet
        await uow.requests.add(letter)
    assert await summed(store, QUEUE_FACTS, D.STATE, moments=(NOW, NOW)) == {"submitted": (4, 1)}


@pytest.fixture
async def ledger(store: SqlStore, three: list[ServiceRequest]) -> None:
    """Bills of the three in every state, and of a duty; payments of the first one's and of the duty's; refunds."""
    full, plain, late = three
    paid = a_bill(subject_id=full.id, amount=100, state=BillState.REFUND_DUE)
    duty = a_bill(subject_kind="duty", subject_id=full.id, amount=8)
    others = (
        a_bill(subject_id=plain.id, amount=20),
        a_bill(subject_id=plain.id, amount=3, state=BillState.PAYING),
        a_bill(subject_id=late.id, amount=4000, state=BillState.WAIVED),
        a_bill(subject_id=late.id, amount=50_000, state=BillState.VOID),
        a_bill(subject_id=late.id, amount=600_000, state=BillState.EXPIRED),
        a_bill(subject_id=late.id, amount=7, created_at=NOW + HOUR),
    )
    payments = (
        a_payment(paid),
        a_payment(paid, reference="2", method=PaymentMethod.POS),
        a_payment(paid, reference="3", method=PaymentMethod.POS, office="1002"),
        a_payment(paid, reference="4", outcome=PaymentOutcome.SURPLUS, amount=9),
        a_payment(paid, reference="5", method=PaymentMethod.REFUND, outcome=PaymentOutcome.RETURNED, amount=30),
        a_payment(paid, reference="6", at=NOW + HOUR),
        a_payment(duty, reference="7"),
    )
    async with store.open_unit() as uow:
        for bill in (paid, duty, *others):
            await uow.bills.add(bill)
        for payment in payments:
            await uow.bills.add_payment(payment)
        for refund in (a_refund(paid, amount=30, state=RefundState.REFUNDED), a_refund(paid, amount=12)):
            await uow.bills.add_refund(refund)


@pytest.mark.usefixtures("ledger")
async def test_bills_by_their_issue(store: SqlStore) -> None:
    assert await summed(store, BILLING_FACTS) == {(): (7, 654_131, 31, 4000, 650_000)}
    assert await summed(store, BILLING_FACTS, D.SERVICE, where={D.SERVICE: frozenset({"expert", "duty"})}) == {
        "expert": (1, 100, 0, 0, 0),
        "duty": (1, 8, 8, 0, 0),
    }


@pytest.mark.usefixtures("ledger")
async def test_money_by_the_day_on_which_it_moved(store: SqlStore) -> None:
    assert await summed(store, PAYMENT_FACTS) == {(): (4, 308, 9, 30, 3, 0)}
    assert await summed(store, PAYMENT_FACTS, D.METHOD, D.COUNTER) == {
        ("slip", None): (2, 108, 9, 0, 2, 0),
        ("pos", None): (1, 100, 0, 0, 0, 0),
        ("pos", "1002"): (1, 100, 0, 0, 1, 0),
        ("refund", None): (0, 0, 0, 30, 0, 0),
    }
    assert await summed(store, PAYMENT_FACTS, D.OFFICE) == {"1001": (3, 300, 9, 30, 2, 0), None: (1, 8, 0, 0, 1, 0)}
    assert await summed(store, REFUND_FACTS, D.KIND) == {"valuation": (2, 42, 12)}


async def test_ratings_work_and_the_requests_of_a_machine(store: SqlStore, three: list[ServiceRequest]) -> None:
    full, plain, _ = three
    work = MachineWork(plain.id, "machinery", "LD-1", "loader", NOW, 240, 200)
    async with store.open_unit() as uow:
        await uow.feedback.add_rating(Rating(full.id, 2, None, "sms", NOW))
        await uow.feedback.add_rating(Rating(plain.id, 5, None, "sms", NOW))
        await uow.reports.add_work(work)
    async with store.open_unit() as uow:
        await uow.reports.add_work(replace(work, worked=1))
        await uow.reports.add_work(replace(work, machine="LD-2"))
        await uow.reports.add_work(replace(work, machine="LD-3", start=NOW + HOUR))
    assert await summed(store, RATING_FACTS) == {(): (2, 7)}
    assert await summed(store, MACHINE_WORK_FACTS, D.MACHINE) == {"LD-1": (1, 240, 200), "LD-2": (1, 240, 200)}
    assert await summed(store, MACHINE_WORK_FACTS, D.MACHINE_TYPE, where={D.MACHINE: "LD-2"}) == {
        "loader": (1, 240, 200)
    }
    for fact, sums in ((RATING_FACTS, (1, 5)), (REQUEST_FACTS, (1,))):
        assert await summed(store, fact, where={D.MACHINE: "LD-1"}) == {(): sums}
        assert (await summed(store, fact, where={D.MACHINE: "LD-9"}))[()][0] == 0


async def test_texts_that_were_sent(store: SqlStore) -> None:
    sent = {"state": MessageState.SENT, "provider": "kavenegar", "sent_at": NOW, "parts": 2, "cost": 1500}
    async with store.open_unit() as uow:
        for message in (
            a_message(**sent),
            a_message(**sent, key="services.expert.notices.bill"),
            a_message(**{**sent, "cost": None, "provider": "simulator", "state": MessageState.DELIVERED}),
            a_message(**{**sent, "sent_at": NOW + HOUR}),
            a_message(),
        ):
            await uow.outbox.add(message)
    assert await summed(store, MESSAGE_FACTS, D.PROVIDER) == {"kavenegar": (2, 4, 3000), "simulator": (1, 2, 0)}
    assert (await summed(store, MESSAGE_FACTS, D.TEXT))["services.expert.notices.bill"] == (1, 2, 1500)


async def test_requests_as_rows_in_the_order_of_their_making(store: SqlStore) -> None:
    requests = [a_request(created_at=NOW + timedelta(seconds=number // 2), office="1001") for number in range(10)]
    async with store.open_unit() as uow:
        for request in reversed(requests):
            await uow.requests.add(request)
        await uow.requests.add(a_request(created_at=NOW + HOUR))
        await uow.requests.add(a_request())
    found, after = [], None
    async with store.open_unit(write=False) as uow:
        while page := await uow.reports.list_request_lines({D.OFFICE: "1001"}, TODAY, after, 3):
            found += page
            after = page[-1].list_place
    assert [line.id for line in found] == [one.id for one in sorted(requests, key=lambda one: (one.created_at, one.id))]


async def add_bills_and_payments(uow: UnitOfWork, full: ServiceRequest, plain: ServiceRequest) -> None:
    """Bill one request three times, once in vain, and have it paid, paid again and given back; of the other a duty."""
    bill = a_bill(subject_id=full.id, amount=100)
    void = a_bill(subject_id=full.id, amount=7, state=BillState.VOID)
    for one in (bill, void, a_bill(subject_id=full.id, amount=20)):
        await uow.bills.add(one)
    await uow.bills.add(a_bill(subject_kind="duty", subject_id=plain.id))
    for payment in (
        a_payment(bill),
        a_payment(bill, reference="2", outcome=PaymentOutcome.SURPLUS),
        a_payment(bill, reference="3", method=PaymentMethod.REFUND, outcome=PaymentOutcome.RETURNED, amount=40),
    ):
        await uow.bills.add_payment(payment)


async def test_a_row_says_what_a_request_is_and_brought(store: SqlStore, three: list[ServiceRequest]) -> None:
    full, plain, _ = three
    async with store.open_unit() as uow:
        await add_bills_and_payments(uow, full, plain)
        await uow.feedback.add_rating(Rating(full.id, 4, None, "sms", NOW))
        first, second = await uow.reports.list_request_lines({}, TODAY, None, 10)
    assert (first.id, first.code, first.kind, first.phase, first.officer) == (
        full.id,
        full.code,
        "valuation",
        Phase.DONE,
        "sara",
    )
    assert (first.billed_rials, first.paid_rials, first.returned_rials, first.rating_score, first.form_values) == (
        120,
        100,
        40,
        4,
        full.fields,
    )
    assert (second.billed_rials, second.paid_rials, second.returned_rials, second.rating_score) == (0, 0, 0, None)


async def test_a_report_of_the_same_days_is_kept_once(store: SqlStore) -> None:
    kept = StoredReport(new_id(), "manager", date(2026, 10, 23), date(2026, 11, 22), "m.xlsx", 3, NOW)
    newer = replace(kept, id=new_id(), first=kept.last, last=date(2026, 12, 22))
    async with store.open_unit() as uow:
        assert await uow.reports.save_report(kept, b"abc")
        assert not await uow.reports.save_report(replace(kept, id=new_id()), b"other")
        assert await uow.reports.save_report(newer, b"\x00\xff")
        assert await uow.reports.save_report(replace(newer, id=new_id(), report="civil"), b"")
    async with store.open_unit(write=False) as uow:
        assert await uow.reports.list_reports("manager") == [newer, kept]
        assert await uow.reports.get_report(kept.id) == (kept, b"abc")
        assert await uow.reports.get_report(newer.id) == (newer, b"\x00\xff")
        with pytest.raises(NotFound, match="report"):
            await uow.reports.get_report(1)


async def test_a_report_reads_beside_a_writer(store: SqlStore, other_store: SqlStore) -> None:
    async with store.open_unit(write=False) as reading:
        assert await reading.reports.sum_facts(REQUEST_FACTS, (), {}, TODAY) == [((), (0,))]
        async with other_store.open_unit() as writing:
            await writing.requests.add(a_request())
        assert await reading.reports.sum_facts(REQUEST_FACTS, (), {}, TODAY) == [((), (0,))], "one snapshot"
    assert await summed(store, REQUEST_FACTS) == {(): (1,)}
