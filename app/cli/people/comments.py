"""`pishkhan comment`: what citizens wrote, and the manager's part in it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import ActingUser, AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, resolve_actor, run_in_session
from domain.actions.context import ActorContext
from domain.actions.feedback import moderation
from domain.feedback.opinions import Comment, CommentFilter, CommentState

CommentId = Annotated[int, typer.Argument(metavar="ID", help="Id of the comment, as `comment list` shows it.")]
CommentChange = Callable[[ActorContext], Awaitable[Comment]]


def list_comments(
    state: Annotated[CommentState | None, typer.Option(help="Only in this state.")] = None,
    service: Annotated[str | None, typer.Option(help="Only about the service with this key.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List comments, newest first."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        service_names = session.dependencies.engine.get_service(service).topic_names if service else None
        async with session.store.open_unit(write=False) as uow:
            comments = await uow.feedback.list_comments(CommentFilter(state, service_names, limit=limit))
        return [build_comment_view(comment) for comment in comments]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("id", "at", "service", "state", "text", "answer"))


def publish(number: CommentId, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Let everybody read a comment on the page of its service."""
    _change_comment(
        config,
        as_json,
        username,
        lambda context: moderation.moderate_comment(context, number, CommentState.PUBLISHED, context.actor),
    )


def hide(number: CommentId, username: ActingUser, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Let nobody but the staff read a comment."""
    _change_comment(
        config,
        as_json,
        username,
        lambda context: moderation.moderate_comment(context, number, CommentState.HIDDEN, context.actor),
    )


def answer(
    number: CommentId,
    text: Annotated[str, typer.Argument(help="The answer: the citizen gets all of it by SMS.")],
    username: ActingUser,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Answer a comment."""
    _change_comment(
        config,
        as_json,
        username,
        lambda context: moderation.answer_comment(context, number, text, context.actor),
    )


def _change_comment(config: Path | None, as_json: bool, username: str, apply_change: CommentChange) -> None:
    async def run_command(session: CommandSession) -> dict[str, Any]:
        async with session.store.open_unit() as uow:
            return build_comment_view(
                await apply_change(
                    ActorContext(session.dependencies, uow, await resolve_actor(session, uow.people, username))
                )
            )

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['id']} is {result['state']}" + (" and answered" if result["answer"] else ""))


def build_comment_view(comment: Comment) -> dict[str, Any]:
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
