"""The file of a day's transfers, as pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.admin.actors import describe_actor
from channels.admin.bills.account_view import IbanView, build_iban_view
from channels.admin.bills.bill_subject import BillSubjectView
from domain.actions.dependencies import Dependencies
from domain.bills.bill import Bill
from domain.bills.refund_transfers import RefundFile, RefundTransfer, TransferState
from domain.language.wording import day_and_hour_text
from domain.values.calendar import jalali_text
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class TransferFileView:
    """The file of a day."""

    file_id: int
    """Names it in addresses."""
    day: str
    """The day, by the Persian calendar."""
    made_at: str
    """Day and hour in Tehran."""
    made_by: str
    """Name of the maker."""
    count: str
    """Number of its transfers."""
    amount: str
    """Their rials."""
    open_count: str | None
    """Number of transfers of which the end is not known; None: of none."""


@dataclass(frozen=True, slots=True)
class TransferView:
    """One transfer of a file."""

    transfer_id: int
    """Names it in addresses."""
    subject: BillSubjectView
    """Subject of its bill."""
    name: str | None
    """Holder of the account, as it was sent."""
    iban: IbanView | None
    """The account; None once personal data was erased."""
    amount: str
    """In rials, with Persian digits."""
    bill_id: str
    """Names the transfer in the file."""
    state_label: str
    """Its outcome."""
    is_open: bool
    """Whether that is not known yet."""
    end_note: str | None
    """Time and person of that record, with the bank's number; None while it is open."""


def build_file_view(
    dependencies: Dependencies, file: RefundFile, transfers: list[RefundTransfer], member_names: Mapping[str, str]
) -> TransferFileView:
    """Return a file with its transfers in sum; `member_names` is what members of the staff are called by user name."""
    open_count = sum(transfer.state is TransferState.FILED for transfer in transfers)
    return TransferFileView(
        file.id,
        jalali_text(file.day),
        day_and_hour_text(file.made_at),
        describe_actor(dependencies.catalogue, file.made_by, member_names),
        persian_digits(len(transfers)),
        group_digits(sum(transfer.amount for transfer in transfers)),
        persian_digits(open_count) if open_count else None,
    )


def build_transfer_view(
    dependencies: Dependencies,
    transfer: RefundTransfer,
    bill: Bill,
    subject: BillSubjectView,
    member_names: Mapping[str, str],
) -> TransferView:
    """Return a transfer in words."""
    catalogue = dependencies.catalogue
    ender = describe_actor(catalogue, transfer.ended_by, member_names) if transfer.ended_by else ""
    ending = [day_and_hour_text(transfer.ended_at), ender, transfer.reference] if transfer.ended_at else []
    return TransferView(
        transfer_id=transfer.id,
        subject=subject,
        name=transfer.name,
        iban=build_iban_view(catalogue, transfer.iban) if transfer.iban else None,
        amount=group_digits(transfer.amount),
        bill_id=bill.bill_id,
        state_label=catalogue.text(f"admin.transfers.states.{transfer.state}"),
        is_open=transfer.state is TransferState.FILED,
        end_note=" · ".join(filter(None, ending)) or None,
    )
