"""Personal data is erased after its time or at a wish: nothing of it is left anywhere, and the history verifies."""

import hashlib
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback import moderation
from domain.actions.history import sealing
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests import erase
from domain.actions.walk_ins import entering
from domain.feedback.opinions import CommentFilter, CommentState
from domain.people.person import StaffMember
from domain.requests.history import find_actor
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, DomainError, Forbidden, InvalidField, MissingField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality, actor
from tests.support.scenarios.expert_unit import FEE, Experts
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, PLATE

NAME, CODE, STREET = "آنه محمدی", "0499370899", "خیابان مختومقلی"
PERSONAL = (NAME, CODE, STREET, CITIZEN[3:], "محمدی", "مختومقلی")
ADMIN = actor(Role.ADMIN)


class Signer:
    """Signs by a digest: enough for what is verified here."""

    def sign(self, message: bytes) -> str:
        """Return the digest."""
        return hashlib.sha256(message).hexdigest()

    def verify(self, message: bytes, signature: str) -> bool:
        """Tell whether it is the digest."""
        return signature == self.sign(message)


_COLUMNS = """
SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'
ORDER BY t.name, c.cid
"""


def found(town: Municipality, *words: str) -> list[tuple[str, str, str]]:
    """(table, column, word) wherever a word stands in any column of any table."""
    tables = defaultdict[str, list[str]](list)
    for table, column in town.rows(_COLUMNS):
        tables[table].append(column)
    hits = []
    for table, columns in tables.items():
        for row in town.rows(f"SELECT * FROM {table}"):  # noqa: S608 - the names are our own
            hits += [(table, c, w) for c, value in zip(columns, row, strict=True) for w in words if w in told(value)]
    return sorted(set(hits))


def told(value: Any) -> str:
    """A value as text, JSON's escapes read."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


async def live_through(town: Municipality) -> str:
    """Let a citizen do all there is, until a request is refunded in part, rated and commented; return its code."""
    await town.say(CITIZEN, "ماشین")
    await town.say(CITIZEN, "لودر ۴ ساعت")
    await town.say(CITIZEN, "فردا")
    await town.say(CITIZEN, "۸")
    await town.say(CITIZEN, STREET)
    await town.say(CITIZEN, "بله")
    code = (await town.requests_of())[0].code
    await town.do(code, "ask", Role.CIVIL, question=f"کجای {STREET} و نزد {NAME}؟")
    await town.say(CITIZEN, f"پاسخ {code} سر {STREET}، خانه {NAME}")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE, amount=FOUR_HOURS, reason=f"آشنای {NAME}")
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.do(code, "complete", Role.CIVIL)
    await town.say(CITIZEN, f"امتیاز {code} ۱ من {NAME} هستم از {STREET}")
    await town.say(CITIZEN, "خیر")
    for text in (f"نظر {code} کارگرها در {STREET} خوب بودند", f"نظر ماشین‌آلات {NAME}"):
        await town.say(CITIZEN, text)
    return code


async def walk_in_request(town: Municipality) -> str:
    """Enter a request at the desk that is then rejected; return its code."""
    form: dict[str, object] = {
        "full_name": NAME,
        "national_code": CODE,
        "date": "2026-11-25",
        "start": "08:00",
        "items": "لودر ۴ ساعت",
        "place": STREET,
    }
    civil = actor(Role.CIVIL)
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, civil)
        outcome = await entering.enter_walk_in(context, "machinery", form, CITIZEN)
        await announce_outcome(context, outcome)
    await town.do(outcome.request.code, "reject", Role.CIVIL, reason=f"{NAME} در {STREET} ساکن نیست")
    return outcome.request.code


async def erase_one(town: Municipality, code: str, reason: str = "درخواست شهروند", by: Role = Role.ADMIN) -> None:
    """Erase one request."""
    async with town.store.open_unit() as uow:
        await erase.erase_request(ActorContext(town.desk, uow, actor(by)), parse_code(code), reason)


async def verified(town: Municipality) -> list[object]:
    """Faults of the history."""
    return list((await sealing.verify_history(town.store, Signer())).faults)


async def test_nothing_personal_is_left_after_the_retention_time(town: Municipality) -> None:
    rejected, code = await walk_in_request(town), await live_through(town)
    await sealing.seal_history(town.desk, town.store, Signer())
    before = await town.request(code)
    bills = await town.bills(code)
    assert {word for _, _, word in found(town, *PERSONAL)} == set(PERSONAL), "the test would find them"
    town.advance(days=1826)
    assert await erase.erase_expired_requests(town.desk, town.store) == erase.ErasureCounts(0, 0)
    town.advance(days=2)
    done = await erase.erase_expired_requests(town.desk, town.store)
    assert done.requests == 2
    assert done.texts > 5
    assert found(town, *PERSONAL) == []
    assert await verified(town) == []
    await sealing.seal_history(town.desk, town.store, Signer())
    assert await verified(town) == []
    after = await town.request(code)
    assert (after.state, after.phase, after.erased_at) == ("completed", Phase.DONE, town.clock.now())
    assert after.fields == {name: before.fields[name] for name in ("items", "date", "start")}
    figures = {"hours_done", "payment_deadline", "payment_limit", "booked_start", "booked_end", "handed_over_at"}
    quote = before.data["quote"] | {"reason": None}
    assert after.data == {name: before.data[name] for name in figures} | {"quote": quote}
    assert [(one.amount, one.state) for one in await town.bills(code)] == [(one.amount, one.state) for one in bills]
    assert town.rows("SELECT score FROM ratings") == [(1,)]
    last = (await town.history(code))[-1]
    assert (last.event, last.actor, last.note) == ("erase", "system:engine", "retention")
    assert (await town.history(rejected))[0].is_erased
    assert await erase.erase_expired_requests(town.desk, town.store) == erase.ErasureCounts(0, 0)


async def test_who_of_the_staff_took_the_steps_is_still_known(town: Municipality) -> None:
    code = await live_through(town)
    before = {one.seq: one.actor for one in await town.history(code) if one.actor_kind == "staff"}
    await erase_one(town, code)
    events = await town.history(code)
    assert {one.actor for one in events[:-1]} == {None}
    assert {one.seq: find_actor(one, events) for one in events[:-1] if one.actor_kind == "staff"} == before
    assert {find_actor(one, events) for one in events if one.actor_kind == "citizen"} == {None}
    assert find_actor(events[-1], events) == "staff:admin"
    assert await verified(town) == []
    town.sql("UPDATE history SET payload = replace(payload, 'staff:civil', 'staff:other') WHERE event = 'erase'")
    assert [fault.kind for fault in await verified(town)] == ["payload_edited"]  # type: ignore[attr-defined]


async def test_one_request_is_erased_at_a_wish(town: Municipality) -> None:
    rejected, code = await walk_in_request(town), await live_through(town)
    await erase_one(town, rejected)
    left = {(table, column) for table, column, _ in found(town, CITIZEN[3:])}
    assert {("people", "mobile"), ("requests", "mobile"), ("outbox", "recipient")} <= left, "the other is kept whole"
    assert (await town.say(CITIZEN, code)).key.startswith("services.machinery.status")
    assert (await town.say(CITIZEN, rejected)).key == "sms.status_of_other"
    await erase_one(town, code)
    assert found(town, *PERSONAL) == []
    assert await verified(town) == []
    last = (await town.history(code))[-1]
    assert (last.actor, last.note) == ("staff:admin", "درخواست شهروند")


async def test_a_published_comment_stays_without_its_writer(town: Municipality) -> None:
    code = await live_through(town)
    async with town.store.open_unit() as uow:
        comments = await uow.feedback.list_comments(CommentFilter())
        about = next(one for one in comments if one.request_id)
        await moderation.moderate_comment(
            ActorContext(town.desk, uow, actor(Role.MANAGER)), about.id, CommentState.PUBLISHED
        )
    await erase_one(town, code)
    assert town.rows("SELECT text, mobile FROM comments") == [(about.text, None)]


async def test_what_is_about_to_be_sent_is_not(town: Municipality) -> None:
    town.advance(hours=13)  # notices wait until the morning
    code = await town.order()
    await town.do(code, "reject", Role.CIVIL, reason="بیرون از شهر")
    await erase_one(town, code)
    assert set(town.rows("SELECT state, text FROM outbox")) == {("expired", "")}
    assert await town.timers(code) == {}


async def refusal(town: Municipality, code: str, **changes: Any) -> DomainError:
    """Reason why a request is not erased."""
    with pytest.raises(DomainError) as refused:
        await erase_one(town, code, **changes)
    return refused.value


async def test_what_is_not_erased(town: Municipality) -> None:
    running, paid = await town.order(), await town.reach("paid")
    await town.says(f"لغو {paid}", "۱")
    done = await town.reach("completed", mobile=NEIGHBOUR)
    for role in (Role.MANAGER, Role.CIVIL, Role.AUDITOR):
        assert isinstance(await refusal(town, done, by=role), Forbidden)
    assert isinstance(await refusal(town, done, reason=" "), MissingField)
    assert (await refusal(town, running)).reason == "not_finished"
    owed = await refusal(town, paid)
    assert (type(owed), owed.reason) == (NotAllowedNow, "refund_due")
    await erase_one(town, done)
    assert isinstance(await refusal(town, done), AlreadyDone)
    town.advance(days=2000)
    assert (await erase.erase_expired_requests(town.desk, town.store)).requests == 0


async def test_the_day_may_be_earlier_than_the_retention_time_and_never_later(town: Municipality) -> None:
    code = await town.reach("completed")
    town.advance(days=1900)
    for before, field in ((date(2031, 12, 31), "before"), (date(2027, 11, 1), "before")):
        with pytest.raises(InvalidField) as refused:
            await erase.erase_expired_requests(town.desk, town.store, before, ADMIN)
        assert (refused.value.field, refused.value.reason) == (field, "retention")
    with pytest.raises(Forbidden):
        await erase.erase_expired_requests(town.desk, town.store, None, actor(Role.MANAGER))
    early = await erase.erase_expired_requests(town.desk, town.store, date(2026, 11, 24), ADMIN)
    assert early.requests == 0
    on = await erase.erase_expired_requests(town.desk, town.store, date(2026, 11, 26), ADMIN)
    assert on.requests == 1
    assert (await town.request(code)).erased_at == town.clock.now()


async def test_staff_are_none_of_it(town: Municipality) -> None:
    member = StaffMember("admin", frozenset({Role.ADMIN}), "امین سقلی", "+989111000077", "", True, datetime.now(UTC))
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    await town.reach("completed")
    town.advance(days=1900)
    await erase.erase_expired_requests(town.desk, town.store)
    assert found(town, "امین سقلی") == [("staff", "full_name", "امین سقلی")]


async def test_an_expert_opinion_leaves_its_kind_and_money(experts: Experts) -> None:
    town, words = experts.town, ("4947113456", CODE, "پشت مدرسه", "بلامانع", "۲۵۰ متری", CITIZEN[3:])
    code = await experts.reach("closed")
    assert {word for _, _, word in found(town, *words)} == set(words)
    town.advance(days=1900)
    assert (await erase.erase_expired_requests(town.desk, town.store)).requests == 1
    assert found(town, *words) == []
    assert town.rows("SELECT count(*) FROM contents") == [(0,)]
    request = await town.request(code)
    assert (request.fields, request.data["quote"]["total"]) == ({"kind": "subdivision"}, FEE)
    assert request.data.keys() & {"officer", "visit_start", "letter_text"} == {"visit_start"}
    assert await verified(town) == []


async def test_a_taxi_leave_leaves_its_days(taxis: TaxiOrganisation) -> None:
    town = taxis.town
    code = await taxis.reach("ended")
    town.advance(days=1900)
    assert (await erase.erase_expired_requests(town.desk, town.store)).requests == 1
    registries = {"drivers", "owners", "vehicles", "agencies", "driver_vehicles", "duties", "registry_changes"}
    kept = (DRIVER_MOBILE[3:], PLATE, "عبدالله ایری", "بیماری")
    assert [one for one in found(town, *kept) if one[0] not in registries] == []
    request = await town.request(code)
    assert (request.subject_key, request.fields["counted"], "plate" in request.fields) == (None, 4, False)
    assert await verified(town) == []
