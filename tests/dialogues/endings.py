"""Whether somebody was helped: what is wrong with how a dialogue went, in words."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tests.dialogues.playing import Played
from tests.dialogues.transcript import Dialogue

NOT_UNDERSTOOD = "متوجه نشدیم"
TWICE_THE_SAME = "twice running the same words"


def find_faults(dialogue: Dialogue, played: Played, channel: str) -> list[str]:
    """Return what is not as it must be; empty: somebody was helped."""
    return [*_find_wrong_requests(dialogue, played), *_find_wrong_replies(dialogue, played, channel)]


def _find_wrong_requests(dialogue: Dialogue, played: Played) -> Iterator[str]:
    ends = dialogue.ends
    made = [request for code, request in played.after.items() if code not in played.before]
    optional = [request for request in made if request["service"] in ends.may_make]
    made = [request for request in made if request not in optional]
    if len(made) != len(ends.made) or not all(map(has_values, made, ends.made)):
        yield f"made: {made}"
    for number, (code, before) in enumerate(played.before.items(), 1):
        after = played.after[code]
        expected = {**before, **ends.changed} if number == ends.changed_number else before
        if not has_values(after, expected):
            yield f"changed: {after}"
    if list(played.scores) != ([] if ends.rated is None else [ends.rated]):
        yield f"rated: {played.scores}"
    if played.opted_out and not ends.may_opt_out:
        yield "opted out"


def _find_wrong_replies(dialogue: Dialogue, played: Played, channel: str) -> Iterator[str]:
    for exchange in played.exchanges:
        if not played.has_words(exchange.text, exchange.message.hears):
            yield f"heard no «{exchange.message.hears}»"
    yield from (f"not told: {words}" for words in dialogue.ends.told if not played.has_words(played.text, words))
    yield from (f"told: {words}" for words in dialogue.ends.untold if played.has_words(played.text, words))
    texts = [exchange.text for exchange in played.exchanges]
    if any(text and text == after for text, after in pairwise(texts)):
        yield TWICE_THE_SAME
    if sum(NOT_UNDERSTOOD in text for text in texts) > 1:
        yield "not understood twice"
    if len(played.exchanges) > dialogue.turns:
        yield f"{len(played.exchanges)} turns"
    if channel == "sms" and played.parts > dialogue.parts:
        yield f"{played.parts} parts"


def has_values(value: Any, expected: Any) -> bool:
    """Whether a value is the expected one: of tables some entries, of {has = …} a part of the text."""
    if isinstance(expected, Mapping):
        if set(expected) == {"has"}:
            return str(expected["has"]) in str(value)
        return isinstance(value, Mapping) and all(has_values(value.get(key), one) for key, one in expected.items())
    if isinstance(expected, list):
        return len(value or ()) == len(expected) and all(map(has_values, value, expected))
    return bool(value == expected)
