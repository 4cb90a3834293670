"""Identifiers of people and things as they are typed: mobiles, national codes, postal codes, plates, cards.

The algorithms are those of the issuing offices; each is checked against published examples
(tests/domain/values/test_identifiers.py).
"""

import re
from collections.abc import Sequence

import phonenumbers

from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import fold_compactly, fold_text, isolate_left_to_right, persian_digits


class NationalCode(str):
    """A person's national code, ten digits with a right check digit, as `parse_national_code` gives it."""

    __slots__ = ()


class PostalCode(str):
    """A postal code, as `parse_postal_code` gives it."""

    __slots__ = ()


class RenovationCode(str):
    """A property's renovation code, as `parse_renovation_code` gives it."""

    __slots__ = ()


class VehiclePlate(str):
    """A vehicle plate, as `parse_plate` gives it."""

    __slots__ = ()


_MOBILE_PATTERN = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_IRAN = phonenumbers.PhoneMetadata.metadata_for_region("IR")
_MOBILE_RANGES = re.compile(_IRAN.mobile.national_number_pattern)  # type: ignore[union-attr,type-var]  # Iran has mobiles
"""The numbers, without what is before the 9, that are given out to mobiles."""

_LEGAL_WEIGHTS = (29, 27, 23, 19, 17) * 2
_PLATE_GAP = r"[\s\-_/|،,.]*"
_PLATE_LETTER = "(?P<letter>الف|[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیtds])"
_PLATE_SERIAL = _PLATE_GAP.join(["(?P<two>[0-9]{2})", _PLATE_LETTER, "(?P<three>[0-9]{3})"])
_PLATE_REGION = "(?P<region>[1-9][0-9])"
_STORED_PLATE_PATTERN = re.compile(r"(\d{2})(\D{1,3})(\d{3})-(?P<region>\d{2})")
_PLATE_PATTERNS = (
    re.compile(_PLATE_SERIAL + _PLATE_GAP + f"(?:ایران{_PLATE_GAP})?" + _PLATE_REGION),
    re.compile(_PLATE_GAP.join(["ایران", _PLATE_REGION, _PLATE_SERIAL])),
)
_PLATE_PART_PATTERNS = tuple(map(re.compile, ("[0-9]{2}", _PLATE_LETTER, "[0-9]{3}")))
"""The parts of a plate that are its own, in their order on the car."""
_PLATE_NOISE = re.compile(rf"شماره|پلاک|تاکسی|خودرو|ماشین|ایران(?:{_PLATE_GAP}{_PLATE_REGION})?")
_LEAST_PLATE_SIGNS = 3
LONGEST_RENOVATION_CODE = 24
_REFUSAL_REASONS = {
    "mobile": InvalidReason.BAD_MOBILE,
    "national_code": InvalidReason.BAD_NATIONAL_CODE,
    "legal_id": InvalidReason.BAD_LEGAL_ID,
    "postal_code": InvalidReason.BAD_POSTAL_CODE,
    "renovation_code": InvalidReason.BAD_RENOVATION_CODE,
    "plate": InvalidReason.BAD_PLATE,
}
"""Field of a reader → the reason of its refusal."""
_PLATE_ALIASES = {"ا": "الف", "t": "ت", "d": "D", "s": "S"}


def _refusal_for_field(field_name: str) -> InvalidField:
    return InvalidField(field_name, _REFUSAL_REASONS[field_name])


def parse_mobile(text: str) -> str:
    """Return an Iranian mobile number as +989XXXXXXXXX, from +98, 0098, 98, 0 or nothing before the 9."""
    matched = _MOBILE_PATTERN.fullmatch(text) or _MOBILE_PATTERN.fullmatch(re.sub(r"[()]", "", fold_compactly(text)))
    if not matched or not _MOBILE_RANGES.fullmatch(matched[1]):
        raise _refusal_for_field("mobile")
    return f"+98{matched[1]}"


def display_mobile(stored_mobile: str) -> str:
    """Return a stored mobile number (+989XXXXXXXXX) as people write it: 09XXXXXXXXX; any other address as it is."""
    return f"0{stored_mobile[3:]}" if stored_mobile.startswith("+98") else stored_mobile


def mask_name(full_name: str) -> str:
    """Return a name of which nobody learns more than who knows it already: «آنه محمدی» → «آ… م…»."""
    return " ".join(f"{name_part[0]}…" for name_part in full_name.split())


def parse_national_code(text: str) -> NationalCode:
    """Return a person's national code as ten digits; leading zeros that were left out come back."""
    code = _require_digits(text, "national_code", shortest=8, longest=10).zfill(10)
    remainder = _weighted_sum(code[:9], range(10, 1, -1)) % 11
    check_digit = remainder if remainder < 2 else 11 - remainder
    if len(set(code)) == 1 or code[3:9] == "000000" or int(code[9]) != check_digit:
        raise _refusal_for_field("national_code")
    return NationalCode(code)


def parse_legal_id(text: str) -> str:
    """Return the national id of a legal entity (eleven digits)."""
    number = _require_digits(text, "legal_id", shortest=11, longest=11)
    shift = int(number[9]) + 2
    weighted_total = _weighted_sum(number[:10], _LEGAL_WEIGHTS) + shift * sum(_LEGAL_WEIGHTS)
    if int(number[10]) != weighted_total % 11 % 10:
        raise _refusal_for_field("legal_id")
    return number


def parse_postal_code(text: str) -> PostalCode:
    """Return a postal code (ten digits, not all the same; it has no check digit)."""
    code = _require_digits(text, "postal_code", shortest=10, longest=10)
    if len(set(code)) == 1:
        raise _refusal_for_field("postal_code")
    return PostalCode(code)


def parse_renovation_code(text: str) -> RenovationCode:
    """Return a property's renovation code: three to eight numbers as in 2-14-15-20, or 12 to 20 digits together."""
    code_parts = re.split(r"\s*[\-‐‑–—−_./|]\s*", fold_text(text))
    is_grouped = 3 <= len(code_parts) <= 8 and all(re.fullmatch(r"[0-9]{1,6}", part) for part in code_parts)
    code = "-".join(code_parts)
    if len(code) > LONGEST_RENOVATION_CODE or not (is_grouped or re.fullmatch(r"[0-9]{12,20}", code)):
        raise _refusal_for_field("renovation_code")
    return RenovationCode(code)


def parse_plate(text: str) -> VehiclePlate:
    """Return a vehicle plate as 12ت345-59: two digits, letter, three digits, region (10–99).

    The region may follow the number or come first after «ایران»; a Latin T means ت, «ا» for «الف».
    """
    folded_text = fold_text(text)
    matched = next((match for pattern in _PLATE_PATTERNS if (match := pattern.fullmatch(folded_text))), None)
    if not matched:
        raise _refusal_for_field("plate")
    letter = _PLATE_ALIASES.get(matched["letter"], matched["letter"])
    return VehiclePlate(f"{matched['two']}{letter}{matched['three']}-{matched['region']}")


def read_plate_parts(text: str) -> tuple[str, ...]:
    """Return what is said of a plate without its region, in the order on the car, whatever the order in which it is
    written: three digits, a letter with two or three of them, or all. Nothing where that is no part of a plate.
    """
    written_parts = re.findall("[0-9]+|[^0-9\\W_]+", _PLATE_NOISE.sub(" ", fold_text(text)))
    plate_parts: list[str] = []
    for pattern in _PLATE_PART_PATTERNS:
        fitting_parts = [part for part in written_parts if pattern.fullmatch(part)]
        plate_parts += [_PLATE_ALIASES.get(part, part) for part in fitting_parts[:1]]
    is_whole = len(plate_parts) == len(written_parts) and sum(map(len, plate_parts)) >= _LEAST_PLATE_SIGNS
    return tuple(plate_parts) if is_whole and not all(part.isalpha() for part in plate_parts) else ()


def split_plate(plate: str) -> tuple[str, str, str] | None:
    """Return two digits, letter and three digits of a stored plate; None for what is none."""
    matched = _STORED_PLATE_PATTERN.fullmatch(plate)
    return (matched[1], matched[2], matched[3]) if matched else None


def display_plate(plate: str) -> str:
    """Return a stored plate as on the car, from left to right: «۱۲ ت ۳۴۵ ایران ۵۹», never torn at the end of a line.

    What is no plate (a value that was kept before plates were checked) stays as it is.
    """
    matched = _STORED_PLATE_PATTERN.fullmatch(plate)
    if not matched:
        return plate
    return isolate_left_to_right(persian_digits("\u00a0".join((*matched.groups()[:-1], "ایران", matched["region"]))))


def _require_digits(text: str, field_name: str, *, shortest: int, longest: int) -> str:
    compact_text = fold_compactly(text)
    if not re.fullmatch(rf"[0-9]{{{shortest},{longest}}}", compact_text):
        raise _refusal_for_field(field_name)
    return compact_text


def _weighted_sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
