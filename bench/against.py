"""This tree beside another commit: start, memory, texts, calls of offices and a page of the staff, both in turn.

    python -m bench.against COMMIT [--rounds 3] [--seconds 3]

The other commit is cloned and set up beside this tree, with packages of its own. Each tree furnishes a database of its
own, so that schemas may differ; both servers stand at the same time, and take turns at the same load. A figure is the
median of the rounds. Wanted: nothing slower or larger than before by more than a twentieth; what is fails the bench.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession, CookieJar

from bench import inbound, soap, startup
from bench.databases import KINDS, Place, place, versions
from bench.processes import Server, free_port, spawned
from bench.staff import sign_in
from bench.tables import judge, machine, table
from bench.wrk import SERVER_CORE

HERE = Path(__file__).parent.parent
PACKAGES = ("app", "channels", "domain", "payments", "printing", "store")
MOST = 1.05
"""As many times what it was before is still as good: figures of one machine differ by as much from hour to hour."""

DEMO_PASSWORD = "gomishan-1405"  # noqa: S105 - of the demonstration, and told at its door
STAFF_PAGE = "/staff"
PAGE_CALLS = 40
UNREACHED_PANEL = "http://127.0.0.1:9"
IN_TREE = {"PATH": os.defpath, "HOME": str(Path.home()), "LANG": "C.UTF-8"}

TELL_SETTINGS = """
import json, sys
from bench.processes import usual
print(json.dumps(usual(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
"""
OPEN_OFFICE = "import asyncio, sys; from bench.soap import opened_office; asyncio.run(opened_office(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout that is set up."""

    name: str
    folder: Path

    @property
    def program(self) -> Path:
        """Its `pishkhan`."""
        return self.folder / ".venv" / "bin" / "pishkhan"

    async def run_code(self, code: str, *arguments: str) -> str:
        """Run code of this tree in a process of its own; return what it printed."""
        return await _run(self.folder, self.program.with_name("python"), "-c", code, *arguments)

    async def tell_settings(self, database_url: str) -> dict[str, str]:
        """Return the usual settings by the names of this tree."""
        return dict(json.loads(await self.run_code(TELL_SETTINGS, database_url, str(free_port()), UNREACHED_PANEL)))


@dataclass(slots=True)
class Measure:
    """One figure of both trees, a value a round."""

    title: str
    more_is_better: bool
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, tree: Tree, value: float) -> None:
        """Note a round."""
        self.values.setdefault(tree.name, []).append(value)

    @property
    def ratio(self) -> float:
        """Ratio by which this tree is slower or larger than the other: under 1 it is better."""
        before, after = map(statistics.median, self.values.values())
        return before / after if self.more_is_better else after / before

    def row(self) -> Sequence[object]:
        """Return its line of the table."""
        return self.title, *(f"{statistics.median(values):.4g}" for values in self.values.values()), f"{self.ratio:.2f}"


class Measures(dict[str, Measure]):
    """Every figure by its title, in the order of the table."""

    def add(self, title: str, tree: Tree, value: float, *, more_is_better: bool = False) -> None:
        """Note a round of a figure."""
        self.setdefault(title, Measure(title, more_is_better)).add(tree, value)


async def _run(folder: Path, *command: str | Path) -> str:
    process = await spawned(command, IN_TREE, cwd=folder, stdout=PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed in {folder}")
    return out.decode()


async def clone(commit: str, folder: Path) -> Tree:
    """Check a commit out into a folder, and set it up."""
    await _run(HERE, "git", "clone", "--quiet", "--shared", "--no-checkout", ".", str(folder))
    await _run(folder, "git", "checkout", "--quiet", "--detach", commit)
    await _run(folder, "make", "--silent", "setup")
    return Tree(commit, folder)


async def measure_starts(trees: Sequence[Tree], rounds: int, measures: Measures) -> None:
    """Start the server of each on an empty database, and let it rest."""
    for _ in range(rounds):
        for tree in trees:
            with TemporaryDirectory(prefix="pishkhan-bench-") as home:
                run = await startup.measured(home, tree.program)
            measures.add("start, s", tree, run.seconds)
            measures.add("idle, MiB", tree, run.resident / 2**20)


async def measure_texts(trees: Sequence[Tree], where: Place, rounds: int, seconds: float, measures: Measures) -> None:
    """Text to both servers over databases of one kind."""
    async with AsyncExitStack() as stack:
        loads = []
        for tree in trees:
            url = await where.database()
            settings = await tree.tell_settings(url) | inbound.SILENT_PANEL
            server = Server(where.home, settings, (tree.program,))
            await server.run("migrate")
            bench = inbound.Bench(await stack.enter_async_context(server))
            loads.append((tree, bench, await inbound.warm_sorts(bench, url)))
        for _ in range(rounds):
            for tree, bench, sorts in loads:
                for sort in sorts:
                    done, busy = await bench.send(sort, seconds=seconds)
                    measures.add(f"{sort.name}/s, {where.name}", tree, done.rate, more_is_better=True)
                    processor_ms = 1000 * busy / len(done.acknowledged)
                    measures.add(f"{sort.name}, processor ms, {where.name}", tree, processor_ms)


async def measure_calls(trees: Sequence[Tree], where: Place, rounds: int, seconds: float, measures: Measures) -> None:
    """Call both servers as counter offices do."""
    async with AsyncExitStack() as stack:
        targets = [(tree, await stack.enter_async_context(_serve_offices(tree, where))) for tree in trees]
        for _ in range(rounds):
            for operation in soap.OPERATIONS:
                for tree, target in targets:
                    run = await soap.called(target, operation, seconds, connections=16)
                    measures.add(f"{operation}/s, {where.name}", tree, run.rate, more_is_better=True)


@asynccontextmanager
async def _serve_offices(tree: Tree, where: Place) -> AsyncIterator[soap.Target]:
    url = await where.database()
    settings = await tree.tell_settings(url) | soap.OFFICE_SETTINGS
    server = Server(where.home, settings, (*SERVER_CORE, tree.program))
    await server.run("migrate")
    await tree.run_code(OPEN_OFFICE, url)
    home = where.home / tree.name
    home.mkdir(exist_ok=True)
    async with server:
        yield soap.Target(where.name, server.port, soap.signed(home, await soap.first_request(url, server.port)))


async def measure_pages(trees: Sequence[Tree], rounds: int, measures: Measures) -> None:
    """Open the first page of the staff beside the demonstration."""
    async with AsyncExitStack() as stack:
        browsers = [(tree, await stack.enter_async_context(_browse(tree))) for tree in trees]
        for _ in range(rounds):
            for tree, browser in browsers:
                measures.add("a page of the staff, ms", tree, await _time_page(browser))


@asynccontextmanager
async def _browse(tree: Tree) -> AsyncIterator[ClientSession]:
    with TemporaryDirectory(prefix="pishkhan-bench-") as home:
        settings = startup.build_settings(home)
        server = Server(Path(home), settings, (tree.program,))
        await server.run("migrate")
        await server.run("demo", "load")
        address = f"http://127.0.0.1:{server.port}"
        async with server, ClientSession(address, cookie_jar=CookieJar(unsafe=True)) as browser:
            await sign_in(browser, address, "civil", DEMO_PASSWORD)
            yield browser


async def _time_page(browser: ClientSession) -> float:
    waits = []
    for _ in range(PAGE_CALLS):
        began = time.perf_counter()
        async with browser.get(STAFF_PAGE) as answer:
            await answer.read()
            if answer.status != 200:
                raise SystemExit(f"{STAFF_PAGE} was answered {answer.status}")
        waits.append(1000 * (time.perf_counter() - began))
    return statistics.median(waits)


async def main(commit: str, rounds: int, seconds: float) -> None:
    """Print the table."""
    print(machine(*versions(KINDS)), flush=True)
    measures = Measures()
    with TemporaryDirectory(prefix="pishkhan-against-") as folder:
        trees = [await clone(commit, Path(folder) / "tree"), Tree("this tree", HERE)]
        for tree in trees:
            await _run(tree.folder, sys.executable, "-m", "compileall", "-q", *PACKAGES)
        await measure_starts(trees, rounds, measures)
        for kind in KINDS:
            with place(kind) as where:
                await measure_texts(trees, where, rounds, seconds, measures)
                await measure_calls(trees, where, rounds, seconds, measures)
        await measure_pages(trees, rounds, measures)
    rows = [measure.row() for measure in measures.values()]
    print(f"\n{table(('figure', *(tree.name for tree in trees), 'as slow or large'), rows)}\n")
    print(f"Medians of {rounds} rounds of {seconds:g} s, both trees in turn.")
    judge([f"{measure.title}: {measure.ratio:.2f}" for measure in measures.values() if measure.ratio > MOST])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="what this tree is measured beside")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one run")
    given = parser.parse_args()
    asyncio.run(main(given.commit, given.rounds, given.seconds))
