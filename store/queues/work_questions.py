"""Questions for lists of work taken apart: the shape, which decides a statement's text, and the values that go into it.

So each shape is built and compiled once, whatever is looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.queues.search import BESIDE_LETTERS, beside
from domain.queues.selection import Selection
from domain.values.paging import Cursor, Order

CONDITIONS = (
    "kind", "channel", "office", "lacks_papers", "created_from", "created_before", "due_after", "due_until",
)  # fmt: skip
"""What a selection may ask of its requests besides their ranges: the values that may be None."""

IDENTIFIERS = ("code", "mobile", "plate", "national_code")
"""The parts of a search that few requests have."""

LAST_LETTER = "\U0010ffff"
"""Behind every other one: what begins with a word ends before that word and this."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of a question.

    `ranges` tells of each the number of the first range of its service, whether it names whose turn it is, whether it
    has ended, and how many states; `words` counts those of a search, each to be found by itself; `place` is `after` or
    `before` where the list begins at a place, else empty.
    """

    ranges: tuple[tuple[int, bool, bool, int], ...]
    order: Order
    unassigned: bool
    assignees: int
    conditions: tuple[str, ...]
    identifiers: tuple[str, ...]
    words: int
    place: str

    @property
    def whole(self) -> bool:
        """Whether nothing is asked of a service's requests but what was searched for."""
        narrowed = self.conditions or self.unassigned or self.assignees
        return not narrowed and not any(turn or ended or states for _, turn, ended, states in self.ranges)


def shape_of(wanted: Selection, at: Cursor | None = None) -> Shape:
    """Return the shape of a question."""
    first = {one.service: number for number, one in reversed(list(enumerate(wanted.ranges)))}
    return Shape(
        tuple((first[one.service], one.turn is not None, one.ended, len(one.states)) for one in wanted.ranges),
        wanted.order,
        wanted.unassigned,
        len(wanted.assignees),
        tuple(name for name in CONDITIONS if getattr(wanted, name) is not None),
        tuple(name for name in IDENTIFIERS if getattr(wanted.search, name, None)),
        len(_looked_for(_words(wanted))),
        "" if at is None else "before" if at.back else "after",
    )


def values_of(wanted: Selection, at: Cursor | None = None, prefix: str = "") -> dict[str, Any]:
    """Return the values of a question under the names that its statement gives them."""
    values: dict[str, Any] = {name: getattr(wanted, name) for name in CONDITIONS}
    for number, one in enumerate(wanted.ranges):
        values |= {f"service{number}": one.service, f"turn{number}": one.turn}
        values |= {f"state{number}_{place}": state for place, state in enumerate(one.states)}
    values |= {f"assignee{number}": name for number, name in enumerate(wanted.assignees)}
    values |= {name: getattr(wanted.search, name, None) for name in IDENTIFIERS}
    words = _looked_for(_words(wanted))
    for number, word in enumerate(words):
        values |= {f"word{number}": word, f"end{number}": word + LAST_LETTER}
        if number:  # a name's row has its other words inside; a number stands in a row of its own
            of_number = words[0].rpartition(" ")[2].isdecimal() or word.isdecimal()
            values[f"inside{number}"] = "" if of_number else word
    known = {name: value for name, value in values.items() if value is not None}
    place = {} if at is None else {"key": at.key, "id": at.id}
    return {prefix + name: value for name, value in (known | place).items()}


def _words(wanted: Selection) -> tuple[str, ...]:
    """Return the beginnings of words that must be there, the one that finds the fewest first."""
    if wanted.search is None or not wanted.search.words:
        return ()
    if not wanted.loosely:
        return (wanted.search.joined,)
    return tuple(sorted(wanted.search.words, key=lambda word: (word.isdecimal(), len(word)), reverse=True))


def _looked_for(words: Sequence[str]) -> tuple[str, ...]:
    """Return what the row begins with that is kept of the first of these words, where it can be beside another one; and
    the other words that are to be found by themselves. One that is no longer than what stands beside is found with it.
    """
    if not words:
        return ()
    first, *others = words
    told = next((other for other in others if len(other) >= BESIDE_LETTERS and not other.isdecimal()), None)
    if told is None:
        return tuple(words)
    rest = [other for other in others if other is not told or len(other) > BESIDE_LETTERS]
    return (beside(told, first), *rest)
