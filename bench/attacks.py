"""What messages that are made to cost much do cost: `pishkhan serve` in one process, the attacker in another.

    python -m bench.attacks [--rounds 7]

Each attack (`tests/channels/pishkhan_soap/attacks.py`) is sent over a connection of its own; the time is from its first
byte to the whole fault. Where a large body is refused early, what the attacker needs to send what is still taken is in
it. Memory is what the server has grown by since before the first of an attack's rounds.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Iterator

from bench.databases import SQLITE, place, versions
from bench.processes import Server, free_port, resident_bytes, usual
from bench.tables import Spread, machine, table
from tests.channels.pishkhan_soap.attacks import ATTACKS, ENDLESS, MB
from tests.channels.pishkhan_soap.wire import Wire, request

MOST_MS = 50
HEADINGS = ("attack", "ms (least–most)", "MB", "fault")


def attacks() -> Iterator[tuple[str, bytes]]:
    """Yield every attack with what goes over the wire."""
    yield from ((name, request(build().encode())) for name, (build, _) in ATTACKS.items())
    yield from ((name, build()) for name, build in ENDLESS.items())


async def measured(server: Server, content: bytes, rounds: int) -> tuple[list[float], float, str]:
    """Send an attack some times; return the milliseconds, by how many MB the server grew, and the fault's code."""
    wire, before = Wire(server.port), resident_bytes(server.pid)
    took, code = [], ""
    for _ in range(rounds):
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
        settings = usual(await where.database(), free_port(), f"http://127.0.0.1:{free_port()}")
        server = Server(where.home, settings)
        await server.run("migrate")
        async with server:
            for name, content in attacks():
                took, grown, code = await measured(server, content, rounds)
                lines.append((statistics.median(took), (name, f"{Spread.of(took):.1f}", f"{grown:.1f}", code)))
    print(f"\n{table(HEADINGS, [line for _, line in sorted(lines, reverse=True)])}\n")
    slow = [line[0] for median, line in lines if median > MOST_MS]
    print(f"Medians of {rounds} rounds. Longer than {MOST_MS} ms: {', '.join(slow) or 'none'}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(main(parser.parse_args().rounds))
