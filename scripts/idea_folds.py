"""Folds of the labelled sentences by idea, so that what was learned is proved on sentences of other ideas.

Paraphrases of one another («لودر لازم دارم فردا»، «سلام فردا لودر لازم داشتم») are one idea, and always in one fold:
else the sentences that are learned from would give away those that they are measured on. Two sentences of one intent
are paraphrases where their words, by their sound and without digits and courtesies, are mostly the same; paraphrases of
paraphrases belong to the same idea.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.conversation.reading.intent_learning import sound_of
from domain.conversation.reading.labelled_sentences import LabelledSentence
from domain.conversation.reading.vocabulary import EMPTY_WORDS
from domain.parsing.tokens import TokenKind, read_once

FOLD_COUNT = 5
PARAPHRASE_SHARE = 0.6
"""From here on two sentences share so many of their words that they are paraphrases."""

_SoundSet = frozenset[str]


def split_by_idea(sentences: Sequence[LabelledSentence]) -> tuple[tuple[LabelledSentence, ...], ...]:
    """Return the sentences in `FOLD_COUNT` folds of about one size for each intent; an idea is in one fold."""
    folds: list[list[LabelledSentence]] = [[] for _ in range(FOLD_COUNT)]
    for ideas in group_by_idea(sentences).values():
        sizes = [0] * FOLD_COUNT
        for idea in sorted(ideas, key=len, reverse=True):
            smallest = sizes.index(min(sizes))
            folds[smallest].extend(idea)
            sizes[smallest] += len(idea)
    return tuple(tuple(fold) for fold in folds)


def group_by_idea(sentences: Iterable[LabelledSentence]) -> dict[str, list[list[LabelledSentence]]]:
    """Return the sentences of each intent, those of one idea together."""
    by_intent: dict[str, list[LabelledSentence]] = defaultdict(list)
    for sentence in sentences:
        by_intent[sentence.meant_intent].append(sentence)
    return {intent: _join_paraphrases(of_intent) for intent, of_intent in by_intent.items()}


def _join_paraphrases(sentences: Sequence[LabelledSentence]) -> list[list[LabelledSentence]]:
    sounds = [_list_sounds(sentence.text) for sentence in sentences]
    ideas = list(range(len(sentences)))
    by_sound: dict[str, list[int]] = defaultdict(list)
    for place, own_sounds in enumerate(sounds):
        for earlier in {other for sound in own_sounds for other in by_sound[sound]}:
            if _are_paraphrases(own_sounds, sounds[earlier]):
                ideas[_find_idea(ideas, place)] = _find_idea(ideas, earlier)
        for sound in own_sounds:
            by_sound[sound].append(place)
    grouped: dict[int, list[LabelledSentence]] = defaultdict(list)
    for place, sentence in enumerate(sentences):
        grouped[_find_idea(ideas, place)].append(sentence)
    return list(grouped.values())


def _find_idea(ideas: list[int], place: int) -> int:
    while ideas[place] != place:
        place = ideas[place]
    return place


def _are_paraphrases(sounds: _SoundSet, others: _SoundSet) -> bool:
    return len(sounds & others) >= PARAPHRASE_SHARE * len(sounds | others)


def _list_sounds(text: str) -> _SoundSet:
    """Return the sounds of the words that say something; of a sentence of courtesies alone, those of all words."""
    keys = [token.key for token in read_once(text).tokens if token.kind is TokenKind.WORD]
    telling_keys = [key for key in keys if key not in EMPTY_WORDS] or keys
    return frozenset(sound_of(key) or key for key in telling_keys)
