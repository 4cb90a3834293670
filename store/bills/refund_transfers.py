"""Accounts to which money goes back, files of transfers to them, and their lines."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Date, Executable, Integer, bindparam, exists, func, insert, or_, select, update

from domain.bills.bill import RefundState
from domain.bills.refund_transfers import RefundAccount, RefundFile, RefundTransfer, TransferState
from domain.values.errors import Conflict, NotFound
from domain.values.ibans import Iban
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import refund_accounts, refund_files, refund_transfers, refunds
from store.work import Repository

_MOST = bindparam("most", type_=Integer)
_ACCOUNT_MAPPING = TableMapping(refund_accounts, RefundAccount)
_FILE_MAPPING = TableMapping(refund_files, RefundFile)
_TRANSFER_MAPPING = TableMapping(refund_transfers, RefundTransfer)

_IS_DUE = refunds.c.state == RefundState.DUE
_IS_FREE = (_IS_DUE, refunds.c.card_refund_id.is_(None), refunds.c.transfer_id.is_(None))
_SELECT_ACCOUNT = select(*_ACCOUNT_MAPPING.columns).where(refund_accounts.c.bill_id == bindparam("of_bill"))
_SELECT_WAITING = (
    select(*_ACCOUNT_MAPPING.columns)
    .where(refund_accounts.c.mobile == bindparam("of_mobile"))
    .where(exists(select(refunds.c.id).where(_IS_DUE, refunds.c.bill_id == refund_accounts.c.bill_id)))
    .order_by(refund_accounts.c.bill_id)
)
_FREE_BILLS = (
    select(refunds.c.bill_id, func.min(refunds.c.created_at).label("since"))
    .where(*_IS_FREE)
    .group_by(refunds.c.bill_id)
    .subquery("free")
)
_SELECT_UNASKED = (
    select(_FREE_BILLS.c.bill_id)
    .outerjoin(refund_accounts, refund_accounts.c.bill_id == _FREE_BILLS.c.bill_id)
    .where(refund_accounts.c.iban.is_(None), refund_accounts.c.asked_at.is_(None))
    .order_by(_FREE_BILLS.c.since, _FREE_BILLS.c.bill_id)
    .limit(_MOST)
)
_SELECT_TRANSFERABLE = (
    select(_FREE_BILLS.c.bill_id)
    .join(refund_accounts, refund_accounts.c.bill_id == _FREE_BILLS.c.bill_id)
    .where(refund_accounts.c.iban.is_not(None))
    .order_by(_FREE_BILLS.c.since, _FREE_BILLS.c.bill_id)
)
_INSERT_TRANSFER = insert(refund_transfers)
_UPDATE_TRANSFER = update(refund_transfers).where(
    refund_transfers.c.id == bindparam("of_transfer"), refund_transfers.c.state == TransferState.FILED
)
_SELECT_TRANSFER = select(*_TRANSFER_MAPPING.columns).where(refund_transfers.c.id == bindparam("of_transfer"))
_SELECT_TRANSFERS = (
    select(*_TRANSFER_MAPPING.columns)
    .where(refund_transfers.c.file_id == bindparam("of_file"))
    .order_by(refund_transfers.c.id)
)
_SELECT_FILE = select(*_FILE_MAPPING.columns).where(refund_files.c.id == bindparam("of_file"))
_SELECT_FILE_OF_DAY = select(*_FILE_MAPPING.columns).where(refund_files.c.day == bindparam("of_day", type_=Date))
_IS_OPEN_FILE = exists(
    select(refund_transfers.c.id).where(
        refund_transfers.c.file_id == refund_files.c.id, refund_transfers.c.state == TransferState.FILED
    )
)
_NEWEST_FILES = select(refund_files.c.id).order_by(refund_files.c.day.desc()).limit(_MOST)
_SELECT_FILES = (
    select(*_FILE_MAPPING.columns)
    .where(or_(_IS_OPEN_FILE, refund_files.c.id.in_(_NEWEST_FILES)))
    .order_by(refund_files.c.day.desc())
)


def _upsert_account(engine: DatabaseEngine) -> Executable:
    inserting = engine.insert_into(refund_accounts)
    changed = {name: inserting.excluded[name] for name in _ACCOUNT_MAPPING.column_names if name != "bill_id"}
    return inserting.on_conflict_do_update(index_elements=["bill_id"], set_=changed)


def _insert_file(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(refund_files).on_conflict_do_nothing(index_elements=["day"])


class SqlRefundTransferRepository(Repository):
    """The port `RefundTransferRepository`."""

    async def find_account(self, bill_row_id: int) -> RefundAccount | None:
        row = await self._transaction.fetch_row(_SELECT_ACCOUNT, {"of_bill": bill_row_id})
        return None if row is None else _read_account(row)

    async def save_account(self, account: RefundAccount) -> None:
        await self._transaction.execute(_upsert_account, _ACCOUNT_MAPPING.column_values(account))

    async def list_waiting_accounts(self, mobile: str) -> list[RefundAccount]:
        return list(map(_read_account, await self._transaction.fetch_rows(_SELECT_WAITING, {"of_mobile": mobile})))

    async def list_unasked(self, limit: int) -> list[int]:
        return [row_id for (row_id,) in await self._transaction.fetch_rows(_SELECT_UNASKED, {"most": limit})]

    async def list_transferable(self) -> list[int]:
        return [row_id for (row_id,) in await self._transaction.fetch_rows(_SELECT_TRANSFERABLE, {})]

    async def add_file(self, file: RefundFile) -> None:
        if await self._transaction.count_written(_insert_file, _FILE_MAPPING.column_values(file)) != 1:
            raise Conflict("refund_file")

    async def find_file(self, day: date) -> RefundFile | None:
        row = await self._transaction.fetch_row(_SELECT_FILE_OF_DAY, {"of_day": day})
        return None if row is None else _FILE_MAPPING.read_row(row)

    async def get_file(self, file_id: int) -> RefundFile:
        row = await self._transaction.fetch_row(_SELECT_FILE, {"of_file": file_id})
        if row is None:
            raise NotFound("refund_file")
        return _FILE_MAPPING.read_row(row)

    async def list_files(self, limit: int) -> list[RefundFile]:
        return _FILE_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_FILES, {"most": limit}))

    async def add_transfer(self, transfer: RefundTransfer) -> None:
        await self._transaction.execute(_INSERT_TRANSFER, _TRANSFER_MAPPING.column_values(transfer))

    async def save_transfer(self, transfer: RefundTransfer) -> None:
        changing_columns = ("state", "reference", "ended_at", "ended_by")
        values = {name: getattr(transfer, name) for name in changing_columns} | {"of_transfer": transfer.id}
        if await self._transaction.count_written(_UPDATE_TRANSFER, values) != 1:
            raise Conflict("transfer")

    async def get_transfer(self, transfer_id: int) -> RefundTransfer:
        row = await self._transaction.fetch_row(_SELECT_TRANSFER, {"of_transfer": transfer_id})
        if row is None:
            raise NotFound("transfer")
        return _read_transfer(row)

    async def list_transfers(self, file_id: int) -> Sequence[RefundTransfer]:
        return list(map(_read_transfer, await self._transaction.fetch_rows(_SELECT_TRANSFERS, {"of_file": file_id})))


def _read_account(row: Row) -> RefundAccount:
    account = _ACCOUNT_MAPPING.read_row(row)
    account.iban = Iban(account.iban) if account.iban else None
    return account


def _read_transfer(row: Row) -> RefundTransfer:
    transfer = _TRANSFER_MAPPING.read_row(row)
    transfer.iban = Iban(transfer.iban) if transfer.iban else None
    return transfer
