"""Version tokens (optimistic lock): which version of something a page showed.

A form brings its page's token back. Whoever comes second is refused, and overwrites nothing that they have not seen.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from domain.values.errors import Conflict

_MOST_DIGITS = 19
"""More than any counted version has."""


@dataclass(frozen=True, slots=True)
class VersionToken:
    """A version as text, as a form carries it. Two tokens of one thing are equal where its version is the same."""

    text: str

    @classmethod
    def from_values(cls, *values: object) -> "VersionToken":
        """Return the token of these values, 16 hexadecimal digits: another one where any of them differs."""
        return cls(hashlib.sha256("\0".join(map(str, values)).encode()).hexdigest()[:16])

    @classmethod
    def from_number(cls, version_number: int) -> "VersionToken":
        """Return the token of a counted version: a revision, or the number of the last change."""
        return cls(str(version_number))

    def includes_changes(self, change_numbers: Iterable[int]) -> bool:
        """Return whether the changes with these numbers are in this version; one that is not counted includes none, not
        even no change at all.
        """
        is_counted = self.text.isascii() and self.text.isdecimal() and len(self.text) < _MOST_DIGITS
        return is_counted and max(change_numbers, default=0) <= int(self.text)

    def __str__(self) -> str:
        return self.text


def refuse_stale(shown_token: VersionToken | None, present_token: VersionToken, conflict: Conflict) -> None:
    """Raise `conflict` where another version was shown than the present one; None: nobody was shown any."""
    if shown_token is not None and shown_token != present_token:
        raise conflict


def refuse_changed_since(shown_token: VersionToken | None, change_numbers: Iterable[int], conflict: Conflict) -> None:
    """Raise `conflict` where one of these changes is not in the counted version that was shown, and for a token that
    nobody counted, whatever has changed; None: nobody was shown any.
    """
    if shown_token is not None and not shown_token.includes_changes(change_numbers):
        raise conflict
