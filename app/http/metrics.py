"""`/metrics`: the figures that Prometheus reads, in its text format (version 0.0.4).

Nothing here reveals anything about a person. The figures of the last day are bounded by the primary key, which grows
with time, so that asking often costs little however much the database holds.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.ids import first_id_since
from app.job_runs import JobRuns, JobState
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.code_spending import find_spent_rials
from domain.actions.payments.offering import find_resting_gateways
from domain.unit_of_work import Store
from domain.values.errors import DomainError

DAY_SECONDS = 24 * 3600
READING_SECONDS = 4.0
"""Time limit for reading each part of the figures; Prometheus waits for ten seconds in all."""

log = logging.getLogger(__name__)

_PAGE_BYTES = os.sysconf("SC_PAGESIZE")
_MEMORY = Path("/proc/self/statm")


class Snapshot(Collector):
    """Figures found for one answer, for a registry that belongs to that answer alone."""

    def __init__(self, families: Sequence[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return it."""
        return self._families


class Metrics:
    """Answers `/metrics`. `store` is asked beside the one that serves everybody else, so that neither waits."""

    def __init__(self, store: Store, dependencies: Dependencies, runs: JobRuns, gateways: Sequence[str]) -> None:
        self._store = store
        self._dependencies = dependencies
        self._runs = runs
        self._gateways = gateways

    async def answer(self, _request: web.Request) -> web.Response:
        """Answer with all figures; whatever is wrong with the database, with those that are known without it."""
        memory = GaugeMetricFamily("process_resident_memory_bytes", "Memory of this process.", memory_bytes())
        registry = CollectorRegistry()
        stored = [*await _read_in_time(self._messages), *await _read_in_time(self._payments)]
        registry.register(Snapshot([*stored, *_of_jobs(self._runs.list_states()), memory]))
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _messages(self) -> list[GaugeMetricFamily]:
        first_id = first_id_since(int(self._dependencies.clock.now().timestamp()) - DAY_SECONDS)
        async with self._store.open_unit(write=False) as uow:
            outgoing = await uow.message_counts.outgoing(first_id)
            incoming = await uow.message_counts.incoming(first_id)
            spent_rials = await find_spent_rials(ActionContext(self._dependencies, uow))
        sent = {state.value: count for state, count in outgoing.items()}
        came = {state.value: count for state, count in incoming.items()}
        return [
            _gauge("pishkhan_outbox_messages", "Texts under way, and all of the last day, by state.", "state", sent),
            _gauge("pishkhan_inbox_messages", "Texts that came in within the last day, by state.", "state", came),
            *self._code_costs(spent_rials),
        ]

    def _code_costs(self, spent_rials: int) -> list[GaugeMetricFamily]:
        limit_rials = self._dependencies.policy.verification_rials_a_day
        return [
            GaugeMetricFamily("pishkhan_verification_rials", "Cost of the last day's codes by SMS.", spent_rials),
            GaugeMetricFamily("pishkhan_verification_limit_rials", "What they may cost in a day.", limit_rials),
        ]

    async def _payments(self) -> list[GaugeMetricFamily]:
        first_id = first_id_since(int(self._dependencies.clock.now().timestamp()) - DAY_SECONDS)
        async with self._store.open_unit(write=False) as uow:
            attempt_counts = await uow.payment_attempts.count_by_state(first_id)
            attention_count = await uow.payment_attempts.count_needing_attention()
            resting = await find_resting_gateways(uow.payment_attempts, self._gateways, self._dependencies.clock)
        attempts = GaugeMetricFamily(
            "pishkhan_payment_attempts",
            "Attempts to pay online that began within the last day, by gateway and state.",
            labels=["gateway", "state"],
        )
        for (gateway, state), count in attempt_counts.items():
            attempts.add_metric([gateway, state.value], count)
        offered = {gateway: int(gateway not in resting) for gateway in self._gateways}
        attention = "Attempts to pay online that somebody has to look at, of whatever day."
        return [
            attempts,
            _gauge("pishkhan_payment_gateway_offered", "0 while a gateway opens no sessions.", "gateway", offered),
            GaugeMetricFamily("pishkhan_payment_attempts_needing_attention", attention, attention_count),
        ]


async def _read_in_time(
    read_figures: Callable[[], Awaitable[list[GaugeMetricFamily]]],
) -> list[GaugeMetricFamily]:
    """Return figures of the database; none where it is away, too slow, or not what this code knows."""
    try:
        async with asyncio.timeout(READING_SECONDS):
            return await read_figures()
    except (DomainError, TimeoutError):
        return []
    except Exception:  # who watches learns most when something is wrong: the other figures are told
        log.exception("figures could not be read")
        return []


def memory_bytes() -> int:
    """Return how much memory this process holds, in bytes; 0 where the system does not report it."""
    return int(_MEMORY.read_text().split()[1]) * _PAGE_BYTES if _MEMORY.exists() else 0


def _of_jobs(jobs: Sequence[JobState]) -> list[GaugeMetricFamily]:
    ran = {job.name: round(job.seconds_ago, 1) for job in jobs if job.seconds_ago is not None}
    failures = {job.name: job.failures for job in jobs}
    late = {job.name: int(job.is_late) for job in jobs}
    return [
        _gauge("pishkhan_job_ran_seconds_ago", "Since the last run of a job that came to its end.", "job", ran),
        _gauge("pishkhan_job_failures", "Runs of a job that failed one after the other.", "job", failures),
        _gauge("pishkhan_job_late", "1 while a job has not run for its time.", "job", late),
    ]


def _gauge(name: str, documentation: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    """Return a gauge with a value for each value of its one label."""
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for labelled, value in values.items():
        family.add_metric([labelled], value)
    return family
