"""Text typed into the search box, and its meanings."""

import pytest

from domain.queues.search import LONGEST_QUERY, SearchQuery, list_pairings, list_rotations, parse_query, split_words
from domain.values import tracking_codes
from domain.values.errors import CodeMistyped, DomainError, InvalidField
from tests.support.tables import each_row


@each_row(
    ("typed", "meant"),
    [
        ("731 835 348", SearchQuery(code="731835348")),
        ("۷۳۱۸۳۵۳۴۸", SearchQuery(code="731835348")),
        ("09121234567", SearchQuery(mobile="+989121234567")),
        ("۱۲ ت ۳۴۵ ایران ۵۹", SearchQuery(plate="12ت345-59")),
        ("۰۴۹۹۳۷۰۸۹۹", SearchQuery(national_code="0499370899")),
        ("499370899", SearchQuery(national_code="0499370899")),
        ("آنه محمدي", SearchQuery(word_beginnings=("انه", "محمدی"))),
        ("گل‌جمال", SearchQuery(word_beginnings=("گل", "جمال"))),
        ("  0499 ", SearchQuery(word_beginnings=("0499",))),
        ("محمدی، آنه (سرپرست)", SearchQuery(word_beginnings=("محمدی", "انه", "سرپرست"))),
    ],
)
def test_what_was_typed_is_told_by_its_form(typed: str, meant: SearchQuery) -> None:
    assert parse_query(typed) == meant


def test_a_number_may_mean_more_than_one_thing() -> None:
    both = next(
        found
        for found in (parse_query(tracking_codes.make_code(payload)) for payload in range(10_000_000, 10_001_000))
        if found.national_code
    )
    assert both.code is not None


@pytest.mark.parametrize("typed", ["", " ", "آ", "a b", "۱۲۳", "!?", "‌"])
def test_what_would_find_too_much_is_refused(typed: str) -> None:
    with pytest.raises(InvalidField, match="search_short"):
        parse_query(typed)


def test_a_mistyped_code_is_told_and_a_long_text_refused() -> None:
    with pytest.raises(CodeMistyped, match="search"):
        parse_query("731835349")
    with pytest.raises(InvalidField, match="too_long"):
        parse_query("آ" * (LONGEST_QUERY + 1))
    assert parse_query("آ" * LONGEST_QUERY).word_beginnings


def test_a_name_is_kept_once_for_each_of_its_words() -> None:
    assert list_rotations("گل‌جمال توماج") == {"گلجمالتوماج", "جمالتوماجگل", "توماجگلجمال"}
    assert list_rotations("آنه") == {"انه"}
    assert list_rotations("") == frozenset()
    assert len(list_rotations(" ".join(map(str, range(100))))) == 6


def test_words_are_kept_beside_each_other() -> None:
    assert list_pairings([("انه", "محمدی")]) == {" مح انهمحمدی", " ان محمدیانه"}
    assert list_pairings([("علی", "علی")]) == {" عل علیعلی"}
    assert list_pairings([("انه",), ("0499370899",)]) == {" ان 0499370899"}
    assert list_pairings([("انه",), ("محمدی",)]) == frozenset()  # two people
    assert list_pairings([("0499370899",), ("0084575948",)]) == list_pairings([("ا", "ب")]) == frozenset()
    assert len(list_pairings([("سید", "محمد", "حسین", "حسینی"), ("0499370899",)])) == 13  # two words begin alike


def test_words_have_one_spelling() -> None:
    assert split_words("رضائی") == split_words("رضایی") == split_words("رضايى")
    assert split_words("عَلی‌اکبرِ  كريمى ۱۲") == ("علی", "اکبر", "کریمی", "12")
    with pytest.raises(DomainError):
        parse_query("ء")
