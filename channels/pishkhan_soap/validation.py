"""Proves a body by the published XSD and reads its values; says in the domain's words what is wrong with one."""

import re
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.envelope import tolerant
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import NAMESPACE
from domain.errors import DomainError, InvalidField, MissingField, UnknownKind, Unsupported

_COMPLAINT = re.compile(r"Element '(?:\{[^}]*\})?([^']*)'(?:, attribute '[^']*')?: (.*)", re.DOTALL)
"""Which element, and what about it. What follows may quote the caller, so it is compared from its beginning."""
_EXPECTED = re.compile(r"Missing child element\(s\)\. Expected is (?:one of )?\( ?\{[^}]*\}(\w+)")
_EMPTY = re.compile(r"(?:\[facet '\w+'\] )?(?:The value '' |The value has a length of '0'|'' is not a valid value)")
_NOT_LISTED = re.compile(r"\[facet 'enumeration'\] The value '([^']{1,30})")


def operation_of(contract: Contract, body: Element) -> Operation:
    """Return the operation that the body names, whatever SOAPAction says; `Unsupported` for any other element."""
    operation = contract.by_tag.get(str(body.tag))
    if operation is None:
        own = etree.QName(body).namespace == NAMESPACE
        raise Unsupported("Body", detail="soap_operation" if own else "soap_namespace")
    return operation


def values_of(contract: Contract, operation: Operation, body: Element) -> dict[str, Any]:
    """Return the values of a valid body; of an invalid one the error names the element."""
    schema = contract.schema
    if not schema.validate(body) and not (tolerant(body) and schema.validate(body)):
        raise _told(schema)
    values: dict[str, Any] = operation.request.value_of(body)
    return values


def _told(schema: etree.XMLSchema) -> DomainError:
    """Turn the schema's first complaint into an error that names the element at fault."""
    complaint = _COMPLAINT.match(next(iter(schema.error_log)).message)
    if complaint is None:
        return InvalidField("body", detail="soap_xml")
    name, said = complaint.groups()
    if expected := _EXPECTED.match(said):
        return MissingField(expected[1])
    if said.startswith("This element is not expected"):
        return InvalidField(name, detail="soap_order", element=name)
    if _EMPTY.match(said):
        return MissingField(name)
    if given := _NOT_LISTED.match(said):
        return UnknownKind(name, detail="choice", given=given[1])
    return InvalidField(name)
