"""Price calculator, for use before anybody asks for the thing: the service's own price lookup, which also answers by
SMS."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.problems import Problem, name_field
from channels.portal.service.cost_view import build_cost_view
from channels.portal.service.service_card import build_service_card
from channels.web.error_pages import status_of
from channels.web.forms import Control, FormWording, build_controls, describe_stray, read_submitted_form
from channels.web.pages import render_public_page
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.feedback.public_comments import PUBLIC_CHANNEL
from domain.actions.lookups.answers import run_lookup
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.lookups import PriceLookup
from domain.language.service import Service
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, UnknownService

PRICE_PATH = "/services/{key}/price"

_ANYBODY = Actor(frozenset({Role.SYSTEM}), "system", "portal", PUBLIC_CHANNEL)
"""Anybody who asks: nobody is known by a mobile."""


class PriceCalculator(SitePart):
    """The form that asks for a price, and the page that answers it. Both need no session and no script."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the page to an application's table of routes."""
        router.add_get(PRICE_PATH, self._show_price)

    async def _show_price(self, request: web.Request) -> web.StreamResponse:
        """Show what was asked for costs; the empty form where nothing was."""
        service, price_lookup = self._find_service(request.match_info["key"])
        values = read_submitted_form(price_lookup.form, request.query)
        error: DomainError | None = None
        price_lines: list[str] = []
        try:
            price_lines = await self._answer_question(service, price_lookup, values) if values else []
        except DomainError as refusal:
            error = refusal
        price_controls = build_price_controls(self._dependencies, service, values, error)
        context = {
            "service": build_service_card(self._dependencies.wording, service),
            "price_lines": price_lines,
            "price_controls": price_controls,
            "problems": _list_problems(
                price_controls, describe_stray(price_lookup.form, error, _word_form(self._dependencies, service))
            ),
            "cost": await self._build_cost(service),
        }
        return render_public_page(request, "portal/price.html", context, status=status_of(error) if error else 200)

    async def _build_cost(self, service: Service) -> Any:
        async with self._store.open_unit(write=False) as uow:
            return await build_cost_view(ActionContext(self._dependencies, uow), service, {})

    async def _answer_question(
        self, service: Service, price_lookup: PriceLookup, values: Mapping[str, Any]
    ) -> list[str]:
        reading_context = ReadingContext(self._dependencies.clock.now())
        field_values = read_fields(price_lookup.form, values, PUBLIC_CHANNEL, reading_context)
        async with self._store.open_unit(write=False) as uow:
            answer_lines = await run_lookup(
                ActorContext(self._dependencies, uow, _ANYBODY), service, price_lookup, field_values, brief=False
            )
        return [line.text for line in answer_lines]

    def _find_service(self, service_key: str) -> tuple[Service, PriceLookup]:
        try:
            service = self._dependencies.engine.get_service(service_key)
        except UnknownService:
            raise web.HTTPNotFound from None
        if service.price_lookup is None:
            raise web.HTTPNotFound
        return service, service.price_lookup


def build_price_controls(
    dependencies: Dependencies,
    service: Service,
    values: Mapping[str, Any] | None = None,
    error: DomainError | None = None,
) -> Sequence[Control]:
    """Return the inputs of a service's form for a price; none where it has no prices."""
    if service.price_lookup is None:
        return ()
    return build_controls(service.price_lookup.form, values or {}, _word_form(dependencies, service), error)


def _list_problems(price_controls: Sequence[Control], stray_problem: str | None) -> list[Problem]:
    """Return the summary of errors: what belongs to no input, and what is wrong with each."""
    return [
        *([Problem(stray_problem)] if stray_problem else []),
        *(
            Problem(name_field(control.label, control.problem), f"#{control.id}")
            for control in price_controls
            if control.problem
        ),
    ]


def _word_form(dependencies: Dependencies, service: Service) -> FormWording:
    get_text = dependencies.catalogue.text
    return FormWording(
        dependencies.wording,
        lambda name: get_text(f"services.{service.key}.fields.{name}.label"),
        id_prefix="price-",
    )
