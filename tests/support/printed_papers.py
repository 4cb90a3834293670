"""Papers for the tests: a real printer, a printout with every sort of block, and readers of what was printed."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ctypes import create_string_buffer

import pypdfium2
import zxingcpp
from PIL.Image import Image
from pypdfium2 import raw

from domain.language.printouts import PRINT_PHRASES
from domain.papers.document import (
    Barcode,
    Block,
    Facts,
    Letterhead,
    PaperFact,
    PaperSheet,
    PaperTable,
    Paragraphs,
    Printout,
    Signatures,
)
from printing.printer import PaperPrinter

ADDRESS = "https://pishkhan.example.ir"
LETTERHEAD = Letterhead("شهرداری گمیشان", "خیابان امام خمینی", "017-34112233")
TOKEN = "0123456789abcdef0123456789abcdef"
BARS = "10643481031150000097570237"
A4 = (595, 842)
"""Points."""

BLOCKS: tuple[Block, ...] = (
    Paragraphs(("می‌خواهم «این» را بخوانم.",)),
    Facts((PaperFact("نام", "آنه محمدی"), PaperFact("کد ملی", ""))),
    PaperTable(("ماشین", "ساعت"), (("لودر", "۴"), ("گریدر", ""))),
    Barcode(BARS),
    Signatures(("واحد عمران", "تحویل‌گیرنده")),
)
HEAD = (PaperFact("تاریخ", "۱۴۰۵/۰۹/۰۳"), PaperFact("کد رهگیری", "123 456 786"))


def letterhead() -> Letterhead:
    """Letterhead of every paper of the tests."""
    return LETTERHEAD


def a_printout(*blocks: Block, token: str | None = TOKEN, sheets: int = 1) -> Printout:
    """Return a paper with these blocks, or with one of every sort, on so many sheets."""
    sheet = PaperSheet(HEAD, blocks or BLOCKS)
    return Printout(
        "letter", "123456786", "پاسخ", (sheet,) * sheets, HEAD[-1], token, {name: name for name in PRINT_PHRASES}
    )


@asynccontextmanager
async def printing(seconds: float = 30.0, bears: Callable[[], Letterhead] = letterhead) -> AsyncIterator[PaperPrinter]:
    """A printer that is closed in the end; `seconds` is how long a paper may take."""
    printer = PaperPrinter(bears, ADDRESS, pdf_seconds=seconds)
    try:
        yield printer
    finally:
        await printer.close()


def pages_of(pdf: bytes) -> list[Image]:
    """Return the pages as pictures, 150 dots an inch, as an office printer would put them on paper."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=150 / 72).to_pil() for page in document]
    finally:
        document.close()


def scanned(pages: Sequence[Image]) -> set[tuple[str, str]]:
    """Return (format, text) of every code that a scanner finds on these pages."""
    return {(one.format.name, one.text) for page in pages for one in zxingcpp.read_barcodes(page)}


def fonts_of(pdf: bytes) -> set[tuple[str, bool]]:
    """Return (name, whether it is embedded) of every font that a letter of a PDF is set in."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = [one for page in document for one in page.get_objects([raw.FPDF_PAGEOBJ_TEXT])]
        fonts = [raw.FPDFTextObj_GetFont(one.raw) for one in found]
        return {(_name(font), raw.FPDFFont_GetIsEmbedded(font) == 1) for font in fonts}
    finally:
        document.close()


def _name(font: object) -> str:
    buffer = create_string_buffer(raw.FPDFFont_GetBaseFontName(font, None, 0))
    raw.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value.decode()


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF, page after page; its letters may come in the order of their places."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\f".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
