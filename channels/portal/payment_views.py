"""Values for the templates of paying, worded: bills with ids and barcode, gateways, what became of an attempt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from channels.portal.receipt_views import ReceiptView, RefundView, build_receipt, build_refunds
from domain.actions.payments.pages import AttemptOutcome, AttemptView, PaymentPageView
from domain.bills.bill import Bill
from domain.bills.merged_bill import derive_merged_deadline
from domain.gateways.gateway import PaymentGateway
from domain.language.wording import deadline_day_text
from domain.messages.catalogue import Catalogue
from domain.values.bill_ids import BillIds, bill_barcode
from domain.values.text import group_digits


@dataclass(frozen=True, slots=True)
class PageSymbols:
    """Draws what machines read, as addresses of pictures (`printing/symbols.py`)."""

    draw_barcode: Callable[[str], str]
    """Of an even number of digits."""
    draw_qr_code: Callable[[str], str]
    """Of any text."""


@dataclass(frozen=True, slots=True)
class PayableBillView:
    """A bill on its page."""

    title: str
    """Subject."""
    amount: str
    """Rials, grouped."""
    ids: BillIds
    """The two ids."""
    state: str
    """The key of its state."""
    is_payable: bool
    """Whether it is still to be paid."""
    deadline: str
    """The last day, in words; empty without one."""
    barcode: str
    """The address of its picture; empty where nothing is to be paid, or not now: ids are then not offered either."""
    was_paid: bool
    """Whether its money came, and a receipt shows how."""
    refunds: list[RefundView]
    """Refunds of it."""


@dataclass(frozen=True, slots=True)
class MergedIdsView:
    """One pair of ids for several bills."""

    amount: str
    """Rials, grouped."""
    ids: BillIds
    """The two ids."""
    deadline: str
    """The last day of the bill that has to be paid first, in words; empty without one."""
    barcode: str
    """The address of its picture."""


@dataclass(frozen=True, slots=True)
class GatewayOffer:
    """A gateway as its button names it."""

    key: str
    title: str


class PaymentWording:
    """Words what the pages show."""

    def __init__(self, catalogue: Catalogue, symbols: PageSymbols) -> None:
        self._catalogue = catalogue
        self._symbols = symbols

    def gateway_title(self, gateway_name: str) -> str:
        """Return what payers know a gateway as; its key where the texts have no name for it."""
        return self._catalogue.first_text(f"gateways.names.{gateway_name}", fallback=gateway_name)

    def build_offers(self, gateways: Iterable[PaymentGateway]) -> list[GatewayOffer]:
        """Return the gateways as their buttons name them."""
        return [GatewayOffer(gateway.name, self.gateway_title(gateway.name)) for gateway in gateways]

    def build_bills(self, view: PaymentPageView) -> list[PayableBillView]:
        """Return the bills of a link, in their order."""
        pairs = zip(view.payable.bills, view.payable.titles, strict=True)
        return [self._build_bill(view, bill, title) for bill, title in pairs]

    def build_merged_ids(self, view: PaymentPageView) -> MergedIdsView | None:
        """Return the pair of ids that pays all open bills of a link; None where there is none, or nothing is to be paid
        now.
        """
        merged_bill = view.merged_bill
        if merged_bill is None or not view.state.may_pay_online:
            return None
        ids, deadline = (
            BillIds(merged_bill.bill_id, merged_bill.payment_id),
            derive_merged_deadline(view.payable.open_bills),
        )
        return MergedIdsView(
            amount=group_digits(merged_bill.amount),
            ids=ids,
            deadline=deadline_day_text(deadline) if deadline else "",
            barcode=self._symbols.draw_barcode(bill_barcode(ids)),
        )

    def build_receipts(self, view: PaymentPageView) -> list[ReceiptView]:
        """Return how the bills of a link were paid."""
        return [build_receipt(self._catalogue, receipt) for receipt in view.receipts]

    def draw_receipt_code(self, page_address: str) -> str:
        """Return the picture of a code that leads to a page: whoever scans a printed receipt sees whether it holds."""
        return self._symbols.draw_qr_code(page_address)

    def render_outcome_body(self, view: AttemptView, outcome_key: str) -> str:
        """Return what the payer is told of an attempt; `outcome_key` is below `payments.result` in the texts."""
        facts = {"amount": group_digits(view.attempt.amount)}
        return self._catalogue.render(f"payments.result.{outcome_key}.body", facts)

    def render_reason(self, view: AttemptView) -> str:
        """Return why the bank did not take the money, and what the payer does next; empty where it is not known."""
        is_declined = view.outcome is AttemptOutcome.DECLINED and view.reason
        return self._catalogue.text(f"gateways.declines.{view.reason}") if is_declined else ""

    def _build_bill(self, view: PaymentPageView, bill: Bill, title: str) -> PayableBillView:
        ids = BillIds(bill.bill_id, bill.payment_id)
        may_be_paid_now = bill.state.is_payable and view.state.may_pay_online
        return PayableBillView(
            title=title,
            amount=group_digits(bill.amount),
            ids=ids,
            state=bill.state.value,
            is_payable=bill.state.is_payable,
            deadline=deadline_day_text(bill.deadline) if bill.deadline else "",
            barcode=self._symbols.draw_barcode(bill_barcode(ids)) if may_be_paid_now else "",
            was_paid=bill.state.was_paid,
            refunds=build_refunds(view.refunds_by_bill[bill.id]),
        )
