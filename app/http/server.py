"""The web server: one aiohttp application that mounts every channel, from its start to its orderly end.

`run_server` refuses to start where it could do harm (`app/readiness.py`), says when it is ready, and on SIGTERM or
SIGINT takes no further call, lets what runs finish for some seconds, and gives its leases back.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler, Middleware

from app.checking.faults import find_faults, find_remarks
from app.checking.key_check import keep_or_refuse_key
from app.configuration.settings import Settings, find_unused_names
from app.http.access_log import AccessLog, route_pattern, shorten_malformed
from app.http.operations import Operations
from app.http.request_ids import name_requests
from app.jobs.scheduler import Scheduler
from app.parts import ServerParts, build_channels, open_parts
from app.readiness import NotReady, refuse_unknown_states
from app.security.proxies import see_through_proxies
from channels.admin.frame import HOME_PATH
from channels.web.bodies import BODY_TIMEOUT_SECONDS
from channels.web.headers import HTTPS_HOSTS
from channels.web.site import STATIC_PATH
from domain.actions.dependencies import Dependencies
from domain.unit_of_work import IdGenerator
from domain.values.calendar import to_tehran
from domain.values.errors import DomainError, Internal

SHARED_PATHS = (STATIC_PATH, "/healthz", "/readyz", "/metrics")
"""Paths on both hosts: what pages load, and what monitoring asks."""

_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
"""The option of Linux (RFC 5482) for how long sent bytes may stay untaken; other systems have none, and no such end."""

LARGEST_BODY = 64 * 1024
"""Bytes of a request body, unless a route reads its own way."""

LINGERING_SECONDS = 10.0
"""Time for which the rest of a body that nobody reads is waited for, so that its sender gets the answer."""

WAITING_CONNECTIONS = 1024
"""Connections that may wait to be taken: one that finds no place tries again after a second by itself. The system has
a limit of its own (`net.core.somaxconn`).
"""

CLIENT_GONE = 499
"""Status in the access log for a caller that went away (nginx's number; there is none in RFC 9110)."""

SHUTDOWN_SECONDS = 3.0
"""Time for calls and jobs under way to finish once the process is asked to stop. A second later whatever still waits
for the database is cut off too: one that hangs keeps no process alive."""

log = logging.getLogger(__name__)
_ACCESS_LOG = logging.getLogger("pishkhan.access")


def build_application(parts: ServerParts) -> web.Application:
    """Return the application with every channel mounted."""
    application = web.Application(client_max_size=LARGEST_BODY)
    application.middlewares.append(name_requests(parts.dependencies.ids))
    application[BODY_TIMEOUT_SECONDS] = parts.settings.http.body_timeout
    application.middlewares.append(end_untaken_middleware(parts.settings.http.body_timeout))
    application.middlewares.append(refuse_doubtful_framing)
    application[HTTPS_HOSTS] = parts.settings.https_hosts
    application.middlewares.append(see_through_proxies(parts.settings.trusted_proxies))
    operations = Operations(parts.settings, parts.store, parts.dependencies, parts.job_runs)
    for channel in [*build_channels(parts), operations]:
        channel.mount(application)
    if staff_host := parts.settings.staff.host:
        application.middlewares.append(separate_hosts(staff_host))
    # People type /staff/ for /staff.
    application.middlewares.append(
        web.normalize_path_middleware(append_slash=False, remove_slash=True, merge_slashes=False)
    )
    application.middlewares.append(_name_faults_middleware(parts.dependencies.ids))
    return application


def _name_faults_middleware(ids: IdGenerator) -> web.middleware:  # type: ignore[valid-type]  # aiohttp has no other name for it
    """Return the innermost middleware: a fault of ours is logged under a reference that the caller may see."""

    @web.middleware
    async def name_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, DomainError):
            raise
        except ConnectionError as error:
            if _is_connected(request):
                raise _log_fault(ids, request, error) from error
            return web.Response(
                status=CLIENT_GONE, reason="Client Closed Request"
            )  # nobody reads it but the access log
        except Exception as error:  # the edge of a request: what happened goes to the log, a reference to the caller
            raise _log_fault(ids, request, error) from error

    return name_faults


def _is_connected(request: web.Request) -> bool:
    """Return whether the caller still listens."""
    return request.transport is not None and not request.transport.is_closing()


def _log_fault(ids: IdGenerator, request: web.Request, error: Exception) -> Internal:
    """Log a fault of ours; return what the caller gets to see of it."""
    reference = ids.new_token()[:8]
    log.error("fault %s in %s %s", reference, request.method, route_pattern(request), exc_info=error)
    return Internal(reference=reference)


async def run_server(settings: Settings) -> None:
    """Serve until asked to stop; `NotReady`, `SettingsError` and `store.migrate.SchemaMismatch` say why it may not."""
    if fault_lines := find_faults(settings):
        raise NotReady(fault_lines)
    stop_event = _watch_for_stop()  # before anything else, so that one who stops a start does it no other way
    for remark in [*find_remarks(settings), *(f"{name} is set, and nothing reads it" for name in find_unused_names())]:
        log.warning(remark)
    async with AsyncExitStack() as exit_stack:
        parts = await _start_unless_stopped(_prepare_parts(settings, exit_stack), stop_event)
        if parts is not None:
            await _run_until_stopped(parts, stop_event)


async def _prepare_parts(settings: Settings, exit_stack: AsyncExitStack) -> ServerParts:
    parts = await exit_stack.enter_async_context(open_parts(settings))
    await refuse_unknown_states(parts.dependencies, parts.store)
    await keep_or_refuse_key(settings, parts.store, parts.dependencies.clock)
    return parts


async def _start_unless_stopped(
    startup: Coroutine[Any, Any, ServerParts], stop_event: asyncio.Event
) -> ServerParts | None:
    """Start, unless the process is asked to stop before it has: a database that hangs keeps nobody from that."""
    start_task, stop_task = asyncio.create_task(startup), asyncio.create_task(stop_event.wait())
    try:
        await asyncio.wait({start_task, stop_task}, return_when=asyncio.FIRST_COMPLETED)
        if start_task.done():
            return start_task.result()
        log.info("stopping")
        return None
    finally:
        for task in (start_task, stop_task):
            task.cancel()
        await asyncio.gather(start_task, stop_task, return_exceptions=True)


async def _run_until_stopped(parts: ServerParts, stop_event: asyncio.Event) -> None:
    scheduler = Scheduler(parts)
    runner = web.AppRunner(
        build_application(parts),
        access_log_class=AccessLog,
        access_log=_ACCESS_LOG,
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=parts.settings.http.head_timeout,  # what is between two answers is a head, or nothing yet
        lingering_time=min(LINGERING_SECONDS, parts.settings.http.body_timeout),
    )
    logging.getLogger("aiohttp.server").addFilter(shorten_malformed)
    await runner.setup()
    try:
        await _start_listening(runner, parts.settings)
        scheduler.start()
        log.info("ready on http://%s:%s", *runner.addresses[0][:2])
        warming_task = asyncio.create_task(asyncio.to_thread(warm_up, parts.dependencies))
        await stop_event.wait()
        log.info("stopping")
        await warming_task
    finally:
        asyncio.get_running_loop().call_later(SHUTDOWN_SECONDS + 1, parts.store.abandon)
        await asyncio.gather(runner.cleanup(), scheduler.stop(SHUTDOWN_SECONDS))


async def _start_listening(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=WAITING_CONNECTIONS).start()
    except OSError as error:
        reason = f"PISHKHAN_HOST, PISHKHAN_PORT: cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        raise NotReady([reason]) from None


def warm_up(dependencies: Dependencies) -> None:
    """Reckon the holidays of this year and the next, and load what ranks intents, before anybody waits for it."""
    today = to_tehran(dependencies.clock.now()).date()
    for year in (today.year, today.year + 1):
        dependencies.calendar.is_holiday(today.replace(year=year, day=1))
    dependencies.grammar.rank_intents("")


def _watch_for_stop() -> asyncio.Event:
    stop_event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(signal_number, stop_event.set)
    return stop_event


def end_untaken_middleware(seconds: float) -> Middleware:
    """Return the middleware after which a connection ends whose answer nobody takes for so long: its memory is free."""

    @web.middleware
    async def end_untaken(request: web.Request, handler: Handler) -> web.StreamResponse:
        client_socket = request.transport.get_extra_info("socket") if request.transport else None
        if (
            client_socket is not None
            and _USER_TIMEOUT is not None
            and client_socket.family in {socket.AF_INET, socket.AF_INET6}
        ):
            client_socket.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(seconds * 1000))
        return await handler(request)

    return end_untaken


@web.middleware
async def refuse_doubtful_framing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a message in chunks of a version of HTTP that has none (RFC 9112, 6.1), and end its connection: a proxy
    that heeded the version would see another message behind it. All other doubtful framing is refused by the parser.
    """
    if request.version < HttpVersion11 and hdrs.TRANSFER_ENCODING in request.headers:
        refusal = web.Response(status=400)
        refusal.force_close()
        return refusal
    return await handler(request)


def separate_hosts(staff_host: str) -> web.middleware:  # type: ignore[valid-type]  # aiohttp has no other name for it
    """Return the middleware that keeps citizens and staff apart: the staff's site is on its own host and nowhere else,
    nothing else is there, and the host's first page leads to the site.

    So a fault of a page that everybody can reach gives nobody the browser of a member of the staff.
    """

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_staff_host = request.host.lower() == staff_host
        if is_staff_host and request.path == "/":
            raise web.HTTPSeeOther(HOME_PATH)
        is_shared = any(_is_below(request.path, shared_path) for shared_path in SHARED_PATHS)
        if not is_shared and is_staff_host != _is_below(request.path, HOME_PATH):
            raise web.HTTPNotFound
        return await handler(request)

    return check_host


def _is_below(path: str, top_path: str) -> bool:
    return path == top_path or path.startswith(f"{top_path}/")
