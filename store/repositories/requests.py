"""Requests and their timers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Executable, Integer, bindparam, delete, select, union, update

from domain.requests.request import Phase, RequestFilter, ServiceRequest, Timer, TimerKind
from domain.values.errors import Conflict, NotFound
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import SafeText
from store.rows import TableMapping
from store.schema import requests, timers
from store.work import Repository

_LIVE = [phase for phase in Phase if not phase.final]

_REQUEST = TableMapping(requests, ServiceRequest)
_BY_ID = select(*_REQUEST.columns).where(requests.c.id == bindparam("request_id"))
_BY_CODE = select(*_REQUEST.columns).where(requests.c.code == bindparam("wanted_code"))
_BY_ID_LOCKED, _BY_CODE_LOCKED = _BY_ID.with_for_update(), _BY_CODE.with_for_update()
_CODES = select(requests.c.id, requests.c.code).where(requests.c.id.in_(bindparam("ids", expanding=True)))
_SAVE = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.revision == bindparam("read_revision"))
    .values(revision=requests.c.revision + 1)
)
_GIVE_TURN = (
    update(requests)
    .where(requests.c.service == bindparam("of_service"), requests.c.state == bindparam("of_state"))
    .where(requests.c.turn.is_distinct_from(bindparam("its_turn", type_=SafeText)))
    .values(turn=bindparam("its_turn", type_=SafeText))
)
_STATES = select(requests.c.service, requests.c.version, requests.c.state)
# A request that ended may still have a step before it: a letter that waits to be collected.
_LIVE_STATES = union(_STATES.where(requests.c.phase.in_(_LIVE)), _STATES.join(timers))

_TIMER = TableMapping(timers, Timer)
_DUE = (
    select(*_TIMER.columns)
    .where(timers.c.kind == bindparam("of_kind"), timers.c.at <= bindparam("now"))
    .order_by(timers.c.at, timers.c.request_id, timers.c.name)
    .limit(bindparam("most", type_=Integer))
)
_FORGET = delete(timers).where(timers.c.request_id == bindparam("of_request"))
_REMOVE = delete(timers).where(
    timers.c.request_id == bindparam("of_request"),
    timers.c.kind == bindparam("of_kind"),
    timers.c.name == bindparam("of_name"),
    timers.c.at == bindparam("of_time"),
)


def _add_unless_taken(engine: DatabaseEngine) -> Executable:
    return engine.insert(requests).on_conflict_do_nothing(index_elements=["code"])


def _set_timer(engine: DatabaseEngine) -> Executable:
    return engine.insert(timers).on_conflict_do_nothing()


class SqlRequests(Repository):
    """The port `Requests`. A save bears the revision that was read, so no change is lost between two units."""

    async def add(self, request: ServiceRequest) -> bool:
        """Store a new request; False when its tracking code is taken."""
        return await self._work.count(_add_unless_taken, _REQUEST.values(request)) == 1

    async def get(self, request_id: int, *, lock: bool = False) -> ServiceRequest:
        """Return by id; `NotFound("request")`."""
        row = await self._work.row(_BY_ID_LOCKED if lock else _BY_ID, {"request_id": request_id})
        return _found(row, "request")

    async def by_code(self, code: str, *, lock: bool = False) -> ServiceRequest:
        """Return by tracking code; `NotFound("code")`."""
        row = await self._work.row(_BY_CODE_LOCKED if lock else _BY_CODE, {"wanted_code": code})
        return _found(row, "code")

    async def save(self, request: ServiceRequest) -> None:
        """Store a changed request and count its revision up; `Conflict` when another save came in between."""
        values = _REQUEST.values(request)
        keys = {"request_id": values.pop("id"), "read_revision": values.pop("revision")}
        if await self._work.count(_SAVE, values | keys) != 1:
            raise Conflict("request")
        request.revision += 1

    async def codes(self, request_ids: Collection[int]) -> dict[int, str]:
        """Return the tracking codes of these requests, by id."""
        rows = await self._work.rows(_CODES, {"ids": list(request_ids)}) if request_ids else []
        return {request_id: code for request_id, code in rows}

    async def find(self, wanted: RequestFilter) -> list[ServiceRequest]:
        """Return requests, newest first."""
        statement = select(*_REQUEST.columns).where(*_conditions(wanted))
        rows = await self._work.rows(statement.order_by(requests.c.id.desc()).limit(wanted.limit))
        return _REQUEST.read_all(rows)

    async def give_turn(self, service: str, state: str, turn: str) -> None:
        """Let it be somebody's turn in all requests of a service that stand in a state."""
        await self._work.run(_GIVE_TURN, {"of_service": service, "of_state": state, "its_turn": turn})

    async def live_states(self) -> set[tuple[str, int, str]]:
        """Return every (service, version, state) in which a request stands that can still go on."""
        return {(service, version, state) for service, version, state in await self._work.rows(_LIVE_STATES)}


def _found(row: Row | None, field: str) -> ServiceRequest:
    if row is None:
        raise NotFound(field)
    return _REQUEST.read(row)


def _conditions(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    names = ("service", "state", "phase", "mobile", "awaits", "subject_key", "assignee", "office")
    asked = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    conditions = [requests.c[name] == value for name, value in asked.items()]
    if wanted.open_only:
        conditions.append(requests.c.phase.in_(_LIVE))
    if wanted.created_from is not None:
        conditions.append(requests.c.created_at >= wanted.created_from)
    if wanted.created_to is not None:
        conditions.append(requests.c.created_at < wanted.created_to)
    if wanted.before is not None:
        conditions.append(requests.c.id < wanted.before)
    return conditions


class SqlTimers(Repository):
    """The port `Timers`."""

    async def replace(self, request_id: int, timers_now: Sequence[Timer]) -> None:
        """Forget the request's timers and set these."""
        await self._work.run(_FORGET, {"of_request": request_id})
        if timers_now:
            await self._work.run(_set_timer, [_TIMER.values(timer) for timer in timers_now])

    async def add(self, timer: Timer) -> None:
        """Set one more timer; one that is set already stays."""
        await self._work.later(_set_timer, _TIMER.values(timer))

    async def due(self, kind: TimerKind, now: datetime, limit: int) -> list[Timer]:
        """Return timers of that kind whose time has come, oldest first."""
        return _TIMER.read_all(await self._work.rows(_DUE, {"of_kind": kind, "now": now, "most": limit}))

    async def remove(self, timer: Timer) -> bool:
        """Forget one timer; False when it was gone already."""
        key = {"of_request": timer.request_id, "of_kind": timer.kind, "of_name": timer.name, "of_time": timer.at}
        return await self._work.count(_REMOVE, key) == 1
