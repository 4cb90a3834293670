"""Message parts: the sizes of facts-iran.md, the two GSM-7 tables, and cuts that leave every character whole."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values.message_parts import Encoding, choose_encoding, count_parts, encoded_length, split_parts
from tests.support.tables import each_row

GSM_BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCÄÖÑÜ§¿xyzäöñüà"
GSM_EXTENDED = "\f^{}\\[~]|€"
FAMILY = "👩‍👩‍👧‍👦"

persian = st.text(alphabet="سلامپیگریک‌ \u064b\u0651۱۲۳😀👍🏽\u200dabc", max_size=300)
latin = st.text(alphabet="abc XYZ123@£\n{}[]|€~", max_size=500)
anything = st.text(max_size=300)


@each_row(
    ("text", "encoding", "length", "parts"),
    [
        ("", Encoding.GSM7, 0, 1),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        ("س" * 70, Encoding.UCS2, 70, 1),
        ("س" * 71, Encoding.UCS2, 71, 2),
        ("س" * 134, Encoding.UCS2, 134, 2),
        ("س" * 135, Encoding.UCS2, 135, 3),
        ("a" * 69 + "س", Encoding.UCS2, 70, 1),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 36, Encoding.UCS2, 72, 2),
        ("code `x`", Encoding.UCS2, 8, 1),
    ],
)
def test_sizes(text: str, encoding: Encoding, length: int, parts: int) -> None:
    assert (choose_encoding(text), encoded_length(text), count_parts(text)) == (encoding, length, parts)


def test_both_gsm_tables_are_gsm() -> None:
    assert choose_encoding(GSM_BASIC + GSM_EXTENDED) is Encoding.GSM7
    assert encoded_length(GSM_BASIC) == len(GSM_BASIC)
    assert encoded_length(GSM_EXTENDED) == 2 * len(GSM_EXTENDED)


@pytest.mark.parametrize("character", ["ç", "‌", "`", "\t", "س", "۱", "😀"])
def test_one_character_outside_the_tables_makes_the_text_ucs2(character: str) -> None:
    assert choose_encoding(f"pay {character}") is Encoding.UCS2


def test_an_extension_character_is_not_cut_in_two() -> None:
    assert split_parts("a" * 152 + "€" + "b" * 20) == ["a" * 152, "€" + "b" * 20]


@pytest.mark.parametrize("whole", ["😀", "سَ", "بً\u0651", "👍🏽", FAMILY, "ی‌", "1\ufe0f\u20e3"])
def test_what_is_read_as_one_character_stays_in_one_part(whole: str) -> None:
    text = "س" * 66 + whole + "س" * 30
    assert split_parts(text) == ["س" * 66, whole + "س" * 30]


def test_a_run_of_marks_longer_than_a_part_is_cut_between_characters() -> None:
    text = "س" + "\u064b" * 200
    assert [encoded_length(part) for part in split_parts(text)] == [67, 67, 67]


@settings(max_examples=60, deadline=None)
@given(st.one_of(persian, latin, anything))
def test_parts_are_the_text_and_fit(text: str) -> None:
    parts, encoding = split_parts(text), choose_encoding(text)
    limit = encoding.single_part_units if len(parts) == 1 else encoding.joined_part_units
    assert "".join(parts) == text
    assert count_parts(text) == len(parts)
    assert all(_size(part, encoding) <= limit for part in parts)
    assert len(parts) >= -(-encoded_length(text) // encoding.joined_part_units) or len(parts) == 1


@settings(max_examples=60, deadline=None)
@given(persian)
def test_no_part_begins_with_a_mark_or_after_a_joiner(text: str) -> None:
    longest_run = 67
    parts = split_parts(text)
    for before, part in pairwise(parts):
        torn = unicodedata.category(part[0]).startswith("M") or part[0] in "\u200c\u200d🏽" or before[-1] == "\u200d"
        assert not torn or encoded_length(before) > longest_run - 2


def _size(part: str, encoding: Encoding) -> int:
    return encoded_length(part) if encoding is Encoding.GSM7 else len(part.encode("utf-16-le")) // 2
