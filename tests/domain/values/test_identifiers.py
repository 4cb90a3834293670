"""Identifiers of people and things: the vectors of facts-iran.md, however they are typed."""

from collections.abc import Callable
from contextlib import nullcontext

import phonenumbers
import pytest

from domain.messages.catalogue import Catalogue
from domain.values import actors, identifiers
from domain.values.actors import Actor, Role
from domain.values.errors import InvalidField
from tests.support.tables import each_row

TEXTS = Catalogue.load()

VALID: list[tuple[Callable[[str], str], list[str], str]] = [
    (
        identifiers.parse_mobile,
        [
            "+989121234567",
            "00989121234567",
            "989121234567",
            "09121234567",
            "9121234567",
            "۰۹۱۲۱۲۳۴۵۶۷",
            "٠٩١٢ ١٢٣ ٤٥٦٧",
            "0912-123-4567",
            "+98 (912) 123 4567",
            "\u200e09121234567",
        ],
        "+989121234567",
    ),
    (identifiers.parse_mobile, ["09001234567", "+98 900 1234567"], "+989001234567"),
    (identifiers.parse_national_code, ["0499370899", "499370899", "۰۴۹-۹۳۷۰۸۹-۹"], "0499370899"),
    (identifiers.parse_national_code, ["0790419904"], "0790419904"),
    (identifiers.parse_national_code, ["0084575948", "84575948", "٨٤٥٧٥٩٤٨"], "0084575948"),
    (identifiers.parse_national_code, ["1583250689"], "1583250689"),
    (identifiers.parse_national_code, ["0076229645"], "0076229645"),
    (identifiers.parse_legal_id, ["10380284790", "۱۰۳۸۰۲۸۴۷۹۰"], "10380284790"),
    (identifiers.parse_legal_id, ["14005893875"], "14005893875"),
    (identifiers.parse_postal_code, ["4947113456", "49471-13456", "۴۹۴۷۱ ۱۳۴۵۶"], "4947113456"),
    (
        identifiers.parse_plate,
        [
            "12ت345-59",
            "12ت345 ایران 59",
            "12 ت 345 59",
            "ایران 59 12ت345",
            "۱۲ت۳۴۵ ايران ۵۹",
            "12T345-59",
            "12t34559",
            "12 ت 345 - ایران 59",
            "١٢ ت ٣٤٥ / ٥٩",
            "ایران59-12ت345",
            "12ـت‌345 59",
        ],
        "12ت345-59",
    ),
    (identifiers.parse_plate, ["12ع345-67", "12 ع 345 ایران 67"], "12ع345-67"),
    (identifiers.parse_plate, ["12ي345-67", "12ی345-67", "12ى345-67"], "12ی345-67"),
    (identifiers.parse_plate, ["12ك345-67", "12ک345-67"], "12ک345-67"),
    (identifiers.parse_plate, ["12ھ345-67", "12هـ345-67", "12ه345-67"], "12ه345-67"),
    (identifiers.parse_plate, ["12الف345-10", "12ا345-10", "12 أ 345 10"], "12الف345-10"),
    (identifiers.parse_plate, ["12d345-99", "12D345 ایران 99"], "12D345-99"),
]

INVALID: list[tuple[Callable[[str], str], str, list[str]]] = [
    (
        identifiers.parse_mobile,
        "mobile",
        [
            "",
            "0912123456",
            "091212345678",
            "02112345678",
            "3000123",
            "+19121234567",
            "PISHKHAN",
            "0912123456൧",
            "09701234567",
            "+9809121234567x",
            "۰۹۱۲۱۲۳۴۵۶",
        ],
    ),
    (
        identifiers.parse_national_code,
        "national_code",
        [
            "",
            "4271427685",
            "0200203041",
            "1234567890",
            "0684159415",
            "1111111111",
            "0000000000",
            "1230000002",
            "1230000000",
            "0499370898",
            "4993708",
            "04993708990",
        ],
    ),
    (
        identifiers.parse_legal_id,
        "legal_id",
        ["10380284792", "11111111111", "1038028479", "103802847900", "10380284791"],
    ),
    (identifiers.parse_postal_code, "postal_code", ["1111111111", "494711345", "49471134567", "494711345a"]),
    (
        identifiers.parse_plate,
        "plate",
        [
            "12ت345",
            "12ت345-09",
            "1ت345-59",
            "12ت3455-9",
            "12تت345-59",
            "12q345-59",
            "ت12345-59",
            "12ت345-590",
            "۱۲۳۴۵۶۷۸۹",
        ],
    ),
]


TEXTS = Catalogue.load()


@each_row(
    ("read", "typed", "stored"), [(read, typed, stored) for read, variants, stored in VALID for typed in variants]
)
def test_what_people_type_is_read(read: Callable[[str], str], typed: str, stored: str) -> None:
    assert read(typed) == stored
    assert read(stored) == stored


@each_row(("read", "field", "typed"), [(read, field, typed) for read, field, texts in INVALID for typed in texts])
def test_what_is_wrong_names_its_field(read: Callable[[str], str], field: str, typed: str) -> None:
    with pytest.raises(InvalidField) as caught:
        read(typed)
    assert (caught.value.field, caught.value.reason) == (field, f"bad_{field}")
    assert f"details.invalid_field.bad_{field}" in TEXTS, "people are told what it is not"
    assert not caught.value.params, "an identifier that was refused must not travel with the error"


def test_mobiles_are_the_numbers_that_the_library_says_are_given_out_to_them() -> None:
    for number in range(9_000_000_000, 10_000_000_000, 99_991):
        phone_number = phonenumbers.PhoneNumber(country_code=98, national_number=number)
        is_mobile = phonenumbers.number_type(phone_number) == phonenumbers.PhoneNumberType.MOBILE
        with nullcontext() if is_mobile else pytest.raises(InvalidField):
            assert identifiers.parse_mobile(str(number)) == f"+98{number}"


def test_mobile_is_shown_as_people_write_it() -> None:
    assert identifiers.display_mobile("+989121234567") == "09121234567"
    assert identifiers.display_mobile("5200000003") == "5200000003"  # a chat, of which no mobile is known


def test_staff_roles_are_those_of_the_organisation() -> None:
    assert {str(role) for role in actors.STAFF_ROLES} == {
        "taxi_officer",
        "revenue",
        "civil",
        "expert",
        "secretariat",
        "manager",
        "auditor",
        "admin",
    }


def test_an_actor_has_one_label() -> None:
    actor = Actor(frozenset({Role.CIVIL}), "staff", "rahimi", "cli")
    assert actor.label == "staff:rahimi"
