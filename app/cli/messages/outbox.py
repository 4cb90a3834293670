"""`pishkhan outbox list`: texts on their way out, for whoever looks before a server is started."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_table, reporting_errors
from app.cli.session import CommandSession, run_in_session
from domain.messages.records import MessageState, OutboxMessage
from domain.values import identifiers, tracking_codes

LIST_COLUMNS = (
    "id",
    "channel",
    "recipient",
    "class",
    "key",
    "state",
    "attempts",
    "reason",
    "parts",
    "cost",
    "created_at",
)
"""Columns of a list."""


def list_messages(
    state: Annotated[MessageState | None, typer.Option(help="Only in this state.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Only to this mobile.")] = None,
    code: Annotated[
        str | None, typer.Option("--request", help="Only about the request with this tracking code.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List texts, newest first."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        mobile_number = identifiers.parse_mobile(recipient) if recipient else None
        async with session.store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(tracking_codes.parse_code(code)) if code else None
            messages = await uow.outbox.list_recent(
                state=state, recipient=mobile_number, request_id=request.id if request else None, limit=limit
            )
            return [build_message_view(message) for message in messages]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, LIST_COLUMNS)


def build_message_view(message: OutboxMessage) -> dict[str, Any]:
    """Return a text with all that is known of it; parts are message parts, the cost is in rials."""
    return {
        "id": message.id,
        "channel": message.channel,
        "recipient": message.recipient,
        "mobile": message.mobile,
        "class": message.cls.value,
        "key": message.key,
        "text": message.staff_text,
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
