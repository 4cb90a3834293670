"""Sentences that are added to those that intents are learned from: refused where they harm, else written."""

import json
from pathlib import Path

import pytest

from domain.conversation.reading.labelled_sentences import LabelledSentence, load_labelled_sentences
from scripts.new_sentences import DOMAIN, list_harms, read_folds, read_new_sentences, write_sentences

INTENTS = ("track", "cancel", "list", "tariff")
SENTENCES = [sentence for sentence in load_labelled_sentences() if sentence.meant_intent in INTENTS]
KNOWN = SENTENCES[::3]


def find_nothing(_: object) -> tuple[str, ...]:
    """Keywords are no matter here."""
    return ()


def meant(intent: str, text: str) -> LabelledSentence:
    """A sentence in other words than those that are there."""
    return LabelledSentence(text, intent)


def test_sentences_that_mean_what_they_say_are_learned_from() -> None:
    before, after = read_folds(KNOWN, SENTENCES[1::3], find_nothing)
    assert list_harms(before, after) == []
    assert sum(after.right_counts.values()) > sum(before.right_counts.values())


def test_sentences_that_mean_something_else_are_refused() -> None:
    wrong = [meant("cancel", f"{one.text}!") for one in KNOWN if one.meant_intent in {"track", "list"}]
    assert list_harms(*read_folds(KNOWN, wrong, find_nothing))


def test_what_is_there_is_passed_over_and_a_strange_intent_refused() -> None:
    lines = [json.dumps(one.as_json()) for one in (KNOWN[0], meant("track", "تازه"), meant("track", "تازه"))]
    assert [one.text for one in read_new_sentences([*lines, "\n"], KNOWN)] == ["تازه"]
    with pytest.raises(ValueError, match="no_such"):
        read_new_sentences([json.dumps(meant("no_such", "تازه").as_json())], KNOWN)


def test_a_sentence_goes_to_the_file_of_its_intent(tmp_path: Path) -> None:
    files = ("conversation/reading/corpus/track.jsonl", "services/machinery/sentences.jsonl")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True)
        assert (DOMAIN / name).is_file()
    write_sentences([meant("track", "چه شد"), meant("machinery", "خاک را ببرید")], tmp_path)
    written = [[json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()] for name in files]
    assert [[row["text"] for row in rows] for rows in written] == [["چه شد"], ["خاک را ببرید"]]
