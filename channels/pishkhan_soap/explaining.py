"""Says what is wrong with a body that the XSD refused: what is expected at a place of it, and what is found there.

The XSD decides whether a body is valid; its validator's complaint names the element behind a missing one, and libxml2's
words are for nobody. So the body is walked once more by the declarations that the XSD was written from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.folding import XML_BLANKS
from channels.pishkhan_soap.reasons import SoapInvalidReason
from channels.pishkhan_soap.schema import NAMESPACE, SchemaElement, SchemaRecord, SchemaType, SimpleType
from domain.fields.types import format_number
from domain.values.errors import DomainError, InvalidField, MissingField, UnknownKind
from domain.values.reasons import InvalidReason, UnknownKindReason
from domain.values.text import persian_digits, tidy_text

_XSI_PREFIX = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINT_ATTRIBUTES = frozenset({f"{_XSI_PREFIX}schemaLocation", f"{_XSI_PREFIX}noNamespaceSchemaLocation"})
"""Attributes that every element may have; nobody follows them."""

_LONGEST_QUOTATION = 30
_MISSPELLING_RATIO = 0.7
"""From here on a name counts as a misspelling of another one (`difflib`)."""

_NUMERIC_BASES = frozenset({"xs:int", "xs:long", "xs:decimal"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """Complaint about an element of a call."""

    element: Element
    """Its code or title."""
    error: DomainError
    """The domain error that it becomes."""

    def locate_error(self, line: int, column: int) -> DomainError:
        """Return the error, with the place of its element."""
        self.error.params |= {"line": line, "column": column}
        return self.error


def find_complaint(record: SchemaRecord, element: Element) -> Complaint | None:
    """Return the first thing that is wrong with an element that should be such a record; None when all is well."""
    return next(_iterate_complaints(record, element), None)


def _iterate_complaints(record: SchemaRecord, element: Element) -> Iterator[Complaint]:
    yield from _check_attributes(element)
    if (element.text or "").strip(XML_BLANKS) or any((child.tail or "").strip(XML_BLANKS) for child in element):
        yield _complain(element, SoapInvalidReason.TEXT)
    children = list(element)
    for member in record.members:
        taken_elements = _take_members(member, children)
        for child in taken_elements:
            yield from _check_content(member, child)
        if member.max_occurs and len(taken_elements) > member.max_occurs:
            yield _complain(taken_elements[member.max_occurs], SoapInvalidReason.TOO_MANY, most=member.max_occurs)
        del children[: len(taken_elements)]
        if member.required and not taken_elements:
            yield _explain_missing(record, member, element, children)
    for child in children:
        yield _explain_unexpected(record, child, element, None)


def _take_members(member: SchemaElement, candidates: Sequence[Element]) -> list[Element]:
    """Return the elements at the beginning that are this member."""
    taken_elements: list[Element] = []
    member_tag = f"{{{NAMESPACE}}}{member.name}"
    for child in candidates:
        if child.tag != member_tag or (taken_elements and not member.repeated):
            break
        taken_elements.append(child)
    return taken_elements


def _check_content(member: SchemaElement, child: Element) -> Iterator[Complaint]:
    if isinstance(member.value_type, SchemaRecord):
        yield from _iterate_complaints(member.value_type, child)
        return
    yield from _check_attributes(child)
    if len(child):
        yield _complain(child, SoapInvalidReason.INSIDE, inner=_local_name(child[0]))
    elif not (child.text or "").strip(XML_BLANKS):
        yield Complaint(child, MissingField(member.name, label=member.label))


def _explain_missing(
    record: SchemaRecord, member: SchemaElement, parent: Element, remaining: Sequence[Element]
) -> Complaint:
    """Return what to say where a required element is missing: it may be there under another name or place."""
    absence = Complaint(remaining[0] if remaining else parent, MissingField(member.name, label=member.label))
    if not remaining:
        return absence
    next_element = remaining[0]
    elsewhere = any(_local_name(sibling) == member.name for sibling in parent)
    return (
        _explain_unexpected(record, next_element, parent, member)
        if elsewhere or next_element.tag not in record.members_by_tag
        else absence
    )


def _explain_unexpected(
    record: SchemaRecord, element: Element, parent: Element, expected: SchemaElement | None
) -> Complaint:
    """Return what to say of an element that is not expected at its place."""
    name, member_names = _local_name(element), [member.name for member in record.members]
    expected_params = {"expected": expected.name} if expected else {}
    if name in member_names:
        if etree.QName(element).namespace != NAMESPACE:
            return _complain(element, SoapInvalidReason.UNQUALIFIED, namespace=NAMESPACE)
        if element.getprevious() is not None and any(
            sibling.tag == element.tag for sibling in element.itersiblings(preceding=True)
        ):
            return _complain(element, SoapInvalidReason.TWICE)
        return (
            _complain(element, SoapInvalidReason.BEFORE, **expected_params)
            if expected
            else _explain_order(record, element, parent)
        )
    meant = _find_meant_name(name, member_names)
    if meant:
        return _complain(element, SoapInvalidReason.MISSPELT, meant=meant)
    return (
        _complain(element, SoapInvalidReason.INSTEAD, **expected_params)
        if expected
        else _complain(element, SoapInvalidReason.UNKNOWN)
    )


def _explain_order(record: SchemaRecord, element: Element, parent: Element) -> Complaint:
    """Return what to say of an element that comes too late: which of those before it should follow it."""
    member_names = [member.name for member in record.members]
    later_names = member_names[member_names.index(_local_name(element)) + 1 :]
    following_name = next((_local_name(sibling) for sibling in parent if _local_name(sibling) in later_names), None)
    return (
        _complain(element, SoapInvalidReason.LATE, behind=following_name)
        if following_name
        else _complain(element, SoapInvalidReason.ORDER)
    )


def _find_meant_name(name: str, member_names: Sequence[str]) -> str | None:
    names_by_lower = {member_name.lower(): member_name for member_name in member_names}
    close_names = get_close_matches(
        name.lower().replace("_", "").replace("-", ""), names_by_lower, 1, _MISSPELLING_RATIO
    )
    return names_by_lower[close_names[0]] if close_names else None


def _check_attributes(element: Element) -> Iterator[Complaint]:
    for attribute_name in element.attrib:
        if attribute_name not in _HINT_ATTRIBUTES:
            yield _complain(element, SoapInvalidReason.ATTRIBUTE, attribute=etree.QName(str(attribute_name)).localname)


def find_value_complaint(record: SchemaRecord, body: Element, element: Element) -> Complaint | None:
    """Return what is wrong with a value that the XSD refused, by the facets of its type; None of what is no value."""
    member = _find_member(record, body, element)
    if member is None or not isinstance(member.value_type, SimpleType):
        return None
    return Complaint(element, _explain_value(member, member.value_type, element.text or ""))


def _explain_value(member: SchemaElement, simple_type: SimpleType, text: str) -> DomainError:
    name, facets, quoted_text = member.name, dict(simple_type.facets), tidy_text(text)[:_LONGEST_QUOTATION]
    if "enumeration" in facets:
        return UnknownKind(name, UnknownKindReason.CHOICE, label=member.label, given=quoted_text)
    if "maxLength" in facets and len(text) > int(facets["maxLength"]):
        limit = persian_digits(facets["maxLength"])
        return InvalidField(name, InvalidReason.TOO_LONG, label=member.label, limit=limit)
    if simple_type.xsd_base in _NUMERIC_BASES and (value_range := _find_range_breach(text, facets)):
        least, most = value_range
        return InvalidField(name, InvalidReason.RANGE, label=member.label, least=least, most=most)
    return InvalidField(name, simple_type.error_reason, label=member.label, given=quoted_text)


def _find_member(record: SchemaRecord, body: Element, element: Element) -> SchemaElement | None:
    """Return what the declarations call an element of a body."""
    element_path = [element]
    while element_path[-1] is not body:
        parent = element_path[-1].getparent()
        if parent is None:
            return None
        element_path.append(parent)
    schema_type: SchemaType = record
    member = None
    for path_element in reversed(element_path[:-1]):
        member = (
            schema_type.members_by_tag.get(str(path_element.tag)) if isinstance(schema_type, SchemaRecord) else None
        )
        if member is None:
            return None
        schema_type = member.value_type
    return member


def _find_range_breach(text: str, facets: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the least and the most that may be, where a number is beyond; None where it is not."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():  # NaN compares with nothing
        return None
    minimum, maximum = facets.get("minInclusive"), facets.get("maxInclusive")
    if (minimum is None or number >= Decimal(minimum)) and (maximum is None or number <= Decimal(maximum)):
        return None
    return format_number(float(minimum or 0)), format_number(float(maximum)) if maximum else "…"


def _complain(element: Element, reason: SoapInvalidReason, **error_params: object) -> Complaint:
    name = _local_name(element)
    return Complaint(element, InvalidField(name, reason, element=name, **error_params))


def _local_name(element: Element) -> str:
    return etree.QName(element).localname
