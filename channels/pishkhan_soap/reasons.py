"""Reasons for refusing a call of a counter's software: reasons that no other channel has."""

from domain.values.reasons.bases import (
    AuthenticationReasonBase,
    ErrorReason,
    InvalidReasonBase,
    ReplayReasonBase,
    TooManyRequestsReasonBase,
    UnsupportedReasonBase,
)


class SoapInvalidReason(InvalidReasonBase):
    """Reason why an envelope, an element or a value is not what the contract asks for."""

    # The message
    ENCODING = "soap_encoding"
    CUT = "soap_cut"
    XML = "soap_xml"
    ENVELOPE = "soap_envelope"
    SECURITY = "soap_security"
    BODY = "soap_body"
    # An element at its place
    UNKNOWN = "soap_unknown", "element", "line", "column"
    UNQUALIFIED = "soap_unqualified", "element", "namespace", "line", "column"
    MISSPELT = "soap_misspelt", "element", "meant", "line", "column"
    BEFORE = "soap_before", "element", "expected", "line", "column"
    INSTEAD = "soap_instead", "element", "expected", "line", "column"
    LATE = "soap_late", "element", "behind", "line", "column"
    ORDER = "soap_order", "element", "line", "column"
    TWICE = "soap_twice", "element", "line", "column"
    TOO_MANY = "soap_too_many", "element", "most", "line", "column"
    ATTRIBUTE = "soap_attribute", "element", "attribute", "line", "column"
    TEXT = "soap_text", "element", "line", "column"
    INSIDE = "soap_inside", "element", "inner", "line", "column"
    # A value
    VALUE = "soap_value", "element"
    WHOLE = "soap_whole", "given"
    DECIMAL = "soap_decimal", "given"
    HOURS = "soap_hours", "given"
    DAY = "soap_day", "given"
    CLOCK = "soap_clock", "given"
    MOMENT = "soap_moment", "given"
    FLAG = "soap_flag", "given"
    BASE64 = "soap_base64"
    RRN = "soap_rrn", "given"
    TRACKING_CODE = "soap_tracking_code", "given"
    BILL_DIGITS = "soap_bill_digits", "given"


class SoapAuthenticationReason(AuthenticationReasonBase):
    """Reason why the software of an office is not let in."""

    UNSIGNED = "no_token"
    FURTHER_HEADERS = "only_token"
    PLAIN_TEXT = "plain_text"
    NO_NONCE = "no_nonce"
    SHORT_NONCE = "short_nonce"
    NO_MOMENT = "no_moment"
    CLOCK = "clock", "now"
    """It was proved by a key, and is of another time than ours."""
    TEHRAN_AS_UTC = "tehran_as_utc"
    """It was proved by a key, and bears Tehran's wall clock as UTC."""
    ADDRESS = "address"
    """It was proved by a key, and came from another network than the office is bound to."""
    LOCKED = "locked"
    """It came from an address that is locked out."""


class SoapRateReason(TooManyRequestsReasonBase):
    """Reason why an office has to wait."""

    OFFICE = "office_rate", "until"
    """Its software called more often in this minute than an office may."""


class SoapReplayReason(ReplayReasonBase):
    """Reason why a call counts as used before."""

    NONCE = "nonce"


class SoapUnsupportedReason(UnsupportedReasonBase):
    """Reason why a message asks for more than there is."""

    VERSION = "soap_version"
    NAMESPACE = "soap_namespace", "namespace"
    OPERATION = "soap_operation"
    OPERATION_MEANT = "soap_operation_meant", "element", "meant"
    DTD = "dtd"
    MTOM = "mtom"
    MUST_UNDERSTAND = "must_understand"


SOAP_REASONS: tuple[type[ErrorReason], ...] = (
    SoapInvalidReason,
    SoapAuthenticationReason,
    SoapRateReason,
    SoapReplayReason,
    SoapUnsupportedReason,
)
"""Each of them has a text of its own."""
