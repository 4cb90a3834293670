"""The page of one row: its fields, what it owes, who changed what, and the rows that refer to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.admin.actors import staff_names
from channels.admin.bills.bill_view import BillView, shown_bill
from channels.admin.frame import Visit, staff_page
from channels.admin.page_forms import PageForm
from channels.admin.registries.registry_view import RegistryViews, address, owes_nothing
from channels.admin.submissions import REFUSAL, RefusedForm, error_of
from channels.admin.version_tokens import required_version
from channels.web.posted import Form
from domain.actions.desk import Desk
from domain.actions.fleet.out_of_service import FLEET, OUT_OF_SERVICE
from domain.actions.registries.charges import why_unowed
from domain.actions.registries.registry_entry import offered_to_amend
from domain.actions.registries.row_receipts import row_printouts
from domain.fleet.resources import ResourceStatus
from domain.language.wording import day_and_hour
from domain.registries.declarations import MACHINES, MAINTENANCE, Registry
from domain.registries.rows import RegistryRow
from domain.registries.rules import ChargeState, RecordStatus
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import Conflict
from domain.values.version_token import refuse_stale

OUT_FORM = PageForm("out", OUT_OF_SERVICE, "admin.service")


class RowPage:
    """Shows rows."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RegistryViews(desk)

    async def page(
        self, registry: Registry, request: web.Request, visit: Visit, refused: RefusedForm | None = None
    ) -> web.Response:
        """Return the page, with a form that was refused as it was typed."""
        async with self._store.unit(write=False) as uow:
            row = await uow.registries.get(registry.key, row_id(request))
            changes = await uow.registries.changes_of(registry.key, row.id)
            links, names = await self._views.links(uow, registry, [row.values]), await staff_names(uow)
            owed = await self._owed(uow, registry, row, visit, names)
            service = await self._service(uow, row, visit, refused) if registry.key in FLEET else None
            booked_on = await _booked_on(uow, row)
        context = {
            **self._views.room(registry, visit),
            "id": row.id,
            "version": row.version_token,
            "name": self._views.called(registry, row.values, links),
            "cells": self._views.cells(registry, row, links),
            "past": [self._views.past(registry, one, names) for one in reversed(changes)],
            "referring": self._views.referring(registry, row),
            "amendable": bool(offered_to_amend(registry, visit.actor)),
            **owed,
            "service": service,
            "booked_on": booked_on,
            **self._refusal(refused, owed["charge"], owed["bills"], visit),
        }
        return staff_page(request, visit, "admin/registries/registry_row.html", context, error=error_of(refused))

    async def _owed(
        self, uow: UnitOfWork, registry: Registry, row: RegistryRow, visit: Visit, names: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what may be done about the money that a row owes, its bills, and its papers."""
        bills = await uow.bills.of_subject(registry.key, row.id) if registry.owed else []
        return {
            "charge": _charge(registry, row, visit),
            "bills": [await shown_bill(uow, self._desk, one, names, visit.actor) for one in bills],
            "papers": await row_printouts(self._desk, uow, registry, row, visit.actor) if registry.owed else {},
        }

    def _refusal(
        self, refused: RefusedForm | None, charge: Mapping[str, Any] | None, bills: Sequence[BillView], visit: Visit
    ) -> dict[str, Any]:
        """Return what was refused: told above everything, with the way to its form, which is as it was typed, if it is
        still offered.
        """
        return {
            "tried": refused.name if refused else None,
            "typed": refused.typed if refused else {},
            "wrong": refused.error.field if refused else None,
            "refusal": self._desk.wording.error(refused.error) if refused else None,
            "refused_at": _place(refused) if refused and _offered(refused, charge, bills, visit) else None,
        }

    async def _service(
        self, uow: UnitOfWork, row: RegistryRow, visit: Visit, refused: RefusedForm | None
    ) -> dict[str, Any]:
        """Return what is before a machine or operator: work, and days out of service; with the form for more."""
        ahead = await uow.fleet.ahead(row.id, visit.now)
        codes = await uow.requests.codes({one.request_id for one in ahead if one.request_id is not None})
        return {
            "ahead": [
                {
                    "id": one.id, "from": day_and_hour(one.start), "to": day_and_hour(one.end), "note": one.note,
                    "hold": one.hold, "code": codes.get(one.request_id) if one.request_id else None,
                }
                for one in ahead
            ],
            "form": OUT_FORM.shown(self._desk.wording, {}, refused),
        }  # fmt: skip


async def _booked_on(uow: UnitOfWork, row: RegistryRow) -> str | None:
    """Return the page of a machine whose repair has no end yet and which is booked all the same: its status says so."""
    said = row.values
    if row.registry != MAINTENANCE.key or said["ended"] or said["standing"] != RecordStatus.VALID:
        return None
    machine = await uow.registries.one(MACHINES.key, {"code": said["machine"]})
    active = machine and machine.values["status"] == ResourceStatus.ACTIVE
    return f"{address(MACHINES)}/{machine.id}" if machine and active else None


def row_id(request: web.Request) -> int:
    """Return the row that the address names."""
    return min(int(request.match_info["id"]), 2**63 - 1)


async def unchanged(uow: UnitOfWork, registry: Registry, row: int, form: Form) -> None:
    """Keep the row for us; `Conflict` when somebody changed it since the form's page was made."""
    found = await uow.registries.get(registry.key, row, lock=True)
    refuse_stale(required_version(form), found.version_token, Conflict(registry.key, detail="row_changed"))


def _place(refused: RefusedForm) -> str:
    """Return where on the page a form stands that was refused."""
    return OUT_FORM.name if refused.name == OUT_FORM.name else REFUSAL


def _offered(refused: RefusedForm, charge: Mapping[str, Any] | None, bills: Sequence[BillView], visit: Visit) -> bool:
    """Tell whether the form that was refused still stands on the page."""
    bill = next((one for one in bills if one.bill_id == refused.typed.get("bill_id")), None)
    offered = {
        OUT_FORM.name: True,
        "waived": charge is not None and bool(charge["waive"]),
        "slip": bill is not None and visit.may("payments.record"),
        "reverse": bill is not None and bill.reversible and visit.may("payments.reverse"),
        "refund": bill is not None and bill.payable_back and visit.may("refunds.pay"),
        "approve": bill is not None and bill.approval.open and visit.may("refunds.approve"),
    }
    return offered.get(refused.name, False)


def _charge(registry: Registry, row: RegistryRow, visit: Visit) -> dict[str, Any] | None:
    """Return what may be done about the money that a row owes; None where rows never are owed for."""
    if registry.owed is None:
        return None
    state = row.values["state"]
    due = state in {ChargeState.OPEN, ChargeState.BILLED} and why_unowed(registry, row) is None
    return {
        "none": owes_nothing(registry, row),
        "bill": due and state == ChargeState.OPEN and visit.may("charges.bill"),
        "waive": due and visit.may("charges.waive"),
    }
