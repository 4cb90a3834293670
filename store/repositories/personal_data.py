"""Erasing what the store keeps of people, when its time is over or at somebody's wish; rows and figures stay.

An erased text is an empty one. What was still waiting to be sent expires with it, whatever a relay holds in its hands.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, delete, exists, or_, select, update

from domain.bills.bill import RefundState
from domain.blocks.charging import SUBJECT
from domain.feedback.opinions import CommentState
from domain.messages.records import MessageState
from domain.requests.request import Phase
from store.engines.types import ID, SafeText, Utc
from store.schema import (
    bills,
    chats,
    comments,
    contents,
    dialogues,
    documents,
    history,
    hits,
    inbox,
    mobile_proofs,
    notice_channels,
    office_calls,
    opt_outs,
    outbox,
    payment_reversals,
    people,
    ratings,
    refunds,
    requests,
    search_words,
)
from store.work import Repository

ERASED = "erased"
"""Why a text that was still waiting expired."""

_UNDER_WAY = [state for state in MessageState if not state.final and state is not MessageState.SENT]
_ENDED = [phase for phase in Phase if phase.final]
_LINE: BindParameter[str] = bindparam("of_line", type_=SafeText)
_REQUEST: BindParameter[int] = bindparam("of_request", type_=ID)
_MOMENT, _NOW = bindparam("moment", type_=Utc), bindparam("now", type_=Utc)

_DUE = (
    select(refunds.c.id)
    .join_from(refunds, bills, refunds.c.bill_id == bills.c.id)
    .where(bills.c.subject_kind == SUBJECT, refunds.c.state == RefundState.DUE)
)
_ENDED_BEFORE = (
    select(requests.c.id)
    .where(requests.c.erased_at.is_(None), requests.c.phase.in_(_ENDED), requests.c.updated_at < _MOMENT)
    .where(~exists(_DUE.where(bills.c.subject_id == requests.c.id)))
    .order_by(requests.c.updated_at, requests.c.id)
    .limit(bindparam("most", type_=Integer))
)
_REFUND_DUE = _DUE.where(bills.c.subject_id == _REQUEST).limit(1)

_BARE_EVENT = {"actor": None, "note": None, "payload": None, "salt": None}
_ERASE_EVENTS = update(history).where(history.c.request_id == _REQUEST, history.c.salt.is_not(None)).values(_BARE_EVENT)
_FILES = select(documents.c.sha256).where(documents.c.request_id == _REQUEST)
_DROP_FILES = delete(documents).where(documents.c.request_id == _REQUEST)
_DROP_CONTENTS = delete(contents).where(
    contents.c.sha256.in_(bindparam("files", expanding=True)),
    ~exists(select(documents.c.id).where(documents.c.sha256 == contents.c.sha256)),
)
_BILLS = select(bills.c.id).where(bills.c.subject_kind == SUBJECT, bills.c.subject_id == _REQUEST)
_WORDLESS_BILLS = update(bills).where(bills.c.id.in_(_BILLS)).values(note=None)
_EXPLANATIONS = select(bills.c.id, bills.c.explanation).where(bills.c.id.in_(_BILLS))
_EXPLAIN = update(bills).where(bills.c.id == bindparam("bill_row")).values(explanation=bindparam("figures"))
_WORDLESS_REFUNDS = update(refunds).where(refunds.c.bill_id.in_(_BILLS)).values(iban=None)
_WORDLESS_REVERSALS = update(payment_reversals).where(payment_reversals.c.bill_id.in_(_BILLS)).values(reason=None)
_DROP_WORDS = delete(search_words).where(search_words.c.request_id == _REQUEST)
_WORDLESS_RATING = update(ratings).where(ratings.c.request_id == _REQUEST).values(text=None)

# The call stays, lest its repetition act again; what it was answered names the request by its code.
_ITS_OFFICE = select(requests.c.office).where(requests.c.id == _REQUEST).scalar_subquery()
_ITS_CODE = select(requests.c.code).where(requests.c.id == _REQUEST).scalar_subquery()
_WORDLESS_CALLS = (
    update(office_calls)
    .where(office_calls.c.office == _ITS_OFFICE, office_calls.c.answer.contains(_ITS_CODE))
    .values(answer=None)
)

_KEEPS_NUMBER = select(requests.c.id).where(or_(requests.c.mobile == _LINE, requests.c.awaits == _LINE)).limit(1)
_BARE_INBOX = {"sender": "", "mobile": None, "text": "", "fingerprint": "erased:" + inbox.c.id.cast(inbox.c.text.type)}
_BARE_OUTBOX = {"recipient": "", "mobile": None, "text": "", "content": None}


def _of_nobody(request_id: ColumnElement[int | None]) -> ColumnElement[bool]:
    """What belongs to no request that is still kept."""
    return ~exists(select(requests.c.id).where(requests.c.id == request_id, requests.c.erased_at.is_(None)))


_IN_OF_REQUEST = inbox.c.request_id == _REQUEST
_OUT_OF_REQUEST = outbox.c.request_id == _REQUEST
_IN_CHATS_OF_LINE = (inbox.c.mobile == _LINE) & (inbox.c.sender != inbox.c.mobile)
_IN_OF_LINE = or_(inbox.c.sender == _LINE, _IN_CHATS_OF_LINE) & _of_nobody(inbox.c.request_id)
_OUT_OF_LINE = or_(outbox.c.recipient == _LINE, outbox.c.mobile == _LINE) & _of_nobody(outbox.c.request_id)
_IN_OLDER = (inbox.c.received_at < _MOMENT) & (inbox.c.sender != "") & _of_nobody(inbox.c.request_id)
_OUT_OLDER = (outbox.c.created_at < _MOMENT) & (outbox.c.recipient != "") & _of_nobody(outbox.c.request_id)
_COMMENTS_OF_REQUEST = comments.c.request_id == _REQUEST
_COMMENTS_OF_LINE = comments.c.mobile == _LINE
_COMMENTS_OLDER = (comments.c.at < _MOMENT) & _of_nobody(comments.c.request_id)


_DROP_CHAT_DIALOGUES = delete(dialogues).where(
    exists(
        select(chats.c.chat_id).where(
            chats.c.mobile == _LINE, chats.c.channel == dialogues.c.channel, chats.c.chat_id == dialogues.c.address
        )
    )
)
_OF_LINE = (
    (people, "mobile"), (opt_outs, "mobile"), (notice_channels, "mobile"), (mobile_proofs, "mobile"),
    (dialogues, "address"), (chats, "mobile"),
)  # fmt: skip


def _without_request(mobile: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists(select(requests.c.id).where(requests.c.mobile == mobile))


_DROP_OLDER = (
    delete(people).where(people.c.created_at < _MOMENT, _without_request(people.c.mobile)),
    delete(opt_outs).where(opt_outs.c.at < _MOMENT, _without_request(opt_outs.c.mobile)),
    delete(notice_channels).where(notice_channels.c.at < _MOMENT, _without_request(notice_channels.c.mobile)),
    delete(chats).where(chats.c.updated_at < _MOMENT, or_(chats.c.mobile.is_(None), _without_request(chats.c.mobile))),
    delete(mobile_proofs).where(mobile_proofs.c.expires_at < _MOMENT),
    delete(dialogues).where(dialogues.c.expires_at < _MOMENT),
    delete(hits).where(hits.c.ends_at < _MOMENT),
)


class SqlPersonalData(Repository):
    """The port `PersonalData`."""

    async def ended_before(self, moment: datetime, limit: int) -> list[int]:
        """Return the ids of requests that ended before that moment and may be erased, oldest first."""
        return [request_id for (request_id,) in await self._work.rows(_ENDED_BEFORE, {"moment": moment, "most": limit})]

    async def refund_due(self, request_id: int) -> bool:
        """Tell whether money is still to go back to the citizen of a request."""
        return await self._work.row(_REFUND_DUE, {"of_request": request_id}) is not None

    async def erase_of_request(self, request_id: int, now: datetime) -> int:
        """Erase what hangs on a request; return how many events lost their personal part."""
        of = {"of_request": request_id}
        events = await self._work.count(_ERASE_EVENTS, of)
        await self._drop_files(request_id)
        await self._wordless_bills(request_id)
        await self._work.run(_WORDLESS_RATING, of)
        await self._work.run(_DROP_WORDS, of)
        await self._work.run(_WORDLESS_CALLS, of)
        await self._erase_texts(_IN_OF_REQUEST, _OUT_OF_REQUEST, of, now)
        await self._erase_comments(_COMMENTS_OF_REQUEST, of)
        return events

    async def erase_line(self, mobile: str, now: datetime) -> bool:
        """Erase what is known of a line, when no request has its number any more; tell whether it was so."""
        of = {"of_line": mobile}
        if await self._work.row(_KEEPS_NUMBER, of) is not None:
            return False
        with self._work.long():
            await self._erase_texts(_IN_OF_LINE, _OUT_OF_LINE, of, now)
            await self._erase_comments(_COMMENTS_OF_LINE, of)
            await self._work.run(_DROP_CHAT_DIALOGUES, of)
            for table, column in _OF_LINE:
                await self._work.run(delete(table).where(table.c[column] == _LINE), of)
            await self._work.run(delete(hits).where(hits.c.key.contains(_LINE, autoescape=False)), of)
        return True

    async def erase_older(self, moment: datetime, now: datetime) -> int:
        """Erase texts, comments and persons of before that moment that belong to no request that is still kept."""
        of = {"moment": moment}
        with self._work.long():
            texts = await self._erase_texts(_IN_OLDER, _OUT_OLDER, of, now)
            await self._erase_comments(_COMMENTS_OLDER, of)
            for statement in _DROP_OLDER:
                await self._work.run(statement, of)
        return texts

    async def _drop_files(self, request_id: int) -> None:
        files = [sha256 for (sha256,) in await self._work.rows(_FILES, {"of_request": request_id})]
        if files:
            await self._work.run(_DROP_FILES, {"of_request": request_id})
            await self._work.run(_DROP_CONTENTS, {"files": files})

    async def _wordless_bills(self, request_id: int) -> None:
        of = {"of_request": request_id}
        await self._work.run(_WORDLESS_BILLS, of)
        await self._work.run(_WORDLESS_REFUNDS, of)
        await self._work.run(_WORDLESS_REVERSALS, of)
        for bill_row, explanation in await self._work.rows(_EXPLANATIONS, of):
            figures = {name: value for name, value in explanation.items() if name != "reason"}
            if figures != explanation:
                await self._work.run(_EXPLAIN, {"bill_row": bill_row, "figures": figures})

    async def _erase_texts(
        self, came: ColumnElement[bool], went: ColumnElement[bool], of: Mapping[str, object], now: datetime
    ) -> int:
        waiting = update(outbox).where(went, outbox.c.state.in_(_UNDER_WAY))
        ends = {"state": MessageState.EXPIRED, "reason": ERASED, "updated_at": _NOW, "claim_token": None}
        await self._work.run(waiting.values(ends), {**of, "now": now})
        number = await self._work.count(update(outbox).where(went).values(_BARE_OUTBOX), of)
        return number + await self._work.count(update(inbox).where(came).values(_BARE_INBOX), of)

    async def _erase_comments(self, which: ColumnElement[bool], of: Mapping[str, object]) -> None:
        unseen = comments.c.state != CommentState.PUBLISHED
        await self._work.run(delete(comments).where(which, unseen), of)
        await self._work.run(update(comments).where(which).values(mobile=None), of)
