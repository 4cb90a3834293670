"""Values that gateways read out of callbacks and answers: strictly, or not at all."""

import pytest

from domain.values.errors import InvalidField, MissingField
from payments.answer_values import (
    LONGEST_CODE,
    find_callback_name,
    find_callback_value,
    find_value,
    read_amount,
    read_code,
    read_name,
    read_object,
    require_callback_name,
    require_callback_number,
)
from tests.support.tables import each_row


@each_row(
    ("value", "amount"),
    [
        (0, 0),
        (1_250_000, 1_250_000),
        ("1250000", 1_250_000),
        ("0", 0),
        (-1, None),
        ("-1", None),
        (1.0, None),
        ("1.0", None),
        ("1,250,000", None),
        (" 5", None),
        ("۵", None),
        ("", None),
        (True, None),
        (None, None),
        ([5], None),
        (10**18, None),
        ("9" * 19, None),
    ],
)
def test_amounts(value: object, amount: int | None) -> None:
    assert read_amount(value) == amount


@each_row(
    ("value", "code"),
    [
        (100, "100"),
        (-51, "-51"),
        (" OK ", "OK"),
        ("", "none"),
        (None, "none"),
        (True, "none"),
        ({}, "none"),
        (0.5, "none"),
        ("a\r\nb\x00", "ab"),
        ("x" * 500, "x" * LONGEST_CODE),
        ("6037997500001236", "603799******1236"),
    ],
)
def test_codes(value: object, code: str) -> None:
    assert read_code(value) == code


@each_row(
    ("value", "name"),
    [
        ("A0000", "A0000"),
        (201, "201"),
        ("jJnB/8+Qw==", "jJnB/8+Qw=="),
        ("with space", None),
        ("", None),
        ("ـ", None),
        ("x" * 129, None),
        (True, None),
        (1.5, None),
        (None, None),
    ],
)
def test_names(value: object, name: str | None) -> None:
    assert read_name(value) == name


def test_objects_and_what_stands_in_them() -> None:
    assert read_object([]) == read_object(None) == {}
    document = {"ResultCode": 0, "refNum": "R1"}
    assert (find_value(document, "resultcode"), find_value(document, "x", "RefNum")) == (0, "R1")
    assert find_value(document, "x") is None


def test_callbacks() -> None:
    values = {"TOKEN": " T1 ", "order": "7", "zero": "0", "digits": "۷", "empty": " "}
    assert find_callback_value(values, "token") == require_callback_name(values, "Token") == "T1"
    assert require_callback_number(values, "Order") == 7
    assert find_callback_name(values, "empty") is None
    for field in ("empty", "absent"):
        with pytest.raises(MissingField) as missing:
            require_callback_name(values, field)
        assert missing.value.field == field
    for field in ("zero", "digits"):
        with pytest.raises(InvalidField):
            require_callback_number(values, field)
