"""Erasing personal data, on every engine: what hangs on a request, what is known of a line, what is old."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.bills.bill import RefundState
from domain.blocks.charging import REQUEST_SUBJECT
from domain.feedback.opinions import Comment, CommentFilter, CommentState, Rating
from domain.feedback.suggestions import SuggestionProgress, SuggestionStep, SuggestionSupport
from domain.messages.records import MessageState
from domain.people.person import Person
from domain.requests.documents import Document
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.errors import NotFound
from store import schema
from store.unit_of_work import SqlStore
from store.work import Repository
from tests.support.factories import (
    MOBILE,
    NOW,
    a_bill,
    a_message,
    a_refund,
    a_request,
    an_event,
    an_inbound,
    new_id,
)

DAY = timedelta(days=1)
LATER = NOW + 2000 * DAY
LIMIT = NOW + DAY
PDF = b"%PDF-1.7\n"
SHA = hashlib.sha256(PDF).hexdigest()
IBAN = "IR910120000000100324200001"


def ended(**changes: object) -> ServiceRequest:
    """A request that is done."""
    return replace(a_request(state="completed", phase=Phase.DONE), **changes)  # type: ignore[arg-type]


async def fill(uow: UnitOfWork, request: ServiceRequest) -> None:
    """Hang everything on a request that can hang on one."""
    await uow.requests.add(request)
    await uow.history.append(an_event(request, 1, note="دلیل"))
    await uow.documents.add(
        Document(
            new_id(), "deed", "سند.pdf", "application/pdf", len(PDF), SHA, SHA, NOW, request.id, f"citizen:{MOBILE}"
        ),
        PDF,
    )
    await uow.feedback.add_rating(Rating(request.id, 2, "بد بود", "sms", NOW))
    for state in (CommentState.PENDING, CommentState.PUBLISHED):
        await uow.feedback.add_comment(
            Comment(
                id=new_id(),
                service="machinery",
                request_id=request.id,
                mobile=MOBILE,
                text=state,
                channel="sms",
                at=NOW,
                state=state,
            )
        )
    bill = a_bill(subject_id=request.id, note="خانواده شهید", explanation={"total": 5000, "reason": "آشناست"})
    await uow.bills.add(bill)
    await uow.bills.add_refund(a_refund(bill, iban=IBAN, state=RefundState.REFUNDED))
    await uow.outbox.add(a_message(request_id=request.id))
    await uow.inbox.add(an_inbound(request_id=request.id, fingerprint=str(request.id)))


async def test_what_may_be_erased_is_found_oldest_first(store: SqlStore) -> None:
    first, second = ended(updated_at=NOW - DAY), ended()
    owed, running, young = ended(), a_request(), ended(updated_at=LIMIT)
    gone = ended(erased_at=NOW)
    bill = a_bill(subject_id=owed.id)
    async with store.open_unit() as uow:
        for one in (second, first, owed, running, young, gone):
            await uow.requests.add(one)
        await uow.bills.add(bill)
        await uow.bills.add_refund(a_refund(bill))
        assert await uow.personal_data.list_ended_before(LIMIT, 10) == [first.id, second.id]
        assert await uow.personal_data.list_ended_before(LIMIT, 1) == [first.id]
        assert await uow.personal_data.has_refund_due(owed.id)
        assert not await uow.personal_data.has_refund_due(first.id)
        assert (await uow.requests.get(gone.id)).erased_at == NOW


async def test_what_hangs_on_a_request_is_erased_and_its_figures_stay(store: SqlStore) -> None:
    request, other = ended(), ended(mobile="+989120000000")
    async with store.open_unit() as uow:
        await fill(uow, request)
        await fill(uow, other)
        untouched = await uow.history.list_of_request(other.id)
        assert await uow.personal_data.erase_request(request.id, LATER) == 1
        assert await uow.personal_data.erase_request(request.id, LATER) == 0
        [event] = await uow.history.list_of_request(request.id)
        assert {event.actor, event.note, event.payload, event.salt} == {None}
        assert event.digest == "digest-1"
        assert await uow.history.list_of_request(other.id) == untouched
        assert await uow.documents.list_of_request(request.id) == []
        assert await uow.documents.get_content(SHA) == PDF, "another request has the same file"
        assert await uow.feedback.find_rating(request.id) == Rating(request.id, 2, None, "sms", NOW)
        [bill] = await uow.bills.list_of_subject(REQUEST_SUBJECT, request.id)
        assert (bill.amount, bill.note, bill.explanation) == (99_999_999_000, None, {"total": 5000})
        assert [one.iban for one in await uow.bills.list_refunds(bill.id)] == [None]
        [text] = await uow.outbox.list_recent(request_id=request.id)
        assert (text.recipient, text.text, text.state, text.reason) == ("", "", MessageState.EXPIRED, "erased")
        assert [one.text for one in await uow.inbox.list_last_from("sms", "", 9)] == [""]
        kept = [one for one in await uow.feedback.list_comments(CommentFilter()) if one.request_id == request.id]
        assert [(one.state, one.mobile) for one in kept] == [(CommentState.PUBLISHED, None)]
        await uow.personal_data.erase_request(other.id, LATER)
        with pytest.raises(NotFound):
            await uow.documents.get_content(SHA)


async def test_a_supporter_is_forgotten_and_stays_counted(store: SqlStore) -> None:
    unpublished, published = (
        Comment(new_id(), "machinery", None, MOBILE, "لودر", "sms", NOW, state, number=number)
        for number, state in ((1, CommentState.PENDING), (2, CommentState.PUBLISHED))
    )
    async with store.open_unit() as uow:
        for one in (unpublished, published):
            await uow.feedback.add_comment(one)
            await uow.feedback.add_step(
                SuggestionStep(new_id(), one.id, SuggestionProgress.HEARD, None, "staff:manager", NOW)
            )
            for mobile in (MOBILE, "+989120000000"):
                await uow.feedback.add_support(SuggestionSupport(new_id(), one.id, mobile, "sms", NOW))
    async with store.open_unit() as uow:
        assert await uow.personal_data.erase_line(MOBILE, LATER)
    async with store.open_unit() as uow:
        both = [unpublished.id, published.id]
        assert await uow.feedback.count_supports(both) == {published.id: 2}
        assert [one.comment_id for one in await uow.feedback.list_steps(both)] == [published.id]
        assert await uow.feedback.list_supported(MOBILE, both) == frozenset()
        assert (await uow.feedback.get_comment(published.id)).mobile is None
        assert await uow.feedback.list_supported("+989120000000", both) == {published.id}
        await uow.personal_data.erase_older(LATER, LATER)
        assert await uow.feedback.list_supported("+989120000000", both) == frozenset()
        assert await uow.feedback.count_supports(both) == {published.id: 2}


async def test_a_line_is_erased_when_no_request_has_its_number(store: SqlStore) -> None:
    other, kept = "+989120000000", ended(mobile=MOBILE)
    foreign = a_request(mobile=other)
    async with store.open_unit() as uow:
        await uow.requests.add(kept)
        await uow.requests.add(foreign)
        await uow.people.save_person(Person(MOBILE, "علی", None, NOW))
        await uow.dialogues.save("sms", MOBILE, {"frames": []}, NOW)
        await uow.lines.save_opt_out(MOBILE, True, NOW)
        await uow.lines.save_language(MOBILE, "tk", NOW)
        await uow.lines.add_hit(f"in:{MOBILE}", NOW, DAY)
        await uow.lines.add_hit(f"in:{other}", NOW, DAY)
        await uow.inbox.add(an_inbound(fingerprint="1"))
        await uow.inbox.add(an_inbound(fingerprint="2", request_id=foreign.id))
        await uow.outbox.add(a_message())
        assert not await uow.personal_data.erase_line(MOBILE, LATER)
        assert await uow.people.find_person(MOBILE) is not None
        kept.mobile = None
        await uow.requests.save(kept)
        assert await uow.personal_data.erase_line(MOBILE, LATER)
        assert await uow.people.find_person(MOBILE) is None
        assert await uow.dialogues.load("sms", MOBILE) is None
        assert not await uow.lines.has_opted_out(MOBILE)
        assert await uow.lines.find_language(MOBILE) is None
        assert await uow.lines.count_hits(f"in:{MOBILE}", NOW, DAY) == 0
        assert await uow.lines.count_hits(f"in:{other}", NOW, DAY) == 1
        assert [one.fingerprint for one in await uow.inbox.list_last_from("sms", MOBILE, 9)] == ["2"]
        assert await uow.outbox.list_recent(recipient=MOBILE) == []


async def test_what_is_old_and_of_no_request_is_erased(store: SqlStore) -> None:
    request, young = a_request(), LIMIT + DAY
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for at, mobile in ((NOW, MOBILE), (NOW, "+989120000000"), (young, "+989121111111")):
            await uow.people.save_person(Person(mobile, None, None, at))
            await uow.lines.save_opt_out(mobile, True, at)
            await uow.lines.save_language(mobile, "tk", at)
        for number, (at, of) in enumerate([(NOW, None), (NOW, request.id), (young, None)]):
            await uow.inbox.add(an_inbound(fingerprint=str(number), received_at=at, request_id=of))
            await uow.outbox.add(a_message(created_at=at, request_id=of))
        await uow.lines.add_hit("in:x", NOW - DAY, DAY)
        await uow.dialogues.save("sms", MOBILE, {"frames": []}, NOW)
        assert await uow.personal_data.erase_older(LIMIT, LATER) == 2
        assert await uow.personal_data.erase_older(LIMIT, LATER) == 0
        assert [one.fingerprint for one in await uow.inbox.list_last_from("sms", MOBILE, 9)] == ["2", "1"]
        assert len(await uow.outbox.list_recent(recipient=MOBILE)) == 2
        known = [await uow.people.find_person(one) is not None for one in (MOBILE, "+989120000000", "+989121111111")]
        assert known == [True, False, True]
        assert [await uow.lines.has_opted_out(one) for one in (MOBILE, "+989120000000")] == [True, False]
        assert [await uow.lines.find_language(one) for one in (MOBILE, "+989120000000")] == ["tk", None]
        assert await uow.dialogues.load("sms", MOBILE) is None
        assert await Counting(uow.requests._transaction).hits() == []


class Counting(Repository):
    """There is no port that lists them."""

    async def hits(self) -> list[str]:
        """The keys of all counts."""
        return [key for (key,) in await self._transaction.fetch_rows(select(schema.hits.c.key))]
