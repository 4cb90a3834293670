"""The grammar against samples: those of the contract, many more of the same kind, and spoken ones."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.conversation.reading.grammar import Grammar
from domain.services import list_intents
from tests.support.tables import each_row

DATA = Path(__file__).parents[2] / "data"
NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents())


def samples() -> Iterator[Any]:
    for name in ("sms-samples.jsonl", "sms-more.jsonl", "sms-spoken.jsonl"):
        lines = (DATA / name).read_text("utf-8").splitlines()
        yield from map(json.loads, lines)


@each_row("sample", samples())
def test_sample(sample: dict[str, Any]) -> None:
    parsed = GRAMMAR.parse_message(sample["text"], NOW)

    said = parsed.as_json()
    assert {"intent": said["intent"], "slots": said["slots"]} == {"intent": sample["intent"], "slots": sample["slots"]}
    assert parsed.suggested_intents == tuple(sample.get("suggestions", parsed.suggested_intents))
