"""The staff's site: each unit does its day's work here, from inside the organisation and from outside.

Pages are grouped (`frame.Pages`): each group names its routes with the right that each needs, and its sections of the
navigation. The gate stands before all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from channels.admin.account.account_pages import AccountPages
from channels.admin.account.sign_in import SignInPages
from channels.admin.audit.audit_pages import AuditPages
from channels.admin.bills.charge_pages import ChargePages
from channels.admin.bills.refund_pages import RefundPages
from channels.admin.feedback.comment_pages import CommentPages
from channels.admin.feedback.rating_pages import RatingPages
from channels.admin.fleet.calendar_pages import CalendarPages
from channels.admin.fleet.service_pages import ServicePages
from channels.admin.frame import SECTIONS, PageGroup, PageRoute
from channels.admin.gate import Gate, Inside
from channels.admin.messages.inbound_pages import InboundPages
from channels.admin.messages.message_pages import MessagePages
from channels.admin.offices.commission_pages import CommissionPages
from channels.admin.offices.office_pages import OfficePages
from channels.admin.offices.statement_pages import StatementPages
from channels.admin.offices.till_pages import TillPages
from channels.admin.people.substitute_pages import SubstitutePages
from channels.admin.people.user_pages import UserPages
from channels.admin.queues.queue_pages import QueuePages
from channels.admin.registries.import_pages import ImportPages
from channels.admin.registries.registry_pages import RegistryPages
from channels.admin.reports.export_pages import ExportPages
from channels.admin.reports.report_pages import ReportPages
from channels.admin.requests.print_pages import PrintPages
from channels.admin.requests.request_pages import RequestPages
from channels.admin.requests.walk_in_pages import WalkInPages
from channels.admin.settings.change_pages import ChangePages
from channels.admin.settings.day_pages import DayPages
from channels.admin.settings.setting_pages import SettingPages
from channels.admin.settings.text_pages import TextPages
from channels.admin.tariffs.tariff_pages import TariffPages
from channels.web.site import add_pages
from domain.actions.staff.authorization import SecondFactorInside
from domain.actions.staff.signing_in import Doorman
from domain.papers.ports import Printer
from domain.unit_of_work import ReportSheets, TableExports


@dataclass(frozen=True, slots=True)
class Apart:
    """What is made beside the site, in processes of their own."""

    printer: Printer
    exports: TableExports
    sheets: ReportSheets


class Admin:
    """Mounts the site. `inside` tells who calls from the organisation's networks, `second_factor_inside` of whom a
    second factor is asked there too; `hint` is what the demonstration tells of its own password on the page for signing
    in.
    """

    def __init__(
        self,
        doorman: Doorman,
        inside: Inside,
        apart: Apart,
        hint: str | None = None,
        *,
        second_factor_inside: SecondFactorInside,
    ) -> None:
        self._gate = Gate(doorman, inside, second_factor_inside)
        self._letterhead = apart.printer.letterhead
        self._sign_in = SignInPages(doorman, self._gate, hint)
        self._pages = (*_work(doorman, apart), *_registries(doorman, apart), *_house(doorman, apart))

    @property
    def routes(self) -> Sequence[PageRoute]:
        """Every route behind the door."""
        return [route for pages in self._pages for route in pages.routes()]

    def mount(self, app: web.Application) -> None:
        """Add the pages."""
        add_pages(app, "admin", Path(__file__).parent)
        aiohttp_jinja2.get_env(app).globals["letterhead"] = self._letterhead
        app[SECTIONS] = [section for pages in self._pages for section in pages.sections]
        self._sign_in.mount(app)
        for route in self.routes:
            app.router.add_route(route.method, route.path, self._gate.guarded(route))


def _work(doorman: Doorman, apart: Apart) -> Sequence[PageGroup]:
    """Return the pages of requests."""
    desk, store = doorman.desk, doorman.store
    return (
        QueuePages(desk, store),
        WalkInPages(desk, store),
        RequestPages(desk, store),
        PrintPages(desk, store, apart.printer),
    )


def _registries(doorman: Doorman, apart: Apart) -> Sequence[PageGroup]:
    """Return the pages of what the municipality has in its books: taxis, machines, prices."""
    desk, store = doorman.desk, doorman.store
    return (
        ChargePages(desk, store),
        RegistryPages(desk, store),
        CalendarPages(desk, store),
        ServicePages(desk, store),
        TariffPages(desk, store),
        RefundPages(desk, store),
        ImportPages(desk, store),
        ExportPages(desk, store, apart.exports),
    )


def _house(doorman: Doorman, apart: Apart) -> Sequence[PageGroup]:
    """Return the pages of what the house itself looks after."""
    desk, store = doorman.desk, doorman.store
    return (
        CommentPages(desk, store),
        RatingPages(desk, store),
        MessagePages(desk, store),
        InboundPages(desk, store),
        OfficePages(desk, store, doorman.vault),
        CommissionPages(desk, store),
        StatementPages(desk, store),
        TillPages(desk, store),
        UserPages(doorman),
        SubstitutePages(desk, store),
        ReportPages(desk, store, apart.sheets),
        SettingPages(desk, store),
        DayPages(desk, store),
        TextPages(desk, store),
        ChangePages(desk, store),
        AuditPages(desk, store),
        AccountPages(doorman, desk.catalogue.text("web.site.name")),
    )
