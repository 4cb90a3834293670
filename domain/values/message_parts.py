"""What a text costs in message parts, and where it is cut.

A text is sent in one of two encodings: GSM-7 (septets; the characters of the extension table take two) or, as soon as
one character is outside both tables — one Persian letter is enough — UCS-2 (16-bit code units; emoji take two). One
part holds 160 septets or 70 code units; in a text of several, each part gives seven septets or three code units to the
header that joins them. Source: facts-iran.md, "SMS"; 3GPP TS 23.038 and 23.040.

A cut never falls inside what a reader sees as one character, because some handsets show parts as they come. A panel
that cuts at any code unit may therefore count a part fewer than this module on rare texts, never more.
"""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM = _GSM_BASIC | _GSM_EXTENDED
_ZERO_WIDTH_NON_JOINER = "\u200c"
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


class Encoding(StrEnum):
    """How a text travels."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"

    @property
    def alone(self) -> int:
        """Units (septets or code units) that fit when the text is a single part."""
        return 160 if self is Encoding.GSM7 else 70

    @property
    def joined(self) -> int:
        """Units that fit in each part of a text of several."""
        return 153 if self is Encoding.GSM7 else 67


def encoding_of(text: str) -> Encoding:
    """Return GSM-7 when every character of `text` is in its tables, UCS-2 otherwise."""
    return Encoding.GSM7 if _GSM.issuperset(text) else Encoding.UCS2


def units(text: str) -> int:
    """Return the length of `text` in units of its own encoding: septets, or 16-bit code units."""
    return _units(text, encoding_of(text))


def count_parts(text: str) -> int:
    """Return how many message parts `text` is sent in; an empty text is one part."""
    return len(split(text))


def split(text: str) -> list[str]:
    """Return the parts of `text` in order; joined they are `text` again.

    Surrogate pairs, extension characters, base characters with their marks and emoji sequences stay whole; only a run
    of marks longer than a whole part is cut, between two characters.
    """
    encoding = encoding_of(text)
    if _units(text, encoding) <= encoding.alone:
        return [text]
    parts: list[str] = []
    part, used = "", 0
    for piece in _pieces(text, encoding):
        size = _units(piece, encoding)
        if used + size > encoding.joined:
            parts.append(part)
            part, used = "", 0
        part, used = part + piece, used + size
    return [*parts, part]


def _units(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return len(text) + sum(character in _GSM_EXTENDED for character in text)
    return len(text) + sum(character > "\uffff" for character in text)


def _pieces(text: str, encoding: Encoding) -> Iterator[str]:
    for cluster in _clusters(text):
        if _units(cluster, encoding) <= encoding.joined:
            yield cluster
        else:
            yield from cluster


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster[-1], character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(before: str, character: str) -> bool:
    """Tell whether `character` belongs to what `before` ends: marks, joiners, skin tones, and what a ZWJ glues on.

    A ZWNJ stays with the letter whose shape it decides, and ends the cluster.
    """
    return (
        before == _ZERO_WIDTH_JOINER
        or character in (_ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER)
        or character in _SKIN_TONES
        or unicodedata.category(character).startswith("M")
    )
