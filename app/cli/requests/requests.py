"""`pishkhan request`: entering, listing and showing requests, and every step that staff can take."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath, FieldValues, parse_pairs
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.requests import request_view
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.queues.filter_reading import read_queue_filter
from domain.actions.queues.work import load_queue_page
from domain.actions.requests.act import act_on_request as take
from domain.actions.walk_ins.entering import enter_walk_in
from domain.queues.queue import Queue
from domain.requests.request import Phase, RequestFilter
from domain.values import identifiers
from domain.values.errors import MissingField
from domain.values.tracking_codes import parse_code

CodeArgument = Annotated[str, typer.Argument(help="Tracking code, in any spacing and digit script.")]
MobileOption = Annotated[str | None, typer.Option(help="The citizen's mobile.")]

ListRows = list[dict[str, Any]]
"""Lines of a list."""


def submit(
    service: Annotated[str, typer.Argument(help="Key of the municipal service.")],
    username: ActingUser,
    mobile: MobileOption = None,
    values: FieldValues = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Enter a walk-in citizen's request with the whole form; the citizen gets the code by SMS."""
    field_values = parse_pairs(values)

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            mobile_number = identifiers.parse_mobile(mobile) if mobile else None
            context = ActorContext(session.dependencies, uow, actor)
            outcome = await enter_walk_in(context, service, field_values, mobile_number)
            await announce_outcome(context, outcome)
            return await request_view.build_request_view(session, uow, outcome.request)

    _run_and_show(config, as_json, run_command)


def list_requests(
    service: Annotated[str | None, typer.Option(help="Key of the municipal service.")] = None,
    state: Annotated[str | None, typer.Option(help="State, by its name in the declaration.")] = None,
    phase: Annotated[Phase | None, typer.Option(help="Phase.")] = None,
    mobile: MobileOption = None,
    subject: Annotated[str | None, typer.Option(help="What they are about, as shown: a taxi's plate.")] = None,
    assignee: Annotated[str | None, typer.Option(help="User name of who takes care of them.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that have not ended.")] = False,
    search: Annotated[str | None, typer.Option(help="As in the staff's search box; needs --as.")] = None,
    queue: Annotated[Queue | None, typer.Option(help="Queue of the staff, in its own order; needs --as.")] = None,
    username: Annotated[str | None, typer.Option("--as", metavar="USERNAME", help="Who looks at a queue.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List requests, newest first; with --queue or --search what a member of the staff sees at the site."""
    if (queue or search) and (mobile or subject or (queue and only_open)):
        raise typer.BadParameter("--queue and --search take no --mobile or --subject, and --queue no --open")
    common = {"service": service, "phase": phase, "assignee": assignee}
    queued = common | {"queue": queue or (Queue.OPEN if only_open else Queue.ALL), "search": search, "states": state}
    requested = common | {"state": state, "subject_key": subject, "open_only": only_open, "limit": limit}
    with reporting_errors(as_json):
        if queue or search:
            rows = run_in_session(config, lambda session: _list_queue(session, username, queued, limit))
        else:
            rows = run_in_session(config, lambda session: _find_requests(session, mobile, requested))
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("code", "service", "state", "phase", "summary_title", "mobile", "assignee", "updated_at"))


async def _find_requests(session: CommandSession, mobile: str | None, filter_values: dict[str, Any]) -> ListRows:
    mobile_number = identifiers.parse_mobile(mobile) if mobile else None
    async with session.store.open_unit(write=False) as uow:
        return [
            request_view.build_request_line(session, request)
            for request in await uow.requests.list_requests(RequestFilter(mobile=mobile_number, **filter_values))
        ]


async def _list_queue(
    session: CommandSession, username: str | None, filter_values: Mapping[str, object], limit: int
) -> ListRows:
    """Return the first page of a queue, with the eyes of one of the staff."""
    if username is None:
        raise MissingField("as")
    dependencies = session.dependencies
    queue_filter = read_queue_filter(dependencies.services, filter_values, dependencies.clock.now())
    async with session.store.open_unit(write=False) as uow:
        page = await load_queue_page(
            ActorContext(dependencies, uow, await resolve_actor(session, uow.people, username)),
            queue_filter,
            limit=limit,
        )
    return [request_view.build_request_line(session, item.request) for item in page.rows]


def show(code: CodeArgument, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Show a request: its form, price, visit, letter and bookings, what may be done now, its bills and its history."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit(write=False) as uow:
            return await request_view.build_view_by_code(session, uow, code)

    _run_and_show(config, as_json, run_command)


def act(
    code: CodeArgument,
    action: Annotated[
        str, typer.Argument(help="Name of the transition; `request show` lists those that may be taken.")
    ],
    username: ActingUser,
    inputs: FieldValues = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a step of a request; the citizen and the units are notified as the declaration says."""
    input_values = parse_pairs(inputs)

    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            actor = await resolve_actor(session, uow.people, username)
            context = ActorContext(session.dependencies, uow, actor)
            outcome = await take(context, parse_code(code), action, input_values)
            await announce_outcome(context, outcome)
            return await request_view.build_request_view(session, uow, outcome.request)

    _run_and_show(config, as_json, run_command)


def _run_and_show(config: Path | None, as_json: bool, run_command: Any) -> None:
    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        _print_request(result)


def _print_request(result: dict[str, Any]) -> None:
    print_line(f"{result['code']}  {result['service']}  {result['state']} ({result['phase']})")
    for name, value in result["fields"].items():
        print_line(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    for part in ("visit", "letter", "data"):
        for name, value in (result[part] or {}).items():
            if value is not None:
                print_line(
                    f"  {part}.{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
                )
    quote = result["quote"] or {"lines": ()}
    action_rows = [
        {**action, "inputs": [_describe_input(field) for field in action["inputs"]]} for action in result["actions"]
    ]
    for rows, columns in (
        (quote["lines"], ("for", "unit", "units", "count", "rate", "amount", "vat")),
        (result["bookings"], ("code", "kind", "title", "start", "end", "hold")),
        (result["corrections"], ("at", "actor", "mobile_before", "mobile", "proof")),
        (action_rows, ("name", "roles", "inputs")),
        (result["bills"], ("bill_id", "payment_id", "amount", "state")),
        (result["answers"], ("question", "answer")),
        (result["history"], ("at", "event", "actor", "channel", "note")),
    ):
        if rows:
            print_table(rows, columns)


def _describe_input(field: dict[str, Any]) -> str:
    return field["name"] if field["required"] else f"[{field['name']}]"
