"""Refusals of a call, and their form in either version of SOAP."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.reasons import SoapInvalidReason
from channels.pishkhan_soap.schema import NAMESPACE, camel_case, escape_text
from domain.language.wording import Wording
from domain.values.errors import DomainError
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.reasons import InvalidReason, TooLargeReason
from domain.values.text import persian_digits

SERVER_CODES = frozenset({"internal", "unavailable"})
"""Errors that are not the caller's: calling again later may help."""

ELEMENT_NAMES: Mapping[str, str] = {
    "code": "trackingCode",
    "action": "trackingCode",
    "full_name": "fullName",
    "reference": "posReference",
    "field": "name",
    "printout": "name",
    "documents": "documents",
    "document": "content",
    "tariff": "service",
}
"""Domain names of fields that the contract calls otherwise; any other is put into camel case."""


ELEMENT_TEXT_KEYS: Mapping[tuple[str, str], str] = {
    ("invalid_field", ""): "details.invalid_field.soap_value",
    ("invalid_field", InvalidReason.UNREADABLE): "details.invalid_field.soap_value",
    ("invalid_field", SoapInvalidReason.VALUE): "details.invalid_field.soap_value",
    ("missing_field", ""): "details.missing_field.soap_missing",
}
"""Errors, by code and reason, whose text here names the element: a form at a counter has many at once."""

COUNTER_TEXT_KEYS: Mapping[tuple[str, str | None, str | None], str] = {
    ("too_large", TooLargeReason.DOCUMENT, "content"): "soap.large_file",
    ("missing_field", None, "content"): "soap.empty_file",
    ("too_large", None, "body"): "soap.large_call",
    ("not_found", None, "trackingCode"): "soap.no_such_request",
}
"""Errors, by code, reason and element, that mean something more definite at a counter than elsewhere."""

PREFIXED_CODES = frozenset({"invalid_field", "unknown_kind"})
"""Codes whose other texts say what a value should be, and not always of which element."""

_FAULT_SOAP_11 = (
    "<soap:Fault><faultcode>soap:{}</faultcode><faultstring>{}</faultstring><detail>{}</detail></soap:Fault>"
)
_FAULT_SOAP_12 = (
    "<soap:Fault><soap:Code><soap:Value>soap:{}</soap:Value></soap:Code>"
    '<soap:Reason><soap:Text xml:lang="fa">{}</soap:Text></soap:Reason><soap:Detail>{}</soap:Detail></soap:Fault>'
)


class SoapVersion(Enum):
    """A version of SOAP: its namespace, the media type of its messages, and what its envelopes consist of."""

    SOAP_11 = ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "actor")
    SOAP_12 = ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml", "role")

    def __init__(self, namespace: str, media_type: str, role_name: str) -> None:
        self.namespace = namespace
        self.media_type = media_type
        self.envelope_tag, self.header_tag, self.body_tag = (
            f"{{{namespace}}}{local_name}" for local_name in ("Envelope", "Header", "Body")
        )
        self.header_and_body_tags = [self.header_tag, self.body_tag]
        self.role_attribute, self.understand_attribute = (
            f"{{{namespace}}}{local_name}" for local_name in (role_name, "mustUnderstand")
        )


class EnvelopeError(Exception):
    """A message that is no proper call: `error` says why; `reason` is the SOAP fault code if it is a special one."""

    def __init__(
        self, error: DomainError, version: SoapVersion = SoapVersion.SOAP_11, reason: str | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.version = version
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SoapResponse:
    """An HTTP answer that is a SOAP message."""

    http_status: int
    media_type: str
    xml_text: str


def render_answer(version: SoapVersion, body_xml: str) -> SoapResponse:
    """Return the message with this body."""
    return SoapResponse(200, version.media_type, _render_envelope(version, body_xml))


@dataclass(frozen=True, slots=True)
class FaultRenderer:
    """Words faults."""

    wording: Wording

    def render_fault(
        self,
        version: SoapVersion,
        error: DomainError,
        reason: str | None = None,
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> SoapResponse:
        """Return the fault for an error, with the typed detail `CounterFault`.

        SOAP 1.1 wants 500 for every fault, 1.2 wants 400 for the plain ones of the sender. `reason` is a fault code of
        SOAP's own instead of the plain one, `labels` what the request's elements are called in Persian.
        """
        is_server_error = error.code in SERVER_CODES
        element_name = _element_name(error)
        message = self._compose_message(error, element_name, labels)
        detail_xml = shapes.COUNTER_FAULT.to_xml({"code": error.code, "message": message, "field": element_name})
        fault_detail = f'<{shapes.COUNTER_FAULT.name} xmlns="{NAMESPACE}">{detail_xml}</{shapes.COUNTER_FAULT.name}>'
        if version is SoapVersion.SOAP_11:
            fault_code = reason or ("Server" if is_server_error else "Client")
            return SoapResponse(
                500,
                version.media_type,
                _render_envelope(version, _FAULT_SOAP_11.format(fault_code, escape_text(message), fault_detail)),
            )
        fault_code = reason or ("Receiver" if is_server_error else "Sender")
        fault_xml = _FAULT_SOAP_12.format(fault_code, escape_text(message), fault_detail)
        return SoapResponse(
            400 if fault_code == "Sender" else 500, version.media_type, _render_envelope(version, fault_xml)
        )

    def _compose_message(self, error: DomainError, element_name: str | None, labels: Mapping[str, str]) -> str:
        """Return what the clerk reads, with the name of what is wrong where the text itself does not say it."""
        if error.code == "internal":  # its details are for operators, who find them by the reference
            return self.wording.catalogue.render("soap.internal", {"reference": str(error.params["reference"])})
        label = str(error.params.get("label") or labels.get(element_name or "", element_name or ""))
        catalogue = self.wording.catalogue
        if text_key := COUNTER_TEXT_KEYS.get((error.code, error.reason, element_name)):
            return catalogue.render(text_key, {"limit": persian_digits(MAX_DOCUMENT_BYTES // 2**20)})
        if element_name and (text_key := ELEMENT_TEXT_KEYS.get((error.code, error.reason or ""))):
            return catalogue.render(text_key, {"element": label})
        text = self.wording.render_error(error)
        if (
            error.code not in PREFIXED_CODES
            or element_name is None
            or element_name not in labels
            or label in text
            or element_name in text
        ):
            return text
        return catalogue.render("soap.named", {"element": label, "text": text})


def _element_name(error: DomainError) -> str | None:
    """Return the name of the element at fault; one of the message itself is called as it was written."""
    if error.field is None or error.params.get("element") == error.field:
        return error.field
    return ELEMENT_NAMES.get(error.field, camel_case(error.field))


def _render_envelope(version: SoapVersion, body_xml: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{version.namespace}">'
        f"<soap:Body>{body_xml}</soap:Body></soap:Envelope>"
    )
