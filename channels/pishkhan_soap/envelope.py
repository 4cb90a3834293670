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

from channels.pishkhan_soap.faults import EnvelopeError, Version
from domain.values.errors import InvalidField, TooLarge, Unsupported

MOST_TAGS = 4_000
"""`<` in a message: the largest honest one, ten documents and ten machines, has some hundred."""

MOST_ATTRIBUTES = 1_000
"""`=` in a message outside of text that happens to hold it; namespaces, types and padding of Base64 are some dozen."""

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SECURITY = f"{{{WSSE}}}Security"

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}\?>")
_NO_LINE_END = re.compile(rb"[^\r\n]")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']")
_BYTES_OF_A_TEXT = 10_000_000
"""From here on libxml2 takes a single text for an attack unless it is told otherwise."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BEGINNINGS = (*_BOMS, (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_MARKED = tuple(beginning for beginning, _ in _BEGINNINGS)
_SAME = frozenset({"utf-8", "ascii", "utf-8-sig"})
_READ = frozenset({"utf-16", "utf-16-le", "utf-16-be", "cp1256", "cp1252", "iso8859-1", "iso8859-6"})
"""Codecs besides UTF-8: those that clients here are known to use, none whose cost grows faster than its input."""

_FOR_US = frozenset(
    {
        "",
        "http://schemas.xmlsoap.org/soap/actor/next",
        "http://www.w3.org/2003/05/soap-envelope/role/next",
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    }
)
_BLANK = b" \t\r\n"
_TRUE = frozenset({"1", "true"})
_VERSIONS = {version.envelope: version for version in Version}
_parsers = threading.local()


@dataclass(frozen=True, slots=True)
class SoapMessage:
    """A well-formed call: its version, the security header if there is one, the body's only element, and its text."""

    version: Version
    security: Element | None
    body: Element
    text: bytes = b""


def read(raw: bytes, charset: str | None = None, version: Version = Version.SOAP_11) -> SoapMessage:
    """Read a message; `EnvelopeError` says what is wrong. `version` is that of the fault while none is known."""
    return message_of(utf8(raw, charset, version), version)


def message_of(text: bytes, version: Version = Version.SOAP_11) -> SoapMessage:
    """Read a message that `utf8` returned."""
    envelope = _parsed(text, version)
    version = _version(envelope, version)
    header, body = _parts(envelope, version)
    return SoapMessage(version, _security(header, version), _only_child(body, version), text)


def utf8(raw: bytes, charset: str | None = None, version: Version = Version.SOAP_11) -> bytes:
    """Return the document in UTF-8, without byte order mark and declaration; refuses what would cost too much to parse.

    What is UTF-8 is read as that, whatever a header or declaration says: no Persian text in another encoding looks so.
    """
    encoding = _encoding(raw, charset)
    if encoding.lower() != "utf-8" and not _is_utf8(raw):
        raw = _recoded(raw, encoding, version)
    raw = raw.removeprefix(codecs.BOM_UTF8)
    declaration = _DECLARATION.match(raw)
    if declaration:  # blanks in its place keep lines and columns as the caller counts them
        raw = _NO_LINE_END.sub(b" ", declaration[0]) + raw[declaration.end() :]
    if b"<!" in raw and (b"<!DOCTYPE" in raw or b"<!ENTITY" in raw):
        raise EnvelopeError(Unsupported("body", detail="dtd"), version)
    if raw.count(b"<") > MOST_TAGS or raw.count(b"=") > MOST_ATTRIBUTES:
        raise EnvelopeError(TooLarge("body"), version)
    return raw


def _encoding(raw: bytes, charset: str | None) -> str:
    if raw.startswith(_MARKED):
        return next(encoding for beginning, encoding in _BEGINNINGS if raw.startswith(beginning))
    if charset:
        return charset
    declared = _ENCODING.search(raw, 0, 200) if raw.lstrip(_BLANK).startswith(b"<?xml") else None
    return declared[1].decode() if declared else "utf-8"


def _is_utf8(raw: bytes) -> bool:
    if b"\0" in raw or raw.startswith(_MARKED):  # UTF-16 of Latin letters would pass
        return False
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _recoded(raw: bytes, encoding: str, version: Version) -> bytes:
    try:
        codec = codecs.lookup(encoding).name
        if codec in _SAME:
            return raw
        if codec in _READ:
            return raw.decode(codec).encode()
    except (LookupError, UnicodeError):
        pass
    raise _unreadable(version, "soap_encoding")


def _parsed(raw: bytes, version: Version) -> Element:
    try:
        return etree.fromstring(raw, _parser(large=len(raw) > _BYTES_OF_A_TEXT))
    except (etree.XMLSyntaxError, ValueError):
        raise _unreadable(version, "soap_xml") from None


def _parser(*, large: bool) -> etree.XMLParser:
    """Return this thread's parser; that of `large` messages takes a text of any length, for the file is looked at as
    such. What is deep has been refused by its tags.
    """
    name = "large" if large else "usual"
    parser: etree.XMLParser | None = getattr(_parsers, name, None)
    if parser is None:
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=large,
            remove_comments=True,
            remove_pis=True,
        )
        setattr(_parsers, name, parser)
    return parser


def _version(envelope: Element, version: Version) -> Version:
    found = _VERSIONS.get(str(envelope.tag))
    if found:
        return found
    if etree.QName(envelope).localname == "Envelope":
        raise EnvelopeError(Unsupported("Envelope", detail="soap_version"), version, "VersionMismatch")
    raise _unreadable(version, "soap_envelope")


def _parts(envelope: Element, version: Version) -> tuple[Element | None, Element]:
    """Return header and body: an envelope has at most one and exactly one, in this order, and nothing else."""
    children = list(envelope)
    tags = [child.tag for child in children]
    if tags == version.header_and_body:
        return children[0], children[1]
    if tags == [version.body]:
        return None, children[0]
    raise _unreadable(version, "soap_envelope")


def _security(header: Element | None, version: Version) -> Element | None:
    """Return the security header; one that must be understood and is not has its own fault."""
    found: list[Element] = []
    for child in header if header is not None else ():
        if not _for_us(child, version):
            continue
        if child.tag == SECURITY:
            found.append(child)
        elif _must_understand(child, version):
            raise EnvelopeError(Unsupported("Header", detail="must_understand"), version, "MustUnderstand")
    if len(found) > 1:
        raise _unreadable(version, "soap_security")
    return found[0] if found else None


def _for_us(child: Element, version: Version) -> bool:
    """Tell whether a header block is meant for the end of the line, and not for a node on the way."""
    return child.get(version.role, "").strip() in _FOR_US


def _must_understand(child: Element, version: Version) -> bool:
    return child.get(version.must_understand, "").strip() in _TRUE


def _only_child(body: Element, version: Version) -> Element:
    if len(body) != 1:
        raise _unreadable(version, "soap_body")
    return body[0]


def _unreadable(version: Version, detail: str) -> EnvelopeError:
    return EnvelopeError(InvalidField("body", detail=detail), version)
