"""`pishkhan history erase` and `request erase`: personal data whose time is over, or of one request at a wish."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told, waiting
from app.cli.requests import request_view
from app.cli.requests.requests import Code
from app.cli.session import CommandSession, acting, in_session, read_day
from domain.actions.requests.erase import erase_kept_long_enough, erase_one


def erase_history(
    username: As,
    before: Annotated[
        str | None, typer.Option(help="Only what ended before this day; not later than the retention time allows.")
    ] = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Erase the personal data of requests that ended longer ago than it is kept; chains, seals and figures stay."""

    async def work(session: CommandSession) -> dict[str, Any]:
        day = read_day(session, before, "before") if before else None
        async with session.store.unit(write=False) as uow:
            actor = await acting(session, uow, username)
        return asdict(await erase_kept_long_enough(session.desk, session.store, day, actor))

    with told(as_json), waiting("erasing"):
        done = in_session(config, work)
    if as_json:
        emit_json(done)
    else:
        say(f"{done['requests']} requests and {done['texts']} other texts were erased")


def erase(
    code: Code,
    reason: Annotated[str, typer.Option(help="Why; the history keeps it, so name nobody.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Erase the personal data of one finished request now; it cannot be brought back."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            request = await erase_one(session.desk, uow, code, reason, await acting(session, uow, username))
            return await request_view.view(session, uow, request)

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['code']}: the personal data is erased")
