"""Proves a body by the published XSD and reads its values; says in the domain's words what is wrong with one."""

from difflib import get_close_matches
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.envelope import SoapMessage
from channels.pishkhan_soap.explaining import complaint_about, value_complaint
from channels.pishkhan_soap.normalising import Normalised, normalise
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.positions import position_of
from channels.pishkhan_soap.schema import NAMESPACE, SchemaRecord
from domain.values.errors import DomainError, InvalidField, Unsupported


def operation_of(contract: Contract, body: Element) -> Operation:
    """Return the operation that the body names, whatever SOAPAction says; `Unsupported` for any other element."""
    operation = contract.by_tag.get(str(body.tag))
    if operation is not None:
        return operation
    name = etree.QName(body)
    if name.namespace != NAMESPACE:
        raise Unsupported("Body", detail="soap_namespace", namespace=NAMESPACE)
    meant = get_close_matches(name.localname, [one.name for one in contract.operations], 1)
    if meant:
        raise Unsupported("Body", detail="soap_operation_meant", element=name.localname, meant=meant[0])
    raise Unsupported("Body", detail="soap_operation")


def values_of(contract: Contract, operation: Operation, message: SoapMessage) -> dict[str, Any]:
    """Return the values of a body, brought to the form of the contract; else the error names the element at fault."""
    normalised = normalise(operation.request, message.body)
    schema = contract.schema
    if not schema.validate(message.body):
        raise _told(schema, operation.request, message, normalised)
    values: dict[str, Any] = operation.request.value_of(message.body)
    return values


def _told(schema: etree.XMLSchema, record: SchemaRecord, message: SoapMessage, normalised: Normalised) -> DomainError:
    """Say what is expected where the body departs from its shape, else which value is none."""
    body = message.body
    complaint = complaint_about(record, body)
    if complaint is None:
        refused = _refused_by(schema, body)
        complaint = None if refused is None else value_complaint(record, body, refused)
    if complaint is None:
        return InvalidField("body", detail="soap_xml")
    return complaint.error(*position_of(message.text, normalised.place(complaint.element)))


def _refused_by(schema: etree.XMLSchema, body: Element) -> Element | None:
    """Return the element of the validator's first complaint; its path begins with a step for the body's own element."""
    path = next(iter(schema.error_log)).path or ""
    _, _, steps = path.removeprefix("/").partition("/")
    names = {prefix: name for one in body.iter() for prefix, name in one.nsmap.items() if prefix}
    try:
        found = body.xpath(steps, namespaces=names) if steps else [body]
    except etree.XPathError:
        return None
    return found[0] if found else None
