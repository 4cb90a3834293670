"""Spellings of toolkits for the same values are folded into one form in one place, before the XSD looks at it."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from channels.pishkhan_soap import folding
from channels.pishkhan_soap.schema import SchemaRecord, SimpleType, collect_types
from tests.channels.pishkhan_soap.complete_calls import CONTRACT, complete_call, find_refusal, members_in, read
from tests.channels.pishkhan_soap.envelopes import CITIZEN, MACHINERY, OURS, body
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.effort import examples
from tests.support.tables import each_row

OPERATIONS = {one.name: one for one in CONTRACT.operations}
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FOLDED = (
    # element, as it is sent, as it is read
    ("date", "2026-11-25T00:00:00", date(2026, 11, 25)),
    ("date", "2026-11-25T00:00:00.0000000+03:30", date(2026, 11, 25)),
    ("date", "2026-11-25T00:00:00.000Z", date(2026, 11, 25)),
    ("date", "۲۰۲۶-۱۱-۲۵", date(2026, 11, 25)),
    ("date", "1405-09-04", date(2026, 11, 25)),
    ("date", "1405-09-04+03:30", date(2026, 11, 25)),
    ("date", "۱۴۰۵-۰۲-۳۱", date(2026, 5, 21)),
    ("start", "8:00", time(8)),
    ("start", "08:00:00", time(8)),
    ("start", "08:00:59.1234567", time(8)),
    ("start", "08:00:00.0000000+03:30", time(8)),
    ("start", "۰۸:۳۰", time(8, 30)),
    ("hours", "۲٫۵", 2.5),
    ("hours", "4.0", 4.0),
    ("count", "2.0", 2),
    ("count", "۲", 2),
    ("mobile", "۰۹۱۲۱۲۳۴۵۶۷", "09121234567"),
    ("mobile", "\u200e٠٩١٢١٢٣٤٥٦٧\u200f", "09121234567"),
    ("clerkNationalCode", "\ufeff۰۴۹۹۳۷۰۸۹۹ ", "0499370899"),
    ("place", "  پلاک ۵ ", "  پلاک ۵ "),
)
"""Free text alone stays as it was written."""


def said(name: str, text: str) -> Any:
    """Return what is read of an element of a machinery request when it says this."""
    operation = OPERATIONS["SubmitMachineryRequest"]
    call = complete_call(operation)
    keys = {}
    for member, element in members_in(operation.request, call):
        if member.name == name:
            element.text, keys[name] = text, member.key
    return found(read(call), keys[name])


def found(values: Any, key: str) -> Any:
    """Return the value of a key, however deep."""
    if isinstance(values, list):
        values = dict(enumerate(values))
    if not isinstance(values, dict):
        return None
    return values[key] if key in values else next((one for deep in values.values() if (one := found(deep, key))), None)


@each_row(("name", "text", "value"), FOLDED)
def test_a_value_is_read_however_it_is_written(name: str, text: str, value: object) -> None:
    assert said(name, text) == value


@each_row(
    ("old", "new"),
    [
        ("</place>", "</place><description/>"),
        ("</place>", "</place><description></description>"),
        ("</place>", "</place><description>  \n </description>"),
        ("</place>", f'</place><description {XSI} xsi:nil="true"/>'),
        ("</hours>", "</hours><count/>"),
        ("</hours>", "</hours><count></count>"),
        ("</items>", "<item/></items>"),
        ("</items>", "<item><machine/><hours/></item></items>"),
        ("</items>", f'<item {XSI} xsi:nil="true"/></items>'),
        ("<SubmitMachineryRequest", f'<SubmitMachineryRequest {XSI} xsi:type="anything"'),
        ("<SubmitMachineryRequest", f'<SubmitMachineryRequest {XSI} xsi:schemaLocation="urn:x x.xsd"'),
        ("<place>", '<place xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" e:encodingStyle="urn:x">'),
    ],
)
def test_what_says_nothing_was_left_out(old: str, new: str) -> None:
    call = body("SubmitMachineryRequest", MACHINERY, call_id="r-1")
    assert old in call
    assert read(call.replace(old, new)) == read(call)


@pytest.mark.parametrize(
    "documents",
    [
        "<documents/>",
        "<documents></documents>",
        "<documents><document/></documents>",
        "<documents><document><name/><fileName/><content/></document></documents>",
    ],
)
def test_an_empty_list_that_may_be_left_out_was_left_out(documents: str) -> None:
    wish = {"citizen": CITIZEN, "kind": "subdivision", "address": "خیابان امام", "text": "زمین"}
    call = body("SubmitExpertRequest", wish, call_id="r-1")
    empty = call.replace("</text>", f"</text>{documents}").replace("<address>", "<renovationCode/><address>")
    assert read(empty) == read(call)


def test_an_empty_list_that_must_be_there_is_missed() -> None:
    for items in ("<items/>", "<items><item/></items>"):
        call = complete_call(OPERATIONS["SubmitMachineryRequest"])
        (element,) = call.iter(f"{{{OURS}}}items")
        element.getparent().replace(element, etree.fromstring(items.replace("<items", f'<items xmlns="{OURS}"', 1)))  # type: ignore[union-attr]
        missed = find_refusal(call)
        assert missed
        assert (missed.code, missed.field) == ("missing_field", "item")


SIMPLE = [one for one in collect_types(one.request for one in CONTRACT.operations) if isinstance(one, SimpleType)]


@pytest.mark.parametrize("kind", SIMPLE, ids=[one.name for one in SIMPLE])
def test_folding_twice_changes_nothing(kind: SimpleType) -> None:
    @examples(50)
    @given(st.text() | st.from_regex(r"[0-9۰-۹٠-٩:.\-T ٫+]{0,25}"))
    def each(text: str) -> None:
        assert kind.fold_text(kind.fold_text(text)) == kind.fold_text(text)

    each()


def test_a_jalali_day_is_read_alike_wherever_a_day_may_stand() -> None:
    days = 0
    for operation in CONTRACT.operations:
        for number, (member, _) in enumerate(list(members_in(operation.request, complete_call(operation)))):
            if isinstance(member.value_type, SchemaRecord) or member.value_type.name not in {"Day", "PaidAt"}:
                continue
            call = complete_call(operation)
            _, element = list(members_in(operation.request, call))[number]
            element.text = "1405-09-04" + ("T10:15:00" if member.value_type.name == "PaidAt" else "")
            assert str(found(read(call), member.key)).startswith("2026-11-25"), (operation.name, member.name)
            days += 1
    assert days >= 6


def test_a_day_of_no_calendar_stays_as_it_was_written() -> None:
    assert [folding.fold_day(one) for one in ("1405-12-30", "1405-13-01", "2026-02-30")] == [
        "1405-12-30",
        "1405-13-01",
        "2026-02-30",
    ]


async def test_pages_of_jalali_days(office: Office) -> None:
    """The first day of the demonstration is 1405-09-03: a Gregorian year 1405 would find nothing, and say nothing."""
    code = await office.submitted()
    for first, last in (("1405-09-03", "1405-09-03"), ("2026-11-24", "1405-09-30")):
        listed = await office.call("ListOfficeRequests", {"from": first, "to": last})
        assert listed.text("trackingCode") == code
    later = await office.call("ListOfficeRequests", {"from": "1405-09-04"})
    assert b"trackingCode" not in later.content
