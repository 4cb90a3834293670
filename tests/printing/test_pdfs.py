"""Content of the papers that the printing process makes: pages, codes that scan, numbers of pages."""

import asyncio
import re
from collections.abc import AsyncIterator
from multiprocessing import active_children

import pypdfium2
import pytest
import pytest_asyncio

from domain.papers.document import Paragraphs
from printing.printer import PaperPrinter
from tests.support.printed_papers import A4, ADDRESS, BARS, TOKEN, a_printout, pages_of, printing, scanned, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one printer for all

LONG = Paragraphs(tuple(f"بند {number}: این متن دراز است و باید در چند صفحه جا بگیرد." for number in range(60)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def printer() -> AsyncIterator[PaperPrinter]:
    """A printer."""
    async with printing() as opened:
        yield opened


async def test_a_paper_is_a_page_of_a4_with_codes_that_scan(printer: PaperPrinter) -> None:
    pdf = await printer.render_pdf(a_printout())
    document = pypdfium2.PdfDocument(pdf)
    assert [tuple(round(side) for side in document.get_page_size(0))] == [A4]
    document.close()
    pages = pages_of(pdf)
    assert len(pages) == 1
    assert scanned(pages) == {("QRCode", f"{ADDRESS}/verify/{TOKEN}"), ("Code128", BARS)}


async def test_a_long_letter_goes_on_and_counts_its_pages(printer: PaperPrinter) -> None:
    pdf = await printer.render_pdf(a_printout(LONG))
    pages = text_of(pdf).split("\f")
    counted = [re.search(r"page ([۰-۹]) of ([۰-۹])", page) for page in pages]
    assert [found and found.groups() for found in counted] == [("۱", "۳"), ("۲", "۳"), ("۳", "۳")]
    assert all("123 456 786" in page for page in pages)


async def test_each_sheet_begins_a_page(printer: PaperPrinter) -> None:
    assert len(pages_of(await printer.render_pdf(a_printout(sheets=3)))) == 3


async def test_papers_that_are_asked_for_at_once_are_all_made(printer: PaperPrinter) -> None:
    made = await asyncio.gather(*(printer.render_pdf(a_printout(token=f"{n:032x}")) for n in range(8)))
    assert len(active_children()) == 1
    found = {text for pdf in made for _, text in scanned(pages_of(pdf))}
    assert found == {BARS, *(f"{ADDRESS}/verify/{n:032x}" for n in range(8))}
