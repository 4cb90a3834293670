"""Requests and their timers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Integer, bindparam, delete, select, union, update

from domain.requests.request import Phase, RequestFilter, ServiceRequest, Timer, TimerKind
from domain.values.errors import Conflict, NotFound
from domain.values.tracking_codes import TrackingCode
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, SafeText
from store.filtered_select import FilteredSelect
from store.rows import TableMapping
from store.schema import requests, timers
from store.work import Repository

_LIVE_PHASES = [phase for phase in Phase if not phase.is_final]

_REQUEST_MAPPING = TableMapping(requests, ServiceRequest)
_SELECT_BY_ID = select(*_REQUEST_MAPPING.columns).where(requests.c.id == bindparam("request_id"))
_SELECT_BY_CODE = select(*_REQUEST_MAPPING.columns).where(requests.c.code == bindparam("wanted_code"))
_LOCK_BY_ID, _LOCK_BY_CODE = _SELECT_BY_ID.with_for_update(), _SELECT_BY_CODE.with_for_update()
_SELECT_CODES = select(requests.c.id, requests.c.code).where(requests.c.id.in_(bindparam("ids", expanding=True)))
_SELECT_BY_IDS = select(*_REQUEST_MAPPING.columns).where(requests.c.id.in_(bindparam("ids", expanding=True)))
_FILTERED_COLUMNS = (
    "service",
    "state",
    "phase",
    "mobile",
    "unverified_mobile",
    "awaits",
    "subject_key",
    "assignee",
    "office",
)
_SELECT_NEWEST = (
    select(*_REQUEST_MAPPING.columns).order_by(requests.c.id.desc()).limit(bindparam("most", type_=Integer))
)
_REQUEST_CONDITIONS = {
    **{f"of_{name}": requests.c[name] == bindparam(f"of_{name}") for name in _FILTERED_COLUMNS},
    "subject_keys": requests.c.subject_key.in_(bindparam("subject_keys", expanding=True)),
    "created_from": requests.c.created_at >= bindparam("created_from"),
    "created_to": requests.c.created_at < bindparam("created_to"),
    "before_id": requests.c.id < bindparam("before_id", type_=ID),
}
_LIST_REQUESTS = FilteredSelect(_SELECT_NEWEST, **_REQUEST_CONDITIONS)
_LIST_LIVE_REQUESTS = FilteredSelect(_SELECT_NEWEST.where(requests.c.phase.in_(_LIVE_PHASES)), **_REQUEST_CONDITIONS)
_SELECT_OPEN_FORMS = (
    select(requests.c.code, requests.c.fields)
    .where(requests.c.mobile == bindparam("of_mobile"), requests.c.service == bindparam("of_service"))
    .where(requests.c.phase.in_(_LIVE_PHASES))
    .order_by(requests.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_UPDATE_REQUEST = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.revision == bindparam("read_revision"))
    .values(revision=requests.c.revision + 1)
)
_UPDATE_HEAD = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.revision == bindparam("read_revision"))
    .values(head_seq=bindparam("last_seq"), head_hash=bindparam("last_hash"))
)
_UPDATE_TURN = (
    update(requests)
    .where(requests.c.service == bindparam("of_service"), requests.c.state == bindparam("of_state"))
    .where(requests.c.turn.is_distinct_from(bindparam("its_turn", type_=SafeText)))
    .values(turn=bindparam("its_turn", type_=SafeText))
)
_SELECT_STATES = select(requests.c.service, requests.c.version, requests.c.state)
# A request that ended may still have a step before it: a letter that waits to be collected.
_SELECT_LIVE_STATES = union(_SELECT_STATES.where(requests.c.phase.in_(_LIVE_PHASES)), _SELECT_STATES.join(timers))

_TIMER_MAPPING = TableMapping(timers, Timer)
_SELECT_DUE = (
    select(*_TIMER_MAPPING.columns)
    .where(timers.c.kind == bindparam("of_kind"), timers.c.at <= bindparam("now"))
    .order_by(timers.c.at, timers.c.request_id, timers.c.name)
    .limit(bindparam("most", type_=Integer))
)
_SELECT_OF_REQUEST = (
    select(*_TIMER_MAPPING.columns)
    .where(timers.c.request_id == bindparam("of_request"))
    .order_by(timers.c.at, timers.c.kind, timers.c.name)
)
_DELETE_TIMERS = delete(timers).where(timers.c.request_id == bindparam("of_request"))
_DELETE_TIMER = delete(timers).where(
    timers.c.request_id == bindparam("of_request"),
    timers.c.kind == bindparam("of_kind"),
    timers.c.name == bindparam("of_name"),
    timers.c.at == bindparam("of_time"),
)


def _insert_unless_taken(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(requests).on_conflict_do_nothing(index_elements=["code"])


def _insert_timer(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(timers).on_conflict_do_nothing()


class SqlRequestRepository(Repository):
    """The port `RequestRepository`. A save bears the revision that was read, so no change is lost between two units."""

    async def add(self, request: ServiceRequest) -> bool:
        return await self._transaction.count_written(_insert_unless_taken, _REQUEST_MAPPING.column_values(request)) == 1

    async def get(self, request_id: int, *, lock: bool = False) -> ServiceRequest:
        """Return by id; `NotFound("request")`."""
        row = await self._transaction.fetch_row(_LOCK_BY_ID if lock else _SELECT_BY_ID, {"request_id": request_id})
        return _read_request(row, "request")

    async def get_by_code(self, tracking_code: TrackingCode, *, lock: bool = False) -> ServiceRequest:
        row = await self._transaction.fetch_row(
            _LOCK_BY_CODE if lock else _SELECT_BY_CODE, {"wanted_code": tracking_code}
        )
        return _read_request(row, "code")

    async def save(self, request: ServiceRequest) -> None:
        values = _REQUEST_MAPPING.column_values(request)
        row_keys = {"request_id": values.pop("id"), "read_revision": values.pop("revision")}
        if await self._transaction.count_written(_UPDATE_REQUEST, values | row_keys) != 1:
            raise Conflict("request")
        request.revision += 1

    async def save_head(self, request: ServiceRequest) -> None:
        """`Conflict("request")` where it was not locked, and another save came in between."""
        head = {"last_seq": request.head_seq, "last_hash": request.head_hash}
        row_keys = {"request_id": request.id, "read_revision": request.revision}
        if await self._transaction.count_written(_UPDATE_HEAD, head | row_keys) != 1:
            raise Conflict("request")

    async def list_codes(self, request_ids: Collection[int]) -> dict[int, TrackingCode]:
        rows = await self._transaction.fetch_rows(_SELECT_CODES, {"ids": list(request_ids)}) if request_ids else []
        return {request_id: code for request_id, code in rows}

    async def list_by_ids(self, request_ids: Collection[int]) -> list[ServiceRequest]:
        rows = await self._transaction.fetch_rows(_SELECT_BY_IDS, {"ids": list(request_ids)}) if request_ids else []
        return _REQUEST_MAPPING.read_rows(rows)

    async def list_requests(self, request_filter: RequestFilter) -> list[ServiceRequest]:
        filtered_select = _LIST_LIVE_REQUESTS if request_filter.open_only else _LIST_REQUESTS
        filter_values = {f"of_{name}": getattr(request_filter, name) for name in _FILTERED_COLUMNS}
        statement, values = filtered_select.with_values(
            {
                **filter_values,
                "subject_keys": request_filter.subject_keys,
                "created_from": request_filter.created_from,
                "created_to": request_filter.created_to,
                "before_id": request_filter.before_id,
                "most": request_filter.limit,
            }
        )
        return _REQUEST_MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))

    async def list_open_forms(self, service: str, mobile: str, limit: int) -> list[tuple[TrackingCode, dict[str, Any]]]:
        values = {"of_mobile": mobile, "of_service": service, "most": limit}
        return [(code, fields) for code, fields in await self._transaction.fetch_rows(_SELECT_OPEN_FORMS, values)]

    async def assign_turn(self, service: str, state: str, turn: str) -> None:
        await self._transaction.execute(_UPDATE_TURN, {"of_service": service, "of_state": state, "its_turn": turn})

    async def list_live_states(self) -> set[tuple[str, int, str]]:
        return {
            (service, version, state)
            for service, version, state in await self._transaction.fetch_rows(_SELECT_LIVE_STATES)
        }


def _read_request(row: Row | None, error_field: str) -> ServiceRequest:
    if row is None:
        raise NotFound(error_field)
    return _REQUEST_MAPPING.read_row(row)


class SqlTimerRepository(Repository):
    """The port `TimerRepository`."""

    async def replace_all(self, request_id: int, timers_now: Sequence[Timer]) -> None:
        await self._transaction.execute(_DELETE_TIMERS, {"of_request": request_id})
        if timers_now:
            await self._transaction.execute(
                _insert_timer, [_TIMER_MAPPING.column_values(timer) for timer in timers_now]
            )

    async def add(self, timer: Timer) -> None:
        """One that is set already stays."""
        await self._transaction.defer(_insert_timer, _TIMER_MAPPING.column_values(timer))

    async def list_due(self, timer_kind: TimerKind, now: datetime, limit: int) -> list[Timer]:
        return _TIMER_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_DUE, {"of_kind": timer_kind, "now": now, "most": limit})
        )

    async def list_of_request(self, request_id: int) -> list[Timer]:
        return _TIMER_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_OF_REQUEST, {"of_request": request_id})
        )

    async def delete(self, timer: Timer) -> bool:
        key = {"of_request": timer.request_id, "of_kind": timer.kind, "of_name": timer.name, "of_time": timer.at}
        return await self._transaction.count_written(_DELETE_TIMER, key) == 1
