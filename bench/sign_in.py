"""Wait of a colleague at the staff's door while somebody tries passwords from one address: the real process.

    python -m bench.sign_in [--tries 200] [--rounds 5] [--database postgresql]

In each round an attacker at an address of its own keeps so many tries in flight, at one account or at many, and
colleagues sign in one after the other: inside, outside at another address, and at the attacker's own in a browser
that is known here. Wanted: a 99th percentile of 2 s.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from aiohttp import ClientSession, CookieJar, TCPConnector

from bench.databases import KINDS, SQLITE, place, versions
from bench.processes import Server, free_port, usual
from bench.staff import OWN_PASSWORD, first_sign_in
from bench.tables import Percentiles, machine, table

MOST_MS = 2000.0
TURNS = 8
"""Sign-ins of each colleague in a round."""

WORKPLACE, HOME = "127.0.1.5", "127.0.3.4"
COLLEAGUES = ("inside", "outside", "known")
HEADINGS = ("attack", "colleague", "p50, ms", "p95, ms", "p99, ms", "answers to the attacker")


def browser(address: str) -> ClientSession:
    """Open a browser at one of this machine's addresses."""
    return ClientSession(connector=TCPConnector(local_addr=(address, 0), limit=0), cookie_jar=CookieJar(unsafe=True))


@dataclass(slots=True)
class Attack:
    """Attempts made, and their answers."""

    title: str
    username: Callable[[int], str]
    answers: Counter[int] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in COLLEAGUES})

    @asynccontextmanager
    async def under_way(self, site: str, address: str, tries: int) -> AsyncIterator[None]:
        """Keep so many tries in flight from one address."""
        numbers = count()
        async with browser(address) as attacker:

            async def knock() -> None:
                while True:
                    form = {"username": self.username(next(numbers)), "password": "a wrong one"}
                    async with attacker.post(f"{site}/staff/sign-in", data=form, allow_redirects=False) as answer:
                        await answer.read()
                        self.answers[answer.status] += 1

            knocking = [asyncio.create_task(knock()) for _ in range(tries)]
            try:
                await asyncio.sleep(0.2)
                yield
            finally:
                for one in knocking:
                    one.cancel()
                for one in knocking:
                    with suppress(asyncio.CancelledError):
                        await one

    def lines(self) -> list[tuple[object, ...]]:
        """Return the lines of the table."""
        told = ", ".join(f"{status}: {times:,}" for status, times in sorted(self.answers.items()))
        found = [(name, Percentiles.of(waits)) for name, waits in self.waits.items()]
        return [(self.title, name, *map(round, (one.p50, one.p95, one.p99)), told) for name, one in found]

    def late(self) -> list[str]:
        """Return who waited longer than they should."""
        return [name for name, waits in self.waits.items() if Percentiles.of(waits).p99 > MOST_MS]


async def waited(visitor: ClientSession, site: str, username: str) -> float:
    """Sign in; return the milliseconds until one was in, or may show the code."""
    form = {"username": username, "password": OWN_PASSWORD}
    began = time.perf_counter()
    async with visitor.post(f"{site}/staff/sign-in", data=form, allow_redirects=False) as answer:
        if answer.status != 303:
            raise SystemExit(f"a colleague ({username}) was answered {answer.status}")
    return (time.perf_counter() - began) * 1000


async def one_round(attack: Attack, site: str, address: str, tries: int) -> None:
    """Let the colleagues sign in while tries come from that address."""
    async with browser(WORKPLACE) as inside, browser(HOME) as outside, browser(address) as known:
        async with browser(WORKPLACE) as before:
            await waited(before, site, "known")
            cookies = {one.key: one.value for one in before.cookie_jar if one.key == "pishkhan_device"}
        known.cookie_jar.update_cookies(cookies)
        visitors = {"inside": inside, "outside": outside, "known": known}
        async with attack.under_way(site, address, tries):
            for _ in range(TURNS):
                for name, visitor in visitors.items():
                    attack.waits[name].append(await waited(visitor, site, name))


async def hired(server: Server) -> None:
    """Put the colleagues on the staff, each with an authenticator and a password of the own."""
    site = f"http://127.0.0.1:{server.port}"
    for name in COLLEAGUES:
        made = json.loads(await server.run("staff", "add", name, "--role", "civil", "--json"))
        await server.run("staff", "totp", name, "--json")
        async with browser(WORKPLACE) as visitor:
            await first_sign_in(visitor, site, name, made["password"])


async def main(kind: str, tries: int, rounds: int) -> None:
    """Print the table; fail when somebody waited too long."""
    print(machine(*versions([kind])), flush=True)
    attacks = [Attack("one account", lambda _: "inside"), Attack("many accounts", lambda number: f"user{number}")]
    with place(kind) as where:
        settings = usual(await where.database(), free_port(), f"http://127.0.0.1:{free_port()}")
        server = Server(where.home, settings | {"PISHKHAN_STAFF__INSIDE_NETWORKS": "127.0.1.0/24"})
        await server.run("migrate")
        async with server:
            await hired(server)
            addresses = (f"127.0.2.{number}" for number in count(1))
            for _ in range(rounds):
                for attack in attacks:
                    await one_round(attack, f"http://127.0.0.1:{server.port}", next(addresses), tries)
    print(f"\n{table(HEADINGS, [line for attack in attacks for line in attack.lines()])}\n")
    late = [f"{attack.title}: {name}" for attack in attacks for name in attack.late()]
    print(f"{tries} tries in flight, {rounds} rounds. Longer than {MOST_MS:.0f} ms: {', '.join(late) or 'none'}.")
    if late:
        raise SystemExit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    given = parser.parse_args()
    asyncio.run(main(given.database, given.tries, given.rounds))
