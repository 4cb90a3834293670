"""Adds labelled sentences to those that intents are learned from, and learns again; refused where that harms.

    python -m scripts.new_sentences FILE

FILE has a labelled sentence a line, as `pishkhan sms labelled` prints them. The sentences of today are split into folds
by idea (`domain/conversation/reading/idea_folds.py`), and each fold is read by what the others teach, without the new
sentences and with them. Where the median share that is read right falls, or an intent loses more than a few of its own,
nothing is written and the exit code is 1. Else the sentences go to the files of their intents, and the weights are
learned anew (`scripts/intent_weights.py`). What is there already is passed over.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from domain.conversation.reading.intent_learning import FindNamedIntents, learn_from
from domain.conversation.reading.intent_ranking import IntentRanking
from domain.conversation.reading.keywords import Keywords
from domain.conversation.reading.labelled_sentences import LabelledSentence, load_labelled_sentences
from domain.conversation.reading.vocabulary import list_command_intents
from domain.services import list_intents, services_by_key
from scripts import intent_weights
from scripts.idea_folds import split_by_idea

DOMAIN = Path(__file__).parent.parent / "domain"

MOST_FALL = 0.001
"""Share of the sentences by which the median of the folds may fall: it moves a little with every sentence."""

MOST_LOST = 0.08
"""Share of its own sentences that an intent may lose …"""
FEWEST_LOST = 4
"""… where it loses so many at least."""


@dataclass(frozen=True, slots=True)
class FoldReading:
    """Folds of the sentences of today, each read by what the others teach."""

    shares: tuple[float, ...]
    """Share of each fold that is read right."""
    right_counts: Mapping[str, int]
    """Sentences that are read right, by intent."""


def read_folds(
    sentences: Sequence[LabelledSentence], new: Sequence[LabelledSentence], find_named_intents: FindNamedIntents
) -> tuple[FoldReading, FoldReading]:
    """Return the folds of the sentences of today as they are read without the new ones and with them. A new sentence is
    in the fold of its idea: no fold is read by a paraphrase of its own.
    """
    folds, known_texts = split_by_idea([*sentences, *new]), {sentence.text for sentence in sentences}
    without = [[one for one in fold if one.text in known_texts] for fold in folds]
    return (
        _read_each(without, without, find_named_intents),
        _read_each(without, [list(fold) for fold in folds], find_named_intents),
    )


def _read_each(
    read: Sequence[Sequence[LabelledSentence]],
    learned: Sequence[Sequence[LabelledSentence]],
    find_named_intents: FindNamedIntents,
) -> FoldReading:
    shares, right_counts = [], Counter[str]()
    for place, fold in enumerate(read):
        others = [one for other_place, other in enumerate(learned) if other_place != place for one in other]
        ranking = IntentRanking(learn_from(others, find_named_intents), find_named_intents)
        right = [one.meant_intent for one in fold if ranking.rank_intents(one.text)[0].name == one.meant_intent]
        right_counts.update(right)
        shares.append(len(right) / max(1, len(fold)))
    return FoldReading(tuple(shares), right_counts)


def list_harms(before: FoldReading, after: FoldReading) -> list[str]:
    """Return why the new sentences are refused; nothing where they are not."""
    old_share, new_share = median(before.shares), median(after.shares)
    harms = [f"the folds fall from {old_share:.2%} to {new_share:.2%}"] if new_share < old_share - MOST_FALL else []
    for intent, count in sorted(before.right_counts.items()):
        lost = count - after.right_counts.get(intent, 0)
        if lost >= FEWEST_LOST and lost > MOST_LOST * count:
            harms.append(f"{intent} loses {lost} of its {count} sentences")
    return harms


def read_new_sentences(lines: Iterable[str], known: Sequence[LabelledSentence]) -> list[LabelledSentence]:
    """Return the sentences of a file that are not there yet, each once; `ValueError` for an intent nobody knows."""
    known_texts = {sentence.text for sentence in known}
    sentences = {row.text: row for row in (LabelledSentence(**json.loads(line)) for line in lines if line.strip())}
    new = [sentence for sentence in sentences.values() if sentence.text not in known_texts]
    if strange := {one.meant_intent for one in new} - {one.meant_intent for one in known}:
        raise ValueError(f"no intent of these names: {', '.join(sorted(strange))}")
    return new


def write_sentences(new: Iterable[LabelledSentence], domain: Path = DOMAIN) -> None:
    """Add sentences to the files of their intents."""
    lines = defaultdict[Path, list[str]](list)
    for sentence in new:
        lines[domain / _find_file(sentence.intent)].append(json.dumps(sentence.as_json(), ensure_ascii=False))
    for file, added in lines.items():
        with file.open("a", encoding="utf-8") as sentence_file:
            sentence_file.writelines(f"{line}\n" for line in added)


def _find_file(intent: str) -> Path:
    for key, service in services_by_key().items():
        if intent in {one.name for one in service.intents}:
            return Path("services") / key / "sentences.jsonl"
    return Path("conversation") / "reading" / "corpus" / f"{intent}.jsonl"


def _find_named_intents() -> FindNamedIntents:
    service_intents = tuple(list_intents())
    return Keywords((*list_command_intents(service_intents), *service_intents)).find_named_intents


def main() -> None:
    """Read, compare, and write or refuse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="labelled sentences, a line of JSON each")
    known = load_labelled_sentences()
    new = read_new_sentences(parser.parse_args().file.read_text("utf-8").splitlines(), known)
    if not new:
        sys.exit("nothing new")
    before, after = read_folds(known, new, _find_named_intents())
    print(f"{len(new)} new sentences; the folds: {median(before.shares):.2%} before, {median(after.shares):.2%} after")
    if harms := list_harms(before, after):
        sys.exit("refused: " + "; ".join(harms))
    write_sentences(new)
    load_labelled_sentences.cache_clear()
    intent_weights.main()


if __name__ == "__main__":
    main()
