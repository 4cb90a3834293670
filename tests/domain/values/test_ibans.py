"""IBANs as people type them: one form is kept, a wrong one says which way it is wrong, and its bank is named."""

import tomllib
from pathlib import Path

import pytest

from domain.messages.catalogue import Catalogue
from domain.values.errors import InvalidField
from domain.values.ibans import BANK_CODES, Iban, parse_iban
from tests.support.tables import each_row

IBAN = "IR910120000000100324200001"


@each_row(
    "typed",
    [
        IBAN,
        "ir91 0120 0000 0010 0324 2000 01",
        "910120000000100324200001",
        "IR۹۱۰۱۲۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱",
        "٩١٠١٢٠٠٠٠٠٠٠١٠٠٣٢٤٢٠٠٠٠١",
        "Ir-91-0120-0000-0010-0324-2000-01",
        "  IR 91 - 0120 0000 0010 0324 2000 01 ",
        "\u2066IR91\u00a00120\u200c0000001003 24200001\u2069",
        "شبا: IR910120000000100324200001",
        "شماره شبا ۹۱۰۱۲۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱",
    ],
)
def test_an_iban_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_iban(typed) == IBAN
    assert parse_iban(parse_iban(typed)) == IBAN


@each_row(
    ("typed", "reason"),
    [
        ("IR910120000000100324200002", "iban_digits"),
        ("910120000000100324200010", "iban_digits"),
        ("IR91012000000010032420000", "bad_iban"),
        ("IR9101200000001003242000011", "bad_iban"),
        ("DE89370400440532013000", "bad_iban"),
        ("6037997512345678", "bad_iban"),
        ("IR", "bad_iban"),
        ("", "bad_iban"),
    ],
)
def test_a_wrong_one_says_how(typed: str, reason: str) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_iban(typed)
    assert (refused.value.field, refused.value.reason, refused.value.params) == ("iban", reason, {})
    assert f"details.invalid_field.{reason}" in Catalogue.load()


@each_row("code", sorted({f"{number:03}" for number in range(1000)} - BANK_CODES)[::7])
def test_an_account_at_a_bank_that_there_is_not_is_refused(code: str) -> None:
    account = f"{code}{'1' * 19}"
    check_digits = 98 - int(f"{account}182700") % 97
    with pytest.raises(InvalidField) as refused:
        parse_iban(f"IR{check_digits:02}{account}")
    assert refused.value.reason == "iban_bank"


def test_its_bank_is_named_by_three_digits_and_one_that_is_not_known_plainly() -> None:
    catalogue = Catalogue.load()
    named = {code: catalogue.text(Iban(f"IR00{code}{'0' * 19}").text_key) for code in BANK_CODES}
    assert (named["017"], named["054"], named["078"]) == ("بانک ملی", "بانک پارسیان", "بانک خاورمیانه")
    assert catalogue.text(parse_iban(IBAN).text_key) == "بانک ملت"
    assert catalogue.text(Iban(f"IR00777{'0' * 19}").text_key) == "بانک ناشناخته", "one that was kept before"
    shown = tomllib.loads(Path("domain/texts/fa/ibans.toml").read_text("utf-8"))["banks"]
    assert set(shown) == {*BANK_CODES, "unknown"}, "each code has a name, and no other"


def test_others_see_its_last_digits_and_who_pays_groups_of_four() -> None:
    iban = parse_iban(IBAN)
    assert (iban.last_digits, iban.groups) == ("0001", "IR91 0120 0000 0010 0324 2000 01")
