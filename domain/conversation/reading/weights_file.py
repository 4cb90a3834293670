"""The file of learned weights: a line a trait, in the order of their bytes, so that one is found by halving.

    digest of what they were learned for
    intent  intent  …
    trait  place of an intent  weight  place  weight  …

Tabs part the columns; weights are whole thousandths. The file stays bytes in memory: as dictionaries its 65,000 weights
would take seven times the room, and a text asks for some forty of its 17,000 traits.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

from domain.conversation.reading.intent_learning import WEIGHT_DIGITS, IntentWeights

WEIGHTS_FILE = files("domain") / "conversation" / "reading" / "intent_weights.tsv"
_SCALE = 10**WEIGHT_DIGITS


class TraitWeights(Mapping[str, Mapping[int, float]]):
    """Trait → place of an intent → weight, out of the lines of a file."""

    def __init__(self, content: bytes, start: int) -> None:
        """Take the file, and the place where its first trait begins."""
        self._content = content
        starts = [start]
        while (end := content.find(b"\n", starts[-1])) >= 0:
            starts.append(end + 1)
        self._starts = tuple(starts[:-1])
        self._find_line = lru_cache(maxsize=4096)(self._read_line)  # the words of texts come again and again

    def _trait_at(self, start: int) -> bytes:
        return self._content[start : self._content.index(b"\t", start)]

    def _read_line(self, trait: str) -> Mapping[int, float]:
        sought = trait.encode("utf-8", "surrogatepass")
        line = bisect_left(self._starts, sought, key=self._trait_at)
        if line == len(self._starts) or self._trait_at(self._starts[line]) != sought:
            return {}
        start = self._starts[line] + len(sought) + 1
        numbers = [int(number) for number in self._content[start : self._content.index(b"\n", start)].split(b"\t")]
        return {place: weight / _SCALE for place, weight in zip(numbers[::2], numbers[1::2], strict=True)}

    def __getitem__(self, trait: str) -> Mapping[int, float]:
        if weights := self._find_line(trait):
            return weights
        raise KeyError(trait)

    def __iter__(self) -> Iterator[str]:
        return (self._trait_at(start).decode() for start in self._starts)

    def __len__(self) -> int:
        return len(self._starts)


def read_weights() -> tuple[str, IntentWeights]:
    """Return the digest of what the weights of the file were learned for, and the weights."""
    content = WEIGHTS_FILE.read_bytes()
    learned_for, intent_names, _ = content.split(b"\n", 2)
    start = len(learned_for) + len(intent_names) + 2
    return learned_for.decode(), IntentWeights(tuple(intent_names.decode().split("\t")), TraitWeights(content, start))
