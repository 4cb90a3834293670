"""Length of the way of one message: the functions and modules of the product that an order by SMS, a step of the staff
and a submission of a counter office pass, from the first line that handles the HTTP call to the answer, and how deep
they call each other.

    python -m scripts.trace_flows [--list sms|staff|soap] [--packages]

Each flow runs in this process through the real channel over a migrated SQLite file. It runs once before it is traced,
so that what is built once a process is not counted. A function is counted once, however often it is called; the bodies
of lambdas and generator expressions belong to the function around them.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PishkhanSoap
from channels.sms.inbound import SmsChannel
from channels.sms.providers.simulator import Simulator
from printing.printer import PaperPrinter
from scripts.structure import SOURCE_PACKAGES
from store.migrate import migrate
from tests.channels.pishkhan_soap.envelopes import MACHINERY, Signer, body
from tests.channels.pishkhan_soap.soap_office import KEY, SKEW, VAULT, furnish_counters, open_town
from tests.support.municipality import ORDER, Municipality, StandingClock
from tests.support.pages.page_forms import read_version
from tests.support.printed_papers import ADDRESS, letterhead
from tests.support.staff_site import staff_site, visitor

ROOT = Path(__file__).parent.parent
WEBHOOK_KEY = "traced"
TURNS = 2
"""Number of runs of a flow; the last one is traced."""

IS_TRACED: ContextVar[bool] = ContextVar("is_traced", default=False)
"""Set while the handler of the traced call runs, and in what it starts: not in what goes on beside it."""

Flow = Callable[["Trace", Path], Coroutine[None, None, None]]


class Trace:
    """The functions that the handlers of an application passed while the trace was recording."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, str]] = set()
        self.deepest_calls: list[str] = []
        """The functions of the deepest call, the innermost first."""
        self._is_recording = False

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note what the handlers do that are entered meanwhile."""
        self._is_recording = True
        try:
            with self.noting():
                yield
        finally:
            self._is_recording = False

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note every function of the product that a handler enters."""
        sys.setprofile(self._note_call)
        try:
            yield
        finally:
            sys.setprofile(None)

    @property
    def modules(self) -> set[str]:
        """The modules in which these functions lie."""
        return {module for module, _ in self.functions}

    def watch(self, application: web.Application) -> None:
        """Let the handlers of an application be traced, with all of its middlewares."""

        @web.middleware
        async def note_handler(request: web.Request, handler: Handler) -> web.StreamResponse:
            token = IS_TRACED.set(self._is_recording)
            try:
                return await handler(request)
            finally:
                IS_TRACED.reset(token)

        application.middlewares.insert(0, note_handler)

    def _note_call(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and IS_TRACED.get() and (module := _name_module(frame.f_code)):
            self.functions.add((module, _name_function(frame.f_code)))
            calls = _list_calls(frame)
            if len(calls) > len(self.deepest_calls):
                self.deepest_calls = calls


@cache
def _name_module(code: CodeType) -> str | None:
    """Return the dotted name of the product's module that some code is of; None for any other."""
    try:
        relative_path = Path(code.co_filename).relative_to(ROOT)
    except ValueError:
        return None
    return ".".join(relative_path.with_suffix("").parts) if relative_path.parts[0] in SOURCE_PACKAGES else None


def _list_calls(frame: FrameType | None) -> list[str]:
    """Return the functions of the product that a call is in, the innermost first."""
    calls = []
    while frame is not None:
        if module := _name_module(frame.f_code):
            calls.append(f"{module}.{frame.f_code.co_qualname}")
        frame = frame.f_back
    return calls


def _name_function(code: CodeType) -> str:
    """Return the qualified name of a function, without what is anonymous in it."""
    return code.co_qualname.partition(".<locals>.<")[0]


@asynccontextmanager
async def open_counters(folder: Path) -> AsyncIterator[Municipality]:
    """Open a municipality with machines, prices and a counter office over a database of its own."""
    database_url = f"sqlite:///{folder / 'pishkhan.db'}"
    await migrate(database_url)
    async with open_town(database_url, StandingClock()) as town:
        await furnish_counters(town)
        yield town


async def order_by_sms(trace: Trace, folder: Path) -> None:
    """Order a machine by one text that says all of it."""
    async with open_counters(folder) as town:
        application = web.Application()
        trace.watch(application)
        SmsChannel(town.desk, town.store, {"simulator": Simulator(webhook_secret=WEBHOOK_KEY)}).mount(application)
        async with TestClient(TestServer(application)) as client:

            async def send_order(turn: int) -> None:
                form = {"from": f"+98912000000{turn}", "to": "3000", "message": ORDER, "messageid": str(turn)}
                answer = await client.post(f"/sms/simulator/{WEBHOOK_KEY}/inbound", data=form)
                await _require_answer(answer)

            await _take_turns(trace, send_order)


async def take_staff_step(trace: Trace, folder: Path) -> None:
    """Accept an order on the staff's site: the form is posted, and leads to the request's page."""
    database = folder / "pishkhan.db"
    await migrate(f"sqlite:///{database}")
    async with staff_site(database) as site:
        trace.watch(site.app)
        orders = [await site.submitted(date=f"2026-11-{28 + turn}") for turn in range(TURNS)]
        async with visitor(site) as officer:
            await officer.sign_in("civil")

            async def accept_order(turn: int) -> None:
                path = f"/staff/requests/{orders[turn].code}"
                await officer.post(f"{path}/act/accept", version=versions[turn])

            versions = [read_version(await officer.get(f"/staff/requests/{order.code}")) for order in orders]
            await _take_turns(trace, accept_order)


async def submit_by_soap(trace: Trace, folder: Path) -> None:
    """Submit an order at a counter office."""
    async with open_counters(folder) as town:
        application, printer = web.Application(), PaperPrinter(letterhead, ADDRESS)
        trace.watch(application)
        contract = Contract(tuple(town.desk.services.values()), town.desk.catalogue)
        calls = CallHandler(town.desk, town.store, VAULT, printer, SKEW, CallRate(1_000_000))
        PishkhanSoap(calls, contract, "http://desk.example").mount(application)
        signer = Signer("office-1001", KEY, town.clock)
        async with TestClient(TestServer(application)) as client:

            async def submit_order(turn: int) -> None:
                envelope = signer.signed(body("SubmitMachineryRequest", MACHINERY))
                answer = await client.post("/soap/pishkhan", data=envelope, headers={"Content-Type": "text/xml"})
                await _require_answer(answer)

            await _take_turns(trace, submit_order)
        await printer.close()


async def _require_answer(answer: ClientResponse) -> None:
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {await answer.text()}")


async def _take_turns(trace: Trace, run_flow: Callable[[int], Awaitable[None]]) -> None:
    """Run a flow, and trace it the last time."""
    for turn in range(TURNS - 1):
        await run_flow(turn)
    with trace.recording():
        await run_flow(TURNS - 1)


FLOWS: Mapping[str, Flow] = {"sms": order_by_sms, "staff": take_staff_step, "soap": submit_by_soap}
"""Traced flows, by the name of the row."""


def trace_flow(flow_name: str) -> Trace:
    """Return the trace of a flow."""
    trace = Trace()
    with TemporaryDirectory() as folder:
        asyncio.run(FLOWS[flow_name](trace, Path(folder)))
    return trace


def main() -> None:
    """Print the figures of every flow, and the functions of the one that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", choices=FLOWS, help="list the functions of this flow")
    parser.add_argument("--packages", action="store_true", help="count the functions of each flow by package")
    arguments = parser.parse_args()
    for flow_name in FLOWS:
        trace = trace_flow(flow_name)
        depth = len(trace.deepest_calls)
        print(f"{flow_name:8} {len(trace.functions):4} functions {len(trace.modules):4} modules {depth:4} deep")
        if arguments.packages:
            packages = Counter(module.rpartition(".")[0] for module, _ in trace.functions)
            for package, count in sorted(packages.items()):
                print(f"         {count:4} {package}")
        if arguments.list == flow_name:
            for module, function in sorted(trace.functions):
                print(f"         {module}.{function}")
            print("         deepest:", *reversed(trace.deepest_calls), sep="\n           ")


if __name__ == "__main__":
    main()
