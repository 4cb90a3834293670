"""Texts that came in, each kept once however often it is delivered."""

from datetime import timedelta

from sqlalchemy import Executable, Integer, bindparam, select, update

from domain.messages.ports import Stored
from domain.messages.records import InboundMessage, InboundState
from store.engines.base import DatabaseEngine
from store.engines.types import SafeText
from store.messages.lines import SqlLines, window_of
from store.rows import TableMapping
from store.schema import dialogues, hits, inbox
from store.work import Repository

_MESSAGE = TableMapping(inbox, InboundMessage)
_KNOWN = select(*_MESSAGE.columns).where(
    inbox.c.channel == bindparam("on_channel"),
    inbox.c.provider == bindparam("from_provider"),
    inbox.c.fingerprint == bindparam("same"),
)
_SAVE = update(inbox).where(inbox.c.id == bindparam("message_id"))
_LAST = (
    select(*_MESSAGE.columns)
    .where(inbox.c.channel == bindparam("on_channel"), inbox.c.sender == bindparam("from_sender"))
    .order_by(inbox.c.received_at.desc(), inbox.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def _add_unless_known(engine: DatabaseEngine) -> Executable:
    return engine.insert(inbox).on_conflict_do_nothing(index_elements=["channel", "provider", "fingerprint"])


def _arrive(engine: DatabaseEngine) -> Executable:
    """Everything that is asked of a new text at once: is it new, what was its sender doing, how often does it come."""
    line = (dialogues.c.channel == bindparam("on_channel"), dialogues.c.address == bindparam("from_sender"))
    return (
        engine.insert(inbox)
        .on_conflict_do_nothing(index_elements=["channel", "provider", "fingerprint"])
        .returning(
            select(hits.c.count).where(hits.c.key == bindparam("counted", type_=SafeText)).scalar_subquery(),
            select(dialogues.c.state).where(*line).scalar_subquery(),
            select(dialogues.c.expires_at).where(*line).scalar_subquery(),
        )
    )


class SqlInbox(Repository):
    """The port `Inbox`. Of deliveries that come at once, one is stored; the others wait for its unit and are known."""

    async def arrive(self, message: InboundMessage, window: timedelta) -> tuple[int, Stored | None] | None:
        """Store and count a new text; None when its fingerprint is known."""
        key = f"in:{message.channel}:{message.sender}"
        counted, _ = window_of(key, message.received_at, window)
        asked = {"counted": counted, "on_channel": message.channel, "from_sender": message.sender}
        row = await self._work.row(_arrive, {**_MESSAGE.values(message), **asked})
        if row is None:
            return None
        await SqlLines(self._work).count_later(key, message.received_at, window, first=row[0] is None)
        return (row[0] or 0) + 1, None if row[1] is None else (row[1], row[2])

    async def add(self, message: InboundMessage) -> bool:
        """Store it; False when its fingerprint is known (a duplicate delivery)."""
        return await self._work.count(_add_unless_known, _MESSAGE.values(message)) == 1

    async def known(self, channel: str, provider: str, fingerprint: str) -> InboundMessage | None:
        """Return the earlier delivery of the same message."""
        row = await self._work.row(_KNOWN, {"on_channel": channel, "from_provider": provider, "same": fingerprint})
        return None if row is None else _MESSAGE.read(row)

    async def save(self, message: InboundMessage) -> None:
        """Store what became of it."""
        became = {name: getattr(message, name) for name in ("state", "intent", "reply_id", "request_id", "reason")}
        await self._work.later(_SAVE, {**became, "message_id": message.id})

    async def last_from(self, channel: str, sender: str, limit: int) -> list[InboundMessage]:
        """Return the newest messages of a sender, newest first."""
        rows = await self._work.rows(_LAST, {"on_channel": channel, "from_sender": sender, "most": limit})
        return _MESSAGE.read_all(rows)

    async def recent(
        self,
        *,
        state: InboundState | None = None,
        mobile: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[InboundMessage]:
        """Return messages, newest first, after the id `before` in this order."""
        asked = {"state": state, "mobile": mobile}
        conditions = [inbox.c[name] == value for name, value in asked.items() if value is not None]
        if before is not None:
            conditions.append(inbox.c.id < before)
        statement = select(*_MESSAGE.columns).where(*conditions).order_by(inbox.c.id.desc()).limit(limit)
        return _MESSAGE.read_all(await self._work.rows(statement))
