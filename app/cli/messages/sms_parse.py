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
from domain.conversation.grammar import Grammar, Parsed
from domain.services import by_key, intents
from domain.values.calendar import TEHRAN


def parse(
    text: Annotated[str | None, typer.Argument(help="The message; without it, one a line from standard input.")] = None,
    now: Annotated[
        str | None, typer.Option(help="The moment that «فردا» counts from, ISO 8601; without a zone, Tehran's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the grammar understands outside a dialogue: intent, slots, missing fields."""
    moment = _moment(now)
    grammar = Grammar(intents(by_key()))
    for message in _messages(text):
        parsed = grammar.parse(message, moment)
        sys.stdout.write((json.dumps(parsed.as_json(), ensure_ascii=False) if as_json else _words(parsed)) + "\n")
        sys.stdout.flush()


def _moment(now: str | None) -> datetime:
    if now is None:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise typer.BadParameter(f"{now!r} is no ISO 8601 moment", param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)


def _messages(text: str | None) -> Iterator[str]:
    if text is not None:
        yield text
        return
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _words(parsed: Parsed) -> str:
    shown = parsed.as_json()
    lines = [str(shown["intent"])]
    lines += [f"  {name} = {json.dumps(value, ensure_ascii=False)}" for name, value in shown["slots"].items()]
    lines += [f"  missing: {', '.join(shown['missing'])}"] if shown["missing"] else []
    return "\n".join(lines)
