"""The citizens' portal. For now its front page, a page for each service, and the page that verifies printed papers.

What this desk is, which services it has, what to text, and what people think of it. Everything comes from the service
declarations, the texts and the store, so a further service shows up by itself.
"""

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from channels.portal.verifying import VerifyPage
from channels.web.pages import page
from channels.web.paging import page_start
from channels.web.site import add_pages
from domain.actions.desk import Desk
from domain.actions.feedback.service_page import visit
from domain.feedback.opinions import Comment
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.unit_of_work import Store
from domain.values.calendar import in_tehran, jalali_text
from domain.values.errors import UnknownService

WORDS_SHOWN = 2
"""How many of a keyword's spellings are printed; the grammar takes many more."""

_PROMISES = "web.home.promises."
_HOW = "web.home.how."
_WORDS = "web.home.words.list."


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A municipal service as its page shows it; `example` is a whole message that works, None without one."""

    key: str
    title: str
    description: str
    steps: tuple[str, ...]
    words: tuple[str, ...]
    example: str | None
    benefits: tuple[str, ...]
    papers: tuple[str, ...]
    author: str
    date: str


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """A published comment: its day in Jalali, its words, and the answer, if there is one. Nobody is named."""

    day: str
    text: str
    answer: str | None


class Portal:
    """Mounts the portal. `line` is the number that citizens text; `phone` the demonstration phone's address, if any."""

    def __init__(self, desk: Desk, store: Store, line: str, phone: str | None = None) -> None:
        self._desk = desk
        self._store = store
        self._line = line
        self._phone = phone

    def mount(self, app: web.Application) -> None:
        """Add the pages."""
        add_pages(app, "portal", Path(__file__).parent)
        app.router.add_get("/", self._home)
        app.router.add_get("/services/{key}", self._service)
        app.router.add_get("/verify/{token}", VerifyPage(self._desk, self._store).show)

    async def _home(self, request: web.Request) -> web.Response:
        catalogue = self._desk.catalogue
        context = {
            "line": self._line,
            "phone": self._phone,
            "services": [service_card(catalogue, one) for one in self._desk.services.values()],
            "promises": [catalogue.text(key) for key in catalogue.keys(_PROMISES)],
            "steps": _tables(catalogue, _HOW),
            "words": _tables(catalogue, _WORDS),
        }
        return page(request, "portal/home.html", context)

    async def _service(self, request: web.Request) -> web.Response:
        """Show a service. Every whole page that is read counts as a view; further pages of comments do not."""
        before = page_start(request)
        try:
            counted = request.method == "GET" and before is None
            seen = await visit(self._desk, self._store, request.match_info["key"], before, counted=counted)
        except UnknownService:
            raise web.HTTPNotFound from None
        context = {
            "line": self._line,
            "service": service_card(self._desk.catalogue, seen.service),
            "seen": seen,
            "comments": [_shown(one) for one in seen.comments],
        }
        return page(request, "portal/service.html", context)


def _shown(comment: Comment) -> PublishedComment:
    return PublishedComment(jalali_text(in_tehran(comment.at).date()), comment.text, comment.answer)


def service_card(catalogue: Catalogue, service: Service) -> ServiceCard:
    """Describe a service by its declaration and texts."""
    texts = f"services.{service.key}"
    example = f"web.home.services.examples.{service.key}"
    papers = service.documents.names if service.documents else ()
    return ServiceCard(
        service.key,
        catalogue.text(f"{texts}.title"),
        catalogue.text(f"{texts}.description"),
        tuple(catalogue.lines(f"{texts}.steps")),
        tuple(word for keyword in service.keywords for word in keyword.intent.words[:WORDS_SHOWN]),
        catalogue.text(example) if example in catalogue else None,
        tuple(catalogue.lines(f"{texts}.benefits")),
        tuple(catalogue.text(f"choices.document.{one}") for one in papers),
        catalogue.text(f"{texts}.author"),
        catalogue.text(f"{texts}.date"),
    )


def _tables(catalogue: Catalogue, prefix: str) -> list[dict[str, str]]:
    """Return the tables below a prefix in their written order, each as name → text; plain texts are left out."""
    found: dict[str, dict[str, str]] = {}
    for key in catalogue.keys(prefix):
        table, _, name = key.removeprefix(prefix).partition(".")
        if name:
            found.setdefault(table, {})[name] = catalogue.text(key)
    return list(found.values())
