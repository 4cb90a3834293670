"""Texts of any characters: folding settles at once, and message parts leave every character whole."""

import sys
import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.values.message_parts import Encoding, choose_encoding, count_parts, encoded_length, split_parts
from domain.values.text import fold_text
from tests.support.effort import examples

ASSIGNED = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Co", "Cs"}
]
"""Every character that Unicode has given a meaning."""

MARKS = [character for character in ASSIGNED if unicodedata.category(character)[0] == "M"]
BEYOND = [character for character in ASSIGNED if character > "\uffff"]
JOINERS = ["\u200c", "\u200d"]
TONES = [chr(code) for code in range(0x1F3FB, 0x1F400)]

MIXED = st.text(
    st.one_of(
        st.sampled_from("سلامپیگریک ۱۲abc"),
        st.sampled_from(MARKS),
        st.sampled_from(BEYOND),
        st.sampled_from(JOINERS),
        st.sampled_from(TONES),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=220,
)
LATIN = st.text("abc XYZ123@£\n{}[]|€~^\\", max_size=500)
TEXTS = MIXED | LATIN | st.text("س", min_size=60, max_size=210)


def belongs(before: str, character: str) -> bool:
    """Whether a reader sees `character` as a part of what stands before it."""
    joined = before == "\u200d" or character in JOINERS or character in TONES
    return joined or unicodedata.category(character)[0] == "M"


def code_units(text: str) -> int:
    """Return how many 16-bit units a text has."""
    return len(text.encode("utf-16-le")) // 2


def clusters(text: str) -> list[str]:
    """Return what a reader sees as single characters."""
    found: list[str] = []
    for character in text:
        if found and belongs(found[-1][-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


@examples(150)
@given(TEXTS)
def test_parts_are_the_text_and_each_fits(text: str) -> None:
    parts, encoding = split_parts(text), choose_encoding(text)
    room = encoding.single_part_units if len(parts) == 1 else encoding.joined_part_units
    sizes = [encoded_length(part) if encoding is Encoding.GSM7 else code_units(part) for part in parts]
    assert "".join(parts) == text
    assert count_parts(text) == len(parts)
    assert max(sizes) <= room
    assert len(parts) == 1 or min(sizes) > 0


@examples(150)
@given(TEXTS)
def test_no_part_is_cut_inside_a_surrogate_pair_or_a_character(text: str) -> None:
    """Only what is longer than a whole part is cut, and that between code points."""
    parts, encoding = split_parts(text), choose_encoding(text)
    encoded = text.encode("utf-16-le")
    assert b"".join(part.encode("utf-16-le") for part in parts) == encoded
    starts = [len("".join(parts[:number])) for number in range(1, len(parts))]
    begins, at = set(), 0
    for cluster in clusters(text):
        begins |= set(range(at, at + len(cluster))) if code_units(cluster) > encoding.joined_part_units else {at}
        at += len(cluster)
    assert set(starts) <= begins


@examples(150)
@given(TEXTS)
def test_a_part_is_ended_only_where_the_next_character_does_not_fit(text: str) -> None:
    parts, encoding = split_parts(text), choose_encoding(text)
    size = encoded_length if encoding is Encoding.GSM7 else code_units
    for part, following in pairwise(parts):
        first = clusters(following)[0]
        first = first if size(first) <= encoding.joined_part_units else first[0]
        assert size(part) + size(first) > encoding.joined_part_units


def test_a_surrogate_pair_and_a_marked_letter_stay_whole_at_every_place_of_the_cut() -> None:
    for whole in ("😀", "سَ", "بّٔ", "👍🏽", "👩‍👩‍👧"):
        for place in range(60, 72):
            text = "س" * place + whole + "س" * 80
            assert any(whole in part for part in split_parts(text)), (whole, place)


def test_every_character_folds_to_what_folds_to_itself() -> None:
    once = {character: fold_text(character) for character in ASSIGNED}
    assert [character for character, folded in once.items() if fold_text(folded) != folded] == []


def test_every_character_folds_so_between_others_too() -> None:
    """A mark or joiner that goes lets its neighbours compose; nothing is left for a second fold even so."""
    for around in ("ا{}ی", "a{}\u0301", "ه{}\u0654", "K{}\u200c\u0327"):
        texts = [around.format(character) for character in ASSIGNED]
        assert [text for text in texts if (folded := fold_text(text)) != fold_text(folded)] == []


@examples(200)
@given(MIXED | st.text(max_size=40))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
