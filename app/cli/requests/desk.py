"""`pishkhan request correct-mobile`: a number that was taken down wrong at the desk, or has changed."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, told
from app.cli.requests import request_view
from app.cli.requests.requests import Code
from app.cli.session import CommandSession, acting, in_session
from domain.actions.requests import walk_in
from domain.values.identifiers import mobile_shown


def correct_mobile(
    code: Code,
    mobile: Annotated[str, typer.Argument(metavar="NEW", help="The citizen's right mobile.")],
    proof: Annotated[str, typer.Option(help="How the citizen proved who it is; the history keeps it.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Correct a request's mobile: the new number gets the status, the old one nothing more."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            done = await walk_in.correct_mobile(session.desk, uow, code, mobile, proof, actor)
            request = await request_view.view(session, uow, done.request)
            return {"request": request, "others": [request_view.line(one) for one in done.others]}

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
        return
    say(f"{shown['request']['code']} is of {mobile_shown(shown['request']['mobile'])} now")
    for one in shown["others"]:
        say(f"still open under the old number, perhaps of the same person: {one['code']} ({one['service']})")
