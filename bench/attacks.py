"""Cost of messages that are made to cost much: `pishkhan serve` in one process, the attacker in another.

    python -m bench.attacks [--rounds 7]

Each attack, of strangers (`tests/channels/pishkhan_soap/attacks.py`) and of an office, is sent over a connection of its
own; the time is from its first byte to the whole fault. Where a large body is refused early, what the attacker needs to
send what is still taken is in it. Memory is what the server has grown by since before the first of an attack's rounds.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bench import envelopes
from bench.databases import SQLITE, place, versions
from bench.processes import Server, free_port, resident_bytes, usual
from bench.soap import first_request, opened_office
from bench.soap_servers import SECRET
from bench.tables import Spread, machine, table
from channels.pishkhan_soap.schema import NAMESPACE
from tests.channels.pishkhan_soap.attacks import ATTACKS, ENDLESS, MB
from tests.channels.pishkhan_soap.raw_client import RawClient, request

MOST_MS = 50
SECOND, SECOND_NAME = "1002", "office-1002"
NOBODYS = "123456786"
"""A tracking code that is well-formed, and no request's."""

HEADINGS = ("attack", "ms (least–most)", "MB", "fault")


Message = Callable[[], bytes]
"""Makes what goes over the wire, anew for each round: a nonce is taken once."""


def attacks() -> Iterator[tuple[str, Message]]:
    """Yield every attack of strangers."""
    for name, (build, _) in ATTACKS.items():
        yield name, partial(bytes, request(build().encode()))
    for name, endless in ENDLESS.items():
        yield name, partial(bytes, endless())


def calls(others: str) -> Iterator[tuple[str, Message]]:
    """Yield signed calls that are attacks; `others` is the tracking code of another office's request."""
    replayed = _get(NOBODYS)
    yield "a replayed nonce", lambda: replayed
    yield "a SOAPAction of another operation", lambda: _get(NOBODYS, {"SOAPAction": '"urn:pishkhan:counter:1:Ping"'})
    yield "a wrong namespace", lambda: _get(NOBODYS).replace(NAMESPACE.encode(), b"x" * len(NAMESPACE))
    yield "another office's tracking code", lambda: _get(others)


def _get(code: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a signed question of the second office."""
    (text,) = envelopes.envelopes("GetRequest", envelopes.GET.format(code=code), 1)
    text = text.replace(envelopes.USERNAME, SECOND_NAME).replace(f">{envelopes.OFFICE}<", f">{SECOND}<")
    return request(text.encode(), headers)


async def measured(server: Server, message: Message, rounds: int) -> tuple[list[float], float, str]:
    """Send an attack some times; return the milliseconds, by how many MB the server grew, and the fault's code."""
    wire, before = RawClient(server.port), resident_bytes(server.pid)
    took, code = [], ""
    for _ in range(rounds):
        content = message()
        began = time.perf_counter()
        answer = await wire.raw(content)
        took.append(1000 * (time.perf_counter() - began))
        code = answer.fault.code
    return took, (resident_bytes(server.pid) - before) / MB, code


async def main(rounds: int) -> None:
    """Print the table, the slowest attack first; say which took longer than it may."""
    print(machine(*versions([SQLITE])), flush=True)
    lines = []
    with place(SQLITE) as where:
        url = await where.database()
        settings = usual(url, free_port(), f"http://127.0.0.1:{free_port()}") | {"PISHKHAN_SECRET_KEY": SECRET}
        server = Server(where.home, settings)
        await server.run("migrate")
        await opened_office(url)
        await opened_office(url, SECOND, SECOND_NAME)
        async with server:
            known = list(calls(await first_request(url, server.port)))
            await RawClient(server.port).raw(known[0][1]())  # what is replayed was taken once
            for name, message in (*attacks(), *known):
                took, grown, code = await measured(server, message, rounds)
                lines.append((statistics.median(took), (name, f"{Spread.of(took):.1f}", f"{grown:.1f}", code)))
    print(f"\n{table(HEADINGS, [line for _, line in sorted(lines, reverse=True)])}\n")
    slow = [line[0] for median, line in lines if median > MOST_MS]
    print(f"Medians of {rounds} rounds. Longer than {MOST_MS} ms: {', '.join(slow) or 'none'}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(main(parser.parse_args().rounds))
