"""`pishkhan inbox`: texts that came in, and what became of each."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_table, reporting_errors
from app.cli.session import CommandSession, run_in_session
from domain.messages.records import InboundMessage, InboundState
from domain.values import identifiers

LIST_COLUMNS = ("id", "channel", "provider", "sender", "text", "state", "intent", "reason", "received_at")
"""Columns of a list."""


def list_messages(
    state: Annotated[InboundState | None, typer.Option(help="Only those of which this became.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Only from this mobile, by SMS or out of its chats.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List texts, newest first."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        mobile_number = identifiers.parse_mobile(mobile) if mobile else None
        async with session.store.open_unit(write=False) as uow:
            return [
                build_message_view(message)
                for message in await uow.inbox.list_recent(state=state, mobile=mobile_number, limit=limit)
            ]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, LIST_COLUMNS)


def build_message_view(message: InboundMessage) -> dict[str, Any]:
    """Return a text with all that is known of it; `reply_id` is the id of its answer in `outbox list`."""
    return {
        "id": message.id,
        "channel": message.channel,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "sender": message.sender,
        "mobile": message.mobile,
        "recipient": message.recipient,
        "text": message.text,
        "received_at": message.received_at.isoformat(),
        "state": message.state.value,
        "intent": message.intent,
        "reason": message.reason,
        "reply_id": message.reply_id,
    }
