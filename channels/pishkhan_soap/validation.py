"""Proves a body by the published XSD and reads its values; says in the domain's words what is wrong, and where."""

import logging
from contextlib import suppress
from difflib import get_close_matches
from typing import Any
from xml.parsers import expat

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.envelope import SoapMessage
from channels.pishkhan_soap.explaining import find_complaint, find_value_complaint
from channels.pishkhan_soap.normalising import NormalisedBody, normalise_body
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.reasons import SoapInvalidReason, SoapUnsupportedReason
from channels.pishkhan_soap.schema import NAMESPACE, SchemaRecord
from domain.values.errors import DomainError, InvalidField, Unsupported

log = logging.getLogger(__name__)

Position = tuple[int, int]
"""Place in a message where an element begins: line and column from 1, as an editor counts them."""


class _ElementReached(Exception):
    """The element was reached."""


def find_operation(contract: Contract, body: Element) -> Operation:
    """Return the operation that the body names, whatever SOAPAction says; `Unsupported` for any other element."""
    operation = contract.operations_by_tag.get(str(body.tag))
    if operation is not None:
        return operation
    tag_name = etree.QName(body)
    if tag_name.namespace != NAMESPACE:
        raise Unsupported("Body", SoapUnsupportedReason.NAMESPACE, namespace=NAMESPACE)
    close_names = get_close_matches(tag_name.localname, [candidate.name for candidate in contract.operations], 1)
    if close_names:
        raise Unsupported(
            "Body", SoapUnsupportedReason.OPERATION_MEANT, element=tag_name.localname, meant=close_names[0]
        )
    raise Unsupported("Body", SoapUnsupportedReason.OPERATION)


def read_values(contract: Contract, operation: Operation, message: SoapMessage) -> dict[str, Any]:
    """Return the values of a body, brought to the form of the contract; else the error names the element at fault."""
    try:
        normalised = normalise_body(operation.request, message.body_element)
        schema = contract.compiled_schema
        if not schema.validate(message.body_element):
            raise _explain_refusal(schema, operation.request, message, normalised)
        values: dict[str, Any] = operation.request.read_value(message.body_element)
    except (ValueError, ArithmeticError) as error:  # a value that a reader did not foresee is the caller's fault
        log.warning("a value of %s could not be read: %s", operation.name, type(error).__name__)
        raise InvalidField("body", SoapInvalidReason.XML) from error
    return values


def _explain_refusal(
    schema: etree.XMLSchema, record: SchemaRecord, message: SoapMessage, normalised: NormalisedBody
) -> DomainError:
    """Say what is expected where the body departs from its shape, else which value is none."""
    body = message.body_element
    complaint = find_complaint(record, body)
    if complaint is None:
        refused_element = _find_refused_element(schema, body)
        complaint = None if refused_element is None else find_value_complaint(record, body, refused_element)
    if complaint is None:
        return InvalidField("body", SoapInvalidReason.XML)
    return complaint.locate_error(
        *_find_position(message.source_bytes, normalised.original_position(complaint.element))
    )


def _find_refused_element(schema: etree.XMLSchema, body: Element) -> Element | None:
    """Return the element of the validator's first complaint; its path begins with a step for the body's own element."""
    error_path = next(iter(schema.error_log)).path or ""
    _, _, path_steps = error_path.removeprefix("/").partition("/")
    namespaces = {prefix: namespace for element in body.iter() for prefix, namespace in element.nsmap.items() if prefix}
    try:
        matching_elements = body.xpath(path_steps, namespaces=namespaces) if path_steps else [body]
    except etree.XPathError:
        return None
    return matching_elements[0] if matching_elements else None


def _find_position(utf8_document: bytes, element_index: int) -> Position:
    """Return line and column (from 1) of the element before which `element_index` others begin; (1, 1) if there is
    none.

    libxml2 keeps a line alone, and of a tag over several lines the last one. The text was parsed before: it is
    well-formed and has no DTD.
    """
    expat_parser = expat.ParserCreate("utf-8")
    elements_left, text_position = element_index, (1, 1)

    def on_element_start(_name: str, _attributes: object) -> None:
        nonlocal elements_left, text_position
        if elements_left == 0:
            text_position = expat_parser.CurrentLineNumber, expat_parser.CurrentColumnNumber + 1
            raise _ElementReached
        elements_left -= 1

    expat_parser.StartElementHandler = on_element_start
    with suppress(_ElementReached, expat.ExpatError):  # of what libxml2 reads and expat does not, no line is known
        expat_parser.Parse(utf8_document, True)
    return text_position
