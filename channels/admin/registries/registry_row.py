"""The page of one row: its fields, what it owes, who changed what, and the rows that refer to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.admin.actors import load_staff_names
from channels.admin.addresses import list_address
from channels.admin.bills.bill_view import BillView, build_bill_view
from channels.admin.frame import Visitor, render_staff_page
from channels.admin.page_forms import PageForm
from channels.admin.registries.file_view import FileViews
from channels.admin.registries.registry_view import RegistryViews, owes_nothing
from channels.web.refused_forms import REFUSAL_ID, RefusedForm, build_refusal_context, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.fleet.out_of_service import FLEET_REGISTRIES, OUT_OF_SERVICE_FIELDS, list_stranded_work
from domain.actions.registries.charges import find_unowed_reason
from domain.actions.registries.registry_entry import offered_amendment_fields
from domain.actions.registries.row_receipts import list_row_printouts
from domain.authorization.rights import Right
from domain.fleet.resources import Booking, ResourceStatus
from domain.language.wording import day_and_hour_text
from domain.registries.declarations import MACHINES, MAINTENANCE, Registry
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryRow
from domain.registries.rules import ChargeState, RecordStatus
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict
from domain.values.reasons import ConflictReason
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken, refuse_stale

OUT_OF_SERVICE_FORM = PageForm("out", OUT_OF_SERVICE_FIELDS, "admin.service")


class RowPage(SitePart):
    """Shows rows."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = RegistryViews(dependencies)
        self._files = FileViews(dependencies, self._views)

    async def render_row_page(
        self, registry: Registry, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Return the page, with a form that was refused as it was typed."""
        async with self._store.open_unit(write=False) as uow:
            row = await uow.registries.get_row(registry.key, get_row_id(request))
            changes = await uow.registries.list_changes(registry.key, row.id)
            links = await self._views.load_links(uow.registries, registry, [row.values])
            member_names = await load_staff_names(uow.people)
            charge_context = await self._describe_charge(uow, registry, row, visitor, member_names)
            machine_schedule = await self._load_fleet(uow, registry, row, visitor, refused_form)
            machine_address = await _find_booked_machine(uow.registries, row)
            file_view = await self._files.load_file_view(uow, registry, row, visitor.actor)
        context = {
            **self._views.build_context(registry, visitor),
            "row_id": row.id,
            "version_token": row.version_token,
            "row_name": self._views.render_row_name(registry, row.values, links),
            "cells": self._views.build_cells(registry, row, links),
            "row_changes": [self._views.build_row_change(registry, entry, member_names) for entry in reversed(changes)],
            "referring_lists": [] if file_view.sections else self._views.list_referring(registry, row),
            "is_amendable": bool(offered_amendment_fields(registry, visitor.actor)),
            **charge_context,
            "machine_schedule": machine_schedule,
            "machine_address": machine_address,
            "file": file_view,
            **self._describe_refusal(refused_form, charge_context["charge"], charge_context["bills"], visitor),
        }
        return render_staff_page(
            request, visitor, "admin/registries/registry_row.html", context, error=form_error(refused_form)
        )

    async def _describe_charge(
        self, uow: UnitOfWork, registry: Registry, row: RegistryRow, visitor: Visitor, member_names: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what may be done about the money that a row owes, its bills, and its papers."""
        bills = await uow.bills.list_of_subject(registry.key, row.id) if registry.charge_terms else []
        context = ActorContext(self._dependencies, uow, visitor.actor)
        return {
            "charge": _describe_charge(registry, row, visitor),
            "bills": [await build_bill_view(context, bill, member_names) for bill in bills],
            "paper_titles": await list_row_printouts(context, registry, row) if registry.charge_terms else {},
        }

    def _describe_refusal(
        self,
        refused_form: RefusedForm | None,
        charge_context: Mapping[str, Any] | None,
        bills: Sequence[BillView],
        visitor: Visitor,
    ) -> dict[str, Any]:
        """Return what was refused: shown above everything, with the way to its form, which is as it was typed, if it is
        still offered.
        """
        error_text = self._dependencies.wording.render_error(refused_form.error) if refused_form else None
        return {
            **build_refusal_context(refused_form, error_text),
            "refused_form_id": _find_form_place(refused_form)
            if refused_form and _is_form_offered(refused_form, charge_context, bills, visitor)
            else None,
        }

    async def _load_fleet(
        self,
        uow: UnitOfWork,
        registry: Registry,
        row: RegistryRow,
        visitor: Visitor,
        refused_form: RefusedForm | None,
    ) -> dict[str, Any] | None:
        """Return what is before a machine or operator: work, and days out of service; with the form for more. None for
        rows of other registries.
        """
        if registry.key not in FLEET_REGISTRIES:
            return None
        coming_bookings = await uow.fleet.list_bookings_ahead(row.id, visitor.now)
        codes_by_request = await uow.requests.list_codes(
            {booking.request_id for booking in coming_bookings if booking.request_id is not None}
        )
        stranded_work = list_stranded_work(coming_bookings, ResourceStatus(row.values["status"]))
        stranded_requests = {work.request_id for work in stranded_work}
        return {
            "stranded_codes": [
                code for request_id, code in codes_by_request.items() if request_id in stranded_requests
            ],
            "bookings": [_describe_booking(booking, codes_by_request) for booking in coming_bookings],
            "form": OUT_OF_SERVICE_FORM.build_view(self._dependencies.wording, {}, refused_form),
        }


def _describe_booking(booking: Booking, codes_by_request: Mapping[int, TrackingCode]) -> dict[str, Any]:
    return {
        "id": booking.id,
        "starts_at": day_and_hour_text(booking.start),
        "ends_at": day_and_hour_text(booking.end),
        "note": booking.note,
        "is_hold": booking.hold,
        "code": codes_by_request.get(booking.request_id) if booking.request_id else None,
    }


async def _find_booked_machine(registries: RegistryRepository, row: RegistryRow) -> str | None:
    """Return the page of a machine whose repair has no end yet and which is booked all the same: its status says so."""
    row_values = row.values
    if row.registry != MAINTENANCE.key or row_values["ended"] or row_values["standing"] != RecordStatus.VALID:
        return None
    machine = await registries.find_row(MACHINES.key, {"code": row_values["machine"]})
    is_active = machine and machine.values["status"] == ResourceStatus.ACTIVE
    return f"{list_address(MACHINES)}/{machine.id}" if machine and is_active else None


async def lock_unchanged_row(
    registries: RegistryRepository, registry: Registry, row_number: int, version_token: VersionToken
) -> None:
    """Keep the row for us; `Conflict` when somebody changed it since the form's page was made."""
    locked_row = await registries.get_row(registry.key, row_number, lock=True)
    refuse_stale(version_token, locked_row.version_token, Conflict(registry.key, ConflictReason.ROW_CHANGED))


def _find_form_place(refused_form: RefusedForm) -> str:
    """Return the anchor on the page of the form that was refused."""
    return OUT_OF_SERVICE_FORM.name if refused_form.name == OUT_OF_SERVICE_FORM.name else REFUSAL_ID


def _is_form_offered(
    refused_form: RefusedForm, charge_context: Mapping[str, Any] | None, bills: Sequence[BillView], visitor: Visitor
) -> bool:
    """Return whether the form that was refused is still on the page."""
    bill = next(
        (candidate for candidate in bills if candidate.bill_id == refused_form.submitted_texts.get("bill_id")), None
    )
    offered_forms = {
        OUT_OF_SERVICE_FORM.name: True,
        "waived": charge_context is not None and bool(charge_context["is_waivable"]),
        "slip": bill is not None and visitor.may(Right.PAYMENTS_RECORD),
        "reverse": bill is not None and bill.is_reversible and visitor.may(Right.PAYMENTS_REVERSE),
        "refund": bill is not None and bill.may_refund and visitor.may(Right.REFUNDS_PAY),
        "approve": bill is not None and bill.approval.may_approve and visitor.may(Right.REFUNDS_APPROVE),
    }
    return offered_forms.get(refused_form.name, False)


def _describe_charge(registry: Registry, row: RegistryRow, visitor: Visitor) -> dict[str, Any] | None:
    """Return what may be done about the money that a row owes; None where rows never are owed for."""
    if registry.charge_terms is None:
        return None
    charge_state = row.values["state"]
    is_due = charge_state in ChargeState.UNSETTLED and find_unowed_reason(registry, row) is None
    return {
        "owes_nothing": owes_nothing(registry, row),
        "is_billable": is_due and charge_state == ChargeState.OPEN and visitor.may(Right.CHARGES_BILL),
        "is_waivable": is_due and visitor.may(Right.CHARGES_WAIVE),
    }
