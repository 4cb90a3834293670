"""Charges of rows of the registries: duties of a year, bills, waivers, bank slips; and the papers that run out."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web

from channels.admin.addresses import REGISTRIES_PATH, list_address
from channels.admin.bills.bill_forms import (
    payment_done_key,
    reversal_done_key,
    submit_approval,
    submit_payment,
    submit_refund,
    submit_reversal,
)
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_row import RowPage, lock_unchanged_row
from channels.admin.registries.registry_view import CellPart, RegistryViews
from channels.admin.submissions import FormAction, FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.charges import bill_and_notify, waive_and_notify
from domain.actions.registries.duties import GeneratedDuties, generate_duties, plan_duties
from domain.actions.registries.expiries import ExpiringDate, list_expiring
from domain.authorization.rights import Right
from domain.fields.types import ReadingContext, format_number
from domain.registries.declarations import DUTY, REGISTRIES, Registry
from domain.registries.field_types import Year
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text, to_jalali, to_tehran
from domain.values.errors import Conflict, DomainError, InvalidField
from domain.values.identifiers import display_mobile
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.text import group_digits, persian_digits
from domain.values.version_token import VersionToken

EXPIRING_PATH, GENERATE_PATH = f"{REGISTRIES_PATH}/expiring", f"{list_address(DUTY)}/generate"
SHOWN_FIELD = "shown"
"""The field of the form that makes duties with the sum that its page showed, in rials."""

DAYS_AHEAD_CHOICES = (30, 60, 90)
"""Days ahead for which papers that run out are listed."""


class ChargePages(SitePart):
    """Money of the registries."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = RegistryViews(dependencies)
        self._row_page = RowPage(dependencies, store)

    def list_routes(self) -> Sequence[PageRoute]:
        charged_registries = [candidate for candidate in REGISTRIES.values() if candidate.charge_terms]
        return (
            PageRoute("GET", EXPIRING_PATH, Right.REGISTRIES_VIEW, self._show_expiring),
            PageRoute("GET", GENERATE_PATH, Right.DUTIES_CHANGE, self._render_generation),
            PageRoute(
                "POST",
                GENERATE_PATH,
                Right.DUTIES_CHANGE,
                FormSubmission("year", self._submit_generation, self._render_generation),
            ),
            *(route for registry in charged_registries for route in self._build_routes(registry)),
        )

    def _build_routes(self, registry: Registry) -> Sequence[PageRoute]:
        row_path = f"{list_address(registry)}/{{id:[0-9]{{1,19}}}}"
        row_actions: Sequence[tuple[str, Right, str, FormAction]] = (
            ("bill", Right.CHARGES_BILL, "billed", VersionedAction(partial(self._submit_bill, registry))),
            ("waive", Right.CHARGES_WAIVE, "waived", VersionedAction(partial(self._submit_waiver, registry))),
            ("slip", Right.PAYMENTS_RECORD, "slip", partial(self._submit_payment, registry)),
            ("reverse", Right.PAYMENTS_REVERSE, "reverse", partial(self._submit_reversal, registry)),
            ("refund", Right.REFUNDS_PAY, "refund", partial(self._submit_refund, registry)),
            ("approve", Right.REFUNDS_APPROVE, "approve", partial(self._submit_approval, registry)),
        )
        row_page = partial(self._row_page.render_row_page, registry)
        return [
            PageRoute(
                "POST",
                f"{row_path}/{path_name}",
                right,
                FormSubmission(form_name, row_action, row_page),
            )
            for path_name, right, form_name, row_action in row_actions
        ]

    async def _submit_bill(
        self, registry: Registry, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        async with self._store.open_unit() as uow:
            await lock_unchanged_row(uow.registries, registry, get_row_id(request), version_token)
            await bill_and_notify(ActorContext(self._dependencies, uow, visitor.actor), registry, get_row_id(request))
        return _address_after(registry, request, "billed")

    async def _submit_waiver(
        self, registry: Registry, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        async with self._store.open_unit() as uow:
            await lock_unchanged_row(uow.registries, registry, get_row_id(request), version_token)
            waiver_reason = read_text(visitor.form, "reason")
            await waive_and_notify(
                ActorContext(self._dependencies, uow, visitor.actor), registry, get_row_id(request), waiver_reason
            )
        return _address_after(registry, request, "waived")

    async def _submit_payment(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            recorded_payment = await submit_payment(ActionContext(self._dependencies, uow), visitor)
        return _address_after(registry, request, payment_done_key(recorded_payment))

    async def _submit_reversal(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            reversal = await submit_reversal(ActionContext(self._dependencies, uow), visitor)
        return _address_after(registry, request, reversal_done_key(reversal))

    async def _submit_refund(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            return _address_after(
                registry, request, await submit_refund(ActionContext(self._dependencies, uow), visitor)
            )

    async def _submit_approval(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await submit_approval(ActionContext(self._dependencies, uow), visitor)
        return _address_after(registry, request, "refund_approved")

    async def _submit_generation(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Make the duties that the page showed; when they come to another sum by now, it is shown first."""
        year, shown_text = _parse_year(read_text(visitor.form, "year"), visitor), read_text(visitor.form, SHOWN_FIELD)
        if not (shown_text.isascii() and shown_text.isdecimal()):
            raise Conflict("year", ConflictReason.DUTIES_CHANGED)
        generated = await generate_duties(
            self._dependencies, self._store, year, visitor.actor, shown_amount=int(shown_text)
        )
        return await self._render_generation(request, visitor, generated=generated)

    async def _render_generation(
        self,
        request: web.Request,
        visitor: Visitor,
        refused_form: RefusedForm | None = None,
        generated: GeneratedDuties | None = None,
    ) -> web.Response:
        """Show what is to be made for a year, the present one unless another is asked for, or what was made."""
        year_text, plan, error = _find_year_text(request, visitor), generated, form_error(refused_form)
        if plan is None:
            try:
                year = _parse_year(year_text, visitor)
                plan = await plan_duties(self._dependencies, self._store, year, visitor.actor)
            except DomainError as year_error:
                error = error or year_error
        context = {
            **self._views.build_context(DUTY, visitor),
            "year": year_text,
            "plan": plan and self._describe_duties(plan),
            "is_done": generated is not None and not generated.missing,
            "problem": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/registries/duties.html", context, error=error)

    def _describe_duties(self, duties: GeneratedDuties) -> dict[str, Any]:
        get_text = self._dependencies.catalogue.text
        return {
            "year": persian_digits(duties.year),
            "shown_amount": duties.amount,
            "made": group_digits(duties.made),
            "amount": group_digits(duties.amount),
            "present": group_digits(duties.present),
            "free": group_digits(duties.free),
            "kinds": [
                (
                    get_text(f"choices.vehicle_type.{vehicle_type}"),
                    group_digits(count),
                    group_digits(duties.amount_by_type[vehicle_type]),
                )
                for vehicle_type, count in duties.made_by_type.items()
            ],
            "missing_prices": [
                (get_text(f"choices.vehicle_type.{vehicle_type}"), group_digits(missing_count))
                for vehicle_type, missing_count in duties.missing.items()
            ],
        }

    async def _show_expiring(self, request: web.Request, visitor: Visitor) -> web.Response:
        requested_days = request.query.get("days", "")
        days_ahead = next(
            (entry for entry in DAYS_AHEAD_CHOICES if str(entry) == requested_days), DAYS_AHEAD_CHOICES[0]
        )
        async with self._store.open_unit(write=False) as uow:
            expiring_papers = await list_expiring(ActionContext(self._dependencies, uow), days_ahead)
        context = {
            "expiring_papers": [self._describe_expiring(entry) for entry in expiring_papers],
            "days_ahead": days_ahead,
            "day_choices": DAYS_AHEAD_CHOICES,
        }
        return render_staff_page(request, visitor, "admin/registries/expiring.html", context)

    def _describe_expiring(self, paper: ExpiringDate) -> dict[str, Any]:
        registry, expiring_row = paper.expiring.registry, paper.expiring.row
        return {
            "row_link": CellPart(
                self._views.render_row_name(registry, expiring_row.values),
                f"{list_address(registry)}/{expiring_row.id}",
            ),
            "registry_title": self._views.registry_title(registry),
            "paper_label": self._views.field_label(registry, paper.expiring.date_field),
            "expires_on": jalali_text(paper.expiring.expires_on),
            "is_expired": paper.days_left < 0,
            "time_left": self._views.describe_days_left(paper.days_left),
            "mobile": display_mobile(paper.mobile) if paper.mobile else None,
            "reminders_sent": "، ".join(format_number(days_ahead) for days_ahead in paper.reminders_sent),
        }


def _address_after(registry: Registry, request: web.Request, done_key: str) -> str:
    """Return the page of a row that says what was done (`admin.done`)."""
    return f"{list_address(registry)}/{get_row_id(request)}?done={done_key}"


def _find_year_text(request: web.Request, visitor: Visitor) -> str:
    """Return the year that a page of duties is about, as it was typed; without one the present year."""
    this_year = persian_digits(to_jalali(to_tehran(visitor.now).date())[0])
    return read_text(visitor.form, "year") or request.query.get("year", this_year)


def _parse_year(year_text: str, visitor: Visitor) -> int:
    try:
        return Year().parse(year_text, ReadingContext(visitor.now))
    except InvalidField:
        raise InvalidField("year", InvalidReason.BAD_YEAR, given=year_text[:10]) from None
