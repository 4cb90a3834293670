"""`pishkhan outbox`: texts on their way out, and sending one again by somebody's decision."""

from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting, in_session
from domain.actions.messages import resending
from domain.messages.records import MessageState, OutboxMessage
from domain.values import identifiers, tracking_codes

COLUMNS = (
    "id", "channel", "recipient", "class", "key", "state", "attempts", "reason", "parts", "cost", "created_at",
)  # fmt: skip
"""What a list shows."""


def list_messages(
    state: Annotated[MessageState | None, typer.Option(help="Only in this state.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Only to this mobile.")] = None,
    code: Annotated[
        str | None, typer.Option("--request", help="Only about the request with this tracking code.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 100,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List texts, newest first."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        number = identifiers.mobile(recipient) if recipient else None
        async with session.store.unit(write=False) as uow:
            request = await uow.requests.by_code(tracking_codes.parse(code)) if code else None
            found = await uow.outbox.recent(
                state=state, recipient=number, request_id=request.id if request else None, limit=limit
            )
            return [view(one) for one in found]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, COLUMNS)


def retry(
    message_id: Annotated[int, typer.Argument(help="Id of the text, as `outbox list` shows it.")],
    username: As,
    reason: Annotated[str, typer.Option(help="Why; the audit keeps it.")] = "pishkhan outbox retry",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Send a text again that failed or of which nobody knows what became; the citizen may get it twice."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return view(await resending.retry(session.desk, uow, message_id, reason, actor))

    with told(as_json):
        row = in_session(config, work)
    if as_json:
        emit_json(row)
    else:
        say(f"{row['id']} is {row['state']}")


def view(message: OutboxMessage) -> dict[str, Any]:
    """Return a text with all that is known of it; parts are message parts, the cost is in rials."""
    return {
        "id": message.id,
        "channel": message.channel,
        "recipient": message.recipient,
        "mobile": message.mobile,
        "class": message.cls.value,
        "key": message.key,
        "text": message.told,
        "state": message.state.value,
        "attempts": message.attempts,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "parts": message.parts,
        "cost": message.cost,
        "reason": message.reason,
        "created_at": message.created_at.isoformat(),
        "not_before": message.not_before.isoformat(),
        "expires_at": message.expires_at.isoformat() if message.expires_at else None,
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
    }
