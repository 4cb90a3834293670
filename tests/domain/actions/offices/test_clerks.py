"""Clerks of counter offices: whose requests they may touch, what is told to whom, money at their terminals."""

import asyncio

import pytest

from domain.actions.context import ActorContext
from domain.actions.documents import attach
from domain.actions.feedback import feedback
from domain.actions.requests import reopen
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome
from domain.messages.records import MessageClass
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from domain.values.errors import Forbidden, MissingField, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, OFFICE, Municipality, actor, clerk
from tests.support.scenarios.expert_unit import ASKING, PHOTO, Experts
from tests.support.scenarios.sample_files import unchanged_file

OTHER = "1002"


async def test_the_citizen_is_told_and_the_history_bears_the_clerk(town: Municipality) -> None:
    request = await town.submit(NEIGHBOUR, by=clerk())
    assert (request.office, request.channel) == (OFFICE, "pishkhan_soap")
    (receipt,) = await town.sent(NEIGHBOUR)
    assert (receipt.key, receipt.cls) == ("services.machinery.notices.submit", MessageClass.RECEIPT)
    (event,) = await town.history(request.code)
    assert (event.actor_kind, event.actor) == ("clerk", f"clerk:{OFFICE}/0499370899")


async def test_a_clerk_follows_the_own_offices_requests(town: Municipality) -> None:
    request = await town.submit(by=clerk())
    await town.do(request.code, "ask", Role.CIVIL, question="کدام پارک؟")
    assert (await town.do(request.code, "answer", clerk(), text="پارک لاله")).state == "submitted"
    async with town.store.open_unit(write=False) as uow:
        assert await uow.requests.list_requests(RequestFilter(office=OFFICE)) == [await town.request(request.code)]
        assert await uow.requests.list_requests(RequestFilter(office=OTHER)) == []


async def test_another_offices_request_does_not_exist(experts: Experts) -> None:
    town = experts.town
    brought = await town.submit(by=clerk())
    by_text = await town.order(ASKING)
    for code, stranger in ((brought.code, clerk(OTHER)), (by_text, clerk()), (brought.code, clerk(""))):
        for action in ("cancel", "accept"):
            with pytest.raises(NotFound, match="code"):
                await town.do(code, action, stranger)
        async with town.store.open_unit() as uow:
            photo = unchanged_file("a.jpg", PHOTO)
            context = ActorContext(town.desk, uow, stranger)
            with pytest.raises(NotFound, match="code"):
                await attach.attach_document(context, parse_code(code), "deed", photo)
            with pytest.raises(NotFound, match="code"):
                await feedback.store_comment(context, "خوب", code=parse_code(code))
            with pytest.raises(NotFound, match="code"):
                await reopen.reopen_request(ActorContext(town.desk, uow, stranger), parse_code(code), "دوباره")
    with pytest.raises(Forbidden, match="action"):
        await town.do(brought.code, "accept", clerk())


async def test_nobody_rates_for_the_citizen(town: Municipality) -> None:
    code = await town.reach("completed")
    await town.brought_by(code)
    for who in (clerk(), actor(Role.MANAGER)):
        async with town.store.open_unit() as uow:
            with pytest.raises(NotFound, match="code"):
                await feedback.rate_request(ActorContext(town.desk, uow, who), parse_code(code), 5, None)


async def test_a_comment_that_a_clerk_brings_is_the_citizens(town: Municipality) -> None:
    request = await town.submit(by=clerk())
    async with town.store.open_unit() as uow:
        about = await feedback.store_comment(ActorContext(town.desk, uow, clerk()), "خوب بود", code=request.code)
        told = await feedback.store_comment(
            ActorContext(town.desk, uow, clerk()), "خوب", service="expert", mobile=NEIGHBOUR
        )
        nobodys = await feedback.store_comment(ActorContext(town.desk, uow, clerk()), "خوب", service="expert")
        own = await feedback.store_comment(ActorContext(town.desk, uow, actor(Role.CITIZEN)), "خوب", mobile=NEIGHBOUR)
    assert [one.mobile for one in (about, told, nobodys, own)] == [CITIZEN, NEIGHBOUR, None, CITIZEN]
    assert (about.channel, about.request_id) == ("pishkhan_soap", request.id)


async def test_a_terminal_settles_any_bill_once(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    settled = [await town.pay(code, reference="77", method=PaymentMethod.POS, by=clerk()) for _ in range(3)]
    assert [one.outcome is not None for one in settled] == [True, False, False]
    assert {one.payment.id for one in settled} == {settled[0].payment.id}
    (payment,) = await town.payments(code)
    assert (payment.reference, payment.office, payment.outcome) == ("1001/77", OFFICE, PaymentOutcome.SETTLED)
    assert (await town.request(code)).state == "paid"
    event = (await town.history(code))[-1]
    assert (event.event, event.actor) == ("pay", f"clerk:{OFFICE}/0499370899")
    assert (await town.sent())[-1].cls is MessageClass.RECEIPT
    assert (await town.keys()).count("pay") == 1


async def test_many_reports_at_once_settle_once(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    reports = [town.pay(code, reference="77", method=PaymentMethod.POS, by=clerk()) for _ in range(8)]
    settled = await asyncio.gather(*reports)
    assert sum(one.outcome is not None for one in settled) == 1
    assert len(await town.payments(code)) == 1
    assert await town.refunds(code) == []


async def test_two_offices_terminals_never_collide(town: Municipality) -> None:
    code, other = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await town.pay(code, reference="77", method=PaymentMethod.POS, by=clerk())
    with pytest.raises(MissingField, match="rrn"):
        await town.pay(other, reference="77", method=PaymentMethod.POS, by=clerk())
    await town.pay(other, reference="77", method=PaymentMethod.POS, by=clerk(OTHER))
    assert (await town.request(other)).state == "paid"


async def test_a_second_office_is_told_surplus(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.pay(code, reference="77", method=PaymentMethod.POS, by=clerk())
    settled = await town.pay(code, reference="78", method=PaymentMethod.POS, by=clerk(OTHER))
    assert (settled.payment.outcome, settled.payment.office) == (PaymentOutcome.SURPLUS, OTHER)
    assert [bill.state for bill in await town.bills(code)] == [BillState.PAID]
    assert [one.amount for one in await town.refunds(code)] == [FOUR_HOURS]


async def test_terminals_are_the_counters_and_the_revenue_units(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    for role in (Role.CITIZEN, Role.CIVIL, Role.AUDITOR, Role.ADMIN):
        with pytest.raises(Forbidden, match="payment"):
            await town.pay(code, method=PaymentMethod.POS, by=role)
    settled = await town.pay(code, reference="77", method=PaymentMethod.POS)
    assert (settled.payment.reference, settled.payment.office) == ("77", None)
