"""`pishkhan request`: entering, listing and showing requests, and every step that staff can take."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config, Set, pairs
from app.cli.output import emit_json, say, table, told
from app.cli.requests import request_view
from app.cli.session import CommandSession, acting, in_session
from domain.actions.messages.notify import announce
from domain.actions.queues.filter_reading import read
from domain.actions.queues.work import queue_page
from domain.actions.requests.act import act as take
from domain.actions.requests.assign import assign as give_to
from domain.actions.requests.walk_in import enter
from domain.queues.queue import Queue
from domain.requests.request import Phase, RequestFilter
from domain.values import identifiers
from domain.values.errors import MissingField

Code = Annotated[str, typer.Argument(help="Tracking code, in any spacing and digit script.")]
Mobile = Annotated[str | None, typer.Option(help="The citizen's mobile.")]

Rows = list[dict[str, Any]]
"""Lines of a list."""


def submit(
    service: Annotated[str, typer.Argument(help="Key of the municipal service.")],
    username: As,
    mobile: Mobile = None,
    values: Set = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Enter a walk-in citizen's request with the whole form; the citizen gets the code by SMS."""
    given = pairs(values)

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            number = identifiers.mobile(mobile) if mobile else None
            outcome = await enter(session.desk, uow, service, given, actor, number)
            await announce(session.desk, uow, outcome, actor)
            return await request_view.view(session, uow, outcome.request)

    _show(config, as_json, work)


def list_requests(
    service: Annotated[str | None, typer.Option(help="Key of the municipal service.")] = None,
    state: Annotated[str | None, typer.Option(help="State, by its name in the declaration.")] = None,
    phase: Annotated[Phase | None, typer.Option(help="Phase.")] = None,
    mobile: Mobile = None,
    subject: Annotated[str | None, typer.Option(help="What they are about, as shown: a taxi's plate.")] = None,
    assignee: Annotated[str | None, typer.Option(help="User name of who takes care of them.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that have not ended.")] = False,
    search: Annotated[str | None, typer.Option(help="As in the staff's search box; needs --as.")] = None,
    queue: Annotated[Queue | None, typer.Option(help="Queue of the staff, in its own order; needs --as.")] = None,
    username: Annotated[str | None, typer.Option("--as", metavar="USERNAME", help="Who looks at a queue.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List requests, newest first; with --queue or --search what a member of the staff sees at the site."""
    if (queue or search) and (mobile or subject or (queue and only_open)):
        raise typer.BadParameter("--queue and --search take no --mobile or --subject, and --queue no --open")
    asked = {"service": service, "phase": phase, "assignee": assignee}
    seen = asked | {"queue": queue or (Queue.OPEN if only_open else Queue.ALL), "search": search, "states": state}
    wanted = asked | {"state": state, "subject_key": subject, "open_only": only_open, "limit": limit}
    with told(as_json):
        if queue or search:
            rows = in_session(config, lambda session: _seen(session, username, seen, limit))
        else:
            rows = in_session(config, lambda session: _found(session, mobile, wanted))
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("code", "service", "state", "phase", "mobile", "assignee", "updated_at"))


async def _found(session: CommandSession, mobile: str | None, asked: dict[str, Any]) -> Rows:
    number = identifiers.mobile(mobile) if mobile else None
    async with session.store.unit(write=False) as uow:
        return [request_view.line(one) for one in await uow.requests.find(RequestFilter(mobile=number, **asked))]


async def _seen(session: CommandSession, username: str | None, asked: Mapping[str, object], limit: int) -> Rows:
    """Return the first page of a queue, with the eyes of one of the staff."""
    if username is None:
        raise MissingField("as")
    desk = session.desk
    wanted = read(desk.services, asked, desk.clock.now())
    async with session.store.unit(write=False) as uow:
        page = await queue_page(desk, uow, await acting(session, uow, username), wanted, limit=limit)
    return [request_view.line(item.request) for item in page.rows]


def show(code: Code, as_json: AsJson = False, config: Config = None) -> None:
    """Show a request: its form, price, visit, letter and bookings, what may be done now, its bills and its history."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit(write=False) as uow:
            return await request_view.by_code(session, uow, code)

    _show(config, as_json, work)


def act(
    code: Code,
    action: Annotated[
        str, typer.Argument(help="Name of the transition; `request show` lists those that may be taken.")
    ],
    username: As,
    inputs: Set = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take a step of a request; the citizen and the units are told as the declaration says."""
    given = pairs(inputs)

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            outcome = await take(session.desk, uow, code, action, given, actor)
            await announce(session.desk, uow, outcome, actor)
            return await request_view.view(session, uow, outcome.request)

    _show(config, as_json, work)


def assign(
    code: Code,
    assignee: Annotated[str, typer.Argument(help="User name of who shall take care of it.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Give a request to a member of the staff."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            request = await give_to(session.desk, uow, code, assignee, await acting(session, uow, username))
            return request_view.line(request)

    with told(as_json):
        row = in_session(config, work)
    if as_json:
        emit_json(row)
    else:
        say(f"{row['code']} is with {row['assignee']}")


def _show(config: Path | None, as_json: bool, work: Any) -> None:
    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        _print(shown)


def _print(shown: dict[str, Any]) -> None:
    say(f"{shown['code']}  {shown['service']}  {shown['state']} ({shown['phase']})")
    for name, value in shown["fields"].items():
        say(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    for part in ("visit", "letter", "data"):
        for name, value in (shown[part] or {}).items():
            if value is not None:
                say(f"  {part}.{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    quote = shown["quote"] or {"lines": ()}
    steps = [{**one, "inputs": [_asked(field) for field in one["inputs"]]} for one in shown["actions"]]
    for rows, columns in (
        (quote["lines"], ("for", "unit", "units", "count", "rate", "amount", "vat")),
        (shown["bookings"], ("code", "kind", "title", "start", "end", "hold")),
        (shown["corrections"], ("at", "actor", "mobile_before", "mobile", "proof")),
        (steps, ("name", "roles", "inputs")),
        (shown["bills"], ("bill_id", "payment_id", "amount", "state")),
        (shown["answers"], ("question", "answer")),
        (shown["history"], ("at", "event", "actor", "channel", "note")),
    ):
        if rows:
            table(rows, columns)


def _asked(field: dict[str, Any]) -> str:
    return field["name"] if field["required"] else f"[{field['name']}]"
