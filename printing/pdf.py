"""PDFs by WeasyPrint: only the printing process imports this (`worker.py`).

Documents come from our own template with every value escaped; still nothing is fetched but what is inside them.
"""

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from domain.papers.document import Printout
from printing.pages import PageRenderer, style_sheet


class PdfMaker:
    """Makes PDFs of printouts. Style and fonts are read once, which takes half a second."""

    def __init__(self) -> None:
        self._fetcher = URLFetcher(allowed_protocols={"data"})
        self._fonts = FontConfiguration()
        self._style = CSS(string=style_sheet(), font_config=self._fonts, url_fetcher=self._fetcher)

    def made(self, pages: PageRenderer, printout: Printout) -> bytes:
        """Return the paper as a PDF."""
        document = HTML(string=pages.for_pdf(printout), url_fetcher=self._fetcher)
        pdf: bytes = document.write_pdf(stylesheets=[self._style], font_config=self._fonts)
        return pdf
