"""The web server: one aiohttp application that mounts every channel, from its start to its orderly end.

`serve` refuses to start where it could do harm (`app/http/readiness.py`), says when it is ready, and on SIGTERM or
SIGINT takes no further call, lets what runs finish for some seconds, and gives its leases back.
"""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from app.configuration.checks import faults, remarks
from app.configuration.settings import Settings, unused_names
from app.http.access_log import AccessLog, malformed_in_a_line, route_of
from app.http.connections import ending_untaken
from app.http.proxies import behind
from app.http.readiness import NotReady, refuse_unknown_states
from app.jobs.operations import Operations
from app.jobs.scheduler import Scheduler
from app.parts import Parts, build_channels, opened
from app.security.key_check import keep_or_refuse
from channels.web.bodies import BODY_SECONDS
from channels.web.headers import HTTPS_HOST
from domain.unit_of_work import Ids
from domain.values.calendar import WorkingCalendar, in_tehran
from domain.values.errors import DomainError, Internal

LARGEST_BODY = 64 * 1024
"""Bytes of a request body, unless a route reads its own way."""

LINGERING_SECONDS = 10.0
"""How long the rest of a body that nobody reads is waited for, so that its sender gets the answer."""

GONE = 499
"""What the access log says of a caller that went away (nginx's number; there is none in RFC 9110)."""

SHUTDOWN_SECONDS = 3.0
"""How long calls and jobs under way may take to finish once the process is told to stop. A second later whatever still
waits for the database is cut off too: one that hangs keeps no process alive.
"""

log = logging.getLogger(__name__)
_ACCESS = logging.getLogger("pishkhan.access")


def build_app(parts: Parts) -> web.Application:
    """Return the application with every channel mounted."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app[BODY_SECONDS] = parts.settings.http.body_timeout
    app.middlewares.append(ending_untaken(parts.settings.http.body_timeout))
    app[HTTPS_HOST] = parts.settings.address.partition("https://")[2]
    app.middlewares.append(behind(parts.settings.trusted_proxies))
    operations = Operations(parts.settings, parts.store, parts.desk.clock, parts.runs)
    for channel in [*build_channels(parts), operations]:
        channel.mount(app)
    app.middlewares.append(_naming_faults(parts.desk.ids))
    return app


def _naming_faults(ids: Ids) -> web.middleware:  # type: ignore[valid-type]  # aiohttp has no other name for it
    """Return the innermost middleware: a fault of ours is logged under a reference that the caller may be told."""

    @web.middleware
    async def name_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, DomainError):
            raise
        except ConnectionError as error:
            if _is_there(request):
                raise _fault(ids, request, error) from error
            return web.Response(status=GONE, reason="Client Closed Request")  # nobody reads it but the access log
        except Exception as error:  # the edge of a request: what happened goes to the log, a reference to the caller
            raise _fault(ids, request, error) from error

    return name_faults


def _is_there(request: web.Request) -> bool:
    """Tell whether the caller still listens."""
    return request.transport is not None and not request.transport.is_closing()


def _fault(ids: Ids, request: web.Request, error: Exception) -> Internal:
    """Log a fault of ours; return what the caller is told of it."""
    reference = ids.token()[:8]
    log.error("fault %s in %s %s", reference, request.method, route_of(request), exc_info=error)
    return Internal(reference=reference)


async def serve(settings: Settings) -> None:
    """Serve until told to stop; `NotReady`, `SettingsError` and `store.migrate.SchemaMismatch` say why it may not."""
    if found := faults(settings):
        raise NotReady(found)
    stop = _told_to_stop()  # before anything else, so that one who stops a start does it no other way
    for remark in [*remarks(settings), *(f"{name} is set, and nothing reads it" for name in unused_names())]:
        log.warning(remark)
    async with AsyncExitStack() as held:
        parts = await _unless_stopped(_ready_to_run(settings, held), stop)
        if parts is not None:
            await _run(parts, stop)


async def _ready_to_run(settings: Settings, held: AsyncExitStack) -> Parts:
    parts = await held.enter_async_context(opened(settings))
    await refuse_unknown_states(parts.desk, parts.store)
    await keep_or_refuse(settings, parts.store, parts.desk.clock)
    return parts


async def _unless_stopped(starting: Coroutine[Any, Any, Parts], stop: asyncio.Event) -> Parts | None:
    """Start, unless the process is told to stop before it has: a database that hangs keeps nobody from that."""
    started, stopped = asyncio.create_task(starting), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({started, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if started.done():
            return started.result()
        log.info("stopping")
        return None
    finally:
        for task in (started, stopped):
            task.cancel()
        await asyncio.gather(started, stopped, return_exceptions=True)


async def _run(parts: Parts, stop: asyncio.Event) -> None:
    scheduler = Scheduler(parts)
    runner = web.AppRunner(
        build_app(parts),
        access_log_class=AccessLog,
        access_log=_ACCESS,
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=parts.settings.http.head_timeout,  # what is between two answers is a head, or nothing yet
        lingering_time=min(LINGERING_SECONDS, parts.settings.http.body_timeout),
    )
    logging.getLogger("aiohttp.server").addFilter(malformed_in_a_line)
    await runner.setup()
    try:
        await _listen(runner, parts.settings)
        scheduler.start()
        log.info("ready on http://%s:%s", *runner.addresses[0][:2])
        warming = asyncio.create_task(asyncio.to_thread(warm, parts.desk.calendar, parts))
        await stop.wait()
        log.info("stopping")
        await warming
    finally:
        asyncio.get_running_loop().call_later(SHUTDOWN_SECONDS + 1, parts.store.abandon)
        await asyncio.gather(runner.cleanup(), scheduler.stop(SHUTDOWN_SECONDS))


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        reason = f"PISHKHAN_HOST, PISHKHAN_PORT: cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        raise NotReady([reason]) from None


def warm(calendar: WorkingCalendar, parts: Parts) -> None:
    """Reckon the holidays of this year and the next, which costs half a second, before anybody waits for it."""
    today = in_tehran(parts.desk.clock.now()).date()
    for year in (today.year, today.year + 1):
        calendar.is_holiday(today.replace(year=year, day=1))


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(one, stop.set)
    return stop
