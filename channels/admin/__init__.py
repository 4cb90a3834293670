"""The staff's site: each unit does its day's work here, from inside the organisation and from outside.

Pages are grouped (`frame.Pages`): each group names its routes with the right that each needs, and its sections of the
navigation. The gate precedes all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from channels.admin.account.account_pages import AccountPages
from channels.admin.account.sign_in import SignInPages
from channels.admin.audit.audit_pages import AuditPages
from channels.admin.audit.read_event_pages import ReadEventPages
from channels.admin.bills.merged_pages import MergedBillPages
from channels.admin.bills.refund_pages import RefundPages
from channels.admin.bills.slip_pages import SlipPages
from channels.admin.bills.transfer_pages import TransferPages
from channels.admin.feedback.comment_pages import CommentPages
from channels.admin.feedback.council_page import CouncilPages
from channels.admin.feedback.rating_pages import RatingPages
from channels.admin.fleet.calendar_pages import CalendarPages
from channels.admin.fleet.operator_sheet_pages import OperatorSheetPages
from channels.admin.fleet.service_pages import ServicePages
from channels.admin.fleet.visit_sheet_pages import VisitSheetPages
from channels.admin.frame import SECTIONS_KEY, PageGroup, PageRoute
from channels.admin.gate import Gate, InsideCheck
from channels.admin.ledger.ledger_pages import LedgerPages
from channels.admin.ledger.suspense_pages import SuspensePages
from channels.admin.messages.inbound_pages import InboundPages
from channels.admin.messages.message_pages import MessagePages
from channels.admin.messages.misread_pages import MisreadPages
from channels.admin.offices.commission_pages import CommissionPages
from channels.admin.offices.office_pages import OfficePages
from channels.admin.offices.statement_pages import StatementPages
from channels.admin.offices.till_pages import TillPages
from channels.admin.payments.attempt_pages import AttemptPages
from channels.admin.payments.settlement_pages import SettlementPages
from channels.admin.payments.slip_list_pages import SlipListPages
from channels.admin.people.substitute_pages import SubstitutePages
from channels.admin.people.user_pages import UserPages
from channels.admin.queues.bulk_pages import BulkPages
from channels.admin.queues.news_pages import NewsPages
from channels.admin.queues.queue_pages import QueuePages
from channels.admin.registries.charge_pages import ChargePages
from channels.admin.registries.import_pages import ImportPages
from channels.admin.registries.registry_pages import RegistryPages
from channels.admin.reports.export_pages import ExportPages
from channels.admin.reports.report_pages import ReportPages
from channels.admin.requests.mention_pages import MentionPages
from channels.admin.requests.print_pages import PrintPages
from channels.admin.requests.request_pages import RequestPages
from channels.admin.requests.walk_in_pages import WalkInPages
from channels.admin.settings.change_pages import ChangePages
from channels.admin.settings.day_pages import DayPages
from channels.admin.settings.setting_pages import SettingPages
from channels.admin.settings.text_pages import TextPages
from channels.admin.sheet_worker import WORKER_PATH, serve_worker
from channels.admin.tariffs.tariff_pages import TariffPages
from channels.web.site import add_site_folder
from domain.actions.payments.gateway_worker import GatewaysByName
from domain.actions.staff.signing_in import StaffSignIn
from domain.authorization.policy import SecondFactorInside
from domain.papers.ports import Printer
from domain.registries.ports import TableExports
from domain.reports.sheets import ReportSheets


@dataclass(frozen=True, slots=True)
class SideProcesses:
    """Side processes of the site: in processes of their own, and at banks."""

    printer: Printer
    exports: TableExports
    sheets: ReportSheets
    gateways: GatewaysByName = field(default_factory=dict)
    """The banks that the staff ask about payments online, and about money that goes back to cards."""


class Admin:
    """Mounts the site. `is_inside` decides who calls from the organisation's networks, `second_factor_inside` of whom a
    second factor is asked there too; `password_hint` is what the demonstration shows of its own password on the page
    for signing in.
    """

    def __init__(
        self,
        staff_sign_in: StaffSignIn,
        is_inside: InsideCheck,
        side_processes: SideProcesses,
        password_hint: str | None = None,
        *,
        second_factor_inside: SecondFactorInside,
    ) -> None:
        self._gate = Gate(staff_sign_in, is_inside, second_factor_inside)
        self._letterhead = side_processes.printer.current_letterhead
        self._sign_in_pages = SignInPages(staff_sign_in, self._gate, password_hint)
        self._page_groups = (
            *_build_request_pages(staff_sign_in, side_processes),
            *_build_registry_pages(staff_sign_in, side_processes),
            *_build_management_pages(staff_sign_in, side_processes),
        )

    @property
    def page_routes(self) -> Sequence[PageRoute]:
        """Every route behind the gate."""
        return [route for page_group in self._page_groups for route in page_group.list_routes()]

    def mount(self, app: web.Application) -> None:
        add_site_folder(app, "admin", Path(__file__).parent)
        aiohttp_jinja2.get_env(app).globals["letterhead"] = self._letterhead
        app[SECTIONS_KEY] = [section for page_group in self._page_groups for section in page_group.sections]
        self._sign_in_pages.mount(app)
        app.router.add_get(WORKER_PATH, serve_worker)
        for route in self.page_routes:
            app.router.add_route(route.method, route.path, self._gate.guard_route(route))


def _build_request_pages(staff_sign_in: StaffSignIn, side_processes: SideProcesses) -> Sequence[PageGroup]:
    """Return the pages of requests."""
    dependencies, store = staff_sign_in.dependencies, staff_sign_in.store
    queue_pages = QueuePages(dependencies, store, side_processes.gateways)
    return (
        queue_pages,
        BulkPages(dependencies, store, queue_pages, side_processes.printer),
        WalkInPages(dependencies, store),
        RequestPages(dependencies, store),
        MentionPages(dependencies, store),
        NewsPages(dependencies, store),
        PrintPages(dependencies, store, side_processes.printer),
    )


def _build_registry_pages(staff_sign_in: StaffSignIn, side_processes: SideProcesses) -> Sequence[PageGroup]:
    """Return the pages of what the municipality has in its books: taxis, machines, prices."""
    dependencies, store = staff_sign_in.dependencies, staff_sign_in.store
    refund_pages = RefundPages(dependencies, store, side_processes.gateways)
    return (
        ChargePages(dependencies, store),
        SlipPages(dependencies, store),
        SlipListPages(dependencies, store),
        MergedBillPages(dependencies, store),
        RegistryPages(dependencies, store),
        CalendarPages(dependencies, store),
        VisitSheetPages(dependencies, store),
        OperatorSheetPages(dependencies, store),
        ServicePages(dependencies, store),
        TariffPages(dependencies, store),
        refund_pages,
        TransferPages(dependencies, store, refund_pages),
        AttemptPages(dependencies, store, side_processes.gateways),
        SuspensePages(dependencies, store),
        LedgerPages(dependencies, store),
        SettlementPages(dependencies, store),
        ImportPages(dependencies, store),
        ExportPages(dependencies, store, side_processes.exports),
    )


def _build_management_pages(staff_sign_in: StaffSignIn, side_processes: SideProcesses) -> Sequence[PageGroup]:
    """Return the pages of the organisation itself."""
    dependencies, store = staff_sign_in.dependencies, staff_sign_in.store
    return (
        CommentPages(dependencies, store),
        RatingPages(dependencies, store),
        CouncilPages(dependencies, store),
        MessagePages(dependencies, store),
        InboundPages(dependencies, store),
        MisreadPages(dependencies, store),
        OfficePages(dependencies, store, staff_sign_in.vault),
        CommissionPages(dependencies, store),
        StatementPages(dependencies, store),
        TillPages(dependencies, store),
        UserPages(staff_sign_in),
        SubstitutePages(dependencies, store),
        ReportPages(dependencies, store, side_processes.sheets),
        SettingPages(dependencies, store),
        DayPages(dependencies, store),
        TextPages(dependencies, store),
        ChangePages(dependencies, store),
        AuditPages(dependencies, store),
        ReadEventPages(dependencies, store),
        AccountPages(staff_sign_in, dependencies.catalogue.text("web.site.name")),
    )
