"""Shares of what people write that is understood, on sentences that nothing was learned from.

    python -m bench.language [--every N] [--blind FILE]

The labelled sentences are split into folds by idea (`domain/conversation/reading/idea_folds.py`). For each, weights
are learned from the others and the fold is read by them: outside of a dialogue (the intent, and the whole row with its
slots), and on the receive path of a line that has requests, a bill, a question of consent and a finished work open (the
reply: what was done, asked or offered; `bench/replies.py`). The median of the folds is the figure. Prints it for all
sentences and by the language that they are written in, how often a likeliest intent is right by its share, and the
intents that are taken for others. `--every` takes each Nth sentence of a fold for the replies; `--blind` measures a
file of other sentences by the shipped weights instead. No target is asked of it.
"""

import argparse
import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.replies import Answered, answer_sentences, open_lived_in_town
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.labelled_sentences import LabelledSentence, load_labelled_sentences
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.language.intents import Intent
from domain.parsing.tokens import TokenStream
from domain.services import list_intents
from scripts.idea_folds import split_by_idea

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
"""The labelled sentences speak of days as of then."""
SHARES = (0.6, 0.7, 0.8, 0.9, 0.95)
MOST_CONFUSED = 20
_SPOKEN = re.compile(
    r"(?:می|نمی)?\w*(?:خوام|خوایم|ستین|شه|یه|مون|تون|شون|هام|میخ|نمیخ)\b|\b(?:واسه|یه|رو|اینو|چیه|کیه)\b"
)


class Read(NamedTuple):
    """A sentence as it was read outside of a dialogue."""

    sentence: LabelledSentence
    message: ParsedMessage

    @property
    def is_intent_right(self) -> bool:
        """Whether it is the intent meant, or offers it."""
        offers = self.sentence.offered in {"", *self.message.suggested_intents}
        return self.message.intent == self.sentence.intent and offers

    @property
    def is_row_right(self) -> bool:
        """Whether the slots are right too."""
        return self.is_intent_right and self.message.as_json()["slots"] == self.sentence.slots


def name_language(text: str) -> str:
    """Return what a text is written in: Turkmen, Persian in Latin letters, spoken Persian or other Persian."""
    if TokenStream(text).is_turkmen:
        return "turkmen"
    if re.search("[A-Za-z]{3}", text) and not re.search("[آ-ی]", text):
        return "latin"
    return "spoken" if _SPOKEN.search(text) else "persian"


def read_fold(grammar: Grammar, fold: Iterable[LabelledSentence]) -> list[Read]:
    """Return a fold's sentences as a grammar reads them."""
    return [Read(sentence, understand_message(grammar, sentence.text, NOW)) for sentence in fold]


async def measure_folds(intents: Sequence[Intent], every: int) -> tuple[list[list[Read]], list[list[Answered]]]:
    """Return each fold as it is read and answered by what the others teach."""
    folds = split_by_idea(load_labelled_sentences())
    read_folds, answered_folds = [], []
    async with open_lived_in_town() as town:
        for fold in folds:
            others = [sentence for other in folds if other is not fold for sentence in other]
            grammar = Grammar(intents, learned_from=others)
            read_folds.append(read_fold(grammar, fold))
            answered_folds.append(await answer_sentences(town, grammar, fold[::every]))
    return read_folds, answered_folds


async def measure_blind(
    grammar: Grammar, rows: Sequence[LabelledSentence]
) -> tuple[list[list[Read]], list[list[Answered]]]:
    """Return other sentences as they are read and answered by a grammar."""
    async with open_lived_in_town() as town:
        return [read_fold(grammar, rows)], [await answer_sentences(town, grammar, rows)]


def print_shares(read_folds: Sequence[Sequence[Read]], answered_folds: Sequence[Sequence[Answered]]) -> None:
    """Print the medians of the folds, of all sentences and by language, and every harm."""
    languages = {one.sentence.text: name_language(one.sentence.text) for fold in read_folds for one in fold}
    print("language   sentences  intent   row   reply")
    for language in ("all", *sorted(set(languages.values()))):
        of_language = [
            [one for one in fold if language in {"all", languages[one.sentence.text]}] for fold in read_folds
        ]
        replies = [
            [one for one in fold if language in {"all", languages[one.sentence.text]}] for fold in answered_folds
        ]
        shares = (
            _median_share([[one.is_intent_right for one in fold] for fold in of_language]),
            _median_share([[one.is_row_right for one in fold] for fold in of_language]),
            _median_share([[one.is_right for one in fold] for fold in replies]),
        )
        print(f"{language:10} {sum(map(len, of_language)):9}  " + "  ".join(f"{share:5.1%}" for share in shares))
    harms = [one for fold in answered_folds for one in fold if one.is_harmed]
    print(f"harms {len(harms)} of {sum(map(len, answered_folds))}")
    for harm in harms:
        print(f"  {harm.sentence.meant_intent} → {harm.intent}: {harm.sentence.text}")


def _median_share(folds: Iterable[Sequence[bool]]) -> float:
    return median([sum(fold) / len(fold) for fold in folds if fold] or [0.0])


def print_calibration(read_folds: Sequence[Sequence[Read]], grammar_shares: Mapping[str, tuple[str, float]]) -> None:
    """Print how often the likeliest intent is the one meant, from each share on."""
    print("share   texts  right")
    for least in SHARES:
        likely = [one for fold in read_folds for one in fold if grammar_shares[one.sentence.text][1] >= least]
        right = [one for one in likely if grammar_shares[one.sentence.text][0] == one.sentence.meant_intent]
        print(f">= {least:<4} {len(likely):5}  {len(right) / len(likely):5.1%}")


def print_confused(answered_folds: Sequence[Sequence[Answered]]) -> None:
    """Print which intents are answered as which others, the most confused first, each with a text."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fold in answered_folds:
        for one in fold:
            if not one.is_right:
                texts[one.sentence.meant_intent, one.intent].append(one.sentence.text)
    counts = Counter({pair: len(of_pair) for pair, of_pair in texts.items()})
    print("meant → answered")
    for (meant, answered), count in counts.most_common(MOST_CONFUSED):
        print(f"{count:4}  {meant} → {answered}: {texts[meant, answered][0]}")


def rank_folds(read_folds: Sequence[Sequence[Read]], intents: Sequence[Intent]) -> dict[str, tuple[str, float]]:
    """Return the likeliest intent of each text with its share, by weights that its fold did not teach."""
    ranked: dict[str, tuple[str, float]] = {}
    for fold in read_folds:
        others = [one.sentence for other in read_folds if other is not fold for one in other]
        grammar = Grammar(intents, learned_from=others or load_labelled_sentences())
        for one in fold:
            ranked[one.sentence.text] = grammar.rank_intents(one.sentence.text)[0][:2]
    return ranked


def _read_rows(path: Path) -> list[LabelledSentence]:
    return [LabelledSentence(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


async def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="take each Nth sentence of a fold for the replies")
    parser.add_argument("--blind", type=Path, help="a file of other labelled sentences, a line of JSON each")
    wish, intents = parser.parse_args(), list_intents()
    rows = _read_rows(wish.blind) if wish.blind else []
    measured = measure_blind(Grammar(intents), rows) if rows else measure_folds(intents, wish.every)
    read_folds, answered_folds = await measured
    print_shares(read_folds, answered_folds)
    print_calibration(read_folds, rank_folds(read_folds, intents))
    print_confused(answered_folds)


if __name__ == "__main__":
    asyncio.run(main())
