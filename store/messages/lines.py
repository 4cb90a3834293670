"""What is known of a citizen's line: opt-outs, and how often something was done from it."""

from datetime import datetime, timedelta

from sqlalchemy import Executable, Integer, bindparam, delete, func, select, true, update

from domain.values.rate_windows import EPOCH, window_end
from store.engines.base import DatabaseEngine
from store.schema import hits, opt_outs
from store.work import Repository

SWEPT_AT_ONCE = 100

_OPTED_OUT = select(opt_outs.c.mobile).where(opt_outs.c.mobile == bindparam("of_mobile"), opt_outs.c.stopped == true())
_HITS = select(hits.c.count).where(hits.c.key == bindparam("of_key"))
_TAKE_BACK = update(hits).where(hits.c.key == bindparam("of_key"), hits.c.count > 0).values({"count": hits.c.count - 1})
_SHUT = select(hits.c.ends_at).where(hits.c.key == bindparam("of_key"))
_FORGET = delete(hits).where(hits.c.key == bindparam("of_key"))
_FORGET_ALL = delete(hits).where(
    func.substr(hits.c.key, 1, bindparam("length", type_=Integer)) == bindparam("beginning")
)
_PAST = select(hits.c.key).where(hits.c.ends_at <= bindparam("now")).order_by(hits.c.ends_at).limit(SWEPT_AT_ONCE)
_SWEEP = delete(hits).where(hits.c.key.in_(_PAST.with_for_update(skip_locked=True)))


def _set_opt_out(engine: DatabaseEngine) -> Executable:
    new = engine.insert(opt_outs)
    changed = {name: new.excluded[name] for name in ("stopped", "at")}
    return new.on_conflict_do_update(index_elements=["mobile"], set_=changed)


def _hit(engine: DatabaseEngine) -> Executable:
    first = engine.insert(hits).values(count=1)
    counted = first.on_conflict_do_update(index_elements=["key"], set_={"count": hits.c.count + 1})
    return counted.returning(hits.c.count)


def _shut(engine: DatabaseEngine) -> Executable:
    new = engine.insert(hits).values(count=1)
    return new.on_conflict_do_update(index_elements=["key"], set_={"ends_at": new.excluded.ends_at})


class SqlLines(Repository):
    """The port `Lines`. A count belongs to its unit like everything else: it is lost when the unit is rolled back."""

    async def set_opt_out(self, mobile: str, stopped: bool, at: datetime) -> None:
        """Remember «لغو11» (True) or 12 (False)."""
        await self._work.run(_set_opt_out, {"mobile": mobile, "stopped": stopped, "at": at})

    async def opted_out(self, mobile: str) -> bool:
        """Tell whether the line stopped reminders and bulk texts."""
        return await self._work.row(_OPTED_OUT, {"of_mobile": mobile}) is not None

    async def hit(self, key: str, now: datetime, window: timedelta) -> int:
        """Count one more under `key` in the present window; return the new count. A new window sweeps past ones out."""
        full_key, ends_at = window_of(key, now, window)
        count: int = await self._work.value(_hit, {"key": full_key, "ends_at": ends_at})
        if count == 1:
            await self._work.run(_SWEEP, {"now": now})
        return count

    async def count_later(self, key: str, now: datetime, window: timedelta, *, first: bool) -> None:
        """Count one more, at the latest by the commit; `first` tells that it is the first of its window."""
        full_key, ends_at = window_of(key, now, window)
        await self._work.later(_hit, {"key": full_key, "ends_at": ends_at})
        if first:
            await self._work.run(_SWEEP, {"now": now})

    async def hits(self, key: str, now: datetime, window: timedelta) -> int:
        """Return the count without adding to it."""
        full_key, _ = window_of(key, now, window)
        return await self._work.value(_HITS, {"of_key": full_key}) or 0

    async def take_back(self, key: str, at: datetime, window: timedelta) -> None:
        """Count one less under `key` in the window of that moment, if it is still there."""
        full_key, _ = window_of(key, at, window)
        await self._work.run(_TAKE_BACK, {"of_key": full_key})

    async def counts(self, prefix: str, now: datetime) -> dict[str, int]:
        """Return what is counted in windows that are not over under keys that begin so; each ends in its window."""
        begins = hits.c.key.startswith(prefix, autoescape=True)
        rows = await self._work.rows(select(hits.c.key, hits.c.count).where(begins, hits.c.ends_at > now))
        return {key: count for key, count in rows}

    async def forget(self, key: str, now: datetime, window: timedelta) -> None:
        """Forget the count of `key` in the present window, at the latest by the commit."""
        full_key, _ = window_of(key, now, window)
        await self._work.later(_FORGET, {"of_key": full_key})

    async def forget_all(self, beginning: str) -> int:
        """Forget every count whose key begins like this, in any window; return how many there were."""
        return await self._work.count(_FORGET_ALL, {"beginning": beginning, "length": len(beginning)})

    async def shut(self, key: str, until: datetime) -> None:
        """Remember that what is done under `key` is refused until then; said again, the later word counts."""
        await self._work.run(_shut, {"key": _shut_key(key), "ends_at": until})

    async def is_shut(self, key: str, now: datetime) -> bool:
        """Tell whether `key` is shut now."""
        until: datetime | None = await self._work.value(_SHUT, {"of_key": _shut_key(key)})
        return until is not None and now < until


def _shut_key(key: str) -> str:
    return f"shut|{key}"


def window_of(key: str, now: datetime, window: timedelta) -> tuple[str, datetime]:
    """Return the key of the present window, and when it ends."""
    ends_at = window_end(now, window)
    return f"{key}|{int(window.total_seconds())}|{(ends_at - EPOCH) // window - 1}", ends_at
