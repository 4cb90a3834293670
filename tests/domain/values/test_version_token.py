"""Version tokens: who comes second is told, and what nobody made is no version."""

import pytest

from domain.values.errors import Conflict
from domain.values.reasons import ConflictReason
from domain.values.version_token import VersionToken, refuse_stale


def test_a_token_differs_where_one_of_the_values_does() -> None:
    values = [("نام",), ("نام", None), ("نام", "الف"), ("نام", "ب"), ("نامالف",)]
    assert len({VersionToken.from_values(*one) for one in values}) == len(values)
    assert VersionToken.from_values("نام", 1) == VersionToken.from_values("نام", 1)


def test_a_counted_version_includes_the_changes_until_then() -> None:
    assert [VersionToken.from_number(3).includes_changes([number]) for number in (1, 3, 4)] == [True, True, False]


@pytest.mark.parametrize("text", ["", "x", "-1", "۳", "1.5", "9" * 5000])
def test_what_nobody_counted_includes_nothing(text: str) -> None:
    assert not VersionToken(text).includes_changes([0])
    assert not VersionToken(text).includes_changes([])


def test_only_another_version_is_stale() -> None:
    present, conflict = VersionToken.from_number(2), Conflict("code", ConflictReason.MOVED_ON)
    refuse_stale(None, present, conflict)
    refuse_stale(VersionToken("2"), present, conflict)
    with pytest.raises(Conflict, match="moved_on"):
        refuse_stale(VersionToken.from_number(1), present, conflict)
