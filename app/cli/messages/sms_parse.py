"""`pishkhan sms parse`: what the grammar understands, without side effects and without a database.

Broken UTF-8 in standard input becomes U+FFFD: every line is answered, whatever came in.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from app.cli.options import AsJson
from app.clock import SystemClock
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.services import collect_intents, services_by_key
from domain.values.calendar import TEHRAN_ZONE


def parse(
    text: Annotated[str | None, typer.Argument(help="The message; without it, one a line from standard input.")] = None,
    now: Annotated[
        str | None, typer.Option(help="The moment that «فردا» counts from, ISO 8601; without a zone, Tehran's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the grammar understands outside a dialogue: intent, slots, missing fields; where no keyword says it
    plainly, how likely the intents are.
    """
    moment = _read_moment(now)
    grammar = Grammar(collect_intents(services_by_key()))
    for message in _read_messages(text):
        parsed_message = understand_message(grammar, message, moment)
        sys.stdout.write(
            (json.dumps(parsed_message.as_json(), ensure_ascii=False) if as_json else _describe_parsed(parsed_message))
            + "\n"
        )
        sys.stdout.flush()


def _read_moment(now: str | None) -> datetime:
    if now is None:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise typer.BadParameter(f"{now!r} is no ISO 8601 moment", param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN_ZONE)


def _read_messages(text: str | None) -> Iterator[str]:
    if text is not None:
        yield text
        return
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _describe_parsed(parsed_message: ParsedMessage) -> str:
    parsed_values = parsed_message.as_json()
    lines = [str(parsed_values["intent"])]
    lines += [f"  {name} = {json.dumps(value, ensure_ascii=False)}" for name, value in parsed_values["slots"].items()]
    lines += [f"  missing: {', '.join(parsed_values['missing'])}"] if parsed_values["missing"] else []
    lines += [f"  {ranked.share:.0%} {ranked.name}" for ranked in parsed_message.ranking]
    return "\n".join(lines)
