"""A fault of form is explained by the element expected at that place: named, with line and column."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import SchemaElement, SchemaRecord
from tests.channels.pishkhan_soap.complete_calls import CONTRACT, complete_call, find_refusal, members_in, read
from tests.channels.pishkhan_soap.envelopes import MACHINERY, OURS, body
from tests.support.tables import each_row

OPERATIONS = {one.name: one for one in CONTRACT.operations}
PERSIAN_NAME = re.compile("[\u0621-\u06cc\u200c ]+")


def each_member(operation: Operation) -> Iterator[tuple[SchemaElement, Element, Element]]:
    """Yield each element of a whole call: what it is, itself, and the call that it is in; each call is a fresh one."""
    count = len(list(members_in(operation.request, complete_call(operation))))
    for number in range(count):
        call = complete_call(operation)
        member, element = list(members_in(operation.request, call))[number]
        yield member, element, call


def removed(element: Element) -> None:
    """Take an element out of its call."""
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


@each_row("operation", OPERATIONS.values())
def test_a_missing_element_is_named(operation: Operation) -> None:
    assert find_refusal(complete_call(operation)) is None
    for member, element, call in each_member(operation):
        removed(element)
        found = find_refusal(call)
        if not member.required or member.name == "document":  # documents of no document are none
            assert found is None, member.name
            continue
        assert found, member.name
        assert (found.code, found.field) == ("missing_field", member.name)
        assert f"«{member.label}»" in found.message


@each_row("operation", OPERATIONS.values())
def test_an_empty_element_is_one_that_was_left_out(operation: Operation) -> None:
    for member, element, call in each_member(operation):
        if isinstance(member.value_type, SchemaRecord):
            continue
        before = leaves(read(call))
        element.text = ""
        found = find_refusal(call)
        if member.required:
            assert found, member.name
            assert (found.code, found.field) == ("missing_field", member.name)
        else:
            assert found is None, member.name
            assert leaves(read(call)) == before - 1, member.name


def leaves(values: object) -> int:
    """Return how many single values there are."""
    if isinstance(values, dict | list):
        return sum(map(leaves, values.values() if isinstance(values, dict) else values))
    return 1


@each_row("operation", OPERATIONS.values())
def test_a_misspelt_element_is_told_as_such(operation: Operation) -> None:
    for member, element, call in each_member(operation):
        for wrong in (member.name[:1].upper() + member.name[1:], member.name + "x", snake(member.name)):
            if wrong == member.name:
                continue
            element.tag = f"{{{OURS}}}{wrong}"
            found = find_refusal(call)
            assert found, wrong
            assert (found.code, found.field) == ("invalid_field", wrong)
            assert f"«{member.name}»" in found.message, found.message
            assert found.column > 1


def snake(name: str) -> str:
    """Return a name as other languages write it."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


@each_row("operation", OPERATIONS.values())
@each_row("namespace", ["", "urn:pishkhan:counter", "http://tempuri.org/"])
def test_an_unqualified_element_is_told_as_such(operation: Operation, namespace: str) -> None:
    for member, element, call in each_member(operation):
        element.tag = f"{{{namespace}}}{member.name}" if namespace else member.name
        found = find_refusal(call)
        assert found
        assert (found.code, found.field) == ("invalid_field", member.name)
        assert OURS in found.message


SAID = body("SubmitMachineryRequest", MACHINERY)
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ITEM = "<item><machine>loader</machine><hours>4</hours></item>"
PLACE = "<place>خیابان امام</place>"


@each_row(
    ("old", "new", "field", "says"),
    [
        ("<start>08:00</start>" + PLACE, PLACE + "<start>08:00</start>", "place", "«start»"),
        (PLACE, PLACE + "<description>a</description>" + PLACE, "place", "بیش از یک بار"),
        (PLACE, "<description>a</description>" + PLACE, "description", "«place»"),
        ("<start>08:00</start>", "<colour>red</colour><start>08:00</start>", "colour", "«start»"),
        (PLACE, PLACE + "<colour>red</colour>", "colour", "در این فراخوان نیست"),
        (PLACE, "<place colour='red'>خیابان امام</place>", "place", "«colour»"),
        (PLACE, "<place><b>خیابان</b></place>", "place", "«b»"),
        ("</items>", ITEM * 10 + "</items>", "item", "۱۰"),
        (PLACE, f'<place xmlns:x="{XSI}" x:bogus="1">خیابان امام</place>', "place", "«bogus»"),
        (PLACE, "words" + PLACE, "SubmitMachineryRequest", "نوشته‌ای"),
    ],
)
def test_what_else_is_wrong_with_the_form_is_told(old: str, new: str, field: str, says: str) -> None:
    assert old in SAID
    found = find_refusal(SAID.replace(old, new))
    assert found
    assert (found.code, found.field) == ("invalid_field", field)
    assert says in found.message, found.message


def test_line_and_column_are_those_of_the_message_as_it_was_sent() -> None:
    lines = SAID.replace("><", ">\n  <").replace("<place>", "<plase>").replace("</place>", "</plase>")
    lines = lines.replace("<hours>", "<count/>\n<hours>", 1)  # what is left out before does not move what is told
    found = find_refusal(lines)
    assert found
    number = next(at for at, line in enumerate(lines.split("\n"), 1) if "<plase>" in line)
    assert (found.line, found.column) == (number, 3)


def test_line_and_column_count_what_was_left_out_and_the_lines_of_tags() -> None:
    said = SAID.replace("<start>", "<description xmlns='urn:x'/>\n<start\n>")
    found = find_refusal(said)
    assert found
    before, _, _ = said.partition("<description")
    assert (found.line, found.field) == (before.count("\n") + 1, "description")


@each_row(
    ("name", "value", "says"),
    [
        ("officeCode", "دفتر", "کد دفتر"),
        ("mobile", "0912", "شماره همراه"),
        ("nationalCode", "12", "کد ملی"),
        ("hours", "0.7", "نیم ساعت"),
        ("hours", "25", "۲۴"),
        ("count", "99", "۱۰"),
        ("date", "1405/09/04", "2026-11-24"),
        ("date", "1405-13-01", "2026-11-24"),
        ("start", "8 o'clock", "08:00"),
        ("start", "08:00Z", "08:00"),
        ("place", "x" * 301, "۲۰۰"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_in_words(name: str, value: str, says: str) -> None:
    call = complete_call(OPERATIONS["SubmitMachineryRequest"])
    (element,) = call.iter(f"{{{OURS}}}{name}")
    element.text = value
    found = find_refusal(call)
    assert found
    assert (found.code, found.field) == ("invalid_field", name)
    assert says in found.message, found.message
    label = CONTRACT.labels_for_tag(str(call.tag))[name]
    assert label in found.message, "a form has many: the clerk is told which one"


@each_row("operation", OPERATIONS.values())
def test_labels_are_words_that_a_clerk_reads(operation: Operation) -> None:
    for name, label in CONTRACT.labels_for_tag(f"{{{OURS}}}{operation.name}").items():
        assert PERSIAN_NAME.fullmatch(label), (name, label)
        assert len(label) <= 30, (name, label)


def test_every_refusal_of_the_schema_is_explained_by_the_declarations() -> None:
    """Refusals of the XSD for form are never left to the validator's own words."""
    for operation in OPERATIONS.values():
        for _, element, call in each_member(operation):
            etree.SubElement(element, "x")
            found = find_refusal(call)
            assert found
            assert found.message != told_of_nothing()


def told_of_nothing() -> str:
    """The text of a fault that says no more than that a message cannot be read."""
    return "این پیام خوانده نشد: XML درست نیست."
