"""The demonstration municipality: what is loaded is whole and real, and its summary can be followed to the letter."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import select

from app.demo import counter
from app.demo.loading import load_demo, reset_demo
from app.demo.printing import render_summary
from app.demo.registers import staff_actors
from app.demo.samples import list_first_states
from app.demo.summary import DemoOffice, Summary
from app.security import passwords
from app.wiring import build_signer
from domain.actions.bills import pay
from domain.actions.context import ActorContext
from domain.actions.conversations import receive
from domain.actions.dependencies import Dependencies
from domain.actions.feedback import service_page
from domain.actions.history.sealing import verify_history
from domain.actions.requests import act
from domain.bills.bill import BillState, PaymentMethod, RefundState
from domain.blocks.charging import REQUEST_SUBJECT
from domain.feedback.opinions import CommentFilter, CommentState
from domain.fleet.resources import MACHINE_TYPES, ResourceKind, ResourceStatus
from domain.messages.carriers import ReceivedSms
from domain.messages.records import InboundMessage, InboundState, MessageState
from domain.registries.declarations import DUTY, REGISTRIES, VEHICLE_TYPES
from domain.registries.rows import RegistryFilter
from domain.requests.request import RequestFilter, TimerKind
from domain.services import SERVICES
from domain.services.expert.kinds import OPINION_KINDS
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values import identifiers
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import Conflict, Forbidden, UnknownService
from domain.values.identifiers import parse_mobile
from domain.values.tracking_codes import parse_code
from store.schema import metadata
from store.unit_of_work import SqlStore
from tests.support.demo_dependencies import ADDRESS, NOW, SETTINGS, VAULT, demo_dependencies_at
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

PASSING = {"priced"}
"""States that a request leaves in the step that brings it there."""


async def everything(store: SqlStore) -> Mapping[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    async with store.open_unit(write=False) as uow:
        return {table.name: await uow._transaction.fetch_rows(select(table)) for table in metadata.sorted_tables}


async def text(desk: Dependencies, store: SqlStore, sender: str, words: str) -> tuple[InboundMessage, str]:
    """Send a text, and return what became of it with the reply's words."""
    sms = ReceivedSms(str(desk.ids.new_id()), sender, "3000", words)
    message = await receive.receive_sms(desk, store, "simulator", sms)
    async with store.open_unit(write=False) as uow:
        return message, (await uow.outbox.get(message.reply_id)).text if message.reply_id else ""


def standing(summary: Summary) -> set[tuple[str, str]]:
    """(service, state) of all that is shown."""
    return {(one.service, one.state) for one in summary.requests}


def reached_by_stories(summary: Summary) -> set[tuple[str, str]]:
    """(service, state) of all that is shown of the services that have stories."""
    return {(key, state) for key, state in standing(summary) if key in SHIPPED_SERVICES}


EVERYWHERE = {
    (service.key, state.name)
    for service in SHIPPED_SERVICES.values()
    for state in service.states
    if state.name not in PASSING
}


def test_every_state_of_every_service_is_shown(summary: Summary) -> None:
    assert reached_by_stories(summary) == EVERYWHERE


def test_a_further_service_is_shown_in_a_few_states(summary: Summary) -> None:
    """Only where there is one: `tests/docs` loads the demonstration with those of the documentation."""
    for service in SERVICES:
        states = {state for key, state in standing(summary) if key == service.key}
        assert not states.isdisjoint(list_first_states(service))
        assert len(states) >= 2


async def test_there_are_two_hundred_and_ten_requests(store: SqlStore, summary: Summary) -> None:
    async with store.open_unit(write=False) as uow:
        every = await uow.requests.list_requests(RequestFilter(limit=1000))
    found = [request for request in every if request.service in SHIPPED_SERVICES]
    assert len(found) == 219
    assert sum(summary.counts[key] for key in SHIPPED_SERVICES) == 218, "one was taken up again"
    counts = Counter(one.service for one in found)
    assert all(count > 30 for service, count in counts.items() if service not in {"call_back", "taxi_renewal"}), (
        "there are ten calls"
    )
    assert {one.channel for one in found} == {"sms", "walk_in"}
    [again] = [one for one in found if one.parent_id]
    assert again.state == "rejected"


async def test_the_history_is_whole_and_past(store: SqlStore, summary: Summary) -> None:
    verified = await verify_history(store, build_signer(SETTINGS))
    assert verified.faults == []
    assert verified.requests == sum(summary.counts.values()) + 1, "one was taken up again"
    async with store.open_unit(write=False) as uow:
        async for _, events in uow.history.stream_chains():
            times = [event.at for event in events]
            assert times == sorted(times)
            assert NOW - timedelta(days=200) < times[0]
            assert times[-1] <= NOW


async def test_the_stories_left_their_traces(store: SqlStore, summary: Summary) -> None:
    events, refunds, ratings = set(), set(), set()
    async with store.open_unit(write=False) as uow:
        for shown in (one for one in summary.requests if one.service == "machinery"):
            request = await uow.requests.get_by_code(parse_code(shown.code))
            events |= {event.event for event in await uow.history.list_of_request(request.id)}
            rating = await uow.feedback.find_rating(request.id)
            ratings |= {rating.score} if rating else set()
            for bill in await uow.bills.list_of_subject(REQUEST_SUBJECT, request.id):
                refunds |= {(one.reason, one.state, bill.state) for one in await uow.bills.list_refunds(bill.id)}
    taken = {step.name for step in MACHINERY_WORK.transitions}
    in_plots_or_by_mistake = {"no_answer", "free", "reschedule", "waive_supplement", "await_payment"}
    assert taken - events == in_plots_or_by_mistake
    assert {"submit", "rate", "sla_broken"} <= events
    assert refunds == {(reason, RefundState.DUE, BillState.REFUND_DUE) for reason in ("cancelled", "fewer_hours")}
    assert ratings == {3, 4, 5}


async def test_registers_are_complete(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    async with store.open_unit(write=False) as uow:
        machines = await uow.fleet.list_resources(ResourceKind.MACHINE)
        operators = await uow.fleet.list_resources(ResourceKind.OPERATOR)
        staff = await uow.people.list_staff()
        tariffs = await uow.tariffs.list_all()
        days = await uow.work_calendar.get_overrides()
    assert sorted(one.type for one in machines) == sorted(MACHINE_TYPES)
    assert [one.type for one in machines if one.status is ResourceStatus.MAINTENANCE] == ["bulldozer"]
    assert {skill for one in operators for skill in one.skills} == set(MACHINE_TYPES)
    assert {role for one in staff for role in one.roles} == STAFF_ROLES
    assert len([one for one in staff if Role.EXPERT in one.roles]) == 3
    assert all(passwords.matches_hash(one.password_hash, summary.password or "") for one in staff[:1])
    today = desk.clock.now().date()
    priced = {(row.service, *row.dimensions.values()) for row in tariffs if row.is_in_force(today)}
    assert {("machinery", one) for one in MACHINE_TYPES} <= priced
    assert {("expert", one) for one in OPINION_KINDS} <= priced
    assert {("taxi_duty", one) for one in VEHICLE_TYPES} <= priced
    assert set(days.values()) == {True, False}


async def test_the_taxi_organisation_is_complete(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        found = {key: await uow.registries.list_rows(RegistryFilter(key, limit=1000)) for key in REGISTRIES}
        states = await uow.registries.count_by_value(DUTY.key, "state")
    counts = {key: len(rows) for key, rows in found.items()}
    assert (counts["agency"], counts["vehicle"], counts["driver"], counts["duty"]) == (4, 60, 70, 60)
    assert (counts["owner"], counts["machines"], counts["operators"]) == (56, 10, 7)
    assert (counts["reward"], counts["violation"]) == (10, 8)
    assert counts["maintenance"] == 11
    [broken] = [one.values["machine"] for one in found["maintenance"] if one.values["ended"] is None]
    [out] = [one.values["code"] for one in found["machines"] if one.values["status"] == "maintenance"]
    assert broken == out
    assert {one.values["year"] for one in found["duty"]} == {1405}
    assert states == {"open": 29, "billed": 10, "paid": 20, "waived": 1}
    for row in found["vehicle"]:
        assert re.fullmatch(r"\d\dت[1-9]\d\d-(59|69)", row.values["plate"])
    for row in found["driver"]:
        assert identifiers.parse_national_code(row.values["national_code"]) == row.values["national_code"]
    fined = [one for one in found["violation"] if one.values["fine"]]
    assert {one.values["state"] for one in fined} == {"billed"}


async def test_citizens_said_what_they_think(store: SqlStore, desk: Dependencies) -> None:
    pages = {
        key: await service_page.visit_service_page(desk, store, key, view_counter=None) for key in SHIPPED_SERVICES
    }
    assert {key: page.views > 10 for key, page in pages.items()} == dict.fromkeys(pages, True)
    assert all(page.opinion.rating_count for key, page in pages.items() if key not in {"taxi_leave", "call_back"})
    for key in ("machinery", "expert"):
        assert pages[key].published_count > 3
        assert any(one.answer for one in pages[key].comments)
    async with store.open_unit(write=False) as uow:
        states = {one.state for one in await uow.feedback.list_comments(CommentFilter(limit=100))}
        alerts = [one for one in await uow.outbox.list_recent(limit=5000) if one.key == "staff.low_rating"]
    assert states == set(CommentState)
    assert len(alerts) == 1


async def test_nothing_is_left_to_send_or_to_fire(store: SqlStore, desk: Dependencies) -> None:
    async with store.open_unit(write=False) as uow:
        messages = await uow.outbox.list_recent(limit=5000)
        due = [timer for kind in TimerKind for timer in await uow.timers.list_due(kind, NOW + timedelta(hours=1), 10)]
    assert len(messages) > 1000
    assert {(one.state, one.provider) for one in messages} == {(MessageState.DELIVERED, "simulator")}
    assert all(one.sent_at is not None and one.sent_at <= NOW for one in messages)
    assert {timer.kind for timer in due} <= {TimerKind.SLA}, "only what is shown as soon late"
    assert [timer for timer in due if timer.at <= NOW] == []
    async with store.open_unit() as uow:
        later = NOW + timedelta(hours=12)
        assert await uow.outbox.claim_due("sms", later, 10, timedelta(minutes=1), desk.ids.new_token()) == []


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-27T23:30:00+03:30",  # a Friday night
        "2026-11-28T07:32:00+03:30",  # two minutes after the office opened
        "2027-03-27T10:00:00+03:30",  # between the holidays of Nowruz, the prices set in the year before
    ],
)
async def test_it_fits_any_day(empty_store: SqlStore, now: str) -> None:
    moment = datetime.fromisoformat(now).astimezone(UTC)
    summary = await load_demo(demo_dependencies_at(moment), empty_store, demo=True, address=ADDRESS, vault=VAULT)
    assert reached_by_stories(summary) == EVERYWHERE
    async with empty_store.open_unit(write=False) as uow:
        assert await uow.outbox.list_recent(state=MessageState.QUEUED) == []
        in_an_hour = moment + timedelta(hours=1)
        assert [timer for kind in TimerKind for timer in await uow.timers.list_due(kind, in_an_hour, 10)] == []


async def test_a_second_load_changes_nothing(store: SqlStore, summary: Summary) -> None:
    before = await everything(store)
    again = await load_demo(
        demo_dependencies_at(NOW + timedelta(days=3)), store, demo=True, address=ADDRESS, vault=VAULT
    )
    assert await everything(store) == before
    assert again == replace(summary, loaded=False)


async def test_a_newcomer_can_follow_the_summary(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    message, reply = await text(desk, store, summary.sender, summary.text)
    assert (message.state, message.intent) == (InboundState.ANSWERED, "machinery")
    again = await load_demo(desk, store, demo=True, address=ADDRESS, vault=VAULT)
    assert again == replace(summary, loaded=False), "a request of somebody else does not disturb the demonstration"
    async with store.open_unit(write=False) as uow:
        (request,) = await uow.requests.list_requests(RequestFilter(mobile=parse_mobile(summary.sender)))
    assert request.state == "submitted"
    assert request.fields["full_name"] == summary.sender_name
    assert request.code in "".join(reply.split())
    async with store.open_unit() as uow:
        outcome = await act.act_on_request(ActorContext(desk, uow, staff_actors()["civil"]), request.code, "accept", {})
    assert outcome.request.state == "accepted", "the loader is free for the newcomer"


async def test_each_code_works_from_its_own_number(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    for one in summary.requests:
        message, reply = await text(desk, store, one.mobile, one.code)
        assert message.intent == "track"
        assert one.code in "".join(reply.split())
        assert one.bill is None or one.bill.bill_id in reply


async def type_in(desk: Dependencies, store: SqlStore, command: str) -> None:
    """Do what the command line does with a command of the summary."""
    words, staff = command.split(), staff_actors()
    async with store.open_unit() as uow:
        if words[:2] == ["request", "act"]:
            inputs = dict(word.split("=") for word in words if "=" in word)
            await act.act_on_request(ActorContext(desk, uow, staff[words[5]]), parse_code(words[2]), words[3], inputs)
        elif words[:2] == ["payment", "record"]:
            ids, amount = (words[2], words[3]), int(words[4])
            await pay.record_payment(
                ActorContext(desk, uow, staff[words[8]]), ids, amount, PaymentMethod.SLIP, words[6]
            )
        else:
            assert words == ["request", "show", words[2]]


async def test_the_commands_take_a_request_to_its_end(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    waiting = next(one for one in summary.requests if (one.service, one.state) == ("machinery", "submitted"))
    for command in summary.journey_commands:
        async with store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(parse_code(waiting.code))
            bills = await uow.bills.list_of_subject(REQUEST_SUBJECT, request.id)
        seen = " ".join(f"{bill.bill_id} {bill.payment_id} {bill.amount}" for bill in bills)
        await type_in(desk, store, command.replace("BILL_ID PAYMENT_ID AMOUNT", seen))
    message, reply = await text(desk, store, waiting.mobile, "۵")
    assert message.intent == "rate"
    assert waiting.code in "".join(reply.split())


async def test_the_payments_settle_their_bills(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    for command in summary.payment_commands:
        await type_in(desk, store, command)
    again = await load_demo(desk, store, demo=True, address=ADDRESS, vault=VAULT)
    assert [one.state for one in again.requests if one.bill] == []
    assert {one.state for one in summary.requests if one.bill} == {"awaiting_payment", "awaiting_supplement"}
    assert again.payment_commands == []


async def test_a_database_of_others_is_refused(empty_store: SqlStore, desk: Dependencies) -> None:
    await text(desk, empty_store, "09121234567", "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام")
    before = await everything(empty_store)
    with pytest.raises(Conflict) as refused:
        await load_demo(desk, empty_store, demo=True, address=ADDRESS, vault=VAULT)
    assert refused.value.reason == "demo_not_empty"
    assert "شهرداری نمونه" in desk.wording.render_error(refused.value)
    assert await everything(empty_store) == before


async def test_what_fails_leaves_nothing(empty_store: SqlStore, desk: Dependencies) -> None:
    broken = replace(desk, engine=replace(desk.engine, services={}))
    with pytest.raises(UnknownService):
        await load_demo(broken, empty_store, demo=True, address=ADDRESS, vault=VAULT)
    assert not any((await everything(empty_store)).values())


async def test_there_is_a_counter_office_to_try_software_against(store: SqlStore, summary: Summary) -> None:
    assert summary.office == DemoOffice("1001", counter.OFFICE_NAME, "office-1001", "demo-counter-key-1001")
    async with store.open_unit(write=False) as uow:
        office = await uow.offices.get_by_code("1001")
        [rule] = await uow.offices.list_rules()
    assert [VAULT.unseal_secret(one.sealed) for one in office.list_usable_keys(NOW)] == ["demo-counter-key-1001"]
    assert (rule.office, rule.service, rule.per_request, rule.share_bp) == (None, None, 50_000, 200)
    assert rule.applies_on("1001", "machinery", NOW.date())


async def test_reset_starts_over(store: SqlStore, summary: Summary, desk: Dependencies) -> None:
    await text(desk, store, summary.sender, summary.text)
    over = await reset_demo(desk, store, demo=True, address=ADDRESS, vault=VAULT)
    assert over.loaded
    assert over.office == summary.office
    assert [(one.mobile, one.state) for one in over.requests] == [(one.mobile, one.state) for one in summary.requests]
    assert {one.code for one in over.requests} & {one.code for one in summary.requests} == set()
    async with store.open_unit(write=False) as uow:
        assert await uow.requests.list_requests(RequestFilter(mobile=parse_mobile(summary.sender))) == []


async def test_reset_is_for_demo_mode_alone(store: SqlStore, desk: Dependencies) -> None:
    before = await everything(store)
    with pytest.raises(Forbidden) as refused:
        await reset_demo(desk, store, demo=False, address=ADDRESS, vault=VAULT)
    assert "PISHKHAN_DEMO" in desk.wording.render_error(refused.value)
    assert await everything(store) == before


async def test_outside_of_demo_mode_nobody_knows_the_password(empty_store: SqlStore, desk: Dependencies) -> None:
    first = await load_demo(desk, empty_store, demo=False, address=ADDRESS, vault=VAULT)
    assert (first.phone, first.office) == (None, None)
    async with empty_store.open_unit(write=False) as uow:
        assert await uow.offices.list_all() == []
    assert len(first.password or "") == passwords.PASSWORD_LENGTH
    async with empty_store.open_unit(write=False) as uow:
        member = await uow.people.find_staff("civil")
    assert member is not None
    assert passwords.matches_hash(member.password_hash, first.password or "")
    assert (await load_demo(desk, empty_store, demo=False, address=ADDRESS, vault=VAULT)).password is None


def test_the_summary_is_printed_whole(summary: Summary, desk: Dependencies) -> None:
    out = StringIO()
    Console(file=out, width=80).print(render_summary(summary, desk.catalogue, ".venv/bin/pishkhan"))
    page = out.getvalue()
    for words in (summary.sender, summary.text, summary.phone, summary.password, "PISHKHAN_DEMO=1 .venv/bin/pishkhan"):
        assert str(words) in page
    assert summary.phone == ADDRESS + "/demo/phone"
    joined = page.replace(" \\\n   ", "")
    assert all(
        f".venv/bin/pishkhan {command}\n" in joined
        for command in [*summary.journey_commands, *summary.payment_commands]
    )
    assert summary.office is not None
    assert summary.office.key in page
    compact = "".join(page.split())  # codes have no-break spaces
    assert all(one.code in compact and one.mobile in page for one in summary.requests)
    assert all(one.username in page and one.name in page for one in summary.staff)
