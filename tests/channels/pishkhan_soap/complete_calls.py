"""A call of every operation in which every element stands once, optional ones too, and what is said of changed ones.

No server is needed for what is decided by the form of a call alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap import envelope as envelopes
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.faults import FaultRenderer, SoapVersion
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import SchemaElement, SchemaRecord, SimpleType
from channels.pishkhan_soap.validation import find_operation, read_values
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from domain.values.errors import DomainError
from tests.channels.pishkhan_soap.envelopes import OURS, envelope

CATALOGUE = Catalogue.load()
CONTRACT = Contract(SERVICES, CATALOGUE)
FAULTS = FaultRenderer(Wording(CATALOGUE, {one.key: one for one in SERVICES}))
VALUES = {
    "OfficeCode": "1001", "NationalCode": "0499370899", "ClientRequestId": "r-1", "FullName": "آنه محمدی",
    "Mobile": "09121234567", "TrackingCode": "123456786", "Plate": "12ت345-59", "TaxiCode": "114",
    "PostalCode": "4947113456", "RenovationCode": "2-14-15-20", "BillId": "11900968", "PaymentId": "660050975",
    "Rrn": "433812345678", "Day": "2026-11-25", "TimeOfDay": "08:00", "PaidAt": "2026-11-24T10:15:00", "Hours": "4",
    "Content": "JVBERi0xLjc=", "JalaliYear": "1405", "Rials": "32000000",
}  # fmt: skip
"""A value for each type that is more than a name, a text or a number from one on."""


@dataclass(frozen=True, slots=True)
class CallRefusal:
    """Refusal of a call, as its clerk and its software see it."""

    code: str
    field: str | None
    message: str
    line: int
    column: int


def complete_call(operation: Operation) -> Element:
    """Return the operation's element with everything in it."""
    root = etree.Element(f"{{{OURS}}}{operation.name}", nsmap={"c": OURS})
    _fill(operation.request, root)
    return root


def _fill(record: SchemaRecord, element: Element) -> None:
    for member in record.members:
        child = etree.SubElement(element, f"{{{OURS}}}{member.name}")
        if isinstance(member.value_type, SchemaRecord):
            _fill(member.value_type, child)
        else:
            child.text = value_of(member.value_type)


def value_of(kind: SimpleType) -> str:
    """Return a value of a type."""
    choices = [value for facet, value in kind.facets if facet == "enumeration"]
    return choices[0] if choices else VALUES.get(kind.name, "1")


def members_in(record: SchemaRecord, element: Element) -> Iterator[tuple[SchemaElement, Element]]:
    """Yield every element in a whole call with what it is, those in records behind them."""
    for member, child in zip(record.members, list(element), strict=True):
        yield member, child
        if isinstance(member.value_type, SchemaRecord):
            yield from members_in(member.value_type, child)


def read(body: Element | str) -> dict[str, Any]:
    """Return the values of a call; raises what is wrong with it."""
    text = body if isinstance(body, str) else etree.tostring(body, encoding="unicode")
    message = envelopes.read_message(envelope(text).encode())
    return read_values(CONTRACT, find_operation(CONTRACT, message.body_element), message)


def find_refusal(body: Element | str) -> CallRefusal | None:
    """Return what a call is refused with for its form; None when it is taken."""
    try:
        read(body)
    except DomainError as error:
        tag = etree.QName(etree.fromstring(body) if isinstance(body, str) else body).text
        typed = etree.fromstring(
            FAULTS.render_fault(SoapVersion.SOAP_11, error, labels=CONTRACT.labels_for_tag(tag)).xml_text.encode()
        )
        message, field = (typed.findtext(f".//{{{OURS}}}{name}") for name in ("message", "field"))
        place = [error.params.get(name, 0) for name in ("line", "column")]
        return CallRefusal(error.code, field, message or "", *(int(str(one)) for one in place))
    return None
