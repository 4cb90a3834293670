"""`pishkhan comment`: what citizens wrote, and the manager's part in it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting, in_session
from domain.actions.desk import Desk
from domain.actions.feedback import moderation
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor

Id = Annotated[int, typer.Argument(metavar="ID", help="Id of the comment, as `comment list` shows it.")]
Change = Callable[[Desk, UnitOfWork, Actor], Awaitable[Comment]]


def list_comments(
    state: Annotated[CommentState | None, typer.Option(help="Only in this state.")] = None,
    service: Annotated[str | None, typer.Option(help="Only about the service with this key.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List comments, newest first."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        names = session.desk.engine.service(service).names if service else None
        async with session.store.unit(write=False) as uow:
            found = await uow.feedback.comments(CommentFilter(state, names, limit=limit))
        return [view(one) for one in found]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("id", "at", "service", "state", "text", "answer"))


def publish(number: Id, username: As, as_json: AsJson = False, config: Config = None) -> None:
    """Let everybody read a comment on the page of its service."""
    _change(
        config, as_json, username,
        lambda desk, uow, actor: moderation.moderate(desk, uow, number, CommentState.PUBLISHED, actor),
    )  # fmt: skip


def hide(number: Id, username: As, as_json: AsJson = False, config: Config = None) -> None:
    """Let nobody but the staff read a comment."""
    _change(
        config, as_json, username,
        lambda desk, uow, actor: moderation.moderate(desk, uow, number, CommentState.HIDDEN, actor),
    )  # fmt: skip


def answer(
    number: Id,
    text: Annotated[str, typer.Argument(help="The answer: the citizen gets all of it by SMS.")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Answer a comment."""
    _change(config, as_json, username, lambda desk, uow, actor: moderation.answer(desk, uow, number, text, actor))


def _change(config: Path | None, as_json: bool, username: str, change: Change) -> None:
    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            return view(await change(session.desk, uow, await acting(session, uow, username)))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['id']} is {shown['state']}" + (" and answered" if shown["answer"] else ""))


def view(comment: Comment) -> dict[str, Any]:
    """Return a comment with what became of it."""
    return {
        "id": comment.id,
        "service": comment.service,
        "text": comment.text,
        "mobile": comment.mobile,
        "channel": comment.channel,
        "at": comment.at.isoformat(),
        "state": comment.state.value,
        "moderated_by": comment.moderated_by,
        "answer": comment.answer,
        "answered_by": comment.answered_by,
    }
