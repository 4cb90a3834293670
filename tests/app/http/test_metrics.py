"""What Prometheus reads: names, help, labels and values, parsed as its own library parses them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from app.http.metrics import Metrics
from app.jobs.job_runs import JobRuns
from domain.messages.records import MessageClass, MessageState
from store.engines import build_engine
from store.unit_of_work import SqlStore
from tests.support.factories import a_message
from tests.support.municipality import StandingClock, build_desk

Figures = Mapping[str, tuple[str, Mapping[tuple[str, ...], float]]]

MESSAGES = {
    "pishkhan_outbox_messages",
    "pishkhan_inbox_messages",
    "pishkhan_verification_rials",
    "pishkhan_verification_limit_rials",
}
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
    answer = await Metrics(store, build_desk(StandingClock()), runs()).answer(make_mocked_request("GET", "/metrics"))
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
    assert found.keys() == MESSAGES | OTHERS
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


async def test_what_is_known_without_the_database_is_told_without_it(tmp_path: Path) -> None:
    assert (await figures(tmp_path / "no" / "such.db")).keys() == OTHERS
