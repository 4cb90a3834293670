"""Likelihood of each intent, by the words of a text that calls none: the sums of learned weights, made shares of one.

The weights of the shipped sentences lie in `intent_weights.tsv`, made by `make intents`. With other keywords, as while
a service is written, a process learns for itself: for a second, by its first text that needs them. An installed package
has no sentences and learns nothing: a further service is then understood by its keywords alone.
"""

import hashlib
import json
import math
from operator import attrgetter
from typing import NamedTuple

from domain.conversation.reading.intent_learning import (
    FindNamedIntents,
    IntentWeights,
    add_weights,
    learn_from,
    list_traits,
)
from domain.conversation.reading.labelled_sentences import LabelledSentence, load_labelled_sentences
from domain.conversation.reading.weights_file import read_weights

SHARPNESS = 6.0
"""Factor of a lead in weight in the shares."""

Vocabulary = tuple[tuple[str, ...], ...]
"""The words of each intent."""


class RankedIntent(NamedTuple):
    """An intent with its share."""

    name: str
    """Its name; `unknown` for texts that call nothing."""
    share: float
    """Likelihood, from 0 to 1; the shares of all intents make 1."""


class IntentRanking:
    """Ranks the intents by weights; `find_named_intents` says which intents the words of a text name, or point at."""

    def __init__(self, weights: IntentWeights, find_named_intents: FindNamedIntents) -> None:
        self._weights = weights
        self._find_named_intents = find_named_intents

    def rank_intents(self, text: str) -> tuple[RankedIntent, ...]:
        """Return all intents, the likeliest first."""
        traits = list_traits(text, self._find_named_intents)
        intent_names = self._weights.intent_names
        weight_sums = add_weights(self._weights.by_trait, traits, len(intent_names))
        scale = SHARPNESS / math.sqrt(len(traits) or 1)
        powers = [math.exp(min(scale * value, 500)) for value in weight_sums]
        whole = sum(powers)
        shares = (RankedIntent(name, power / whole) for name, power in zip(intent_names, powers, strict=True))
        return tuple(sorted(shares, key=attrgetter("share"), reverse=True))  # those of one share stay in their order


_RANKINGS: dict[tuple[frozenset[str], Vocabulary], IntentRanking] = {}


def load_ranking(
    known_names: frozenset[str], vocabulary: Vocabulary, find_named_intents: FindNamedIntents
) -> IntentRanking:
    """Return the ranking of the known intents by all sentences of them.

    The weights are read where they were learned for the same intents and the same words (`vocabulary`, by which
    intents are found), else learned, which takes a second: once in a process. Without sentences they are read all the
    same.
    """
    key = known_names, vocabulary
    if key not in _RANKINGS:
        learned_for, weights = read_weights()
        if learned_for != digest_of(known_names, vocabulary) and (sentences := list_learned_sentences(known_names)):
            weights = learn_from(sentences, find_named_intents)
        _RANKINGS[key] = IntentRanking(weights, find_named_intents)
    return _RANKINGS[key]


def list_learned_sentences(known_names: frozenset[str]) -> list[LabelledSentence]:
    """Return the sentences of known intents that are learned from."""
    sentences = load_labelled_sentences()
    return [one for one in sentences if one.meant_intent in known_names]


def digest_of(known_names: frozenset[str], vocabulary: Vocabulary) -> str:
    """Return a digest of what weights are learned for."""
    return hashlib.sha256(json.dumps([sorted(known_names), vocabulary]).encode()).hexdigest()
