"""Erasing what the store keeps of people, when its time is over or on request; rows and figures stay.

An erased text is an empty one. What was still waiting to be sent expires with it, whatever a relay holds in its hands.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, delete, exists, or_, select, update

from domain.bills.bill import RefundState
from domain.blocks.charging import REQUEST_SUBJECT
from domain.feedback.opinions import CommentState
from domain.messages.records import MessageState
from domain.requests.request import Phase
from domain.uploads.upload import UploadOwner
from store.contents import delete_unused_contents
from store.drafts.files import delete_draft_rows
from store.engines.types import ID, SafeText, Utc
from store.payments.erasing import ERASE_ATTEMPTS_OF_REQUEST, ERASE_OLDER_ATTEMPTS, FORGET_PAYER
from store.schema import (
    bills,
    chats,
    citizen_sessions,
    comments,
    dialogues,
    documents,
    drafts,
    history,
    hits,
    idempotency_keys,
    inbox,
    line_languages,
    misread_texts,
    mobile_changes,
    mobile_proofs,
    notice_channels,
    opt_outs,
    outbox,
    payment_claims,
    payment_reversals,
    payments,
    people,
    ratings,
    refund_accounts,
    refund_transfers,
    refunds,
    requests,
    search_words,
    slip_photos,
    suggestion_steps,
    suggestion_supports,
    suspense_receipts,
)
from store.uploads import delete_uploads
from store.work import Repository, SqlTransaction

SELECT_DRAFTS_OF_LINE = select(drafts.c.id).where(drafts.c.mobile == bindparam("of_line", type_=SafeText))
"""The drafts of the mobile `of_line`."""
SELECT_DRAFTS_OF_REQUEST = select(drafts.c.id).where(
    drafts.c.request_code
    == select(requests.c.code).where(requests.c.id == bindparam("of_request", type_=ID)).scalar_subquery()
)
"""Those of which the request `of_request` was made."""

ERASED_REASON = "erased"
"""Reason for the expiry of a text that was still waiting."""

_UNDER_WAY_STATES = [state for state in MessageState if not state.is_final and state is not MessageState.SENT]
_ENDED_PHASES = [phase for phase in Phase if phase.is_final]
_LINE_PARAMETER: BindParameter[str] = bindparam("of_line", type_=SafeText)
_REQUEST_PARAMETER: BindParameter[int] = bindparam("of_request", type_=ID)
_MOMENT_PARAMETER, _NOW_PARAMETER = bindparam("moment", type_=Utc), bindparam("now", type_=Utc)

_SELECT_DUE_REFUNDS = (
    select(refunds.c.id)
    .join_from(refunds, bills, refunds.c.bill_id == bills.c.id)
    .where(bills.c.subject_kind == REQUEST_SUBJECT, refunds.c.state == RefundState.DUE)
)
_SELECT_ENDED_BEFORE = (
    select(requests.c.id)
    .where(
        requests.c.erased_at.is_(None), requests.c.phase.in_(_ENDED_PHASES), requests.c.updated_at < _MOMENT_PARAMETER
    )
    .where(~exists(_SELECT_DUE_REFUNDS.where(bills.c.subject_id == requests.c.id)))
    .order_by(requests.c.updated_at, requests.c.id)
    .limit(bindparam("most", type_=Integer))
)
_SELECT_REFUND_DUE = _SELECT_DUE_REFUNDS.where(bills.c.subject_id == _REQUEST_PARAMETER).limit(1)

_ERASED_EVENT = {"actor": None, "note": None, "payload": None, "salt": None}
_ERASE_EVENTS = (
    update(history).where(history.c.request_id == _REQUEST_PARAMETER, history.c.salt.is_not(None)).values(_ERASED_EVENT)
)
_SELECT_FILES = select(documents.c.sha256).where(documents.c.request_id == _REQUEST_PARAMETER)
_DELETE_FILES = delete(documents).where(documents.c.request_id == _REQUEST_PARAMETER)
_BILLS_OF_REQUEST = select(bills.c.id).where(
    bills.c.subject_kind == REQUEST_SUBJECT, bills.c.subject_id == _REQUEST_PARAMETER
)
_ERASE_BILL_NOTES = update(bills).where(bills.c.id.in_(_BILLS_OF_REQUEST)).values(note=None)
_SELECT_EXPLANATIONS = select(bills.c.id, bills.c.explanation).where(bills.c.id.in_(_BILLS_OF_REQUEST))
_UPDATE_EXPLANATION = update(bills).where(bills.c.id == bindparam("bill_row")).values(explanation=bindparam("figures"))
_ERASE_REFUND_IBANS = update(refunds).where(refunds.c.bill_id.in_(_BILLS_OF_REQUEST)).values(iban=None)
_CLAIMS_OF_REQUEST = select(payment_claims.c.id).where(payment_claims.c.bill_id.in_(_BILLS_OF_REQUEST))
_OLDER_CLAIMS = select(payment_claims.c.id).where(payment_claims.c.claimed_at < _MOMENT_PARAMETER)
_DELETE_REFUND_ACCOUNTS = delete(refund_accounts).where(refund_accounts.c.bill_id.in_(_BILLS_OF_REQUEST))
_ERASE_PAYERS = update(payments).where(payments.c.bill_id.in_(_BILLS_OF_REQUEST)).values(line=None)
_DELETE_MOBILE_CHANGES = delete(mobile_changes).where(
    mobile_changes.c.subject_kind == REQUEST_SUBJECT, mobile_changes.c.subject_id == _REQUEST_PARAMETER
)
_ERASE_REFUND_TRANSFERS = (
    update(refund_transfers).where(refund_transfers.c.bill_id.in_(_BILLS_OF_REQUEST)).values(iban=None, name=None)
)
_ERASE_REVERSAL_REASONS = (
    update(payment_reversals).where(payment_reversals.c.bill_id.in_(_BILLS_OF_REQUEST)).values(reason=None)
)
_ERASE_RECEIPT_TEXTS = (
    update(suspense_receipts).where(suspense_receipts.c.bill_id.in_(_BILLS_OF_REQUEST)).values(iban=None, reason=None)
)
_DELETE_SEARCH_WORDS = delete(search_words).where(search_words.c.request_id == _REQUEST_PARAMETER)
_ERASE_RATING_TEXT = update(ratings).where(ratings.c.request_id == _REQUEST_PARAMETER).values(text=None)

# The call stays, lest its repetition act again; what it was answered names the request by its code.
_OFFICE_OF_REQUEST = select(requests.c.office).where(requests.c.id == _REQUEST_PARAMETER).scalar_subquery()
_CODE_OF_REQUEST = select(requests.c.code).where(requests.c.id == _REQUEST_PARAMETER).scalar_subquery()
_ERASE_CALL_ANSWERS = (
    update(idempotency_keys)
    .where(idempotency_keys.c.owner == _OFFICE_OF_REQUEST, idempotency_keys.c.answer.contains(_CODE_OF_REQUEST))
    .values(answer=None)
)

_SELECT_REQUEST_OF_LINE = (
    select(requests.c.id)
    .where(or_(requests.c.mobile == _LINE_PARAMETER, requests.c.awaits == _LINE_PARAMETER))
    .limit(1)
)
_ERASED_INBOX = {
    "sender": "",
    "mobile": None,
    "text": "",
    "fingerprint": "erased:" + inbox.c.id.cast(inbox.c.text.type),
}
_ERASED_OUTBOX = {"recipient": "", "mobile": None, "text": "", "content": None}


def _belongs_to_nobody(request_id: ColumnElement[int | None]) -> ColumnElement[bool]:
    """Condition: the row belongs to no request that is still kept."""
    return ~exists(select(requests.c.id).where(requests.c.id == request_id, requests.c.erased_at.is_(None)))


_INBOX_OF_REQUEST = inbox.c.request_id == _REQUEST_PARAMETER
_OUTBOX_OF_REQUEST = outbox.c.request_id == _REQUEST_PARAMETER
_INBOX_OF_CHATS = (inbox.c.mobile == _LINE_PARAMETER) & (inbox.c.sender != inbox.c.mobile)
_INBOX_OF_LINE = or_(inbox.c.sender == _LINE_PARAMETER, _INBOX_OF_CHATS) & _belongs_to_nobody(inbox.c.request_id)
_OUTBOX_OF_LINE = or_(outbox.c.recipient == _LINE_PARAMETER, outbox.c.mobile == _LINE_PARAMETER) & _belongs_to_nobody(
    outbox.c.request_id
)
_OLDER_INBOX = (
    (inbox.c.received_at < _MOMENT_PARAMETER) & (inbox.c.sender != "") & _belongs_to_nobody(inbox.c.request_id)
)
_OLDER_OUTBOX = (
    (outbox.c.created_at < _MOMENT_PARAMETER) & (outbox.c.recipient != "") & _belongs_to_nobody(outbox.c.request_id)
)
_COMMENTS_OF_REQUEST = comments.c.request_id == _REQUEST_PARAMETER
_COMMENTS_OF_LINE = comments.c.mobile == _LINE_PARAMETER
_OLDER_COMMENTS = (comments.c.at < _MOMENT_PARAMETER) & _belongs_to_nobody(comments.c.request_id)
_FORGET_SUPPORTER = (
    update(suggestion_supports).where(suggestion_supports.c.mobile == _LINE_PARAMETER).values(mobile=None)
)
_FORGET_OLDER_SUPPORTERS = (
    update(suggestion_supports).where(suggestion_supports.c.at < _MOMENT_PARAMETER).values(mobile=None)
)


_DELETE_CHAT_DIALOGUES = delete(dialogues).where(
    exists(
        select(chats.c.chat_id).where(
            chats.c.mobile == _LINE_PARAMETER,
            chats.c.channel == dialogues.c.channel,
            chats.c.chat_id == dialogues.c.address,
        )
    )
)
_TABLES_OF_LINE = (
    (people, "mobile"),
    (opt_outs, "mobile"),
    (notice_channels, "mobile"),
    (line_languages, "line"),
    (mobile_proofs, "mobile"),
    (citizen_sessions, "proved_mobile"),
    (refund_accounts, "mobile"),
    (mobile_changes, "old_mobile"),
    (mobile_changes, "new_mobile"),
    (dialogues, "address"),
    (chats, "mobile"),
)


def _without_request(mobile: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists(select(requests.c.id).where(requests.c.mobile == mobile))


_DELETE_OLDER = (
    delete(people).where(people.c.created_at < _MOMENT_PARAMETER, _without_request(people.c.mobile)),
    delete(opt_outs).where(opt_outs.c.at < _MOMENT_PARAMETER, _without_request(opt_outs.c.mobile)),
    delete(notice_channels).where(notice_channels.c.at < _MOMENT_PARAMETER, _without_request(notice_channels.c.mobile)),
    delete(line_languages).where(line_languages.c.at < _MOMENT_PARAMETER, _without_request(line_languages.c.line)),
    delete(chats).where(
        chats.c.updated_at < _MOMENT_PARAMETER, or_(chats.c.mobile.is_(None), _without_request(chats.c.mobile))
    ),
    delete(mobile_proofs).where(mobile_proofs.c.expires_at < _MOMENT_PARAMETER),
    delete(dialogues).where(dialogues.c.expires_at < _MOMENT_PARAMETER),
    delete(hits).where(hits.c.ends_at < _MOMENT_PARAMETER),
    delete(misread_texts).where(misread_texts.c.last_at < _MOMENT_PARAMETER),
)


class SqlPersonalDataRepository(Repository):
    """The port `PersonalDataRepository`."""

    async def list_ended_before(self, moment: datetime, limit: int) -> list[int]:
        return [
            request_id
            for (request_id,) in await self._transaction.fetch_rows(
                _SELECT_ENDED_BEFORE, {"moment": moment, "most": limit}
            )
        ]

    async def has_refund_due(self, request_id: int) -> bool:
        return await self._transaction.fetch_row(_SELECT_REFUND_DUE, {"of_request": request_id}) is not None

    async def erase_request(self, request_id: int, now: datetime) -> int:
        parameters = {"of_request": request_id}
        event_count = await self._transaction.count_written(_ERASE_EVENTS, parameters)
        await self._delete_files(request_id)
        await delete_uploads(self._transaction, UploadOwner(request_id=request_id))
        await self._erase_bill_texts(request_id)
        await self._transaction.execute(_ERASE_RATING_TEXT, parameters)
        await self._transaction.execute(_DELETE_SEARCH_WORDS, parameters)
        await self._transaction.execute(_ERASE_CALL_ANSWERS, parameters)
        await self._erase_texts(_INBOX_OF_REQUEST, _OUTBOX_OF_REQUEST, parameters, now)
        await self._erase_comments(_COMMENTS_OF_REQUEST, parameters)
        for statement in ERASE_ATTEMPTS_OF_REQUEST:
            await self._transaction.execute(statement, parameters)
        await erase_drafts(self._transaction, SELECT_DRAFTS_OF_REQUEST, parameters)
        return event_count

    async def erase_line(self, mobile: str, now: datetime) -> bool:
        parameters = {"of_line": mobile}
        if await self._transaction.fetch_row(_SELECT_REQUEST_OF_LINE, parameters) is not None:
            return False
        with self._transaction.running_long():
            await self._erase_texts(_INBOX_OF_LINE, _OUTBOX_OF_LINE, parameters, now)
            await self._erase_comments(_COMMENTS_OF_LINE, parameters)
            await self._transaction.execute(_FORGET_SUPPORTER, parameters)
            await self._transaction.execute(_DELETE_CHAT_DIALOGUES, parameters)
            await self._transaction.execute(FORGET_PAYER, parameters)
            await erase_drafts(self._transaction, SELECT_DRAFTS_OF_LINE, parameters)
            for table, column in _TABLES_OF_LINE:
                await self._transaction.execute(delete(table).where(table.c[column] == _LINE_PARAMETER), parameters)
            await self._transaction.execute(
                delete(hits).where(hits.c.key.contains(_LINE_PARAMETER, autoescape=False)), parameters
            )
        return True

    async def erase_older(self, moment: datetime, now: datetime) -> int:
        parameters = {"moment": moment}
        with self._transaction.running_long():
            text_count = await self._erase_texts(_OLDER_INBOX, _OLDER_OUTBOX, parameters, now)
            await self._erase_comments(_OLDER_COMMENTS, parameters)
            await self._transaction.execute(_FORGET_OLDER_SUPPORTERS, parameters)
            for statement in (*_DELETE_OLDER, *ERASE_OLDER_ATTEMPTS):
                await self._transaction.execute(statement, parameters)
            await self._delete_claims(_OLDER_CLAIMS, parameters)
        return text_count

    async def _delete_files(self, request_id: int) -> None:
        files = [sha256 for (sha256,) in await self._transaction.fetch_rows(_SELECT_FILES, {"of_request": request_id})]
        if files:
            await self._transaction.execute(_DELETE_FILES, {"of_request": request_id})
            await delete_unused_contents(self._transaction, files)

    async def _delete_claims(self, selection: Select[tuple[int]], parameters: Mapping[str, object]) -> None:
        """Delete the selected claims to have paid, with the photos of their slips."""
        of_claims = slip_photos.c.claim_id.in_(selection)
        photo_rows = await self._transaction.fetch_rows(select(slip_photos.c.sha256).where(of_claims), parameters)
        await self._transaction.execute(delete(slip_photos).where(of_claims), parameters)
        await self._transaction.execute(delete(payment_claims).where(payment_claims.c.id.in_(selection)), parameters)
        await delete_unused_contents(self._transaction, [sha256 for (sha256,) in photo_rows])

    async def _erase_bill_texts(self, request_id: int) -> None:
        parameters = {"of_request": request_id}
        await self._transaction.execute(_ERASE_BILL_NOTES, parameters)
        await self._transaction.execute(_ERASE_REFUND_IBANS, parameters)
        await self._delete_claims(_CLAIMS_OF_REQUEST, parameters)
        await self._transaction.execute(_DELETE_REFUND_ACCOUNTS, parameters)
        await self._transaction.execute(_ERASE_REFUND_TRANSFERS, parameters)
        await self._transaction.execute(_ERASE_PAYERS, parameters)
        await self._transaction.execute(_DELETE_MOBILE_CHANGES, parameters)
        await self._transaction.execute(_ERASE_REVERSAL_REASONS, parameters)
        await self._transaction.execute(_ERASE_RECEIPT_TEXTS, parameters)
        for bill_row, explanation in await self._transaction.fetch_rows(_SELECT_EXPLANATIONS, parameters):
            figures = {fact_name: value for fact_name, value in explanation.items() if fact_name != "reason"}
            if figures != explanation:
                await self._transaction.execute(_UPDATE_EXPLANATION, {"bill_row": bill_row, "figures": figures})

    async def _erase_texts(
        self,
        inbox_condition: ColumnElement[bool],
        outbox_condition: ColumnElement[bool],
        parameters: Mapping[str, object],
        now: datetime,
    ) -> int:
        waiting_update = update(outbox).where(outbox_condition, outbox.c.state.in_(_UNDER_WAY_STATES))
        expired_values = {
            "state": MessageState.EXPIRED,
            "reason": ERASED_REASON,
            "updated_at": _NOW_PARAMETER,
            "claim_token": None,
        }
        await self._transaction.execute(waiting_update.values(expired_values), {**parameters, "now": now})
        erased_count = await self._transaction.count_written(
            update(outbox).where(outbox_condition).values(_ERASED_OUTBOX), parameters
        )
        return erased_count + await self._transaction.count_written(
            update(inbox).where(inbox_condition).values(_ERASED_INBOX), parameters
        )

    async def _erase_comments(self, condition: ColumnElement[bool], parameters: Mapping[str, object]) -> None:
        is_unpublished = comments.c.state != CommentState.PUBLISHED
        unpublished = select(comments.c.id).where(condition, is_unpublished)
        for table in (suggestion_steps, suggestion_supports):
            await self._transaction.execute(delete(table).where(table.c.comment_id.in_(unpublished)), parameters)
        await self._transaction.execute(delete(comments).where(condition, is_unpublished), parameters)
        await self._transaction.execute(update(comments).where(condition).values(mobile=None), parameters)


async def erase_drafts(
    transaction: SqlTransaction, selection: Select[tuple[int]], parameters: Mapping[str, object]
) -> None:
    """Delete the selected drafts, with their files."""
    for (draft_id,) in await transaction.fetch_rows(selection, parameters):
        await delete_draft_rows(transaction, draft_id)
