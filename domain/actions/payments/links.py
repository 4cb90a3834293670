"""Links to pay under: found by their token, and what their page shows (`actions/links/payment_links.py` makes them)."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.bills.subjects import SUBJECTS, render_purpose
from domain.actions.context import ActionContext
from domain.bills.bill import Bill
from domain.gateways.payment_link import PaymentLink
from domain.gateways.ports import PaymentLinkRepository
from domain.repositories import BillSubjectRepositories, SubjectRepositories
from domain.values.errors import NotFound
from domain.values.page_tokens import LINK_TOKEN_PATTERN


@dataclass(frozen=True, slots=True)
class PayableBills:
    """Bills behind a link, in its current state."""

    link: PaymentLink
    """The link."""
    bills: tuple[Bill, ...]
    """Its bills, whatever became of them, in ascending order of their rows."""
    titles: tuple[str, ...]
    """Subject of each, in words that anybody who has the bill may read."""
    payer_mobile: str | None
    """The mobile (+989…) of whom they concern, where it is known."""

    @property
    def open_bills(self) -> tuple[Bill, ...]:
        """Those that can still be paid."""
        return tuple(bill for bill in self.bills if bill.state.is_payable)

    @property
    def amount(self) -> int:
        """Rials that are still to be paid."""
        return sum(bill.amount for bill in self.open_bills)


async def load_payable_bills(context: ActionContext[BillSubjectRepositories], token: str) -> PayableBills:
    """Return what a link leads to; `NotFound("payment_link")`."""
    link = await find_link(context.uow.payment_links, token)
    bills = [await context.uow.bills.get(bill_row_id) for bill_row_id in link.bill_row_ids]
    titles = [await render_purpose(context, bill) for bill in bills]
    return PayableBills(link, tuple(bills), tuple(titles), await find_payer_mobile(context.uow, bills))


async def find_link(payment_links: PaymentLinkRepository, token: str) -> PaymentLink:
    """Return the link with a token; `NotFound("payment_link")`."""
    link = await payment_links.find(token) if LINK_TOKEN_PATTERN.fullmatch(token) else None
    if link is None:
        raise NotFound("payment_link")
    return link


async def find_payer_mobile(uow: SubjectRepositories, bills: Sequence[Bill]) -> str | None:
    """Return the mobile (+989…) of whom bills concern: the first that is known, for they have one payer."""
    for bill in bills:
        if mobile := await SUBJECTS[bill.subject_kind].find_mobile(uow, bill):
            return mobile
    return None
