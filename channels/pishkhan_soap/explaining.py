"""Says what is wrong with a body that the XSD refused: what is expected at a place of it, and what stands there.

The XSD decides whether a body is valid; its validator's complaint names the element behind a missing one, and libxml2's
words are for nobody. So the body is walked once more by the declarations that the XSD was written from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.folding import BLANK
from channels.pishkhan_soap.schema import NAMESPACE, SchemaElement, SchemaRecord, Simple, Type
from domain.fields.types import number_text
from domain.values.errors import DomainError, InvalidField, MissingField, UnknownKind
from domain.values.text import persian_digits, shown

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
"""Attributes that every element may have; nobody follows them."""

_LONGEST_GIVEN = 30
_ALIKE = 0.7
"""From here on a name counts as a misspelling of another one (`difflib`)."""

_NUMBERS = frozenset({"xs:int", "xs:long", "xs:decimal"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with which element; `error` still lacks the place in the document where it is one of form."""

    element: Element
    kind: type[DomainError]
    name: str
    detail: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def error(self, line: int, column: int) -> DomainError:
        """Return the error, with the place of its element."""
        return self.kind(self.name, detail=self.detail, line=line, column=column, **self.params)


def complaint_about(record: SchemaRecord, element: Element) -> Complaint | None:
    """Return the first thing that is wrong with an element that should be such a record; None when all is well."""
    return next(_complaints(record, element), None)


def _complaints(record: SchemaRecord, element: Element) -> Iterator[Complaint]:
    yield from _foreign_attributes(element)
    if (element.text or "").strip(BLANK) or any((child.tail or "").strip(BLANK) for child in element):
        yield _form(element, "soap_text")
    children = list(element)
    for member in record.members:
        taken = _taken(member, children)
        for child in taken:
            yield from _inside(member, child)
        if member.most and len(taken) > member.most:
            yield _form(taken[member.most], "soap_too_many", most=member.most)
        del children[: len(taken)]
        if member.required and not taken:
            yield _missing(record, member, element, children)
    for child in children:
        yield _unexpected(record, child, element, None)


def _taken(member: SchemaElement, children: Sequence[Element]) -> list[Element]:
    """Return the elements at the beginning that are this member."""
    taken: list[Element] = []
    tag = f"{{{NAMESPACE}}}{member.name}"
    for child in children:
        if child.tag != tag or (taken and not member.many):
            break
        taken.append(child)
    return taken


def _inside(member: SchemaElement, child: Element) -> Iterator[Complaint]:
    if isinstance(member.type, SchemaRecord):
        yield from _complaints(member.type, child)
        return
    yield from _foreign_attributes(child)
    if len(child):
        yield _form(child, "soap_inside", inner=_name(child[0]))
    elif not (child.text or "").strip(BLANK):
        yield Complaint(child, MissingField, member.name, params={"label": member.label})


def _missing(record: SchemaRecord, member: SchemaElement, parent: Element, rest: Sequence[Element]) -> Complaint:
    """Return what to say where a required element does not stand: it is missing unless it stands there otherwise."""
    absent = Complaint(rest[0] if rest else parent, MissingField, member.name, params={"label": member.label})
    if not rest:
        return absent
    found = rest[0]
    elsewhere = any(_name(one) == member.name for one in parent)
    return _unexpected(record, found, parent, member) if elsewhere or found.tag not in record.by_tag else absent


def _unexpected(record: SchemaRecord, found: Element, parent: Element, expected: SchemaElement | None) -> Complaint:
    """Return what to say of an element that is not expected where it stands."""
    name, names = _name(found), [member.name for member in record.members]
    here = {"expected": expected.name} if expected else {}
    if name in names:
        if etree.QName(found).namespace != NAMESPACE:
            return _form(found, "soap_unqualified", namespace=NAMESPACE)
        if found.getprevious() is not None and any(one.tag == found.tag for one in found.itersiblings(preceding=True)):
            return _form(found, "soap_twice")
        return _form(found, "soap_before", **here) if expected else _order(record, found, parent)
    meant = _meant(name, names)
    if meant:
        return _form(found, "soap_misspelt", meant=meant)
    return _form(found, "soap_instead", **here) if expected else _form(found, "soap_unknown")


def _order(record: SchemaRecord, found: Element, parent: Element) -> Complaint:
    """Return what to say of an element that comes too late: which of those before it should follow it."""
    names = [member.name for member in record.members]
    later = names[names.index(_name(found)) + 1 :]
    behind = next((_name(one) for one in parent if _name(one) in later), None)
    return _form(found, "soap_late", behind=behind) if behind else _form(found, "soap_order")


def _meant(name: str, names: Sequence[str]) -> str | None:
    small = {one.lower(): one for one in names}
    close = get_close_matches(name.lower().replace("_", "").replace("-", ""), small, 1, _ALIKE)
    return small[close[0]] if close else None


def _foreign_attributes(element: Element) -> Iterator[Complaint]:
    for name in element.attrib:
        if name not in _HINTS:
            yield _form(element, "soap_attribute", attribute=etree.QName(str(name)).localname)


def value_complaint(record: SchemaRecord, body: Element, element: Element) -> Complaint | None:
    """Return what is wrong with a value that the XSD refused, by the facets of its type; None of what is no value."""
    member = _member_of(record, body, element)
    if member is None or not isinstance(member.type, Simple):
        return None
    kind, name, text = member.type, member.name, element.text or ""
    facets, label = dict(kind.facets), {"label": member.label}
    given = {**label, "given": shown(text)[:_LONGEST_GIVEN]}
    if "enumeration" in facets:
        return Complaint(element, UnknownKind, name, "choice", given)
    if "maxLength" in facets and len(text) > int(facets["maxLength"]):
        return Complaint(
            element, InvalidField, name, "too_long", {**label, "limit": persian_digits(facets["maxLength"])}
        )
    if kind.base in _NUMBERS and (out := _out_of_range(text, facets)):
        return Complaint(element, InvalidField, name, "range", {**label, **out})
    return Complaint(element, InvalidField, name, kind.reason, given)


def _member_of(record: SchemaRecord, body: Element, element: Element) -> SchemaElement | None:
    """Return what the declarations call an element of a body."""
    way = [element]
    while way[-1] is not body:
        parent = way[-1].getparent()
        if parent is None:
            return None
        way.append(parent)
    kind: Type = record
    member = None
    for one in reversed(way[:-1]):
        member = kind.by_tag.get(str(one.tag)) if isinstance(kind, SchemaRecord) else None
        if member is None:
            return None
        kind = member.type
    return member


def _out_of_range(text: str, facets: Mapping[str, str]) -> Mapping[str, object] | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    least, most = facets.get("minInclusive"), facets.get("maxInclusive")
    if (least is None or number >= Decimal(least)) and (most is None or number <= Decimal(most)):
        return None
    return {"least": number_text(float(least or 0)), "most": number_text(float(most)) if most else "…"}


def _form(element: Element, detail: str, **params: object) -> Complaint:
    name = _name(element)
    return Complaint(element, InvalidField, name, detail, {"element": name, **params})


def _name(element: Element) -> str:
    return etree.QName(element).localname
