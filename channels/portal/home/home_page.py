"""The front page: the code that somebody has, the services with what each costs and how long it takes, and how else the
municipality is reached. It is the same for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.portal.installation import PortalInstallation
from channels.portal.lookups.lookup_cards import build_lookup_card
from channels.portal.service.cost_view import CostView, build_cost_view, load_durations
from channels.portal.service.service_card import ServiceCard, build_service_card
from channels.web.pages import render_public_page
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.lookups.public_lookups import list_lookups
from domain.messages.catalogue import Catalogue
from domain.unit_of_work import Store

HOME_PATH = "/"

_PROMISES_PREFIX = "web.home.promises."
_COMMANDS_PREFIX = "web.home.words.list."


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service on the front page."""

    card: ServiceCard
    """Value."""
    cost: CostView
    """Price and duration."""


class HomePage(SitePart):
    """The page, for anybody."""

    def __init__(self, dependencies: Dependencies, store: Store, installation: PortalInstallation) -> None:
        super().__init__(dependencies, store)
        self._installation = installation
        self._promise_keys = dependencies.catalogue.list_keys(_PROMISES_PREFIX)
        self._command_keys = dependencies.catalogue.list_keys(_COMMANDS_PREFIX)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add it to an application's table of routes."""
        router.add_get(HOME_PATH, self._show_home)

    async def _show_home(self, request: web.Request) -> web.StreamResponse:
        catalogue = self._dependencies.catalogue
        context = {
            "phone_address": self._installation.demo_phone_address,
            "offered_services": await self._list_services(),
            "lookups": [build_lookup_card(catalogue, entry) for entry in list_lookups(self._dependencies.services)],
            "promises": [catalogue.text(key) for key in self._promise_keys],
            "keywords": _read_text_tables(catalogue, self._command_keys, _COMMANDS_PREFIX),
        }
        return render_public_page(request, "portal/home.html", context)

    async def _list_services(self) -> list[OfferedService]:
        async with self._store.open_unit(write=False) as uow:
            durations = await load_durations(uow.durations)
            return [
                OfferedService(
                    build_service_card(self._dependencies.wording, service),
                    await build_cost_view(ActionContext(self._dependencies, uow), service, durations),
                )
                for service in self._dependencies.services.values()
            ]


def _read_text_tables(catalogue: Catalogue, keys: Sequence[str], key_prefix: str) -> list[dict[str, str]]:
    """Return the tables below a prefix in their written order, each as name → text; plain texts are left out."""
    tables_by_name: dict[str, dict[str, str]] = {}
    for key in keys:
        table_name, _, text_name = key.removeprefix(key_prefix).partition(".")
        if text_name:
            tables_by_name.setdefault(table_name, {})[text_name] = catalogue.text(key)
    return list(tables_by_name.values())
