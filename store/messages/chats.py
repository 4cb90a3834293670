"""Chats of messengers' bots, where people want their notices, and codes that prove mobiles."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, literal, select, update

from domain.chats.chat import Chat, ChatAddress, ChatState, MobileProof
from store.engines.base import DatabaseEngine
from store.engines.types import ID, Utc
from store.rows import TableMapping
from store.schema import chats, mobile_proofs, notice_channels, requests
from store.work import Repository

_CHAT_MAPPING = TableMapping(chats, Chat)
_IS_THIS_CHAT = (chats.c.channel == bindparam("on_channel"), chats.c.chat_id == bindparam("of_chat"))
_GET_CHAT = select(*_CHAT_MAPPING.columns).where(*_IS_THIS_CHAT)
_LIST_LINKED = (
    select(*_CHAT_MAPPING.columns)
    .where(chats.c.mobile == bindparam("of_mobile"), chats.c.channel == bindparam("on_channel"))
    .order_by(chats.c.chat_id)
)
_REQUEST_CHANNEL = (
    select(requests.c.channel)
    .where(requests.c.id == bindparam("of_request", type_=ID), requests.c.mobile == chats.c.mobile)
    .scalar_subquery()
)
_LIST_ADDRESSES = (
    select(chats.c.channel, chats.c.chat_id, notice_channels.c.channel, _REQUEST_CHANNEL)
    .select_from(chats.outerjoin(notice_channels, notice_channels.c.mobile == chats.c.mobile))
    .where(chats.c.mobile == bindparam("of_mobile"), chats.c.state == literal(ChatState.ACTIVE, chats.c.state.type))
    .order_by(chats.c.linked_at.desc())
)
_BLOCK_CHAT = update(chats).where(*_IS_THIS_CHAT).values(state=ChatState.BLOCKED, updated_at=bindparam("now"))
_CHOSEN_CHANNEL = select(notice_channels.c.channel).where(notice_channels.c.mobile == bindparam("of_mobile"))
_DROP_CHOSEN_CHANNEL = delete(notice_channels).where(notice_channels.c.mobile == bindparam("of_mobile"))

_PROOF_MAPPING = TableMapping(mobile_proofs, MobileProof)
_IS_AT_ADDRESS = (
    mobile_proofs.c.channel == bindparam("on_channel"),
    mobile_proofs.c.address == bindparam("of_address"),
)
_GET_PROOF = select(*_PROOF_MAPPING.columns).where(*_IS_AT_ADDRESS)
_DROP_PROOF = delete(mobile_proofs).where(*_IS_AT_ADDRESS)
_DROP_EXPIRED_PROOFS = delete(mobile_proofs).where(mobile_proofs.c.expires_at < bindparam("moment", type_=Utc))


def _upsert_chat(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(chats)
    changed_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in ("mobile", "name", "state", "linked_at", "updated_at")
    }
    return insertion.on_conflict_do_update(index_elements=["channel", "chat_id"], set_=changed_columns)


def _upsert_chosen_channel(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(notice_channels)
    changed_columns = {column_name: insertion.excluded[column_name] for column_name in ("channel", "at")}
    return insertion.on_conflict_do_update(index_elements=["mobile"], set_=changed_columns)


def _upsert_proof(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(mobile_proofs)
    changed_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in ("mobile", "salt", "digest", "expires_at", "tries", "used_at")
    }
    return insertion.on_conflict_do_update(index_elements=["channel", "address"], set_=changed_columns)


class SqlChatRepository(Repository):
    """The port `ChatRepository`."""

    async def find(self, channel: str, chat_id: str) -> Chat | None:
        row = await self._transaction.fetch_row(_GET_CHAT, {"on_channel": channel, "of_chat": chat_id})
        return None if row is None else _CHAT_MAPPING.read_row(row)

    async def save(self, chat: Chat) -> None:
        await self._transaction.execute(_upsert_chat, _CHAT_MAPPING.column_values(chat))

    async def list_linked(self, channel: str, mobile: str) -> list[Chat]:
        return _CHAT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_LIST_LINKED, {"on_channel": channel, "of_mobile": mobile})
        )

    async def list_addresses(self, mobile: str, request_id: int | None) -> list[ChatAddress]:
        """Return every active chat of a mobile, the one linked last first."""
        rows = await self._transaction.fetch_rows(_LIST_ADDRESSES, {"of_mobile": mobile, "of_request": request_id})
        return [ChatAddress(*row) for row in rows]

    async def mark_blocked(self, channel: str, chat_id: str, now: datetime) -> None:
        await self._transaction.execute(_BLOCK_CHAT, {"on_channel": channel, "of_chat": chat_id, "now": now})

    async def save_chosen_channel(self, mobile: str, channel: str | None, now: datetime) -> None:
        if channel is None:
            await self._transaction.execute(_DROP_CHOSEN_CHANNEL, {"of_mobile": mobile})
        else:
            await self._transaction.execute(_upsert_chosen_channel, {"mobile": mobile, "channel": channel, "at": now})

    async def find_chosen_channel(self, mobile: str) -> str | None:
        row = await self._transaction.fetch_row(_CHOSEN_CHANNEL, {"of_mobile": mobile})
        return None if row is None else row[0]


class SqlMobileProofRepository(Repository):
    """The port `MobileProofRepository`."""

    async def save(self, mobile_proof: MobileProof) -> None:
        await self._transaction.execute(_upsert_proof, _PROOF_MAPPING.column_values(mobile_proof))

    async def find(self, channel: str, address: str) -> MobileProof | None:
        row = await self._transaction.fetch_row(_GET_PROOF, {"on_channel": channel, "of_address": address})
        return None if row is None else _PROOF_MAPPING.read_row(row)

    async def delete(self, channel: str, address: str) -> None:
        await self._transaction.execute(_DROP_PROOF, {"on_channel": channel, "of_address": address})

    async def delete_expired(self, expired_before: datetime) -> int:
        return await self._transaction.count_written(_DROP_EXPIRED_PROOFS, {"moment": expired_before})
