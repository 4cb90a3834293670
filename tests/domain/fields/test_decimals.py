"""Exact decimals and lengths: read as people write them, kept in hundredths as text, shown whole."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.pishkhan_soap.form_types import type_for_field
from channels.pishkhan_soap.schema import SimpleType
from channels.web.forms import FormWording, build_controls
from domain.check import check_services
from domain.fields.decimals import DecimalNumber, Length, to_decimal
from domain.fields.form import Field
from domain.fields.types import FieldType, Integer, ReadingContext, Text
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.errors import InvalidField
from domain.values.text import persian_digits
from tests.support.tables import each_row

READING = ReadingContext(datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
TEXTS = Catalogue.load()
NUMBER = DecimalNumber(Decimal(0), Decimal(1_000_000), unit_words=("مترمربع",))
METRES = Length(Decimal("0.1"), Decimal(100))


@each_row(
    ("field_type", "written", "kept"),
    [
        (NUMBER, "2.76", "2.76"),
        (NUMBER, "۲٫۷۶", "2.76"),
        (NUMBER, "۲/۷۶", "2.76"),
        (NUMBER, " 2,5 مترمربع ", "2.5"),
        (NUMBER, "۲،۷۵", "2.75"),
        (NUMBER, "۲٫۵۰۰", "2.5"),
        (NUMBER, "007.50", "7.5"),
        (NUMBER, "+4.", "4"),
        (NUMBER, ".25", "0.25"),
        (NUMBER, 3, "3"),
        (NUMBER, 2.76, "2.76"),
        (NUMBER, "سه و نیم", "3.5"),
        (NUMBER, "نیم", "0.5"),
        (NUMBER, "1000000", "1000000"),
        (METRES, "۲ متر و ۴۰ سانت", "2.4"),
        (METRES, "دو متر و نیم", "2.5"),
        (METRES, "۱۲۰ سانتی‌متر", "1.2"),
        (METRES, "120cm", "1.2"),
        (METRES, "عرض ۳ متر", "3"),
        (METRES, "1.25 m", "1.25"),
    ],
)
def test_a_number_is_kept_exactly(field_type: FieldType, written: object, kept: str) -> None:
    assert field_type.parse(written, READING) == kept


@each_row(
    ("field_type", "written", "detail"),
    [
        (NUMBER, "2.765", "two_places"),
        (NUMBER, "04.500000000000000000000000000001", "two_places"),
        (NUMBER, 0.1 + 0.2, "two_places"),
        (NUMBER, "-1", "range"),
        (NUMBER, "1000000.01", "range"),
        (NUMBER, "9" * 400, "range"),
        (NUMBER, "nan", "bad_decimal"),
        (NUMBER, "1e5", "bad_decimal"),
        (NUMBER, "1_000", "bad_decimal"),
        (NUMBER, [1], "bad_decimal"),
        (NUMBER, True, "bad_decimal"),
        (NUMBER, "۲ ساعت", "bad_decimal"),
        (NUMBER, "1,500", "bad_decimal"),
        (NUMBER, "۱،۵۰۰ مترمربع", "bad_decimal"),
        (NUMBER, "۱٬۵۰۰", "bad_decimal"),
        (NUMBER, "۱,۵۰۰,۰۰۰", "bad_decimal"),
        (METRES, "۱,۵۰۰ متر", "bad_length"),
        (METRES, "۲ متر و ۱,۵۰۰ سانت", "bad_length"),
        (METRES, "۲ متر در خیابان", "bad_length"),
        (METRES, "0.05", "range"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_words(field_type: FieldType, written: object, detail: str) -> None:
    with pytest.raises(InvalidField) as refused:
        field_type.parse(written, READING)
    wording = Wording(TEXTS, {})
    assert refused.value.reason == detail
    assert "{" not in wording.render_error(refused.value)


@given(st.decimals(Decimal(0), Decimal(1_000_000), places=2))
def test_nothing_is_lost_between_writing_keeping_and_showing(number: Decimal) -> None:
    kept = NUMBER.parse(str(number), READING)
    assert to_decimal(kept) == number
    shown = NUMBER.render_value(kept, TEXTS.text)
    assert NUMBER.parse(shown, READING) == NUMBER.parse(kept, READING) == kept
    assert NUMBER.parse(persian_digits(str(number)).replace(".", "/"), READING) == kept
    assert len(shown) <= len(NUMBER.longest_value((), TEXTS.text))


def test_a_length_has_its_unit_its_control_and_its_type_in_the_contract() -> None:
    assert METRES.render_value("2.5", TEXTS.text) == "۲٫۵ متر"
    width = Field("width", METRES, suggestions=("1", "2.5"))
    [control] = build_controls([width], {}, FormWording(Wording(TEXTS, {}), lambda name: name))
    assert (control.kind, control.hint) == ("length", TEXTS.text("web.form.hints.length"))
    assert [(one.value, one.title) for one in control.suggestions] == [("1", "۱ متر"), ("2.5", "۲٫۵ متر")]
    schema_type = type_for_field(width, "BannerWidth")
    assert isinstance(schema_type, SimpleType)
    assert (schema_type.name, schema_type.xsd_base) == ("BannerWidthMetres", "xs:decimal")
    assert schema_type.facets == (("minInclusive", "0.1"), ("maxInclusive", "100"), ("fractionDigits", "2"))


def test_suggestions_that_their_field_would_not_keep_are_found() -> None:
    suggesting = (
        Field("width", METRES, suggestions=("2.50", "2.5", "200")),
        Field("trees", Integer(1, 5), suggestions=("3", "سه")),
        Field("note", Text(100), suggestions=("خیابان", "ن" * 40)),
    )
    form = tuple(replace(field, required=False) for field in suggesting)
    flaws = check_services([replace(MACHINERY_WORK, form=(*MACHINERY_WORK.form, *form))], TEXTS)
    found = [flaw.subject for flaw in flaws if flaw.kind in {"unsound_suggestion", "long_suggestion"}]
    assert found == ["width: 2.50", "width: 200", "trees: سه", f"note: {'ن' * 40}"]
