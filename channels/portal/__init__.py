"""The citizens' portal. For now its front page, a page for each service, and the page that verifies printed papers.

What this desk is, which services it has, what to text, and what people think of it. Everything comes from the service
declarations, the texts and the store, so a further service shows up by itself.
"""

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from channels.portal.frame import PortalPageGroup
from channels.portal.guard import PortalGuard
from channels.portal.mobile_steps import MobileSteps
from channels.portal.requests import build_form_pages
from channels.portal.session_pages import SessionPages
from channels.portal.verifying import VerifyPage
from channels.web.pages import render_page
from channels.web.paging import read_page_start
from channels.web.site import add_site_folder
from domain.actions.dependencies import Dependencies
from domain.actions.feedback.service_page import visit_service_page
from domain.feedback.opinions import Comment
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text, to_tehran
from domain.values.errors import UnknownService

MAX_SPELLINGS = 2
"""How many of a keyword's spellings are printed; the grammar takes many more."""

_PROMISES_PREFIX = "web.home.promises."
_STEPS_PREFIX = "web.home.how."
_COMMANDS_PREFIX = "web.home.words.list."


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A municipal service as the portal shows it, worded."""

    key: str
    """The service's, as in its page's address."""
    title: str
    """What it is called."""
    description: str
    """What it is, in a sentence or two."""
    steps: tuple[str, ...]
    """What a citizen does and sees, in order."""
    keyword_spellings: tuple[str, ...]
    """The words that begin it, at most `MAX_SPELLINGS` spellings of each."""
    example_message: str | None
    """A whole message that works; None without one."""
    benefits: tuple[str, ...]
    """What it spares the citizen, one sentence each."""
    papers: tuple[str, ...]
    """What the papers are called that a request may need."""
    author: str
    """Who wrote the service's description."""
    date: str
    """When that was written: a Jalali day in words."""


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """A published comment; nobody is named."""

    day: str
    """When it was written: a Jalali day in Tehran."""
    text: str
    """In its writer's words."""
    answer: str | None
    """The municipality's; None without one."""


class Portal:
    """Mounts the portal. `line` is the number that citizens text; `phone` the demonstration phone's address, if any."""

    def __init__(
        self, dependencies: Dependencies, store: Store, line_number: str, phone_address: str | None = None
    ) -> None:
        self._dependencies = dependencies
        self._store = store
        self._line_number = line_number
        self._phone_address = phone_address

    def mount(self, app: web.Application) -> None:
        add_site_folder(app, "portal", Path(__file__).parent)
        app.router.add_get("/", self._show_home)
        app.router.add_get("/services/{key}", self._show_service)
        app.router.add_get("/verify/{token}", VerifyPage(self._dependencies, self._store).show_paper)
        self._mount_personal_pages(app)

    def _mount_personal_pages(self, app: web.Application) -> None:
        """Add the pages that know who uses them."""
        dependencies, store = self._dependencies, self._store
        mobile_steps = MobileSteps(dependencies, store)
        page_groups: tuple[PortalPageGroup, ...] = (
            mobile_steps,
            SessionPages(dependencies, store),
            *build_form_pages(dependencies, store),
        )
        PortalGuard(dependencies, store, mobile_steps).mount_pages(app, page_groups)

    async def _show_home(self, request: web.Request) -> web.Response:
        catalogue = self._dependencies.catalogue
        context = {
            "line_number": self._line_number,
            "phone_address": self._phone_address,
            "services": [build_service_card(catalogue, service) for service in self._dependencies.services.values()],
            "promises": [catalogue.text(key) for key in catalogue.list_keys(_PROMISES_PREFIX)],
            "steps": _read_text_tables(catalogue, _STEPS_PREFIX),
            "keywords": _read_text_tables(catalogue, _COMMANDS_PREFIX),
        }
        return render_page(request, "portal/home.html", context)

    async def _show_service(self, request: web.Request) -> web.Response:
        """Show a service. Every whole page that is read counts as a view; further pages of comments do not."""
        before_id = read_page_start(request)
        try:
            counts_as_view = request.method == "GET" and before_id is None
            service_page = await visit_service_page(
                self._dependencies, self._store, request.match_info["key"], before_id, count_view=counts_as_view
            )
        except UnknownService:
            raise web.HTTPNotFound from None
        context = {
            "line_number": self._line_number,
            "service": build_service_card(self._dependencies.catalogue, service_page.service),
            "service_page": service_page,
            "comments": [_describe_comment(comment) for comment in service_page.comments],
        }
        return render_page(request, "portal/service.html", context)


def _describe_comment(comment: Comment) -> PublishedComment:
    return PublishedComment(jalali_text(to_tehran(comment.at).date()), comment.text, comment.answer)


def build_service_card(catalogue: Catalogue, service: Service) -> ServiceCard:
    """Describe a service by its declaration and texts."""
    texts_prefix = f"services.{service.key}"
    example_key = f"web.home.services.examples.{service.key}"
    paper_names = service.papers.paper_names if service.papers else ()
    return ServiceCard(
        key=service.key,
        title=catalogue.text(f"{texts_prefix}.title"),
        description=catalogue.text(f"{texts_prefix}.description"),
        steps=tuple(catalogue.text_lines(f"{texts_prefix}.steps")),
        keyword_spellings=tuple(
            spelling for keyword in service.keywords for spelling in keyword.intent.certain_words[:MAX_SPELLINGS]
        ),
        example_message=catalogue.text(example_key) if example_key in catalogue else None,
        benefits=tuple(catalogue.text_lines(f"{texts_prefix}.benefits")),
        papers=tuple(catalogue.text(f"choices.document.{paper_name}") for paper_name in paper_names),
        author=catalogue.text(f"{texts_prefix}.author"),
        date=catalogue.text(f"{texts_prefix}.date"),
    )


def _read_text_tables(catalogue: Catalogue, key_prefix: str) -> list[dict[str, str]]:
    """Return the tables below a prefix in their written order, each as name → text; plain texts are left out."""
    tables_by_name: dict[str, dict[str, str]] = {}
    for key in catalogue.list_keys(key_prefix):
        table_name, _, text_name = key.removeprefix(key_prefix).partition(".")
        if text_name:
            tables_by_name.setdefault(table_name, {})[text_name] = catalogue.text(key)
    return list(tables_by_name.values())
