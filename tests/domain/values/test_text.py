"""Folding, showing and digits: the table of facts-iran.md."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values.text import ascii_digits, fold_compactly, fold_text, group_digits, persian_digits, tidy_text
from tests.support.tables import each_row

HEAVY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("يىېكڪةۀەہھۂأإٱؤئآیکهاو\u0654\u0653\u200c\u200d\u0640\u0301\u0307\ufe70ﷺaAİKΣ ´۱١1²"),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("variants", "folded"),
    [
        ("ی ي ى ې", "ی"),
        ("ک ك ڪ", "ک"),
        ("ه ة ۀ ە ہ ھ", "ه"),
        ("ا أ إ ٱ", "ا"),
        ("و ؤ", "و"),
        ("۵ ٥ 5 ５", "5"),
    ],
)
def test_confused_characters_become_one(variants: str, folded: str) -> None:
    assert {fold_text(variant) for variant in variants.split()} == {folded}


@each_row("code", [*range(0x064B, 0x0656), 0x0670, 0x0640, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C,
                                  *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x00AD, 0])  # fmt: skip
def test_marks_and_joiners_go(code: int) -> None:
    assert fold_text(f"پی{chr(code)}گیری") == "پیگیری"


@pytest.mark.parametrize("text", ["پی‌گیری", "پيگيري", "  پی‌گیـــری\u200f ", "\ufeffپيِگيری"])
def test_one_word_typed_in_many_ways(text: str) -> None:
    assert fold_text(text) == "پیگیری"


def test_latin_is_lower_case_and_white_space_collapses() -> None:
    assert fold_text(" HELP\u00a0\n me\tＮＯＷ ") == "help me now"


def test_presentation_forms_fold() -> None:
    assert fold_text("ﻻﻙﻱ") == "لاکی"


@settings(max_examples=150)
@given(HEAVY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_shown_keeps_the_writers_words() -> None:
    assert tidy_text("  علي‌رضا كاظمي، ـطبقهٔ ۲\u200f Ab 12 ") == "علی‌رضا کاظمی، ـطبقهٔ ۲\u200f Ab 12"


def test_shown_keeps_apart_what_a_tab_of_any_sort_parts() -> None:
    assert tidy_text("خیابان\tامام\vجنب\fپارک") == "خیابان امام جنب پارک"


def test_shown_removes_what_databases_refuse() -> None:
    assert tidy_text("a\x00b\x1b\x7f\x85\ud83dc\r\nd\re\tf\n") == "abc\nd\ne f"


@each_row("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_shown_removes_what_turns_others_words(code: int) -> None:
    assert tidy_text(f"کوچه{chr(code)} ۱۲") == "کوچه ۱۲"


def test_shown_takes_every_end_of_a_line_for_one() -> None:
    assert tidy_text("a\u2028b\u2029c\r\nd\re") == "a\nb\nc\nd\ne"


def test_compact_reads_identifiers_however_spaced() -> None:
    assert fold_compactly(" ۱۲۳-٤٥٦ ـ 786 – A.b ") == "123456786ab"


def test_digits_in_both_directions() -> None:
    assert ascii_digits("ک۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ي") == "ک0123456789 0123456789ي"
    assert persian_digits("0123456789 ٠١٢٣٤٥٦٧٨٩") == "۰۱۲۳۴۵۶۷۸۹ ۰۱۲۳۴۵۶۷۸۹"
    assert persian_digits(1405) == "۱۴۰۵"


@pytest.mark.parametrize(("amount", "text"), [(0, "۰"), (999, "۹۹۹"), (1250000, "۱٬۲۵۰٬۰۰۰")])
def test_grouped(amount: int, text: str) -> None:
    assert group_digits(amount) == text
