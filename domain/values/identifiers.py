"""Identifiers of people and things as they are typed: mobiles, national codes, postal codes, plates, IBANs, cards.

The algorithms are those of the issuing offices; each is checked against published examples
(tests/domain/test_people.py).
"""

import re
from collections.abc import Sequence

import phonenumbers
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from domain.values.errors import InvalidField
from domain.values.text import compact, fold

_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_LEGAL_WEIGHTS = (29, 27, 23, 19, 17) * 2
_PLATE_GAP = r"[\s\-_/|،,.]*"
_PLATE_LETTER = "(?P<letter>الف|[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیtds])"
_PLATE_SERIAL = _PLATE_GAP.join(["(?P<two>[0-9]{2})", _PLATE_LETTER, "(?P<three>[0-9]{3})"])
_PLATE_REGION = "(?P<region>[1-9][0-9])"
_PLATES = (
    re.compile(_PLATE_SERIAL + _PLATE_GAP + f"(?:ایران{_PLATE_GAP})?" + _PLATE_REGION),
    re.compile(_PLATE_GAP.join(["ایران", _PLATE_REGION, _PLATE_SERIAL])),
)
LONGEST_RENOVATION_CODE = 24
_NOT = {
    "mobile": "bad_mobile", "national_code": "bad_national_code", "legal_id": "bad_legal_id",
    "postal_code": "bad_postal_code", "renovation_code": "bad_renovation_code", "plate": "bad_plate",
    "iban": "bad_iban", "card": "bad_card",
}  # fmt: skip
"""Field of a reader → the detail of its refusal."""
_PLATE_ALIASES = {"ا": "الف", "t": "ت", "d": "D", "s": "S"}


def _unread(field: str) -> InvalidField:
    return InvalidField(field, detail=_NOT[field])


def mobile(text: str) -> str:
    """Return an Iranian mobile number as +989XXXXXXXXX, from +98, 0098, 98, 0 or nothing before the 9."""
    typed = _MOBILE.fullmatch(text) or _MOBILE.fullmatch(re.sub(r"[()]", "", compact(text)))
    if not typed:
        raise _unread("mobile")
    number = phonenumbers.PhoneNumber(country_code=98, national_number=int(typed[1]))
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        raise _unread("mobile")
    return f"+98{typed[1]}"


def mobile_shown(number: str) -> str:
    """Return a stored mobile number (+989XXXXXXXXX) as people write it: 09XXXXXXXXX; any other address as it is."""
    return f"0{number[3:]}" if number.startswith("+98") else number


def masked(name: str) -> str:
    """Return a name of which nobody learns more than who knows it already: «آنه محمدی» → «آ… م…»."""
    return " ".join(f"{part[0]}…" for part in name.split())


def national_code(text: str) -> str:
    """Return a person's national code as ten digits; leading zeros that were left out come back."""
    code = _digits(text, "national_code", shortest=8, longest=10).zfill(10)
    remainder = _weighted(code[:9], range(10, 1, -1)) % 11
    check = remainder if remainder < 2 else 11 - remainder
    if len(set(code)) == 1 or code[3:9] == "000000" or int(code[9]) != check:
        raise _unread("national_code")
    return code


def legal_id(text: str) -> str:
    """Return the national id of a legal entity (eleven digits)."""
    number = _digits(text, "legal_id", shortest=11, longest=11)
    shift = int(number[9]) + 2
    total = _weighted(number[:10], _LEGAL_WEIGHTS) + shift * sum(_LEGAL_WEIGHTS)
    if int(number[10]) != total % 11 % 10:
        raise _unread("legal_id")
    return number


def postal_code(text: str) -> str:
    """Return a postal code (ten digits, not all the same; it has no check digit)."""
    code = _digits(text, "postal_code", shortest=10, longest=10)
    if len(set(code)) == 1:
        raise _unread("postal_code")
    return code


def renovation_code(text: str) -> str:
    """Return a property's renovation code: three to eight numbers as in 2-14-15-20, or 12 to 20 digits together."""
    parts = re.split(r"\s*[\-‐‑–—−_./|]\s*", fold(text))
    grouped = 3 <= len(parts) <= 8 and all(re.fullmatch(r"[0-9]{1,6}", part) for part in parts)
    code = "-".join(parts)
    if len(code) > LONGEST_RENOVATION_CODE or not (grouped or re.fullmatch(r"[0-9]{12,20}", code)):
        raise _unread("renovation_code")
    return code


def plate(text: str) -> str:
    """Return a vehicle plate as 12ت345-59: two digits, letter, three digits, region (10–99).

    The region may follow the number or come first after «ایران»; a Latin T stands for ت, «ا» for «الف».
    """
    folded = fold(text)
    found = next((match for pattern in _PLATES if (match := pattern.fullmatch(folded))), None)
    if not found:
        raise _unread("plate")
    letter = _PLATE_ALIASES.get(found["letter"], found["letter"])
    return f"{found['two']}{letter}{found['three']}-{found['region']}"


def iban(text: str) -> str:
    """Return an Iranian IBAN as IR and 24 digits, check digits proved; the IR may be left out, as forms print it."""
    digits = re.fullmatch(r"(?:ir)?([0-9]{24})", compact(text))
    if not digits or not mod_97_10.is_valid(f"{digits[1][2:]}IR{digits[1][:2]}"):
        raise _unread("iban")
    return f"IR{digits[1]}"


def card_masked(text: str) -> str:
    """Return the only part of a bank card's number that may be kept: first six, `******`, last four digits."""
    number = _digits(text, "card", shortest=16, longest=16)
    if number[0] == "0" or not luhn.is_valid(number):
        raise _unread("card")
    return f"{number[:6]}******{number[-4:]}"


def _digits(text: str, field: str, *, shortest: int, longest: int) -> str:
    number = compact(text)
    if not re.fullmatch(rf"[0-9]{{{shortest},{longest}}}", number):
        raise _unread(field)
    return number


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
