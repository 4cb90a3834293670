"""`pishkhan sms simulate` and `sms cost`: what a text does here, and what it costs to send."""

from typing import Annotated, Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, run_in_session
from app.configuration.settings import Settings, load_settings
from domain.actions.conversations.receive import receive_sms
from domain.messages.carriers import ReceivedSms
from domain.messages.records import InboundMessage
from domain.values.message_parts import Encoding, choose_encoding, count_parts, encoded_length

TextArgument = Annotated[str, typer.Argument(help="The text.")]


def simulate(
    text: TextArgument,
    sender: Annotated[str, typer.Option("--from", help="The mobile that it comes from.")],
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a text as if it had come from a provider, and print the reply. A server that runs will send that reply."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        provider = session.settings.active_providers[0]
        provider_settings = session.settings.sms.find_provider(provider)
        received_sms = ReceivedSms(
            f"simulated-{session.dependencies.ids.new_id()}",
            sender,
            provider_settings.sender if provider_settings else "",
            text,
        )
        return await _build_reply_view(
            session, await receive_sms(session.dependencies, session.store, provider, received_sms)
        )

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        print_line("\n".join(reply["text"] for reply in result["replies"]) or f"no reply ({result['state']})")


async def _build_reply_view(session: CommandSession, message: InboundMessage) -> dict[str, Any]:
    replies = []
    if message.reply_id is not None:
        async with session.store.open_unit(write=False) as uow:
            reply = await uow.outbox.get(message.reply_id)
        replies.append({"id": reply.id, "key": reply.key, "text": reply.text, "parts": count_parts(reply.text)})
    message_facts = {"id": message.id, "state": message.state.value, "intent": message.intent, "reason": message.reason}
    return {**message_facts, "replies": replies}


def cost(text: TextArgument, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Show how a text is encoded, how many parts it has, and what it costs with each provider (rials)."""
    with reporting_errors(as_json):
        result = _price_text(load_settings(config), text)
    if as_json:
        print_json(result)
        return
    print_line(f"{result['encoding']}, {result['units']} units, {result['parts']} parts")
    print_table([{"provider": name, "rials": rials} for name, rials in result["cost"].items()], ("provider", "rials"))


def _price_text(settings: Settings, text: str) -> dict[str, Any]:
    encoding, part_count = choose_encoding(text), count_parts(text)
    prices_by_provider = {}
    for name in settings.active_providers:
        section = settings.sms.find_provider(name)
        if section is not None:
            rials = section.persian_part_rials if encoding is Encoding.UCS2 else section.latin_part_rials
            prices_by_provider[name] = None if rials is None else rials * part_count
    return {"encoding": encoding.value, "units": encoded_length(text), "parts": part_count, "cost": prices_by_provider}
