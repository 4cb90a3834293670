"""`pishkhan inbox`: texts that came in, and what became of each."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, table, told
from app.cli.session import CommandSession, in_session
from domain.messages.records import InboundMessage, InboundState
from domain.values import identifiers

COLUMNS = ("id", "channel", "provider", "sender", "text", "state", "intent", "reason", "received_at")
"""What a list shows."""


def list_messages(
    state: Annotated[InboundState | None, typer.Option(help="Only those of which this became.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Only from this mobile, by SMS or out of its chats.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 100,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List texts, newest first."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        number = identifiers.mobile(mobile) if mobile else None
        async with session.store.unit(write=False) as uow:
            return [view(one) for one in await uow.inbox.recent(state=state, mobile=number, limit=limit)]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, COLUMNS)


def view(message: InboundMessage) -> dict[str, Any]:
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
