"""A paper as HTML: every value stays text, everything it needs is inside it, and it says what the printout says."""

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from domain.papers.document import (
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
from printing.pages import PageRenderer
from tests.support.printed_papers import ADDRESS, LETTERHEAD, TOKEN, a_printout

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;{{ 7*7 }}</style></title>\u202e"
PAGES = PageRenderer(LETTERHEAD, ADDRESS)


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text outside of the style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile(*blocks: Block) -> Printout:
    """A paper whose every word is hostile."""
    fact, phrases = PaperFact(HOSTILE, HOSTILE), dict.fromkeys(("verify", "page", "of", "phone"), HOSTILE)
    return Printout(HOSTILE, HOSTILE, HOSTILE, (PaperSheet((fact,), blocks),), fact, TOKEN, phrases)


@pytest.mark.parametrize(
    "block",
    [
        Paragraphs((HOSTILE,)),
        Facts((PaperFact(HOSTILE, HOSTILE),)),
        PaperTable((HOSTILE,), ((HOSTILE,),)),
        Signatures((HOSTILE,)),
    ],
    ids=lambda block: block.name,
)
def test_nothing_that_was_written_becomes_markup(block: Block) -> None:
    pages = PageRenderer(Letterhead(HOSTILE, HOSTILE, HOSTILE), ADDRESS)
    for made in (pages.render_for_browser(hostile(block)), pages.render_for_pdf(hostile(block))):
        page = Tags(made)
        assert {"script", "iframe", "object", "link"}.isdisjoint(tag for tag, _ in page.tags)
        assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
        assert all(attributes["src"].startswith("data:image/") for tag, attributes in page.tags if tag == "img")  # type: ignore[union-attr]
        assert HOSTILE in page.text


def test_everything_is_inside() -> None:
    page = PAGES.render_for_browser(a_printout())
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert re.findall(r"url\(.(?!data:)", page) == []
    assert page.count("@font-face") == 2


def test_the_policy_admits_the_style_and_nothing_else() -> None:
    page = PAGES.render_for_browser(a_printout())
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert unescape(policy) == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:"
    assert re.findall(r"<[^>]* style=", page) == []


def test_the_letterhead_is_on_it() -> None:
    letterhead = Letterhead("شهرداری نمونه", "خیابان یکم", "017-1", "data:image/png;base64,AAAA")
    page = PageRenderer(letterhead, ADDRESS).render_for_browser(a_printout(Paragraphs(("متن",)), token=None))
    assert page.count("شهرداری نمونه") == 2
    assert "خیابان یکم" in page
    assert "۰۱۷-۱" in page
    assert 'src="data:image/png;base64,AAAA"' in page
    assert "/verify/" not in page


def test_the_address_to_verify_it_can_be_read_too() -> None:
    assert f"{ADDRESS}/verify/{TOKEN}" in Tags(PAGES.render_for_pdf(a_printout())).text
