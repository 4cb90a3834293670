"""The citizens' portal. For now its front page: what this desk is, which services it has, and what to text.

Everything on the page comes from the service declarations and the texts, so a further service shows up by itself.
"""

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from channels.web.pages import page
from channels.web.site import add_pages
from domain.actions.desk import Desk
from domain.lifecycle import Service
from domain.messages import Catalogue

WORDS_SHOWN = 2
"""How many of a keyword's spellings are printed; the grammar takes many more."""

_PROMISES = "web.home.promises."
_HOW = "web.home.how."
_WORDS = "web.home.words.list."


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A municipal service as the front page shows it; `example` is a whole message that works, None without one."""

    key: str
    title: str
    description: str
    steps: tuple[str, ...]
    words: tuple[str, ...]
    example: str | None


class Portal:
    """Mounts the portal. `line` is the number that citizens text; `phone` the demonstration phone's address, if any."""

    def __init__(self, desk: Desk, line: str, phone: str | None = None) -> None:
        self._desk = desk
        self._line = line
        self._phone = phone

    def mount(self, app: web.Application) -> None:
        """Add the front page."""
        add_pages(app, "portal", Path(__file__).parent)
        app.router.add_get("/", self._home)

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


def service_card(catalogue: Catalogue, service: Service) -> ServiceCard:
    """Describe a service by its declaration and texts."""
    texts = f"services.{service.key}"
    example = f"web.home.services.examples.{service.key}"
    return ServiceCard(
        service.key,
        catalogue.text(f"{texts}.title"),
        catalogue.text(f"{texts}.description"),
        tuple(catalogue.lines(f"{texts}.steps")),
        tuple(word for keyword in service.keywords for word in keyword.intent.words[:WORDS_SHOWN]),
        catalogue.text(example) if example in catalogue else None,
    )


def _tables(catalogue: Catalogue, prefix: str) -> list[dict[str, str]]:
    """Return the tables below a prefix in their written order, each as name → text; plain texts are left out."""
    found: dict[str, dict[str, str]] = {}
    for key in catalogue.keys(prefix):
        table, _, name = key.removeprefix(prefix).partition(".")
        if name:
            found.setdefault(table, {})[name] = catalogue.text(key)
    return list(found.values())
