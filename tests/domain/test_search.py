"""What was typed into the search box, and what it is taken for."""

import pytest

from domain.queues.search import LONGEST, SearchQuery, paired, parse, turned, words_in
from domain.values import tracking_codes
from domain.values.errors import CodeMistyped, DomainError, InvalidField


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("731 835 348", SearchQuery(code="731835348")),
        ("۷۳۱۸۳۵۳۴۸", SearchQuery(code="731835348")),
        ("09121234567", SearchQuery(mobile="+989121234567")),
        ("۱۲ ت ۳۴۵ ایران ۵۹", SearchQuery(plate="12ت345-59")),
        ("۰۴۹۹۳۷۰۸۹۹", SearchQuery(national_code="0499370899")),
        ("499370899", SearchQuery(national_code="0499370899")),
        ("آنه محمدي", SearchQuery(words=("انه", "محمدی"))),
        ("گل‌جمال", SearchQuery(words=("گل", "جمال"))),
        ("  0499 ", SearchQuery(words=("0499",))),
        ("محمدی، آنه (سرپرست)", SearchQuery(words=("محمدی", "انه", "سرپرست"))),
    ],
)
def test_what_was_typed_is_told_by_its_form(typed: str, meant: SearchQuery) -> None:
    assert parse(typed) == meant


def test_a_number_may_mean_more_than_one_thing() -> None:
    both = next(
        found
        for found in (parse(tracking_codes.make(payload)) for payload in range(10_000_000, 10_001_000))
        if found.national_code
    )
    assert both.code is not None


@pytest.mark.parametrize("typed", ["", " ", "آ", "a b", "۱۲۳", "!?", "‌"])
def test_what_would_find_too_much_is_refused(typed: str) -> None:
    with pytest.raises(InvalidField, match="search_short"):
        parse(typed)


def test_a_mistyped_code_is_told_and_a_long_text_refused() -> None:
    with pytest.raises(CodeMistyped, match="search"):
        parse("731835349")
    with pytest.raises(InvalidField, match="too_long"):
        parse("آ" * (LONGEST + 1))
    assert parse("آ" * LONGEST).words


def test_a_name_is_kept_once_for_each_of_its_words() -> None:
    assert turned("گل‌جمال توماج") == {"گلجمالتوماج", "جمالتوماجگل", "توماجگلجمال"}
    assert turned("آنه") == {"انه"}
    assert turned("") == frozenset()
    assert len(turned(" ".join(map(str, range(100))))) == 6


def test_words_are_kept_beside_each_other() -> None:
    assert paired([("انه", "محمدی")]) == {" مح انهمحمدی", " ان محمدیانه"}
    assert paired([("علی", "علی")]) == {" عل علیعلی"}
    assert paired([("انه",), ("0499370899",)]) == {" ان 0499370899"}
    assert paired([("انه",), ("محمدی",)]) == frozenset()  # two people
    assert paired([("0499370899",), ("0084575948",)]) == paired([("ا", "ب")]) == frozenset()
    assert len(paired([("سید", "محمد", "حسین", "حسینی"), ("0499370899",)])) == 13  # two words begin alike


def test_words_have_one_spelling() -> None:
    assert words_in("رضائی") == words_in("رضایی") == words_in("رضايى")
    assert words_in("عَلی‌اکبرِ  كريمى ۱۲") == ("علی", "اکبر", "کریمی", "12")
    with pytest.raises(DomainError):
        parse("ء")
