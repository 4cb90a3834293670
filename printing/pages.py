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
from domain.values.languages import in_language
from domain.values.text import persian_digits
from printing.symbols import render_barcode, render_qr_code

_PRINTING_FILES = files("printing")
_FONT_WEIGHTS = {"Regular": 400, "Bold": 700}
_FONT_FACE_RULE = '@font-face {{ font-family: Vazirmatn; font-weight: {}; src: url("{}") format("woff2"); }}'


@dataclass(frozen=True, slots=True)
class PageRenderer:
    """Puts printouts on a letterhead. `public_address` is where people reach the server: the papers' QR codes lead
    there.
    """

    letterhead: Letterhead
    public_address: str

    def render_for_browser(self, printout: Printout) -> str:
        """Return the document with its style and fonts, for a browser."""
        return self._render_document(printout, build_style_sheet(), _content_policy())

    def render_for_pdf(self, printout: Printout) -> str:
        """Return the document without style and fonts: who makes PDFs has read them once."""
        return self._render_document(printout, "", "")

    def _render_document(self, printout: Printout, style_text: str, policy_text: str) -> str:
        verification_address = f"{self.public_address}/verify/{printout.token}" if printout.token else ""
        template = _template_environment().get_template("paper.html")
        with in_language(printout.language):  # of a PDF this runs in a process of its own
            return template.render(
                printout=printout,
                letterhead=self.letterhead,
                verification_address=verification_address,
                style_sheet=style_text,
                content_policy=policy_text,
            )


@cache
def _template_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("printing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(fa=persian_digits, qr=render_qr_code, bars=render_barcode)
    return environment


@cache
def _content_policy() -> str:
    style_digest = b64encode(hashlib.sha256(build_style_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style_digest}'; img-src data:; font-src data:"


@cache
def build_style_sheet() -> str:
    """Return the style of papers with the fonts inside it."""
    font_faces = [
        _FONT_FACE_RULE.format(font_weight, _font_address(font_name))
        for font_name, font_weight in _FONT_WEIGHTS.items()
    ]
    return "\n".join([*font_faces, (_PRINTING_FILES / "templates" / "paper.css").read_text("utf-8")])


def _font_address(font_name: str) -> str:
    font_bytes = (_PRINTING_FILES / "fonts" / f"Vazirmatn-{font_name}.woff2").read_bytes()
    return f"data:font/woff2;base64,{b64encode(font_bytes).decode()}"
