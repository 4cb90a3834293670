"""PDFs by WeasyPrint: only the printing process imports this (`worker.py`).

Documents come from our own template with every value escaped; still nothing is fetched but what is inside them.
"""

from collections.abc import Sequence

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from domain.papers.document import Printout
from printing.pages import PageRenderer, build_style_sheet


class PdfMaker:
    """Makes PDFs of printouts. Style and fonts are read once, which takes half a second."""

    def __init__(self) -> None:
        self._fetcher = URLFetcher(allowed_protocols={"data"})
        self._fonts = FontConfiguration()
        self._style = CSS(string=build_style_sheet(), font_config=self._fonts, url_fetcher=self._fetcher)

    def make_pdf(self, page_renderer: PageRenderer, printouts: Sequence[Printout]) -> bytes:
        """Return the papers as one PDF, each with its own footer and page numbers."""
        documents = [self._lay_out(page_renderer, printout) for printout in printouts]
        pages = [page for document in documents for page in document.pages]
        pdf_bytes: bytes = documents[0].copy(pages).write_pdf()
        return pdf_bytes

    def _lay_out(self, page_renderer: PageRenderer, printout: Printout) -> Document:
        html_document = HTML(string=page_renderer.render_for_pdf(printout), url_fetcher=self._fetcher)
        return html_document.render(stylesheets=[self._style], font_config=self._fonts)
