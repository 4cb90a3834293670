"""Ranking of intents by the words of a text, learned from labelled sentences.

A text is a set of traits: its words as they are written and by their sound, their beginnings, pairs of both that
follow each other, how many there are, and which intents they name (`Keywords.find_named_intents`). Each trait has a
weight for some intents. The weights are learned sentence after sentence: a wrong or narrow answer moves the weights of
its traits, and the mean over all steps counts (an averaged perceptron), of several orders. Nothing is drawn by lot, so
the same sentences give the same weights.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from domain.conversation.reading.labelled_sentences import LabelledSentence
from domain.parsing.tokens import QUESTION_MARKS, Token, TokenKind, TokenStream, keys_of
from domain.parsing.word_lists import words_of

_SOUNDS_BY_LETTER = str.maketrans(
    {
        **dict.fromkeys("ثسص", "s"), **dict.fromkeys("ذزضظ", "z"), **dict.fromkeys("تط", "t"),
        **dict.fromkeys("حه", "h"), **dict.fromkeys("غق", "q"), **dict.fromkeys("جژ", "j"),
        **dict.fromkeys("اویعءئؤ", None),
        "ب": "b", "پ": "p", "چ": "c", "خ": "x", "د": "d", "ر": "r", "ش": "S", "ف": "f", "ک": "k", "گ": "g", "ل": "l",
        "م": "m", "ن": "n",
    }
)  # fmt: skip
_LATIN_PAIRS = re.compile("kh|gh|sh|ch|zh")
_SOUNDS_BY_PAIR = {"kh": "x", "gh": "q", "sh": "S", "ch": "c", "zh": "j"}
_LATIN_VOWELS = str.maketrans(dict.fromkeys("aeiouwyv'", None))
_REPETITION = re.compile(r"(.)\1+")
_SHORTEST_WITH_SILENT_ENDING = 3


@lru_cache(maxsize=8192)
def sound_of(key: str) -> str:
    """Return the sound of a folded word (`tokens.key_of`); empty where it is made of vowels alone."""
    if key.isascii():
        sound = _LATIN_PAIRS.sub(lambda pair: _SOUNDS_BY_PAIR[pair[0]], key).translate(_LATIN_VOWELS)
    else:
        is_silent = key.endswith("ه") and len(key) >= _SHORTEST_WITH_SILENT_ENDING
        sound = (key[:-1] if is_silent else key).translate(_SOUNDS_BY_LETTER)
    return _REPETITION.sub(r"\1", sound)


ROUNDS = 6
"""Number of times that all sentences are learned from."""
NARROW_MARGIN = 1.5
"""Lead of the right intent, in units of weight, at which its weights stay."""
STRIDES = (1009, 2003, 3001)
"""Sentences are learned in steps of so many, so that those of one intent do not follow each other: once by each of
these, since what is learned depends a little on the order. The mean counts.
"""
WEIGHT_DIGITS = 3
"""Decimal places of a weight."""
BEGINNING_LENGTH = 3
"""Sounds of a word that count as its beginning, whatever ending it has."""

_NAMES_OF_OTHERS = words_of("intents.names_of_others")
_OWNERS = ("", "م", "مو", "مون", "مونو", "ش", "تون", "شون")
MATTERS_OF_OTHERS = keys_of(*(f"{name}{owner}" for name in _NAMES_OF_OTHERS for owner in _OWNERS))
"""Words of what others than the municipality do, or another unit than those of the services: a bill for gas, a leave of
soldiers. Together they are one trait, so that one of them that no sentence has counts too.
"""
MOST_COUNTED_WORDS = 6
"""Longer texts count as long ones, whatever their length."""

FindNamedIntents = Callable[[TokenStream], Iterable[str]]
"""Finds which intents the words of a text name, or point at."""


@dataclass(frozen=True, slots=True)
class IntentWeights:
    """Weights learned from labelled sentences."""

    intent_names: tuple[str, ...]
    """The intents that sentences are of; a weight names one by its place."""
    by_trait: Mapping[str, Mapping[int, float]]
    """Trait → place of an intent → how much the trait speaks for it."""


def list_traits(text: str, find_named_intents: FindNamedIntents) -> tuple[str, ...]:
    """Return what weights are learned for in a text, each trait once."""
    stream = TokenStream(text)
    sounds = [sound for token in stream.tokens if (sound := _sound_of_token(token))]
    bounded_sounds = ("^", *sounds, "$")
    beginnings = tuple(f"{sound[:BEGINNING_LENGTH]}…" for sound in bounded_sounds)
    traits = (
        *sounds,
        *(f"{first} {second}" for first, second in pairwise(bounded_sounds)),
        *(beginnings[1:-1]),
        *(f"{first} {second}" for first, second in pairwise(beginnings)),
        *(f"={token.key}" for token in stream.tokens if token.kind is TokenKind.WORD),
        *(f"@{name}" for name in find_named_intents(stream)),
        *("of others" for token in stream.tokens if token.key in MATTERS_OF_OTHERS),
        f"{min(len(sounds), MOST_COUNTED_WORDS)} words",
    )
    return tuple(dict.fromkeys(traits))


def learn_from(sentences: Sequence[LabelledSentence], find_named_intents: FindNamedIntents) -> IntentWeights:
    """Return the weights that these sentences teach."""
    intent_names = tuple(sorted({sentence.meant_intent for sentence in sentences}))
    places = {name: place for place, name in enumerate(intent_names)}
    examples = [
        (list_traits(sentence.text, find_named_intents), places[sentence.meant_intent]) for sentence in sentences
    ]
    return IntentWeights(intent_names, learn_weights(examples, len(intent_names)))


def add_weights(weights: Mapping[str, Mapping[int, float]], traits: Iterable[str], count: int) -> list[float]:
    """Return the sum of the traits' weights for each of `count` intents."""
    weight_sums = [0.0] * count
    for trait in traits:
        for place, weight in weights.get(trait, {}).items():
            weight_sums[place] += weight
    return weight_sums


def learn_weights(examples: Sequence[tuple[tuple[str, ...], int]], count: int) -> dict[str, dict[int, float]]:
    """Return the weights by trait and intent (its place among `count`), from traits with the right intent's place."""
    weight_sums: dict[str, dict[int, float]] = {}
    for stride in STRIDES:
        for trait, learned_weights in _learn_in_order(examples, count, stride).items():
            trait_sums = weight_sums.setdefault(trait, {})
            for place, weight in learned_weights.items():
                trait_sums[place] = trait_sums.get(place, 0.0) + weight
    return {
        trait: {place: round(weight / len(STRIDES), WEIGHT_DIGITS) for place, weight in trait_sums.items()}
        for trait, trait_sums in weight_sums.items()
    }


def _learn_in_order(
    examples: Sequence[tuple[tuple[str, ...], int]], count: int, stride: int
) -> dict[str, dict[int, float]]:
    """Return the weights that one order of the sentences teaches."""
    weights: dict[str, dict[int, float]] = {}
    moments: dict[str, dict[int, float]] = {}
    step = 1
    for round_number in range(ROUNDS):
        for traits, own_place in _in_steps(examples, stride + round_number):
            weight_sums = add_weights(weights, traits, count)
            own_sum, weight_sums[own_place] = weight_sums[own_place], -math.inf
            rival_place = max(range(count), key=weight_sums.__getitem__)
            size = 1 / math.sqrt(len(traits) or 1)
            if (own_sum - weight_sums[rival_place]) * size < NARROW_MARGIN:
                for trait in traits:
                    own_weights, own_moments = weights.setdefault(trait, {}), moments.setdefault(trait, {})
                    for place, change in ((own_place, size), (rival_place, -size)):
                        own_weights[place] = own_weights.get(place, 0.0) + change
                        own_moments[place] = own_moments.get(place, 0.0) + step * change
            step += 1
    return {
        trait: {place: weight - moments[trait][place] / step for place, weight in own_weights.items()}
        for trait, own_weights in weights.items()
    }


def _in_steps(examples: Sequence[tuple[tuple[str, ...], int]], stride: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield all examples, each once, in steps of at least `stride`."""
    while examples and math.gcd(stride, len(examples)) != 1:
        stride += 1
    return (examples[place * stride % len(examples)] for place in range(len(examples)))


def _sound_of_token(token: Token) -> str:
    """Return the sound of a word, how many digits a number has, or that something is asked."""
    if token.kind is TokenKind.NUMBER:
        return f"#{len(token.key)}"
    if token.kind is TokenKind.PUNCTUATION:
        return "?" if token.key in QUESTION_MARKS else ""
    return sound_of(token.key)
