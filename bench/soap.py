"""Calls of counter offices a second that one process on one core takes, beside a peer and the bare HTTP server.

    python -m bench.soap [--seconds 5] [--rounds 3] [--connections 16]

`wrk` on one core calls a server on the other, over sixteen connections, with `GetRequest` and `SubmitMachineryRequest`;
every call bears a nonce and a call id of its own. Servers take turns, round by round:

- `constant`: aiohttp answering the same bytes to everything, the limit;
- `codec`: the channel with digest authentication and nonces in memory, and nothing behind it;
- `spyne`: the peer with the same shapes, nobody authenticated, answers from memory;
- `SQLite`, `PostgreSQL`: `pishkhan serve` as it is: authentication, nonces and answers shared in the database, the real
  work. Every acknowledged submission is looked up afterwards.

Then, one call at a time, how much of a call's time is spent outside the store.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession

from app.security.vault import FernetVault
from bench import envelopes, soap_servers
from bench.databases import KINDS, Place, place, rows, versions
from bench.processes import PROGRAM, Server, free_port, is_ready, listening, usual
from bench.tables import Rounds, Spread, machine, table
from bench.wrk import SERVER_CORE, WrkRun, run_wrk
from channels.pishkhan_soap.http import ENDPOINT_PATH
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.values.actors import SYSTEM
from store.unit_of_work import SqlStore

LOAD = Path(__file__).with_name("soap.lua")
OPERATIONS = ("GetRequest", "SubmitMachineryRequest")
TARGETS = {"GetRequest": "≥ 0.30", "SubmitMachineryRequest": "≥ 0.22"}
MOST = {"codec": 12_000, "SQLite": 3_000, "PostgreSQL": 3_000}
"""Calls a second that are made ready for a server; one that takes more would be asked twice, and the bench fails."""

OFFICE_SETTINGS = {
    "PISHKHAN_SECRET_KEY": soap_servers.SECRET,
    "PISHKHAN_SMS__KAVENEGAR__RATE": "0.001",
    "PISHKHAN_SOAP__CLOCK_SKEW": "3600",
}
CODE = "123456786"
SHARE_CALLS = 400


Bodies = Callable[[str, int], Path]
"""Writes so many envelopes of an operation into a file."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to call."""

    name: str
    port: int
    bodies: Bodies


def inner_of(operation: str, code: str = CODE) -> str:
    """Return what an operation of the bench says."""
    day = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day to come will do
    return envelopes.GET.format(code=code) if operation == "GetRequest" else envelopes.SUBMIT.format(day=day)


def signed(home: Path, code: str = CODE) -> Bodies:
    """Return the writer of signed envelopes."""
    return lambda operation, number: envelopes.written(
        home / "signed.txt", envelopes.envelopes(operation, inner_of(operation, code), number)
    )


def unsigned(home: Path) -> Bodies:
    """Return the writer of one envelope that nobody signed."""
    return lambda operation, _: envelopes.written(
        home / "plain.txt", iter([envelopes.plain(operation, inner_of(operation))])
    )


async def called(target: Target, operation: str, seconds: float, connections: int) -> WrkRun:
    """Call a server for some seconds and return what the load tells; a fault ends the bench."""
    file = target.bodies(operation, int(MOST.get(target.name, 1) * seconds) + 1)
    run = await run_wrk(LOAD, target.port, connections, seconds, file, ENDPOINT_PATH)
    if run.faults:
        raise SystemExit(f"{run.faults:.0f} of {run.calls:.0f} calls were not answered well")
    return run


@asynccontextmanager
async def served(where: Place) -> AsyncIterator[tuple[Target, str]]:
    """Run `pishkhan serve` on a database with one office and one request; it and the database's URL."""
    url = await where.database()
    settings = usual(url, free_port(), f"http://127.0.0.1:{free_port()}") | OFFICE_SETTINGS
    server = Server(where.home, settings, (*SERVER_CORE, PROGRAM))
    await server.run("migrate")
    await opened_office(url)
    async with server:
        assert await is_ready(server.port), "it was waited for"  # noqa: S101
        yield Target(where.name, server.port, signed(where.home, await first_request(url, server.port))), url


async def opened_office(url: str, code: str = envelopes.OFFICE, username: str = envelopes.USERNAME) -> None:
    """Make an office with the key of the bench."""
    store, desk = await SqlStore.connect(url), soap_servers.desk()
    try:
        async with store.open_unit() as uow:
            vault = FernetVault(soap_servers.SECRET)
            await accounts.add_office(ActorContext(desk, uow, SYSTEM), vault, code, "دفتر", username, envelopes.KEY)
    finally:
        await store.close()


async def first_request(url: str, port: int) -> str:
    """Submit a request and return its code."""
    submit = "SubmitMachineryRequest"
    (body,) = envelopes.envelopes(submit, inner_of(submit), 1)
    async with (
        ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}{ENDPOINT_PATH}", data=body.encode()) as answer,
    ):
        if answer.status != 200:
            raise SystemExit(await answer.text())
    ((code,),) = await rows(url, "SELECT code FROM requests")
    return str(code)


async def share_of(where: Place) -> tuple[float, float, float]:
    """Call one at a time; return milliseconds of a submission, of these in the store, and of HTTP around it."""
    url = await where.database()
    server = Server(where.home, usual(url, free_port(), "http://127.0.0.1:9"))
    await server.run("migrate")
    await opened_office(url)
    submit, address = "SubmitMachineryRequest", "http://127.0.0.1:{}"
    async with (
        listening("bench.soap_servers", "store", url, pinned=SERVER_CORE) as (port, _),
        ClientSession(address.format(port)) as session,
    ):
        before = await _told(session)
        for number in (SHARE_CALLS // 4, SHARE_CALLS):  # to get warm, and to be measured
            before = await _told(session)
            for body in envelopes.envelopes(submit, inner_of(submit), number):
                async with session.post(ENDPOINT_PATH, data=body.encode()) as answer:
                    await answer.read()
        after = await _told(session)
    calls = after["calls"] - before["calls"]
    whole, stored = (1000 * (after[name] - before[name]) / calls for name in ("whole", "stored"))
    return whole, stored, whole - stored


async def _told(session: ClientSession) -> dict[str, Any]:
    async with session.get("/share") as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def verify(url: str) -> None:
    """End the bench unless every submission that was answered is a request, once."""
    ((requests,),) = await rows(url, "SELECT count(*) FROM requests")
    ((answered,),) = await rows(
        url, "SELECT count(*) FROM idempotency_keys WHERE operation = 'SubmitMachineryRequest' AND answer IS NOT NULL"
    )
    if requests != answered:
        raise SystemExit(f"{answered} submissions were answered, {requests} requests are there")


async def measured(
    targets: list[Target], seconds: float, rounds: int, connections: int
) -> dict[str, dict[str, Rounds]]:
    """Let the servers take turns."""
    ran = {one.name: {operation: Rounds() for operation in OPERATIONS} for one in targets}
    for one in targets:
        await called(one, "SubmitMachineryRequest", 1, connections)
    for _ in range(rounds):
        for operation in OPERATIONS:
            for one in targets:
                run = await called(one, operation, seconds, connections)
                ran[one.name][operation].add(run.rate, run.p50, run.p99)
    return ran


def lines_of(ran: dict[str, dict[str, Rounds]]) -> list[tuple[object, ...]]:
    """Return the table's lines: each beside the constant reply and the peer of the same round."""
    lines: list[tuple[object, ...]] = []
    for name, operations in ran.items():
        for operation, one in operations.items():
            ratios = {
                peer: Spread.of([mine / its for mine, its in zip(one.rates, ran[peer][operation].rates, strict=True)])
                for peer in ("constant", "spyne")
            }
            p50, p99 = Spread.of(one.p50).median, Spread.of(one.p99).median
            target = f"{TARGETS[operation]}, ≥ 4" if name == "codec" else ""
            beside = (f"{ratios['constant']:.2f}", f"{ratios['spyne']:.1f}")
            lines.append((name, operation, f"{Spread.of(one.rates):.0f}", f"{p50:.2f}", f"{p99:.2f}", *beside, target))
    return lines


async def main(seconds: float, rounds: int, connections: int) -> None:
    """Print the tables."""
    print(machine(*versions(KINDS)), flush=True)
    with TemporaryDirectory(prefix="pishkhan-bench-") as folder, place("sqlite") as lite, place("postgresql") as post:
        home = Path(folder)
        async with (
            listening("bench.soap_servers", "constant", pinned=SERVER_CORE) as (constant, _),
            listening("bench.soap_servers", "codec", pinned=SERVER_CORE) as (codec, _),
            listening("bench.spyne_peer", pinned=SERVER_CORE) as (spyne, _),
            served(lite) as (on_sqlite, sqlite_url),
            served(post) as (on_postgresql, postgresql_url),
        ):
            targets = [
                Target("constant", constant, unsigned(home)),
                Target("codec", codec, signed(home)),
                Target("spyne", spyne, unsigned(home)),
                on_sqlite,
                on_postgresql,
            ]
            ran = await measured(targets, seconds, rounds, connections)
            for url in (sqlite_url, postgresql_url):
                await verify(url)
        shares = [(where.name, *(f"{one:.2f}" for one in await share_of(where))) for where in (lite, post)]
    headings = ("server", "operation", "calls/s", "p50 ms", "p99 ms", "of constant", "of spyne", "target")
    print(f"\n{table(headings, lines_of(ran))}\n")
    print(f"{table(('one submission at a time', 'ms', 'in the store', 'outside'), shares)}\n")
    print(f"Medians of {rounds} runs of {seconds:g} s, {connections} connections (in brackets: least–most).")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    asyncio.run(main(given.seconds, given.rounds, given.connections))
