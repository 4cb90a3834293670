"""Pages in a real browser that show hostile texts: whether any of these became more than a text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from playwright.async_api import APIResponse, Browser, Response

from channels.admin.requests.print_pages import PAPER_POLICY
from channels.web.headers import CONTENT_SECURITY_POLICY
from domain.values.actors import Role
from tests.browser.test_every_page import shown
from tests.support.hostile.texts import ELEMENT, TURNS, find_names
from tests.support.pages.chromium import SIZES, Served, Window, signed_in, window
from tests.support.pages.page_checks import NO_SUCH
from tests.support.pages.page_visits import PageVisit

HITS = """() => {
  const elements = [...document.querySelectorAll("x-hit, [onerror], img[src='x']")].map(one => one.outerHTML);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), turned = [];
  const isolates = text => text.replace(/[^\\u2066-\\u2069]/g, "").replace(/[\\u2066-\\u2068]\\u2069/g, "");
  while (texts.nextNode()) {
    const text = texts.currentNode.data;
    if (/[\\u2028-\\u202e]/.test(text) || isolates(text)) turned.push(text);
  }
  return [...elements, ...turned, ...("hit" in window ? ["ran"] : [])];
}"""
"""Effects of a text that is more than a text."""
WORDS = """() => [
  document.body.innerText, ...[...document.querySelectorAll("input, textarea")].map(one => one.value)
].join()"""

_LINK = re.compile(r'href="(/[^"#?]*(?:\?before=[0-9]+)?)')
_FILE = re.compile(r"^/static/|/documents/|[./](pdf|csv|xlsx|svg)$")


@dataclass(slots=True)
class Inspection:
    """Findings of one visitor: `seen` takes those of the `names` that a page shows whole."""

    opened: Window
    names: Collection[str]
    seen: set[str]
    hits: dict[str, Sequence[str]] = field(default_factory=dict)
    dialogs: list[str] = field(default_factory=list)

    async def look_where_told(self, look: PageVisit) -> None:
        """Open a page if a hostile text is in it; of others no browser makes anything. A form is always answered."""
        if look.form is None:
            answer = await self.opened.page.request.get(str(self.opened.server.make_url(look.address)))
            if not answer.headers["content-type"].startswith("text/html"):
                return
            _assert_guarded(answer)
            if not _is_told(await answer.text()):
                return
        await self.look(look)

    async def look(self, look: PageVisit) -> None:
        """Open a page; nothing of it is more than a text, though a word of it may have sixty letters."""
        answer = await shown(self.opened, look)
        if answer is None:
            return
        _assert_guarded(answer)
        words = await self.opened.page.evaluate(WORDS)
        self.seen |= find_names(self.names, words)
        if found := await self.opened.page.evaluate(HITS):
            self.hits[look.address] = found
        await self.opened.assert_fits()

    def assert_harmless(self) -> None:
        """Nothing ran, nothing became markup, and the browser had nothing to refuse."""
        complaints = [one for one in self.opened.complaints if not one.startswith(NO_SUCH)]
        assert (self.hits, self.dialogs, complaints) == ({}, [], []), (self.hits, self.dialogs, complaints)


async def telling(opened: Window, *starts: str, links: int = 3) -> Sequence[str]:
    """The addresses of the pages that hold a hostile text, whatever became of it, as far as so many links lead."""
    met, ahead, found = {*starts}, [*starts], list[str]()
    for _ in range(links + 1):
        pages = {one: await _read(opened, one) for one in ahead}
        found += [one for one, page in pages.items() if _is_told(page)]
        linked = [one for page in pages.values() for one in _LINK.findall(page)]
        ahead = [one for one in dict.fromkeys(linked) if one not in met and not _FILE.search(one)]
        met |= {*ahead}
    return found


async def _read(opened: Window, address: str) -> str:
    """A page as it comes, without a browser's work on it."""
    answer = await opened.page.request.get(str(opened.server.make_url(address)))
    return await answer.text()


def _is_told(page: str) -> bool:
    """Whether anything of a hostile text is in a page as it comes, whatever became of it."""
    return ELEMENT[1:-1] in page or TURNS in page


def _assert_guarded(answer: Response | APIResponse) -> None:
    """No script but our own would run, were there one."""
    assert answer.headers["content-security-policy"] in {CONTENT_SECURITY_POLICY, PAPER_POLICY}, answer.url


async def inspected(
    browser: Browser, served: Served, role: Role | None, names: Collection[str], seen: set[str]
) -> Inspection:
    """A window of somebody with this role, or of nobody known, in which pages are inspected."""
    opened, dialogs = await window(browser, served, SIZES["phone"]), list[str]()
    opened.page.on("dialog", lambda one: dialogs.append(one.message))
    if role:
        await signed_in(opened, role.value)
    return Inspection(opened, names, seen, dialogs=dialogs)
