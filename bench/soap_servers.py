"""The servers that `bench.soap` measures besides `pishkhan serve`, each alone in its process on one core.

    python -m bench.soap_servers PORT constant
    python -m bench.soap_servers PORT codec
    python -m bench.soap_servers PORT store DATABASE_URL

`constant` is the bare aiohttp application that answers each call with the same bytes. `codec` is the channel as it is:
hardened parsing, validation, digest authentication with the nonces in memory, the answer written; what lies behind it
answers from memory. `store` is the whole channel on a database, and tells at `/share` how much of a call's time was
spent in the store.
"""

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from inspect import iscoroutinefunction
from typing import Any

from aiohttp import web

from app.clock import SystemClock
from app.documents.cleaner import ProcessCleaner
from app.ids import RandomIds
from app.security.vault import FernetVault
from bench.envelopes import KEY, OFFICE, USERNAME
from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler, CounterCaller, digest_call, identify_clerk, render_body
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import ENDPOINT_PATH, PishkhanSoap
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.username_token import UsernameToken, refuse_stale_token
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.conversation.reading.grammar import Grammar
from domain.engine.engine import Engine as Rules
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.offices.office import Office
from domain.services import collect_intents, services_by_key
from domain.settings.policy import Policy
from domain.values.calendar import WorkingCalendar
from domain.values.errors import AuthenticationFailed, Replayed
from store.engines.base import DatabaseEngine, DriverSession
from store.unit_of_work import SqlStore

SKEW = timedelta(hours=1)
SECRET = "bench-secret-of-more-than-sixteen"  # noqa: S105 - of servers that live for one bench
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
STANDING: Mapping[str, Any] = {
    "code": "123456786",
    "state": "submitted",
    "phase": "received",
    "bills": [],
    "state_title": "در نوبت بررسی",
}
REQUEST: Mapping[str, Any] = {
    **STANDING,
    "service": "machinery",
    "created_at": NOW,
    "updated_at": NOW,
    "form": [{"name": "place", "title": "نشانی محل کار", "text": "گمیشان، خیابان امام، جنب پارک"}] * 6,
    "history": [
        {"at": NOW, "event": "submit", "state": "submitted", "actor": "clerk", "channel": "pishkhan_soap", "note": None}
    ],
}
"""Example of a request of the bench: the same answer as from the store."""

ANSWERS = {"GetRequest": REQUEST, "SubmitMachineryRequest": STANDING}


def desk() -> Dependencies:
    """Return the desk of all services."""
    services = services_by_key()
    engine = Rules(services, SystemClock(), RandomIds(), WorkingCalendar(), Policy())
    return Dependencies(
        engine,
        Wording(Catalogue.load(), services),
        Grammar(collect_intents(services)),
        ProcessCleaner(),
        LINK_FILLERS,
    )


@dataclass(frozen=True, slots=True)
class MemoryCounter(CallHandler):
    """Proves calls as `CallHandler` does, with offices and nonces in memory, and answers without a store."""

    office: Office
    nonces: set[str] = field(default_factory=set)

    async def handle_call(
        self, operation: Operation, call_values: Mapping[str, Any], token: UsernameToken, caller: CounterCaller
    ) -> str:
        """Return the answer of an operation of the bench."""
        now = self.dependencies.clock.now()
        if token.username != self.office.username or not token.is_proved_by([KEY]):
            raise AuthenticationFailed("Password")
        refuse_stale_token(token, now, self.clock_skew)
        if token.nonce_digest in self.nonces:
            raise Replayed("Nonce")
        self.nonces.add(token.nonce_digest)
        digest_call(operation, identify_clerk(self.office, call_values["clerk"]), call_values)
        return render_body(operation, ANSWERS[operation.name])


def contract(found: Dependencies) -> Contract:
    """Return the contract of a desk's services."""
    return Contract(tuple(found.services.values()), found.catalogue)


def codec() -> web.Application:
    """Return the channel with nothing behind it."""
    office = Office(OFFICE, "دفتر", USERNAME, (), (), True, {}, NOW)
    found, nothing = desk(), FernetVault(SECRET)
    unasked: Any = None  # neither a store nor a printer
    counter = MemoryCounter(found, unasked, nothing, unasked, SKEW, CallRate(1_000_000), office)
    return _mounted(counter, found)


def _mounted(counter: CallHandler, found: Dependencies) -> web.Application:
    app = web.Application()
    PishkhanSoap(counter, contract(found), "http://127.0.0.1").mount(app)
    return app


def constant() -> web.Application:
    """Return the application that answers the same bytes to everything."""
    body = b"<?xml version='1.0' encoding='utf-8'?>" + b"x" * 700

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="text/xml")

    app = web.Application()
    app.router.add_post(ENDPOINT_PATH, answer)
    return app


@dataclass(slots=True)
class Share:
    """Seconds spent in calls, and of these in the store: its statements, its commits, waiting for a connection."""

    calls: int = 0
    whole: float = 0.0
    stored: float = 0.0
    depth: int = 0

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Count the time of the block, once where blocks lie in each other; one call at a time is measured."""
        began, self.depth = time.perf_counter(), self.depth + 1
        try:
            yield
        finally:
            self.depth -= 1
            if not self.depth:
                self.stored += time.perf_counter() - began


def store(url: str) -> web.Application:
    """Return the whole channel on a database, with a clock around its store."""
    share, found = Share(), desk()
    held: list[PishkhanSoap] = []

    async def opened(_app: web.Application) -> AsyncIterator[None]:
        opened_store = await SqlStore.connect(url)
        clocked(opened_store._engine, share)
        printer: Any = None  # nothing is printed here
        counter = CallHandler(found, opened_store, FernetVault(SECRET), printer, SKEW, CallRate(1_000_000))
        held.append(PishkhanSoap(counter, contract(found), "http://x"))
        yield
        await opened_store.close()

    async def call(request: web.Request) -> web.Response:
        began = time.perf_counter()
        answer = await held[0].handle_call(request)
        share.calls, share.whole = share.calls + 1, share.whole + time.perf_counter() - began
        return answer

    async def told(_request: web.Request) -> web.Response:
        return web.json_response({"calls": share.calls, "whole": share.whole, "stored": share.stored})

    app = web.Application()
    app.router.add_post(ENDPOINT_PATH, call)
    app.router.add_get("/share", told)
    app.cleanup_ctx.append(opened)
    return app


def clocked(engine: DatabaseEngine, share: Share) -> None:
    """Put a clock around an engine's sessions: getting one, each thing done with it, giving it back."""
    original = engine.open_session

    @asynccontextmanager
    async def session(*, write: bool) -> AsyncIterator[DriverSession]:
        async with AsyncExitStack() as stack:
            with share.storing():
                found = await stack.enter_async_context(original(write=write))
            yield Clocked(found, share)  # type: ignore[misc]  # it passes everything on
            with share.storing():
                await stack.aclose()

    engine.open_session = session  # type: ignore[method-assign]
    serialise = engine.serialise

    async def waited(held: DriverSession, key: str) -> None:
        with share.storing():
            await serialise(held.session, key)  # type: ignore[attr-defined]

    engine.serialise = waited  # type: ignore[assignment,method-assign]


class Clocked:
    """A session with a clock around all that is awaited of it."""

    def __init__(self, session: DriverSession, share: Share) -> None:
        self.session = session
        self._share = share

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.session, name)
        if not iscoroutinefunction(found):
            return found

        async def timed(*args: Any, **named: Any) -> Any:
            with self._share.storing():
                return await found(*args, **named)

        setattr(self, name, timed)
        return timed


if __name__ == "__main__":
    port, kind, *rest = sys.argv[1:]
    makers: Mapping[str, Callable[..., web.Application]] = {"constant": constant, "codec": codec, "store": store}
    web.run_app(makers[kind](*rest), host="127.0.0.1", port=int(port), print=None, access_log=None)
