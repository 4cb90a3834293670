"""Prices: what is in force, a dated price that is looked at before it is set, and a second person's word."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.page_forms import FormView, PageForm
from channels.admin.submissions import FormSubmission, RefusedForm, error_of, forbidden_with_reason_too
from channels.admin.tariffs.tariff_view import ROOM, TariffViews, address
from channels.admin.version_tokens import optional_version
from channels.web.forms import read_form
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.staff.staffing import today
from domain.actions.tariffs.changes import (
    approve,
    declared,
    priced,
    reject,
    samples,
    set_price,
    where_it_comes,
    withdraw,
)
from domain.fields.form import Field
from domain.fields.types import Day, Integer, Rials, number_text
from domain.tariffs.tariff import FROM, Priced, ProposedTariff, TariffRow, Terms, of_thing, without_band
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import jalali_text
from domain.values.dated_rows import standing, version_of
from domain.values.errors import DomainError, InvalidField

PRICE = PageForm(
    "price",
    (
        Field("rate", Rials()),
        Field("minimum", Integer(0, 1000)),
        Field("vat_percent", Integer(0, 100)),
        Field("valid_from", Day()),
    ),
    "admin.tariffs.fields",
)
FAR_MEANT = "far"
"""The box that says that a price is meant to differ so much from the present one."""
BAND = "band"
"""The form that leads to the page of a band."""

_ONE = f"{ROOM}/{{service:(?!(?:rows|proposals)\\b)[a-z_]+}}"
_PROPOSAL = f"{ROOM}/proposals/{{id:[0-9]{{1,19}}}}"


class TariffPages:
    """The revenue unit's prices."""

    sections: Sequence[NavigationSection] = (NavigationSection(ROOM, "admin.sections.tariffs", "tariffs.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", ROOM, "tariffs.view", self._prices),
            PageRoute("GET", _ONE, "tariffs.view", self._show),
            PageRoute(
                "POST", f"{_ONE}/preview", "tariffs.change", FormSubmission(PRICE.name, self._preview, self._page)
            ),
            PageRoute("POST", _ONE, "tariffs.change", FormSubmission(PRICE.name, self._set, self._page)),
            PageRoute(
                "POST",
                f"{ROOM}/rows/{{id:[0-9]{{1,19}}}}/withdraw",
                "tariffs.change",
                FormSubmission("withdraw", self._withdraw, self._prices),
            ),
            PageRoute(
                "POST",
                f"{_PROPOSAL}/approve",
                "tariffs.approve",
                FormSubmission("approve", self._approve, self._prices, forbidden_with_reason_too),
            ),
            PageRoute(
                "POST",
                f"{_PROPOSAL}/reject",
                "tariffs.approve",
                FormSubmission("reject", self._reject, self._prices),
            ),
        )

    async def _prices(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        async with self._store.unit(write=False) as uow:
            views, pending = await self._views(uow), await uow.tariffs.pending()
            rows = {service: await uow.tariffs.of_service(service) for service in priced(self._desk)}
        context = {
            "tables": [(views.service(service), views.lines(service, found)) for service, found in rows.items()],
            "pending": [views.proposal(one, visit.actor.ident, rows.get(one.service, ())) for one in pending],
            "approval": self._desk.policy.tariffs_need_approval,
            "problem": self._told(refused.error) if refused else None,
        }
        return staff_page(request, visit, "admin/tariffs/tariffs.html", context, error=error_of(refused))

    def _told(self, error: DomainError) -> str:
        """Return what is wrong with a proposal. No field stands beside it, so the one that is meant is named."""
        catalogue, label = self._desk.catalogue, f"admin.tariffs.fields.{error.field}"
        words = self._desk.wording.error(error)
        return f"{catalogue.text(label)}: {words}" if label in catalogue else words

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        """Show the prices of a thing; a band that cannot be is told on the page of what it is of."""
        refused = None
        try:
            thing = self._thing(request)
        except InvalidField as error:
            thing, refused = self._plain(request), RefusedForm(BAND, request.query, error)
            if not thing.most:
                raise
        return await self._prices_of(request, visit, thing, refused)

    async def _preview(self, request: web.Request, visit: Visit) -> web.Response:
        """Show what a price means, to be set from there."""
        thing = self._thing(request)
        terms = self._terms(request, visit, thing)
        async with self._store.unit(write=False) as uow:
            shown = await samples(self._desk, uow, terms, thing.samples)
            views, rows = await self._views(uow), await uow.tariffs.of_service(terms.service)
        where = where_it_comes(self._desk, rows, terms)
        context = {
            **self._head(request, views, thing),
            "new": views.new(terms, where, rows),
            "below": views.below(terms, rows),
            "samples": [views.sample(one, terms.unit) for one in shown],
            "given": read_form(PRICE.fields, visit.form),
            "version": version_of(of_thing(rows, terms.service, terms.dimensions)),
            "approval": self._desk.policy.tariffs_need_approval,
        }
        return staff_page(request, visit, "admin/tariffs/tariff_preview.html", context)

    async def _set(self, request: web.Request, visit: Visit) -> str:
        terms, meant = self._terms(request, visit, self._thing(request)), bool(said(visit.form, FAR_MEANT))
        async with self._store.unit() as uow:
            made = await set_price(self._desk, uow, terms, visit.actor, optional_version(visit.form), far_meant=meant)
        done = "price_proposed" if isinstance(made, ProposedTariff) else "price_set"
        return f"{address(terms.service, terms.dimensions)}&done={done}"

    async def _withdraw(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            row = await withdraw(self._desk, uow, _id(request), visit.actor)
        return f"{address(row.service, row.dimensions)}&done=price_withdrawn"

    async def _approve(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            row = await approve(self._desk, uow, _id(request), visit.actor)
        return f"{address(row.service, row.dimensions)}&done=price_set"

    async def _reject(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await reject(self._desk, uow, _id(request), visit.actor)
        return f"{ROOM}?done=price_rejected"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        return await self._prices_of(request, visit, self._thing(request), refused)

    async def _prices_of(
        self, request: web.Request, visit: Visit, thing: Priced, refused: RefusedForm | None
    ) -> web.Response:
        service = request.match_info["service"]
        async with self._store.unit(write=False) as uow:
            views = await self._views(uow)
            every, pending = await uow.tariffs.of_service(service), await uow.tariffs.pending()
        rows = of_thing(every, service, thing.dimensions)
        plain = of_thing(every, service, without_band(thing.dimensions))
        waiting = [one for one in pending if (one.service, one.dimensions) == (service, thing.dimensions)]
        context = {
            **self._head(request, views, thing),
            "rows": [views.price(one, rows) for one in reversed(rows)],
            "pending": [views.proposal(one, visit.actor.ident, every) for one in waiting],
            "form": PRICE.shown(self._desk.wording, self._given(standing(rows), standing(plain)), refused),
            "bands": views.bands(service, thing, every),
            "band_form": self._band_form(thing, refused),
        }
        return staff_page(request, visit, "admin/tariffs/tariff.html", context, error=error_of(refused))

    def _given(self, rows: Sequence[TariffRow], plain: Sequence[TariffRow]) -> dict[str, Any]:
        """Return what stands in the form: the last price's minimum and VAT, and today; the first price of a band has
        the VAT of what it is of.
        """
        last, alike = (one[-1] if one else None for one in (rows, rows or plain))
        return {
            "minimum": number_text(last.minimum if last else 0),
            "vat_percent": number_text(alike.vat_percent if alike else 0),
            "valid_from": jalali_text(today(self._desk)),
        }

    def _band_form(self, thing: Priced, refused: RefusedForm | None) -> FormView | None:
        """Return the form that leads to a band of a thing; None for what has none."""
        if thing.least or not thing.most:
            return None
        form = PageForm(BAND, (Field(FROM, Integer(1, thing.most)),), f"admin.tariffs.bands_of.{thing.unit}")
        return form.shown(self._desk.wording, {}, refused)

    def _terms(self, request: web.Request, visit: Visit, thing: Priced) -> Terms:
        read = PRICE.read(visit)
        return Terms(
            request.match_info["service"], dict(thing.dimensions), thing.unit, read["rate"], read["minimum"],
            read["vat_percent"], date.fromisoformat(read["valid_from"]),
        )  # fmt: skip

    def _thing(self, request: web.Request) -> Priced:
        """Return what the address names; `HTTPNotFound` when nothing such is priced, `InvalidField("from")`."""
        return self._declared(request, _named(request))

    def _plain(self, request: web.Request) -> Priced:
        """Return what the address names, whatever the band."""
        return self._declared(request, without_band(_named(request)))

    def _declared(self, request: web.Request, dimensions: Mapping[str, str]) -> Priced:
        found = declared(self._desk, request.match_info["service"], dimensions)
        if found is None:
            raise web.HTTPNotFound
        return found

    def _head(self, request: web.Request, views: TariffViews, thing: Priced) -> dict[str, Any]:
        service, plain = request.match_info["service"], self._plain(request)
        here = address(service, thing.dimensions)
        return {
            "service": views.service(service),
            "title": views.thing(thing),
            "unit": views.unit(thing.unit),
            "here": here,
            "preview": here.replace("?", "/preview?", 1),
            "dimensions": thing.dimensions,
            "of": (address(service, plain.dimensions), views.thing(plain)) if thing.least else None,
        }

    async def _views(self, uow: UnitOfWork) -> TariffViews:
        return TariffViews(self._desk, today(self._desk), await staff_names(uow))


def _named(request: web.Request) -> dict[str, str]:
    """Return the dimensions that the address names."""
    return {name: value for name, value in request.query.items() if name != "done"}


def _id(request: web.Request) -> int:
    return min(int(request.match_info["id"]), 2**63 - 1)
