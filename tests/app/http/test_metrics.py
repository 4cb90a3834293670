"""Metrics for Prometheus: names, help, labels and values, parsed as its own library parses them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from app.http.metrics import Metrics
from app.job_runs import JobRuns
from domain.gateways.attempt import AttemptEvent, AttemptState
from domain.gateways.health import FAILURES_BEFORE_REST
from domain.messages.records import MessageClass, MessageState
from store.engines import build_engine
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_message, an_attempt
from tests.support.municipality import StandingClock, build_desk

Figures = Mapping[str, tuple[str, Mapping[tuple[str, ...], float]]]

MESSAGES = {
    "pishkhan_outbox_messages",
    "pishkhan_inbox_messages",
    "pishkhan_verification_rials",
    "pishkhan_verification_limit_rials",
}
PAYMENTS = {
    "pishkhan_payment_attempts",
    "pishkhan_payment_gateway_offered",
    "pishkhan_payment_attempts_needing_attention",
}
GATEWAYS = ("behpardakht", "saman")
OTHERS = {
    "pishkhan_job_ran_seconds_ago",
    "pishkhan_job_failures",
    "pishkhan_job_late",
    "process_resident_memory_bytes",
}


def runs() -> JobRuns:
    """Two jobs, one of which has run."""
    made = JobRuns(lambda: 1000.0)
    for name in ("relay", "timers"):
        made.expect_job(name, timedelta(seconds=90), may_take_long=False, carries_messages=name == "relay")
    made.note_begun("relay")
    made.note_ended("relay", succeeded=True)
    return made


async def figures(database: Path) -> Figures:
    """Every metric with its help and the value of each of its labels."""
    store = SqlStore(build_engine(f"sqlite:///{database}"))
    dependencies = build_desk(StandingClock())
    metrics = Metrics(store, dependencies, runs(), GATEWAYS)
    answer = await metrics.answer(make_mocked_request("GET", "/metrics"))
    await store.close()
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(str(answer.text)))
    assert {family.type for family in families} == {"gauge"}
    return {
        family.name: (family.documentation, {tuple(one.labels.values()): one.value for one in family.samples})
        for family in families
    }


async def test_jobs_memory_and_messages_are_told(database: Path) -> None:
    store = await SqlStore.connect(f"sqlite:///{database}")
    async with store.open_unit() as uow:
        await uow.outbox.add(a_message())
        await uow.outbox.add(a_message(cls=MessageClass.SECURITY, state=MessageState.SENT, parts=1, cost=1700))
    await store.close()
    found = await figures(database)
    assert found.keys() == MESSAGES | PAYMENTS | OTHERS
    documentation, states = found["pishkhan_outbox_messages"]
    assert documentation == "Texts under way, and all of the last day, by state."
    assert states == {("queued",): 1.0, ("sent",): 1.0}
    assert found["pishkhan_verification_rials"][1] == {(): 1700}
    assert found["pishkhan_verification_limit_rials"][1] == {(): 2_000_000}
    assert found["pishkhan_inbox_messages"][1] == dict[tuple[str, ...], float]()
    assert found["pishkhan_job_ran_seconds_ago"][1] == {("relay",): 0}
    assert found["pishkhan_job_late"][1] == {("relay",): 0, ("timers",): 0}
    assert found["pishkhan_job_failures"][1] == {("relay",): 0, ("timers",): 0}
    assert found["process_resident_memory_bytes"][1][()] > 10_000_000


async def test_attempts_to_pay_are_counted_and_a_failing_gateway_is_told(database: Path) -> None:
    store, bill = await SqlStore.connect(f"sqlite:///{database}"), a_bill()
    failed = [
        an_attempt(bill, gateway="behpardakht", state=AttemptState.FAILED, finished_at=NOW)
        for _ in range(FAILURES_BEFORE_REST)
    ]
    unknown = an_attempt(bill, gateway="saman", state=AttemptState.UNKNOWN, reference="r")
    long_ago = an_attempt(bill, id=7, gateway="saman", state=AttemptState.SETTLED)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        for attempt in (*failed, unknown, long_ago):
            await uow.payment_attempts.add(attempt)
        for attempt in failed:
            details = {"reason": "bank"}
            event = AttemptEvent(attempt.id, 2, NOW, "not_started", AttemptState.FAILED, "34", details)
            await uow.payment_attempts.add_event(event)
    await store.close()
    found = await figures(database)
    assert found["pishkhan_payment_attempts"][1] == {("behpardakht", "failed"): 3, ("saman", "unknown"): 1}
    assert found["pishkhan_payment_gateway_offered"][1] == {("behpardakht",): 0, ("saman",): 1}
    assert found["pishkhan_payment_attempts_needing_attention"][1] == {(): 1}


async def test_what_is_known_without_the_database_is_told_without_it(tmp_path: Path) -> None:
    assert (await figures(tmp_path / "no" / "such.db")).keys() == OTHERS
