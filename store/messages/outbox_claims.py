"""Claims of outgoing texts that end by themselves, and the handling of moments that a wrong clock noted.

A claim is a token and the database's time. None lies further ahead than its lease when it is made, and no text was
noted in the future: what lies there was written while the clock was ahead, and would wait until the clock comes there.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Float, Integer, Select, bindparam, case, literal, or_, select, update

from domain.messages.records import MessageState
from store.engines.base import DatabaseEngine
from store.engines.types import EnumText, Utc
from store.schema import outbox

ABANDONED = "abandoned"
SKEW = timedelta(minutes=2)
"""Distance into the future by which a note was made by a clock that was ahead: machines agree within seconds."""

LIMIT = bindparam("most", type_=Integer)
NOW = bindparam("now", type_=Utc)
ON_CHANNEL = outbox.c.channel == bindparam("on_channel")
RELEASED: dict[str, Any] = {"claim_token": None, "claimed_until": None}


def in_state(state: MessageState) -> ColumnElement[bool]:
    """Return the condition of a state, written into the statement, so that the partial indexes serve it."""
    return outbox.c.state == literal(state, EnumText(MessageState), literal_execute=True)


_DUE_MOMENT = case((outbox.c.not_before > NOW, NOW), else_=outbox.c.not_before)
_FUTURE_FROM = bindparam("ahead", type_=Utc)
PULL_BACK = (
    update(outbox)
    .where(ON_CHANNEL, outbox.c.updated_at > _FUTURE_FROM)
    .where(outbox.c.state.in_([MessageState.QUEUED, MessageState.UNKNOWN, MessageState.SENT]))
    .values(updated_at=NOW, not_before=_DUE_MOMENT),
    update(outbox)
    .where(ON_CHANNEL, outbox.c.created_at > _FUTURE_FROM, in_state(MessageState.QUEUED), outbox.c.not_before > NOW)
    .values(not_before=NOW),
)
"""Changes that make due now, and asked about, whatever a clock that was ahead put into the future."""


def _select_dead(engine: DatabaseEngine) -> Select[tuple[int]]:
    is_void_claim = outbox.c.claimed_until > engine.time_after(bindparam("longest", type_=Float))
    is_dead = or_(outbox.c.claimed_until <= engine.now, is_void_claim)
    return select(outbox.c.id).where(in_state(MessageState.SENDING), ON_CHANNEL, is_dead)


def select_abandoned(engine: DatabaseEngine) -> Executable:
    """Return what finds one claim that ran out, or lies further ahead than any is made for."""
    return _select_dead(engine).limit(1)


def abandon(engine: DatabaseEngine) -> Executable:
    """Return what turns all such claims into `unknown`."""
    dead_claims = _select_dead(engine).limit(LIMIT).with_for_update(skip_locked=True).cte("dead")
    lost_messages = update(outbox).where(outbox.c.id.in_(select(dead_claims.c.id)))
    return lost_messages.values(state=MessageState.UNKNOWN, reason=ABANDONED, **RELEASED).returning(outbox.c.id)
