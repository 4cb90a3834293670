"""How texts that still wait in the outbox end: too old to be true, too late for their channel, or in a chat that was
left. Each statement returns what it ended.
"""

from sqlalchemy import bindparam, exists, literal, select, update

from domain.messages.records import MessageState, OutboxMessage
from store.engines.types import EnumText
from store.messages.outbox_claims import LIMIT, NOW, ON_CHANNEL, in_state
from store.rows import TableMapping
from store.schema import outbox

MESSAGE_MAPPING = TableMapping(outbox, OutboxMessage)
MOVED_REASON, UNLINKED_REASON = "moved", "unlinked"
"""Why a text expired that goes by SMS instead: it waited too long in its channel, or its chat was left."""

_PAST_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.expires_at <= NOW)
    .order_by(outbox.c.expires_at)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("past")
)
_OTHER_MESSAGE = outbox.alias("ahead")
_SENDING_TO_RECIPIENT = exists().where(
    _OTHER_MESSAGE.c.state == literal(MessageState.SENDING, EnumText(MessageState), literal_execute=True),
    _OTHER_MESSAGE.c.channel == outbox.c.channel,
    _OTHER_MESSAGE.c.recipient == outbox.c.recipient,
)
_LATE_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.moves_at.is_not(None), outbox.c.moves_at <= NOW)
    # What is being sent to the same recipient may come back: they keep their order, and move together.
    .where(~_SENDING_TO_RECIPIENT)
    .order_by(outbox.c.moves_at)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("late")
)
MOVE_LATE = (
    update(outbox)
    .where(outbox.c.id.in_(select(_LATE_MESSAGES.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=MOVED_REASON)
    .returning(*MESSAGE_MAPPING.columns)
)
EXPIRE_PAST = (
    update(outbox)
    .where(outbox.c.id.in_(select(_PAST_MESSAGES.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW)
    .returning(*MESSAGE_MAPPING.columns)
)
EXPIRE_IN_CHAT = (
    update(outbox)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.recipient == bindparam("to"))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=UNLINKED_REASON)
    .returning(*MESSAGE_MAPPING.columns)
)
