"""What a call is refused with, and how that looks in either version of SOAP."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.schema import NAMESPACE, camel, escaped
from domain.language.wording import Wording
from domain.requests.documents import MAX_BYTES
from domain.values.errors import DomainError
from domain.values.text import persian_digits

SERVER_CODES = frozenset({"internal", "unavailable"})
"""Errors that are not the caller's: calling again later may help."""

ELEMENTS: Mapping[str, str] = {
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


NAMING: Mapping[tuple[str, str], str] = {
    ("invalid_field", ""): "details.invalid_field.soap_value",
    ("invalid_field", "unreadable"): "details.invalid_field.soap_value",
    ("invalid_field", "soap_value"): "details.invalid_field.soap_value",
    ("missing_field", ""): "details.missing_field.soap_missing",
    ("missing_field", "no_own_taxi"): "details.missing_field.soap_missing",
}
"""Errors, by code and detail, whose text here names the element: a form at a counter has many at once."""

OF_A_COUNTER: Mapping[tuple[str, str | None], str] = {
    ("too_large", "content"): "soap.large_file",
    ("too_large", "body"): "soap.large_call",
    ("not_found", "trackingCode"): "soap.no_such_request",
}
"""Errors without a detail, by code and element, that mean something more definite at a counter than elsewhere."""

NAMED = frozenset({"invalid_field", "unknown_kind"})
"""Codes whose other texts say what a value should be, and not always of which element."""

_FAULT_11 = "<soap:Fault><faultcode>soap:{}</faultcode><faultstring>{}</faultstring><detail>{}</detail></soap:Fault>"
_FAULT_12 = (
    "<soap:Fault><soap:Code><soap:Value>soap:{}</soap:Value></soap:Code>"
    '<soap:Reason><soap:Text xml:lang="fa">{}</soap:Text></soap:Reason><soap:Detail>{}</soap:Detail></soap:Fault>'
)


class Version(Enum):
    """A version of SOAP: its namespace, the media type of its messages, and what its envelopes consist of."""

    SOAP_11 = ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "actor")
    SOAP_12 = ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml", "role")

    def __init__(self, namespace: str, media_type: str, role: str) -> None:
        self.namespace = namespace
        self.media_type = media_type
        self.envelope, self.header, self.body = (f"{{{namespace}}}{name}" for name in ("Envelope", "Header", "Body"))
        self.header_and_body = [self.header, self.body]
        self.role, self.must_understand = (f"{{{namespace}}}{name}" for name in (role, "mustUnderstand"))


class EnvelopeError(Exception):
    """A message that is no proper call: `error` says why; `reason` is the SOAP fault code if it is a special one."""

    def __init__(self, error: DomainError, version: Version = Version.SOAP_11, reason: str | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.version = version
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SoapResponse:
    """An HTTP answer that is a SOAP message."""

    status: int
    media_type: str
    text: str


def answered(version: Version, body: str) -> SoapResponse:
    """Return the message with this body."""
    return SoapResponse(200, version.media_type, _envelope(version, body))


@dataclass(frozen=True, slots=True)
class Faults:
    """Words faults."""

    wording: Wording

    def of(
        self,
        version: Version,
        error: DomainError,
        reason: str | None = None,
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> SoapResponse:
        """Return the fault that stands for an error, with the typed detail `CounterFault`.

        SOAP 1.1 wants 500 for every fault, 1.2 wants 400 for the plain ones of the sender. `reason` is a fault code of
        SOAP's own instead of the plain one, `labels` what the request's elements are called in Persian.
        """
        server = error.code in SERVER_CODES
        field = _element(error)
        message = self._message(error, field, labels)
        told = shapes.FAULT.xml({"code": error.code, "message": message, "field": field})
        detail = f'<{shapes.FAULT.name} xmlns="{NAMESPACE}">{told}</{shapes.FAULT.name}>'
        if version is Version.SOAP_11:
            code = reason or ("Server" if server else "Client")
            return SoapResponse(
                500, version.media_type, _envelope(version, _FAULT_11.format(code, escaped(message), detail))
            )
        code = reason or ("Receiver" if server else "Sender")
        fault = _FAULT_12.format(code, escaped(message), detail)
        return SoapResponse(400 if code == "Sender" else 500, version.media_type, _envelope(version, fault))

    def _message(self, error: DomainError, field: str | None, labels: Mapping[str, str]) -> str:
        """Return what the clerk reads, with the name of what is wrong where the text itself does not say it."""
        if error.code == "internal":  # its details are for operators, who find them by the reference
            return self.wording.catalogue.render("soap.internal", {"reference": str(error.params["reference"])})
        label = str(error.params.get("label") or labels.get(field or "", field or ""))
        catalogue = self.wording.catalogue
        if error.detail is None and (key := OF_A_COUNTER.get((error.code, field))):
            return catalogue.render(key, {"limit": persian_digits(MAX_BYTES // 2**20)})
        if field and (key := NAMING.get((error.code, error.detail or ""))):
            return catalogue.render(key, {"element": label})
        text = self.wording.error(error)
        if error.code not in NAMED or field is None or field not in labels or label in text or field in text:
            return text
        return catalogue.render("soap.named", {"element": label, "text": text})


def _element(error: DomainError) -> str | None:
    """Return the name of the element at fault; one of the message itself is called as it was written."""
    if error.field is None or error.params.get("element") == error.field:
        return error.field
    return ELEMENTS.get(error.field, camel(error.field))


def _envelope(version: Version, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{version.namespace}">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )
