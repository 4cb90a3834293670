"""Questions for lists of work taken apart: the shape, which decides a statement's text, and the values that go into it.

So each shape is built and compiled once, whatever is looked for.
"""

from dataclasses import dataclass
from typing import Any

from domain.queues.search import PAIRING_LETTERS, format_pairing
from domain.queues.selection import Selection
from domain.values.paging import Cursor, ListOrder

CONDITION_NAMES = (
    "kind",
    "channel",
    "office",
    "lacks_papers",
    "created_from",
    "created_before",
    "due_after",
    "due_until",
)
"""Conditions that a selection may set for its requests besides their ranges: the values that may be None."""

IDENTIFIER_NAMES = ("code", "mobile", "plate", "national_code", "letter_number")
"""The parts of a search that few requests have."""

LAST_LETTER = "\U0010ffff"
"""Behind every other one: what begins with a word ends before that word and this."""


@dataclass(frozen=True, slots=True)
class QueryShape:
    """Shape of a question, which decides the text of its statement."""

    ranges: tuple[tuple[int, bool, bool, int], ...]
    """Of each: number of its service's first range, is a turn named, has it ended, how many states."""
    order: ListOrder
    """Column and direction of sorting."""
    only_unassigned: bool
    """Only requests that nobody takes care of."""
    assignee_count: int
    """Number of members of the staff whom they may belong to; 0: anybody."""
    condition_names: tuple[str, ...]
    """Those of `CONDITION_NAMES` that are asked for."""
    identifier_names: tuple[str, ...]
    """Those of `IDENTIFIER_NAMES` that are searched for."""
    word_count: int
    """Number of words of the search that are to be found, each by itself."""
    page_direction: str
    """`after` or `before` where the list begins at a place; else empty."""

    @property
    def needs_plan_of_values(self) -> bool:
        """Whether the best plan depends on the values: on the word, and on how much of what has ended was whose."""
        return bool(self.word_count) or (
            bool(self.assignee_count) and any(has_ended for _, _, has_ended, _ in self.ranges)
        )

    @property
    def is_unrestricted(self) -> bool:
        """Whether nothing is asked of a service's requests but what was searched for."""
        is_narrowed = self.condition_names or self.only_unassigned or self.assignee_count
        return not is_narrowed and not any(
            names_turn or has_ended or state_count for _, names_turn, has_ended, state_count in self.ranges
        )


def build_shape(selection: Selection, cursor: Cursor | None = None) -> QueryShape:
    """Return the shape of a question."""
    first_by_service = {
        selection_range.service: number for number, selection_range in reversed(list(enumerate(selection.ranges)))
    }
    return QueryShape(
        ranges=tuple(
            (
                first_by_service[selection_range.service],
                selection_range.turn is not None,
                selection_range.has_ended,
                len(selection_range.states),
            )
            for selection_range in selection.ranges
        ),
        order=selection.order,
        only_unassigned=selection.unassigned,
        assignee_count=len(selection.assignees),
        condition_names=tuple(name for name in CONDITION_NAMES if getattr(selection, name) is not None),
        identifier_names=tuple(name for name in IDENTIFIER_NAMES if getattr(selection.search, name, None)),
        word_count=len(_plan_search_words(selection)),
        page_direction="" if cursor is None else "before" if cursor.backwards else "after",
    )


def bind_values(selection: Selection, cursor: Cursor | None = None, name_prefix: str = "") -> dict[str, Any]:
    """Return the values of a question under the names that its statement gives them."""
    values: dict[str, Any] = {name: getattr(selection, name) for name in CONDITION_NAMES}
    for number, selection_range in enumerate(selection.ranges):
        values |= {f"service{number}": selection_range.service, f"turn{number}": selection_range.turn}
        values |= {f"state{number}_{place}": state_name for place, state_name in enumerate(selection_range.states)}
    values |= {f"assignee{number}": name for number, name in enumerate(selection.assignees)}
    values |= {name: getattr(selection.search, name, None) for name in IDENTIFIER_NAMES}
    search_words = _plan_search_words(selection)
    has_own_rows = bool(selection.search and selection.search.word_kind)
    for number, word in enumerate(search_words):
        values |= {f"word{number}": word, f"end{number}": word + LAST_LETTER}
        if number:  # a name's row has its other words inside; a number has a row of its own, as each word of an address
            is_own_row = has_own_rows or search_words[0].rpartition(" ")[2].isdecimal() or word.isdecimal()
            values[f"inside{number}"] = "" if is_own_row else word
    present_values = {name: value for name, value in values.items() if value is not None}
    place = {} if cursor is None else {"key": cursor.sort_key, "id": cursor.id}
    return {name_prefix + name: value for name, value in (present_values | place).items()}


def _list_beginnings(selection: Selection) -> tuple[str, ...]:
    """Return the beginnings of words that must be there, the one that finds the fewest first."""
    if selection.search is None or not selection.search.word_beginnings:
        return ()
    if not selection.loosely:
        return (selection.search.joined_beginnings,)
    word_kind = selection.search.word_kind
    sorted_words = sorted(
        selection.search.word_beginnings,
        key=lambda word: (word.isdecimal() and not word_kind, len(word)),  # a number is a person's, but for a house's
        reverse=True,
    )
    return tuple(word_kind + word for word in sorted_words)


def _plan_search_words(selection: Selection) -> tuple[str, ...]:
    """Return what the row begins with that is kept of the first word, where it can be beside another one; and the other
    words that are to be found by themselves. One that is no longer than what is beside is found with it.
    """
    word_beginnings = _list_beginnings(selection)
    if not word_beginnings:
        return ()
    first_word, *other_words = word_beginnings
    beside_word = next(
        (other for other in other_words if len(other) >= PAIRING_LETTERS and not other.isdecimal()), None
    )
    if beside_word is None or (selection.search and selection.search.word_kind):
        return word_beginnings
    remaining_words = [other for other in other_words if other is not beside_word or len(other) > PAIRING_LETTERS]
    return (format_pairing(beside_word, first_word), *remaining_words)
