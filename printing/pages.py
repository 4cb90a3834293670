"""A paper as one HTML document: letterhead, blocks, codes, and everything that it needs inside it.

The template knows blocks and no services; all words come with the printout. Every value is escaped: what citizens wrote
stays text. A policy inside the document lets nothing in from outside, nor any script run.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.papers.document import Letterhead, Printout
from domain.values.text import persian_digits
from printing.symbols import barcode, qr_code

_HERE = files("printing")
_WEIGHTS = {"Regular": 400, "Bold": 700}
_FACE = '@font-face {{ font-family: Vazirmatn; font-weight: {}; src: url("{}") format("woff2"); }}'


@dataclass(frozen=True, slots=True)
class PageRenderer:
    """Puts printouts on a letterhead. `address` is where people reach the server: the papers' QR codes lead there."""

    letterhead: Letterhead
    address: str

    def whole(self, printout: Printout) -> str:
        """Return the document with its style and fonts, for a browser."""
        return self._rendered(printout, style_sheet(), _policy())

    def for_pdf(self, printout: Printout) -> str:
        """Return the document without style and fonts: who makes PDFs has read them once."""
        return self._rendered(printout, "", "")

    def _rendered(self, printout: Printout, style: str, policy: str) -> str:
        verify = f"{self.address}/verify/{printout.token}" if printout.token else ""
        return (
            _environment()
            .get_template("paper.html")
            .render(printout=printout, letterhead=self.letterhead, verify=verify, style=style, policy=policy)
        )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("printing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(fa=persian_digits, qr=qr_code, bars=barcode)
    return environment


@cache
def _policy() -> str:
    digest = b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:"


@cache
def style_sheet() -> str:
    """Return the style of papers with the fonts inside it."""
    faces = [_FACE.format(weight, _font(name)) for name, weight in _WEIGHTS.items()]
    return "\n".join([*faces, (_HERE / "templates" / "paper.css").read_text("utf-8")])


def _font(name: str) -> str:
    content = (_HERE / "fonts" / f"Vazirmatn-{name}.woff2").read_bytes()
    return f"data:font/woff2;base64,{b64encode(content).decode()}"
