"""Messages that are made to cost memory, time or trust, each with the code of its fault."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

from backports import zstd

from tests.channels.pishkhan_soap.envelopes import OURS, SOAP_11, body, envelope
from tests.channels.pishkhan_soap.raw_client import chunked, request

MB = 1024 * 1024


def _many(form: str, count: int) -> str:
    return padded(f"<x {' '.join(form.format(number) for number in range(count))}/>")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def _dtd(subset: str, use: str) -> str:
    return f"<!DOCTYPE x [{subset}]>" + envelope(body("Ping").replace("1001<", f"{use}<"))


def _wrapped(name: str) -> str:
    return envelope(body("Ping"), f'<x:{name} xmlns:x="urn:x">{body("Ping")}</x:{name}>')


def padded(inner: str) -> str:
    """Return an envelope around an operation with these elements in it."""
    return envelope(f'<Ping xmlns="{OURS}">{inner}</Ping>')


ATTACKS: Mapping[str, tuple[Callable[[], str], str]] = {
    "a billion laughs": (lambda: _dtd(f'<!ENTITY l0 "ha">{LAUGHS}', "&l9;"), "unsupported"),
    "quadratic entity": (lambda: _dtd(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 2000), "unsupported"),
    "external entity": (lambda: _dtd('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"), "unsupported"),
    "external DTD": (lambda: '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + envelope(body("Ping")), "unsupported"),
    "parameter entity": (lambda: _dtd('<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;', "x"), "unsupported"),
    "undeclared entity": (lambda: envelope(body("Ping").replace("1001<", "&nbsp;<")), "invalid_field"),
    "XInclude": (
        lambda: padded('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
        "authentication_failed",
    ),
    "empty elements, 250 KB": (lambda: padded("<x/>" * 62_000), "too_large"),
    "empty elements, 16 MB": (lambda: padded("<x/>" * 4 * MB), "too_large"),
    "nested 100,000 deep": (lambda: padded("<x>" * 100_000 + "</x>" * 100_000), "too_large"),
    "nested 2,000 deep": (lambda: padded("<x>" * 1_900 + "</x>" * 1_900), "invalid_field"),
    "1,000,000 attributes": (
        lambda: _many('a{}=""', 1_000_000),
        "too_large",
    ),
    "20,000 attributes": (lambda: _many('a{}=""', 20_000), "too_large"),
    "10,000 namespaces": (lambda: _many('xmlns:a{}="u"', 10_000), "too_large"),
    "an attribute of 250 KB": (lambda: padded(f'<x a="{"a" * 250_000}"/>'), "authentication_failed"),
    "an element's name of 250 KB": (lambda: padded(f"<{'x' * 250_000}/>"), "invalid_field"),
    "a text of 250 KB": (lambda: envelope(body("Ping", call_id="a" * 250_000)), "authentication_failed"),
    "a text of 10 MB": (lambda: envelope(body("Ping", call_id="a" * 10 * MB)), "too_large"),
    "references of 250 KB": (
        lambda: envelope(body("Ping").replace("1001<", "&#65;" * 50_000 + "<")),
        "authentication_failed",
    ),
    "a comment of 250 KB": (lambda: padded(f"<!--{'- ' * 125_000}-->"), "authentication_failed"),
    "a declaration of 250 KB": (lambda: f"<?xml {' ' * 250_000}?>" + envelope(body("Ping")), "invalid_field"),
    "two bodies": (
        lambda: f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>{body("Ping")}</s:Body><s:Body/></s:Envelope>',
        "invalid_field",
    ),
    "a wrapped body": (lambda: _wrapped("Wrapper"), "authentication_failed"),
    "a huge AttachDocument": (
        lambda: envelope(body("AttachDocument", {"trackingCode": "1", "content": "QUFB" * 2 * MB})),
        "authentication_failed",
    ),
    "a huge Ping that says AttachDocument": (
        lambda: padded(f"<!--AttachDocument-->{'a' * 5 * MB}"),
        "too_large",
    ),
}


def _beginning() -> bytes:
    return envelope(body("Ping")).encode()


class Compressor(Protocol):
    """Packs what it is fed, of whichever format."""

    def compress(self, piece: bytes, /) -> bytes:
        """Return what is packed by now."""
        ...

    def flush(self) -> bytes:
        """Return the end."""
        ...


def _gzip() -> Compressor:
    return zlib.compressobj(wbits=31)


def _packed(compressor: Compressor, beginning: bytes) -> bytes:
    """Pack a beginning and 200 MB of blanks, which are never there at once."""
    blanks = (compressor.compress(b" " * MB) for _ in range(200))
    return b"".join([compressor.compress(beginning), *blanks, compressor.flush()])


ENDLESS: Mapping[str, Callable[[], bytes]] = {
    "50 MB by Content-Length": lambda: request(_beginning(), {"Content-Length": str(50 * MB)}) + b" " * 5 * MB,
    "50 MB in chunks": lambda: (
        request(b"", {"Transfer-Encoding": "chunked", "Content-Length": ""})
        + chunked(_beginning() + b" " * 50 * MB, 65_536)
    ),
    "a gzip of 200 MB": lambda: request(_packed(_gzip(), _beginning()), {"Content-Encoding": "gzip"}),
    "a zstd of 200 MB": lambda: request(_packed(zstd.ZstdCompressor(), _beginning()), {"Content-Encoding": "zstd"}),
    "a deflated gzip of gzip": lambda: request(gzip.compress(_packed(_gzip(), b"")), {"Content-Encoding": "gzip"}),
}
"""Whole requests whose body is said to be, comes to, or unpacks to far more than is taken."""
