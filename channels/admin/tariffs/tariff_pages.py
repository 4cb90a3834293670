"""Prices: what is in force, a dated price that is looked at before it is set, and a second person's word."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.page_forms import FormView, PageForm
from channels.admin.submissions import FormSubmission, forbidden_with_reason_too
from channels.admin.tariffs.tariff_view import TARIFFS_PATH, TariffViews, price_address
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import read_form
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.staffing import today_in_tehran
from domain.actions.tariffs.price_changes import (
    approve_proposal,
    find_insertion_point,
    reject_proposal,
    set_price,
    withdraw_price,
)
from domain.actions.tariffs.priced_subjects import find_declared, list_priced
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Integer, Rials, format_number
from domain.tariffs.tariff import (
    BAND_DIMENSION,
    PricedSubject,
    PriceTerms,
    ProposedTariff,
    TariffRow,
    rows_of_subject,
    without_band,
)
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_text
from domain.values.dated_rows import effective_rows, version_of
from domain.values.errors import DomainError, InvalidField
from domain.values.version_token import VersionToken

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
FAR_MEANT_FIELD = "far"
"""The box that says that a price is meant to differ so much from the present one."""
BAND_FORM = "band"
"""The form that leads to the page of a band."""

_TARIFF_PATH = f"{TARIFFS_PATH}/{{service:(?!(?:rows|proposals)\\b)[a-z_]+}}"
_PROPOSAL_PATH = f"{TARIFFS_PATH}/proposals/{{id:[0-9]{{1,19}}}}"


class TariffPages(SitePart):
    """The revenue unit's prices."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(TARIFFS_PATH, "admin.sections.tariffs", Right.TARIFFS_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", TARIFFS_PATH, Right.TARIFFS_VIEW, self._render_tariffs),
            PageRoute("GET", _TARIFF_PATH, Right.TARIFFS_VIEW, self._show_tariff),
            PageRoute(
                "POST",
                f"{_TARIFF_PATH}/preview",
                Right.TARIFFS_CHANGE,
                FormSubmission(PRICE.name, self._show_preview, self._render_page),
            ),
            PageRoute(
                "POST",
                _TARIFF_PATH,
                Right.TARIFFS_CHANGE,
                FormSubmission(PRICE.name, VersionedAction(self._submit_price), self._render_page),
            ),
            PageRoute(
                "POST",
                f"{TARIFFS_PATH}/rows/{{id:[0-9]{{1,19}}}}/withdraw",
                Right.TARIFFS_CHANGE,
                FormSubmission("withdraw", self._submit_withdrawal, self._render_tariffs),
            ),
            *self._build_proposal_routes(),
        )

    def _build_proposal_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute(
                "POST",
                f"{_PROPOSAL_PATH}/approve",
                Right.TARIFFS_APPROVE,
                FormSubmission("approve", self._submit_approval, self._render_tariffs, forbidden_with_reason_too),
            ),
            PageRoute(
                "POST",
                f"{_PROPOSAL_PATH}/reject",
                Right.TARIFFS_APPROVE,
                FormSubmission("reject", self._submit_rejection, self._render_tariffs),
            ),
        )

    async def _render_tariffs(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            tariff_views, pending = await self._load_views(uow), await uow.tariffs.list_pending()
            rows_by_service = {
                service_key: await uow.tariffs.list_of_service(service_key)
                for service_key in list_priced(self._dependencies)
            }
            proposals = await tariff_views.build_proposals(uow, pending, visitor.actor.identifier)
        context = {
            "price_tables": [
                (tariff_views.title_service(service_key), tariff_views.build_lines(service_key, service_rows))
                for service_key, service_rows in rows_by_service.items()
            ],
            "proposals": proposals,
            "needs_approval": self._dependencies.policy.tariffs_need_approval,
            "problem": self._describe_error(refused_form.error) if refused_form else None,
        }
        return render_staff_page(
            request, visitor, "admin/tariffs/tariffs.html", context, error=form_error(refused_form)
        )

    def _describe_error(self, error: DomainError) -> str:
        """Return what is wrong with a proposal. It belongs to no field, so the one that is meant is named."""
        catalogue, label_key = self._dependencies.catalogue, f"admin.tariffs.fields.{error.field}"
        error_text = self._dependencies.wording.render_error(error)
        return f"{catalogue.text(label_key)}: {error_text}" if label_key in catalogue else error_text

    async def _show_tariff(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show the prices of a thing; an impossible band is reported on the page of its subject."""
        refused_form = None
        try:
            thing = self._find_thing(request)
        except InvalidField as error:  # the form for a band is no posted one: it leads here by its address
            thing, refused_form = self._find_unbanded_thing(request), RefusedForm(BAND_FORM, request.query, error)
            if not thing.max_amount:
                raise
        return await self._render_thing(request, visitor, thing, refused_form)

    async def _show_preview(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Show what a price means, to be set from there."""
        thing = self._find_thing(request)
        terms = self._read_terms(request, visitor, thing)
        async with self._store.open_unit(write=False) as uow:
            tariff_views, rows = await self._load_views(uow), await uow.tariffs.list_of_service(terms.service)
            price_samples = await tariff_views.build_samples(uow, terms, thing)
        insertion = find_insertion_point(self._dependencies, rows, terms)
        context = {
            **self._build_heading(request, tariff_views, thing),
            "new_price": tariff_views.build_new_price(terms, insertion, rows),
            "bands_note": tariff_views.describe_bands_above(terms, rows),
            "samples": price_samples,
            "submitted_values": read_form(PRICE.fields, visitor.form),
            "version_token": version_of(rows_of_subject(rows, terms.service, terms.dimensions)),
            "needs_approval": self._dependencies.policy.tariffs_need_approval,
        }
        return render_staff_page(request, visitor, "admin/tariffs/tariff_preview.html", context)

    async def _submit_price(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        terms, is_far_meant = (
            self._read_terms(request, visitor, self._find_thing(request)),
            bool(read_text(visitor.form, FAR_MEANT_FIELD)),
        )
        async with self._store.open_unit() as uow:
            new_price = await set_price(
                ActorContext(self._dependencies, uow, visitor.actor), terms, version_token, far_meant=is_far_meant
            )
        done_key = "price_proposed" if isinstance(new_price, ProposedTariff) else "price_set"
        return f"{price_address(terms.service, terms.dimensions)}&done={done_key}"

    async def _submit_withdrawal(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            row = await withdraw_price(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request))
        return f"{price_address(row.service, row.dimensions)}&done=price_withdrawn"

    async def _submit_approval(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            row = await approve_proposal(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request))
        return f"{price_address(row.service, row.dimensions)}&done=price_set"

    async def _submit_rejection(self, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await reject_proposal(ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request))
        return f"{TARIFFS_PATH}?done=price_rejected"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return await self._render_thing(request, visitor, self._find_thing(request), refused_form)

    async def _render_thing(
        self, request: web.Request, visitor: Visitor, thing: PricedSubject, refused_form: RefusedForm | None
    ) -> web.Response:
        service_key = request.match_info["service"]
        async with self._store.open_unit(write=False) as uow:
            tariff_views = await self._load_views(uow)
            service_rows, pending = await uow.tariffs.list_of_service(service_key), await uow.tariffs.list_pending()
            own_pending = [
                entry for entry in pending if (entry.service, entry.dimensions) == (service_key, thing.dimensions)
            ]
            proposals = await tariff_views.build_proposals(uow, own_pending, visitor.actor.identifier)
        rows = rows_of_subject(service_rows, service_key, thing.dimensions)
        plain_rows = rows_of_subject(service_rows, service_key, without_band(thing.dimensions))
        context = {
            **self._build_heading(request, tariff_views, thing),
            "price_rows": [tariff_views.build_price_view(entry, rows) for entry in reversed(rows)],
            "proposals": proposals,
            "price_form": PRICE.build_view(
                self._dependencies.wording,
                self._build_initial_values(effective_rows(rows), effective_rows(plain_rows)),
                refused_form,
            ),
            "refusal": self._describe_refused_price(refused_form),
            "bands": tariff_views.build_band_lines(service_key, thing, service_rows),
            "band_form": self._build_band_form(thing, refused_form),
        }
        return render_staff_page(request, visitor, "admin/tariffs/tariff.html", context, error=form_error(refused_form))

    def _describe_refused_price(self, refused_form: RefusedForm | None) -> str | None:
        """Return why a price was refused; None if none was."""
        if refused_form is None or refused_form.name != PRICE.name:
            return None
        return self._dependencies.wording.render_refusal(refused_form.error)

    def _build_initial_values(self, rows: Sequence[TariffRow], plain_rows: Sequence[TariffRow]) -> dict[str, Any]:
        """Return the values of the form: the last price's minimum and VAT, and today; the first price of a band has
        the VAT of what it is of.
        """
        last_price, vat_price = (price_rows[-1] if price_rows else None for price_rows in (rows, rows or plain_rows))
        return {
            "minimum": format_number(last_price.minimum if last_price else 0),
            "vat_percent": format_number(vat_price.vat_percent if vat_price else 0),
            "valid_from": jalali_text(today_in_tehran(self._dependencies)),
        }

    def _build_band_form(self, thing: PricedSubject, refused_form: RefusedForm | None) -> FormView | None:
        """Return the form that leads to a band of a thing; None for what has none."""
        if thing.band_start or not thing.max_amount:
            return None
        band_form = PageForm(
            BAND_FORM, (Field(BAND_DIMENSION, Integer(1, thing.max_amount)),), f"admin.tariffs.bands_of.{thing.unit}"
        )
        return band_form.build_view(self._dependencies.wording, {}, refused_form)

    def _read_terms(self, request: web.Request, visitor: Visitor, thing: PricedSubject) -> PriceTerms:
        values = PRICE.read_values(visitor)
        return PriceTerms(
            request.match_info["service"],
            dict(thing.dimensions),
            thing.unit,
            values["rate"],
            values["minimum"],
            values["vat_percent"],
            date.fromisoformat(values["valid_from"]),
        )

    def _find_thing(self, request: web.Request) -> PricedSubject:
        """Return what the address names; `HTTPNotFound` when nothing such is priced, `InvalidField("from")`."""
        return self._find_declared(request, _read_dimensions(request))

    def _find_unbanded_thing(self, request: web.Request) -> PricedSubject:
        """Return what the address names, whatever the band."""
        return self._find_declared(request, without_band(_read_dimensions(request)))

    def _find_declared(self, request: web.Request, thing_dimensions: Mapping[str, str]) -> PricedSubject:
        declared_thing = find_declared(self._dependencies, request.match_info["service"], thing_dimensions)
        if declared_thing is None:
            raise web.HTTPNotFound
        return declared_thing

    def _build_heading(self, request: web.Request, tariff_views: TariffViews, thing: PricedSubject) -> dict[str, Any]:
        service_key, unbanded_thing = request.match_info["service"], self._find_unbanded_thing(request)
        thing_address = price_address(service_key, thing.dimensions)
        return {
            "service_title": tariff_views.title_service(service_key),
            "title": tariff_views.describe_thing(thing),
            "unit_title": tariff_views.describe_unit(thing.unit),
            "price_address": thing_address,
            "preview_address": thing_address.replace("?", "/preview?", 1),
            "dimensions": thing.dimensions,
            "parent_link": (
                price_address(service_key, unbanded_thing.dimensions),
                tariff_views.describe_thing(unbanded_thing),
            )
            if thing.band_start
            else None,
        }

    async def _load_views(self, uow: UnitOfWork) -> TariffViews:
        return TariffViews(self._dependencies, today_in_tehran(self._dependencies), await load_staff_names(uow.people))


def _read_dimensions(request: web.Request) -> dict[str, str]:
    """Return the dimensions that the address names."""
    return {dimension: dimension_value for dimension, dimension_value in request.query.items() if dimension != "done"}
