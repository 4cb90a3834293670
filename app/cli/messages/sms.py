"""`pishkhan sms simulate` and `sms cost`: what a text does here, and what it costs to send."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, in_session
from app.configuration.settings import Settings, load
from domain.actions.conversations.receive import receive
from domain.messages.ports import ReceivedSms
from domain.messages.records import InboundMessage
from domain.values.message_parts import Encoding, count_parts, encoding_of, units

Text = Annotated[str, typer.Argument(help="The text.")]


def simulate(
    text: Text,
    sender: Annotated[str, typer.Option("--from", help="The mobile that it comes from.")],
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take a text as if it had come from a provider, and print the reply. A server that runs will send that reply."""

    async def work(session: CommandSession) -> dict[str, Any]:
        provider = session.settings.providers[0]
        line = session.settings.sms.provider(provider)
        sms = ReceivedSms(f"simulated-{session.desk.ids.new_id()}", sender, line.sender if line else "", text)
        return await _view(session, await receive(session.desk, session.store, provider, sms))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say("\n".join(one["text"] for one in shown["replies"]) or f"no reply ({shown['state']})")


async def _view(session: CommandSession, message: InboundMessage) -> dict[str, Any]:
    replies = []
    if message.reply_id is not None:
        async with session.store.unit(write=False) as uow:
            reply = await uow.outbox.get(message.reply_id)
        replies.append({"id": reply.id, "key": reply.key, "text": reply.text, "parts": count_parts(reply.text)})
    facts = {"id": message.id, "state": message.state.value, "intent": message.intent, "reason": message.reason}
    return {**facts, "replies": replies}


def cost(text: Text, as_json: AsJson = False, config: Config = None) -> None:
    """Tell how a text is encoded, how many parts it has, and what it costs with each provider (rials)."""
    with told(as_json):
        shown = _priced(load(config), text)
    if as_json:
        emit_json(shown)
        return
    say(f"{shown['encoding']}, {shown['units']} units, {shown['parts']} parts")
    table([{"provider": name, "rials": one} for name, one in shown["cost"].items()], ("provider", "rials"))


def _priced(settings: Settings, text: str) -> dict[str, Any]:
    encoding, parts = encoding_of(text), count_parts(text)
    prices = {}
    for name in settings.providers:
        section = settings.sms.provider(name)
        if section is not None:
            rials = section.persian_part_rials if encoding is Encoding.UCS2 else section.latin_part_rials
            prices[name] = None if rials is None else rials * parts
    return {"encoding": encoding.value, "units": units(text), "parts": parts, "cost": prices}
