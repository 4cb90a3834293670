"""Ports of refunds to bank accounts."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.bills.refund_transfers import RefundAccount, RefundFile, RefundTransfer


class RefundTransferRepository(Protocol):
    """Accounts of citizens, the files of transfers to them, and their lines."""

    async def find_account(self, bill_row_id: int) -> RefundAccount | None:
        """Return the account for what is due back on a bill; None where nobody was asked yet."""
        ...

    async def save_account(self, account: RefundAccount) -> None:
        """Store an account, new or changed."""
        ...

    async def list_waiting_accounts(self, mobile: str) -> list[RefundAccount]:
        """Return the accounts of a line (+989…) on whose bills money is due back, oldest bill first."""
        ...

    async def list_unasked(self, limit: int) -> list[int]:
        """Return the rows of bills on which money is due back that goes no way yet, and whose account is neither known
        nor asked for, oldest first.
        """
        ...

    async def list_transferable(self) -> list[int]:
        """Return the rows of bills with an account, on which money is due back that goes no way yet, oldest first."""
        ...

    async def add_file(self, file: RefundFile) -> None:
        """Store a new file; `Conflict("refund_file")` where the day has one."""
        ...

    async def find_file(self, day: date) -> RefundFile | None:
        """Return the file of a day."""
        ...

    async def get_file(self, file_id: int) -> RefundFile:
        """Return a file; `NotFound("refund_file")`."""
        ...

    async def list_files(self, limit: int) -> list[RefundFile]:
        """Return the newest files, newest first, and those with transfers of which the end is not known."""
        ...

    async def add_transfer(self, transfer: RefundTransfer) -> None:
        """Store a new transfer."""
        ...

    async def save_transfer(self, transfer: RefundTransfer) -> None:
        """Store what became of a transfer; `Conflict("transfer")` where that was known before."""
        ...

    async def get_transfer(self, transfer_id: int) -> RefundTransfer:
        """Return a transfer; `NotFound("transfer")`."""
        ...

    async def list_transfers(self, file_id: int) -> Sequence[RefundTransfer]:
        """Return the transfers of a file, in the order in which they were added."""
        ...
