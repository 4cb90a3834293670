"""Facts known of a citizen's line: opt-outs, its language, and how often something was done from it."""

from datetime import datetime, timedelta

from sqlalchemy import Executable, Integer, bindparam, delete, func, select, true, update

from domain.values.rate_windows import EPOCH, current_window_end
from store.engines.base import DatabaseEngine
from store.schema import hits, line_languages, opt_outs
from store.work import Repository

SWEPT_AT_ONCE = 100

_FIND_OPT_OUT = select(opt_outs.c.mobile).where(
    opt_outs.c.mobile == bindparam("of_mobile"), opt_outs.c.stopped == true()
)
_FIND_LANGUAGE = select(line_languages.c.language).where(line_languages.c.line == bindparam("of_line"))
_DELETE_LANGUAGE = delete(line_languages).where(line_languages.c.line == bindparam("of_line"))
_GET_HIT_COUNT = select(hits.c.count).where(hits.c.key == bindparam("of_key"))
_TAKE_BACK_HIT = (
    update(hits).where(hits.c.key == bindparam("of_key"), hits.c.count > 0).values({"count": hits.c.count - 1})
)
_GET_BLOCKED_UNTIL = select(hits.c.ends_at).where(hits.c.key == bindparam("of_key"))
_DELETE_COUNT = delete(hits).where(hits.c.key == bindparam("of_key"))
_DELETE_COUNTS = delete(hits).where(
    func.substr(hits.c.key, 1, bindparam("length", type_=Integer)) == bindparam("beginning")
)
_PAST_WINDOWS = (
    select(hits.c.key).where(hits.c.ends_at <= bindparam("now")).order_by(hits.c.ends_at).limit(SWEPT_AT_ONCE)
)
_SWEEP_PAST_WINDOWS = delete(hits).where(hits.c.key.in_(_PAST_WINDOWS.with_for_update(skip_locked=True)))


def _upsert_opt_out(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(opt_outs)
    changed_columns = {column_name: insertion.excluded[column_name] for column_name in ("stopped", "at")}
    return insertion.on_conflict_do_update(index_elements=["mobile"], set_=changed_columns)


def _upsert_language(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(line_languages)
    changed_columns = {column_name: insertion.excluded[column_name] for column_name in ("language", "at")}
    return insertion.on_conflict_do_update(index_elements=["line"], set_=changed_columns)


def _upsert_hit(engine: DatabaseEngine) -> Executable:
    first_hit = engine.insert_into(hits).values(count=1)
    counted_hit = first_hit.on_conflict_do_update(index_elements=["key"], set_={"count": hits.c.count + 1})
    return counted_hit.returning(hits.c.count)


def _upsert_block(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(hits).values(count=1)
    return insertion.on_conflict_do_update(index_elements=["key"], set_={"ends_at": insertion.excluded.ends_at})


class SqlLineRepository(Repository):
    """The port `LineRepository`. A count belongs to its unit like everything else: it is lost when the unit is rolled
    back.
    """

    async def save_opt_out(self, mobile: str, opted_out: bool, decided_at: datetime) -> None:
        await self._transaction.execute(_upsert_opt_out, {"mobile": mobile, "stopped": opted_out, "at": decided_at})

    async def has_opted_out(self, mobile: str) -> bool:
        return await self._transaction.fetch_row(_FIND_OPT_OUT, {"of_mobile": mobile}) is not None

    async def save_language(self, line: str, tag: str, chosen_at: datetime) -> None:
        await self._transaction.execute(_upsert_language, {"line": line, "language": tag, "at": chosen_at})

    async def find_language(self, line: str) -> str | None:
        tag: str | None = await self._transaction.fetch_value(_FIND_LANGUAGE, {"of_line": line})
        return tag

    async def delete_language(self, line: str) -> None:
        await self._transaction.execute(_DELETE_LANGUAGE, {"of_line": line})

    async def add_hit(self, count_key: str, now: datetime, count_window: timedelta) -> int:
        """A new window sweeps past ones out."""
        window_key, ends_at = find_window(count_key, now, count_window)
        hit_count: int = await self._transaction.fetch_value(_upsert_hit, {"key": window_key, "ends_at": ends_at})
        if hit_count == 1:
            await self._transaction.execute(_SWEEP_PAST_WINDOWS, {"now": now})
        return hit_count

    async def add_hit_later(
        self, count_key: str, now: datetime, count_window: timedelta, *, is_first_hit: bool
    ) -> None:
        """Count one more, at the latest by the commit; `is_first_hit` is whether it is the first of its window."""
        window_key, ends_at = find_window(count_key, now, count_window)
        await self._transaction.defer(_upsert_hit, {"key": window_key, "ends_at": ends_at})
        if is_first_hit:
            await self._transaction.execute(_SWEEP_PAST_WINDOWS, {"now": now})

    async def count_hits(self, count_key: str, now: datetime, count_window: timedelta) -> int:
        window_key, _ = find_window(count_key, now, count_window)
        return await self._transaction.fetch_value(_GET_HIT_COUNT, {"of_key": window_key}) or 0

    async def take_back_hit(self, count_key: str, counted_at: datetime, count_window: timedelta) -> None:
        window_key, _ = find_window(count_key, counted_at, count_window)
        await self._transaction.execute(_TAKE_BACK_HIT, {"of_key": window_key})

    async def list_counts(self, key_prefix: str, now: datetime) -> dict[str, int]:
        key_condition = hits.c.key.startswith(key_prefix, autoescape=True)
        rows = await self._transaction.fetch_rows(
            select(hits.c.key, hits.c.count).where(key_condition, hits.c.ends_at > now)
        )
        return {key: hit_count for key, hit_count in rows}

    async def delete_count(self, count_key: str, now: datetime, count_window: timedelta) -> None:
        """It is gone by the commit at the latest."""
        window_key, _ = find_window(count_key, now, count_window)
        await self._transaction.defer(_DELETE_COUNT, {"of_key": window_key})

    async def delete_counts(self, key_prefix: str) -> int:
        return await self._transaction.count_written(
            _DELETE_COUNTS, {"beginning": key_prefix, "length": len(key_prefix)}
        )

    async def block_until(self, block_key: str, blocked_until: datetime) -> None:
        await self._transaction.execute(_upsert_block, {"key": _build_block_key(block_key), "ends_at": blocked_until})

    async def is_blocked(self, block_key: str, now: datetime) -> bool:
        blocked_until: datetime | None = await self._transaction.fetch_value(
            _GET_BLOCKED_UNTIL, {"of_key": _build_block_key(block_key)}
        )
        return blocked_until is not None and now < blocked_until


def _build_block_key(key: str) -> str:
    return f"shut|{key}"


def find_window(count_key: str, now: datetime, count_window: timedelta) -> tuple[str, datetime]:
    """Return the key of the present window, and when it ends."""
    ends_at = current_window_end(now, count_window)
    return f"{count_key}|{int(count_window.total_seconds())}|{(ends_at - EPOCH) // count_window - 1}", ends_at
