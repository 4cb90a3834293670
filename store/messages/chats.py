"""Chats of messengers' bots, where people want their notices, and codes that prove mobiles."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, literal, select, update

from domain.chats.chat import Chat, ChatAddress, ChatState, MobileProof
from store.engines.base import DatabaseEngine
from store.engines.types import ID
from store.rows import TableMapping
from store.schema import chats, mobile_proofs, notice_channels, requests
from store.work import Repository

_CHAT = TableMapping(chats, Chat)
_ONE = (chats.c.channel == bindparam("on_channel"), chats.c.chat_id == bindparam("of_chat"))
_GET = select(*_CHAT.columns).where(*_ONE)
_LINKED = (
    select(*_CHAT.columns)
    .where(chats.c.mobile == bindparam("of_mobile"), chats.c.channel == bindparam("on_channel"))
    .order_by(chats.c.chat_id)
)
_ASKED_BY = (
    select(requests.c.channel)
    .where(requests.c.id == bindparam("of_request", type_=ID), requests.c.mobile == chats.c.mobile)
    .scalar_subquery()
)
_WAYS = (
    select(chats.c.channel, chats.c.chat_id, notice_channels.c.channel, _ASKED_BY)
    .select_from(chats.outerjoin(notice_channels, notice_channels.c.mobile == chats.c.mobile))
    .where(chats.c.mobile == bindparam("of_mobile"), chats.c.state == literal(ChatState.ACTIVE, chats.c.state.type))
    .order_by(chats.c.linked_at.desc())
)
_BLOCK = update(chats).where(*_ONE).values(state=ChatState.BLOCKED, updated_at=bindparam("now"))
_CHOSEN = select(notice_channels.c.channel).where(notice_channels.c.mobile == bindparam("of_mobile"))
_CHOOSE_NONE = delete(notice_channels).where(notice_channels.c.mobile == bindparam("of_mobile"))

_PROOF = TableMapping(mobile_proofs, MobileProof)
_AT_ADDRESS = (mobile_proofs.c.channel == bindparam("on_channel"), mobile_proofs.c.address == bindparam("of_address"))
_PROOF_OF = select(*_PROOF.columns).where(*_AT_ADDRESS)
_DROP_PROOF = delete(mobile_proofs).where(*_AT_ADDRESS)


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(chats)
    changed = {name: new.excluded[name] for name in ("mobile", "name", "state", "linked_at", "updated_at")}
    return new.on_conflict_do_update(index_elements=["channel", "chat_id"], set_=changed)


def _choose(engine: DatabaseEngine) -> Executable:
    new = engine.insert(notice_channels)
    changed = {name: new.excluded[name] for name in ("channel", "at")}
    return new.on_conflict_do_update(index_elements=["mobile"], set_=changed)


def _put_proof(engine: DatabaseEngine) -> Executable:
    new = engine.insert(mobile_proofs)
    changed = {name: new.excluded[name] for name in ("mobile", "salt", "digest", "expires_at", "tries")}
    return new.on_conflict_do_update(index_elements=["channel", "address"], set_=changed)


class SqlChats(Repository):
    """The port `Chats`."""

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        """Return a chat."""
        row = await self._work.row(_GET, {"on_channel": channel, "of_chat": chat_id})
        return None if row is None else _CHAT.read(row)

    async def put(self, chat: Chat) -> None:
        """Store a new or changed chat."""
        await self._work.run(_put, _CHAT.values(chat))

    async def linked(self, channel: str, mobile: str) -> list[Chat]:
        """Return the chats of a messenger that have this mobile."""
        return _CHAT.read_all(await self._work.rows(_LINKED, {"on_channel": channel, "of_mobile": mobile}))

    async def ways_to(self, mobile: str, request_id: int | None) -> list[ChatAddress]:
        """Return every active chat of a mobile, the one linked last first."""
        rows = await self._work.rows(_WAYS, {"of_mobile": mobile, "of_request": request_id})
        return [ChatAddress(*row) for row in rows]

    async def blocked(self, channel: str, chat_id: str, now: datetime) -> None:
        """Note that the bot may not write to a chat any more."""
        await self._work.run(_BLOCK, {"on_channel": channel, "of_chat": chat_id, "now": now})

    async def choose(self, mobile: str, channel: str | None, now: datetime) -> None:
        """Remember by which channel a person wants notices; None: by that of each request."""
        if channel is None:
            await self._work.run(_CHOOSE_NONE, {"of_mobile": mobile})
        else:
            await self._work.run(_choose, {"mobile": mobile, "channel": channel, "at": now})

    async def chosen(self, mobile: str) -> str | None:
        """Return what was chosen."""
        row = await self._work.row(_CHOSEN, {"of_mobile": mobile})
        return None if row is None else row[0]


class SqlMobileProofs(Repository):
    """The port `MobileProofs`."""

    async def put(self, proof: MobileProof) -> None:
        """Keep a code in the place of an earlier one, or count its tries."""
        await self._work.run(_put_proof, _PROOF.values(proof))

    async def of(self, channel: str, address: str) -> MobileProof | None:
        """Return the code that was sent last at this address's wish."""
        row = await self._work.row(_PROOF_OF, {"on_channel": channel, "of_address": address})
        return None if row is None else _PROOF.read(row)

    async def drop(self, channel: str, address: str) -> None:
        """Forget it."""
        await self._work.run(_DROP_PROOF, {"on_channel": channel, "of_address": address})
