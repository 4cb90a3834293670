"""Texts that came in, each kept once however often it is delivered."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Executable, Integer, bindparam, select, update

from domain.messages.ports import LineState
from domain.messages.records import InboundMessage, InboundState
from store.engines.base import DatabaseEngine
from store.engines.types import ID, SafeText
from store.filtered_select import FilteredSelect
from store.messages.lines import SqlLineRepository, find_window
from store.rows import TableMapping
from store.schema import dialogues, hits, inbox, outbox
from store.work import Repository

_MAPPING = TableMapping(inbox, InboundMessage)
_FIND_EARLIER = select(*_MAPPING.columns).where(
    inbox.c.channel == bindparam("on_channel"),
    inbox.c.provider == bindparam("from_provider"),
    inbox.c.fingerprint == bindparam("same"),
)
_LIST_KNOWN = select(inbox.c.fingerprint).where(
    inbox.c.channel == bindparam("on_channel"),
    inbox.c.provider == bindparam("from_provider"),
    inbox.c.fingerprint.in_(bindparam("any_of", expanding=True)),
)
_SAVE_MESSAGE = update(inbox).where(inbox.c.id == bindparam("message_id"))
_LIST_LAST_FROM = (
    select(*_MAPPING.columns)
    .where(inbox.c.channel == bindparam("on_channel"), inbox.c.sender == bindparam("from_sender"))
    .order_by(inbox.c.received_at.desc(), inbox.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_LIST_RECENT = FilteredSelect(
    select(*_MAPPING.columns).order_by(inbox.c.id.desc()).limit(bindparam("most", type_=Integer)),
    of_state=inbox.c.state == bindparam("of_state"),
    of_mobile=inbox.c.mobile == bindparam("of_mobile"),
    before=inbox.c.id < bindparam("before", type_=ID),
)


def _insert_if_new(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(inbox).on_conflict_do_nothing(index_elements=["channel", "provider", "fingerprint"])


def _insert_arrival(engine: DatabaseEngine) -> Executable:
    """Everything that is asked of a new text at once: is it new, what was its sender doing, what was it told last, how
    often does it come.
    """
    line_conditions = (dialogues.c.channel == bindparam("on_channel"), dialogues.c.address == bindparam("from_sender"))
    return (
        engine.insert_into(inbox)
        .on_conflict_do_nothing(index_elements=["channel", "provider", "fingerprint"])
        .returning(
            select(hits.c.count).where(hits.c.key == bindparam("counted", type_=SafeText)).scalar_subquery(),
            select(dialogues.c.state).where(*line_conditions).scalar_subquery(),
            select(dialogues.c.expires_at).where(*line_conditions).scalar_subquery(),
            select(outbox.c.text)
            .where(outbox.c.recipient == bindparam("from_sender"), outbox.c.channel == bindparam("on_channel"))
            .order_by(outbox.c.id.desc())
            .limit(1)
            .scalar_subquery(),
        )
    )


def _count_key(channel: str, sender: str) -> str:
    """Return under which key the messages of a sender are counted."""
    return f"in:{channel}:{sender}"


class SqlInboxRepository(Repository):
    """The port `InboxRepository`. Of deliveries that come at once, one is stored; the others wait for its unit and are
    known.
    """

    async def add_counted(self, message: InboundMessage, count_window: timedelta) -> LineState | None:
        count_key = _count_key(message.channel, message.sender)
        window_key, _ = find_window(count_key, message.received_at, count_window)
        query_values = {"counted": window_key, "on_channel": message.channel, "from_sender": message.sender}
        row = await self._transaction.fetch_row(_insert_arrival, {**_MAPPING.column_values(message), **query_values})
        if row is None:
            return None
        await SqlLineRepository(self._transaction).add_hit_later(
            count_key, message.received_at, count_window, is_first_hit=row[0] is None
        )
        stored_dialogue = None if row[1] is None else (row[1], row[2])
        return LineState((row[0] or 0) + 1, stored_dialogue, row[3] or "")

    async def count_arrivals(self, channel: str, sender: str, now: datetime, count_window: timedelta) -> int:
        return await SqlLineRepository(self._transaction).count_hits(_count_key(channel, sender), now, count_window)

    async def add(self, message: InboundMessage) -> bool:
        return await self._transaction.count_written(_insert_if_new, _MAPPING.column_values(message)) == 1

    async def find_duplicate(self, channel: str, provider: str, fingerprint: str) -> InboundMessage | None:
        row = await self._transaction.fetch_row(
            _FIND_EARLIER, {"on_channel": channel, "from_provider": provider, "same": fingerprint}
        )
        return None if row is None else _MAPPING.read_row(row)

    async def list_known_fingerprints(self, channel: str, provider: str, fingerprints: Collection[str]) -> set[str]:
        query = {"on_channel": channel, "from_provider": provider, "any_of": list(fingerprints)}
        return {row[0] for row in await self._transaction.fetch_rows(_LIST_KNOWN, query)}

    async def save(self, message: InboundMessage) -> None:
        changed_values = {
            column_name: getattr(message, column_name)
            for column_name in ("state", "intent", "reply_id", "request_id", "reason")
        }
        await self._transaction.defer(_SAVE_MESSAGE, {**changed_values, "message_id": message.id})

    async def list_last_from(self, channel: str, sender: str, limit: int) -> list[InboundMessage]:
        rows = await self._transaction.fetch_rows(
            _LIST_LAST_FROM, {"on_channel": channel, "from_sender": sender, "most": limit}
        )
        return _MAPPING.read_rows(rows)

    async def list_recent(
        self,
        *,
        state: InboundState | None = None,
        mobile: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[InboundMessage]:
        statement, values = _LIST_RECENT.with_values(
            {"of_state": state, "of_mobile": mobile, "before": before, "most": limit}
        )
        return _MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))
