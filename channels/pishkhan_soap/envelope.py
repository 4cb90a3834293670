"""From bytes to the one element of a body: hardened parsing, then the rules of SOAP about envelopes.

What would cost memory or time is refused before a tree is built: DTDs and entities, too many elements, too many
attributes, deep documents (sixteen megabytes of `<x/>` cost 470 MB, whatever the parser's options).
"""

import codecs
import re
import threading
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from channels.pishkhan_soap.faults import EnvelopeError, SoapVersion
from channels.pishkhan_soap.reasons import SoapInvalidReason, SoapUnsupportedReason
from domain.values.errors import InvalidField, TooLarge, Unsupported

MOST_TAGS = 4_000
"""`<` in a message: the largest honest one, ten documents and ten machines, has some hundred."""

MOST_ATTRIBUTES = 1_000
"""`=` in a message outside of text that happens to hold it; namespaces, types and padding of Base64 are some dozen."""

WSSE_NAMESPACE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SECURITY_TAG = f"{{{WSSE_NAMESPACE}}}Security"

_XML_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}\?>")
_NO_LINE_END = re.compile(rb"[^\r\n]")
_DECLARED_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']")
_LONGEST_USUAL_TEXT = 10_000_000
"""From here on libxml2 takes a single text for an attack unless it is configured otherwise."""

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODING_MARKS = (*_BYTE_ORDER_MARKS, (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_MARK_BYTES = tuple(mark_bytes for mark_bytes, _ in _ENCODING_MARKS)
_UTF8_CODECS = frozenset({"utf-8", "ascii", "utf-8-sig"})
_READABLE_CODECS = frozenset({"utf-16", "utf-16-le", "utf-16-be", "cp1256", "cp1252", "iso8859-1", "iso8859-6"})
"""Codecs besides UTF-8: those that clients here are known to use, none whose cost grows faster than its input."""

_OUR_ROLES = frozenset(
    {
        "",
        "http://schemas.xmlsoap.org/soap/actor/next",
        "http://www.w3.org/2003/05/soap-envelope/role/next",
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    }
)
_BLANK_BYTES = b" \t\r\n"
_TRUE_TEXTS = frozenset({"1", "true"})
_VERSIONS_BY_TAG = {version.envelope_tag: version for version in SoapVersion}
_thread_parsers = threading.local()


@dataclass(frozen=True, slots=True)
class SoapMessage:
    """A well-formed call: its version, the security header if there is one, the body's only element, and its text."""

    version: SoapVersion
    security_header: Element | None
    body_element: Element
    source_bytes: bytes = b""


def read_message(
    raw_bytes: bytes, declared_charset: str | None = None, version: SoapVersion = SoapVersion.SOAP_11
) -> SoapMessage:
    """Read a message; `EnvelopeError` says what is wrong. `version` is that of the fault while none is known."""
    return parse_message(convert_to_utf8(raw_bytes, declared_charset, version), version)


def parse_message(utf8_bytes: bytes, version: SoapVersion = SoapVersion.SOAP_11) -> SoapMessage:
    """Read a message that `convert_to_utf8` returned."""
    envelope_element = _parse_document(utf8_bytes, version)
    version = _read_version(envelope_element, version)
    header_element, body_element = _split_envelope(envelope_element, version)
    return SoapMessage(
        version, _find_security(header_element, version), _take_only_child(body_element, version), utf8_bytes
    )


def convert_to_utf8(
    raw_bytes: bytes, declared_charset: str | None = None, version: SoapVersion = SoapVersion.SOAP_11
) -> bytes:
    """Return the document in UTF-8, without byte order mark and declaration; refuses what would cost too much to parse.

    What is UTF-8 is read as that, whatever a header or declaration says: no Persian text in another encoding looks so.
    """
    encoding_name = _detect_encoding(raw_bytes, declared_charset)
    if encoding_name.lower() != "utf-8" and not _is_valid_utf8(raw_bytes):
        raw_bytes = _recode_to_utf8(raw_bytes, encoding_name, version)
    raw_bytes = raw_bytes.removeprefix(codecs.BOM_UTF8)
    declaration_match = _XML_DECLARATION.match(raw_bytes)
    if declaration_match:  # blanks in its place keep lines and columns as the caller counts them
        raw_bytes = _NO_LINE_END.sub(b" ", declaration_match[0]) + raw_bytes[declaration_match.end() :]
    if b"<!" in raw_bytes and (b"<!DOCTYPE" in raw_bytes or b"<!ENTITY" in raw_bytes):
        raise EnvelopeError(Unsupported("body", SoapUnsupportedReason.DTD), version)
    if raw_bytes.count(b"<") > MOST_TAGS or raw_bytes.count(b"=") > MOST_ATTRIBUTES:
        raise EnvelopeError(TooLarge("body"), version)
    return raw_bytes


def _detect_encoding(raw_bytes: bytes, declared_charset: str | None) -> str:
    if raw_bytes.startswith(_MARK_BYTES):
        return next(encoding_name for mark_bytes, encoding_name in _ENCODING_MARKS if raw_bytes.startswith(mark_bytes))
    if declared_charset:
        return declared_charset
    encoding_match = (
        _DECLARED_ENCODING.search(raw_bytes, 0, 200) if raw_bytes.lstrip(_BLANK_BYTES).startswith(b"<?xml") else None
    )
    return encoding_match[1].decode() if encoding_match else "utf-8"


def _is_valid_utf8(raw_bytes: bytes) -> bool:
    if b"\0" in raw_bytes or raw_bytes.startswith(_MARK_BYTES):  # UTF-16 of Latin letters would pass
        return False
    try:
        raw_bytes.decode()
    except UnicodeDecodeError:
        return False
    return True


def _recode_to_utf8(raw_bytes: bytes, encoding_name: str, version: SoapVersion) -> bytes:
    try:
        codec_name = codecs.lookup(encoding_name).name
        if codec_name in _UTF8_CODECS:
            return raw_bytes
        if codec_name in _READABLE_CODECS:
            return raw_bytes.decode(codec_name).encode()
    except (LookupError, UnicodeError):
        pass
    raise _unreadable_error(version, SoapInvalidReason.ENCODING)


def _parse_document(raw_bytes: bytes, version: SoapVersion) -> Element:
    try:
        return etree.fromstring(raw_bytes, _get_parser(large=len(raw_bytes) > _LONGEST_USUAL_TEXT))
    except (etree.XMLSyntaxError, ValueError):
        raise _unreadable_error(version, SoapInvalidReason.XML) from None


def _get_parser(*, large: bool) -> etree.XMLParser:
    """Return this thread's parser; that of `large` messages takes a text of any length, for the file is looked at as
    such. What is deep has been refused by its tags.
    """
    parser_name = "large" if large else "usual"
    thread_parser: etree.XMLParser | None = getattr(_thread_parsers, parser_name, None)
    if thread_parser is None:
        thread_parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=large,
            remove_comments=True,
            remove_pis=True,
        )
        setattr(_thread_parsers, parser_name, thread_parser)
    return thread_parser


def _read_version(envelope_element: Element, version: SoapVersion) -> SoapVersion:
    matching_version = _VERSIONS_BY_TAG.get(str(envelope_element.tag))
    if matching_version:
        return matching_version
    if etree.QName(envelope_element).localname == "Envelope":
        raise EnvelopeError(Unsupported("Envelope", SoapUnsupportedReason.VERSION), version, "VersionMismatch")
    raise _unreadable_error(version, SoapInvalidReason.ENVELOPE)


def _split_envelope(envelope_element: Element, version: SoapVersion) -> tuple[Element | None, Element]:
    """Return header and body: an envelope has at most one and exactly one, in this order, and nothing else."""
    child_elements = list(envelope_element)
    child_tags = [child_element.tag for child_element in child_elements]
    if child_tags == version.header_and_body_tags:
        return child_elements[0], child_elements[1]
    if child_tags == [version.body_tag]:
        return None, child_elements[0]
    raise _unreadable_error(version, SoapInvalidReason.ENVELOPE)


def _find_security(header_element: Element | None, version: SoapVersion) -> Element | None:
    """Return the security header; one that must be understood and is not has its own fault."""
    security_headers: list[Element] = []
    for header_block in header_element if header_element is not None else ():
        if not _is_meant_for_us(header_block, version):
            continue
        if header_block.tag == SECURITY_TAG:
            security_headers.append(header_block)
        elif _must_understand(header_block, version):
            raise EnvelopeError(Unsupported("Header", SoapUnsupportedReason.MUST_UNDERSTAND), version, "MustUnderstand")
    if len(security_headers) > 1:
        raise _unreadable_error(version, SoapInvalidReason.SECURITY)
    return security_headers[0] if security_headers else None


def _is_meant_for_us(header_block: Element, version: SoapVersion) -> bool:
    """Return whether a header block is meant for the end of the line, and not for a node on the way."""
    return header_block.get(version.role_attribute, "").strip() in _OUR_ROLES


def _must_understand(header_block: Element, version: SoapVersion) -> bool:
    return header_block.get(version.understand_attribute, "").strip() in _TRUE_TEXTS


def _take_only_child(body_element: Element, version: SoapVersion) -> Element:
    if len(body_element) != 1:
        raise _unreadable_error(version, SoapInvalidReason.BODY)
    return body_element[0]


def _unreadable_error(version: SoapVersion, reason: SoapInvalidReason) -> EnvelopeError:
    return EnvelopeError(InvalidField("body", reason), version)
