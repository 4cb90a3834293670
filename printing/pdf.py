"""PDFs by WeasyPrint: only the printing process imports this (`worker.py`).

Documents come from our own template with every value escaped; still nothing is fetched but what is inside them.
"""

from weasyprint import CSS, HTML
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

    def make_pdf(self, page_renderer: PageRenderer, printout: Printout) -> bytes:
        """Return the paper as a PDF."""
        html_document = HTML(string=page_renderer.render_for_pdf(printout), url_fetcher=self._fetcher)
        pdf_bytes: bytes = html_document.write_pdf(stylesheets=[self._style], font_config=self._fonts)
        return pdf_bytes
