"""`/lookups/NAME`: a question to a service that makes no request, by its declaration: asked with what is typed by
anybody, or about the own matters of a proved mobile; what is owed can be paid from the answer, several bills at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from channels.portal.flood_page import do_with_work
from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.lookups.lookup_cards import LOOKUP_PREFIX, build_lookup_card
from channels.portal.requests.controls import OfferSource, SectionControl, build_section_controls, read_section_values
from channels.portal.requests.section_view import list_problems
from channels.web.forms import FormWording
from channels.web.posted import read_text, read_texts
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.lookups.public_lookups import (
    LookupResult,
    ServiceLookup,
    ask_about_own,
    ask_with_values,
    find_lookup,
    open_payment,
)
from domain.values.calendar import to_tehran
from domain.values.errors import DomainError, NotFound

LOOKUP_PATH = LOOKUP_PREFIX + "{name}"
PAY_PATH = f"{LOOKUP_PATH}/pay"

OWN_PURPOSE = "lookup"
"""Purpose of a code that proves whose matters are asked about."""

OWN_INPUT, BILL_INPUT = "own", "bill"
_ID_SEPARATOR = "-"
_FORM_NAME = "lookup"
"""Form name of the proof of work for a question of a crowded address."""


class LookupPages(SitePart):
    """The pages of every look-up."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        ask = PortalSubmission("ask", self._ask, self._show_form)
        pay = PortalSubmission("pay", self._pay, self._show_form)
        return (
            PortalRoute("GET", LOOKUP_PATH, self._show_form),
            PortalRoute("POST", LOOKUP_PATH, ask, flood_name=_FORM_NAME),
            PortalRoute("POST", PAY_PATH, pay),
        )

    async def _show_form(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        return self._render(request, visitor, form_error(refused_form), None)

    async def _ask(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        async def answer(has_worked: bool) -> web.Response:
            return await self._answer(request, visitor, has_worked=has_worked)

        return await do_with_work(request, visitor, _FORM_NAME, self._dependencies, self._store, answer)

    async def _answer(self, request: web.Request, visitor: PortalVisitor, *, has_worked: bool) -> web.Response:
        asked = self._find_lookup(request)
        is_own = bool(read_text(visitor.form, OWN_INPUT)) or not asked.lookup.form
        if is_own and asked.lookup.intent.is_complete:
            mobile = visitor.require_proved_mobile(OWN_PURPOSE)
            result = await ask_about_own(self._dependencies, self._store, asked, mobile)
        else:
            typed_values = read_section_values(asked.lookup.form, visitor.form)
            try:
                result = await ask_with_values(
                    self._dependencies,
                    self._store,
                    asked,
                    typed_values,
                    visitor.source_address,
                    visitor.proved_mobile,
                    has_worked=has_worked,
                )
            except NotFound as unknown:  # what was typed names nothing: said beside it, for there is the page
                return self._render(request, visitor, unknown, None)
        return self._render(request, visitor, None, result)

    async def _pay(self, request: web.Request, visitor: PortalVisitor) -> str:
        """Lead to the page on which the chosen bills are paid; a bill is named by its two ids, as on a paper."""
        id_pairs = [text.partition(_ID_SEPARATOR) for text in read_texts(visitor.form, BILL_INPUT)]
        async with self._store.open_unit() as uow:
            token = await open_payment(
                ActionContext(self._dependencies, uow), [(bill_id, payment_id) for bill_id, _, payment_id in id_pairs]
            )
        return f"/pay/{token}"

    def _find_lookup(self, request: web.Request) -> ServiceLookup:
        return find_lookup(self._dependencies.services, request.match_info["name"])

    def _render(
        self,
        request: web.Request,
        visitor: PortalVisitor,
        error: DomainError | None,
        result: LookupResult | None,
    ) -> web.Response:
        asked = self._find_lookup(request)
        items = self._build_controls(asked, visitor, error)
        control_names = {item.control.name for item in items}
        faults = error.faults if error else ()
        unplaced = [
            self._dependencies.wording.render_error(fault) for fault in faults if fault.field not in control_names
        ]
        context = {
            "card": build_lookup_card(self._dependencies.catalogue, asked),
            "items": items,
            "problems": list_problems(items, unplaced),
            "result": result,
            "payable_groups": _describe_groups(result) if result else [],
        }
        return render_portal_page(request, visitor, "portal/lookups/lookup.html", context, error=error)

    def _build_controls(
        self, asked: ServiceLookup, visitor: PortalVisitor, error: DomainError | None
    ) -> list[SectionControl]:
        catalogue, today = self._dependencies.catalogue, to_tehran(visitor.now).date()
        form_wording = FormWording(
            self._dependencies.wording,
            lambda name: catalogue.text(f"services.{asked.service.key}.fields.{name}.label"),
        )
        typed_values = read_section_values(asked.lookup.form, visitor.form)
        offer_source = OfferSource(today, None, lambda _name, _day: False, {})
        # One's own matters need no field; here one of those that replace each other is to be filled.
        fields = [replace(field, required=field.required or bool(field.alternatives)) for field in asked.lookup.form]
        return build_section_controls(fields, typed_values, form_wording, offer_source, error, 0)


def _describe_groups(result: LookupResult) -> list[list[dict[str, Any]]]:
    """Return for each payer the answers about open bills, each with what its box posts."""
    return [
        [
            {"text": line.text, "value": f"{bill.bill_id}{_ID_SEPARATOR}{bill.payment_id}"}
            for line, bill in zip(group.lines, group.bills, strict=True)
        ]
        for group in result.payable_groups
    ]
