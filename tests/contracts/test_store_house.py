"""What the house keeps of itself, on every engine: changed settings, declared days, the audit, verifications."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.audit.entries import AuditFilter, VerificationRecord
from domain.requests.history import ChainHead, Seal
from domain.settings.records import DeclaredDay, SettingChange
from store.unit_of_work import SqlStore
from tests.contracts.examples import NOW, a_request

DAY = timedelta(days=1)


def a_change(name: str, value: Any, before: Any = None) -> SettingChange:
    """A change of a setting."""
    return SettingChange(name, before, value, "staff:admin", NOW)


async def test_the_last_change_of_a_setting_counts(store: SqlStore) -> None:
    values: dict[str, Any] = {"days": 5, "hours": "07:30-14:30", "text:x": ["یک", "دو"], "text:y": "«متن»", "no": False}
    async with store.unit() as uow:
        assert await uow.settings.version() == 0
        assert await uow.settings.last("days") is None
        for name, value in values.items():
            await uow.settings.add(a_change(name, 0))
            await uow.settings.add(a_change(name, value, 0))
        await uow.settings.add(a_change("gone", 1))
        await uow.settings.add(a_change("gone", None, 1))
    async with store.unit(write=False) as uow:
        assert await uow.settings.values() == values
        last = await uow.settings.last("gone")
        assert last == replace(a_change("gone", None, 1), id=await uow.settings.version())
        changes = await uow.settings.recent(None, 3)
        assert [(one.name, one.value) for one in changes] == [("gone", None), ("gone", 1), ("no", False)]
        assert await uow.settings.recent(changes[1].id, 1) == [changes[2]]


async def test_days_are_declared_and_forgotten(store: SqlStore) -> None:
    first, second = date(2026, 11, 24), date(2027, 3, 18)
    async with store.unit() as uow:
        await uow.work_calendar.set_override(first, True, "")
        await uow.work_calendar.set_override(second, False, "نوروز")
        assert await uow.work_calendar.declared(second) == [DeclaredDay(second, False, "نوروز")]
        assert len(await uow.work_calendar.declared(first)) == 2
        assert await uow.work_calendar.forget(first)
        assert not await uow.work_calendar.forget(first)
        assert await uow.work_calendar.overrides() == {second: False}


async def test_the_audit_is_found_newest_first(store: SqlStore) -> None:
    facts = [
        ("staff:sara", "denied", NOW - DAY), ("staff:sara for ali", "denied", NOW), ("staff:sarah", "import", NOW),
        ("staff:ali", "denied", NOW + DAY),
    ]  # fmt: skip
    async with store.unit() as uow:
        for actor, what, at in facts:
            await uow.audit.record(at, actor, what, {"متن": [1, None, True]})

    async def found(**wanted: Any) -> list[int]:
        async with store.unit(write=False) as uow:
            entries = await uow.audit.find(AuditFilter(**wanted))
        return [facts.index((one.actor, one.what, one.at)) for one in entries]

    assert await found() == [3, 2, 1, 0]
    assert await found(actor="staff:sara") == [1, 0], "what was done for another is the actor's too"
    assert await found(what="denied", limit=2) == [3, 1]
    assert await found(made=(NOW, NOW + DAY)) == [2, 1]
    assert await found(made=(NOW + 2 * DAY, NOW + 3 * DAY)) == []
    assert await found(actor="staff:sara_") == [], "a name is no pattern"
    async with store.unit(write=False) as uow:
        newest = (await uow.audit.find(AuditFilter()))[0]
    assert newest.detail == {"متن": [1, None, True]}
    assert await found(before=newest.id, made=(NOW, NOW + 2 * DAY)) == [2, 1]


async def test_alike_facts_are_one_that_counts_them(store: SqlStore) -> None:
    async with store.unit() as uow:
        assert not await uow.audit.again("a", NOW)
        for alike, at in (("a", NOW), ("b", NOW), ("a", NOW + DAY)):
            await uow.audit.record_alike(alike, at, f"office:{alike}", "counter_refused", {"متن": at.isoformat()})
        await uow.audit.record(NOW, "staff:sara", "denied", {})
        assert await uow.audit.again("a", NOW + 2 * DAY)
        found = [(one.actor, one.at, one.times, one.last_at) for one in await uow.audit.find(AuditFilter())]
        first = (await uow.audit.find(AuditFilter(actor="office:a")))[0]
    assert found == [
        ("staff:sara", NOW, 1, None), ("office:b", NOW, 1, None), ("office:a", NOW, 3, NOW + 2 * DAY)
    ]  # fmt: skip
    assert first.detail == {"متن": NOW.isoformat()}, "it keeps what the first one was"


async def test_verifications_are_asked_for_and_ended(store: SqlStore) -> None:
    async with store.unit() as uow:
        assert await uow.verifications.asked() is None
        await uow.verifications.ask("staff:auditor", NOW)
        await uow.verifications.ask("system:engine", NOW + DAY)
        asked = await uow.verifications.asked()
        assert asked
        assert asked == VerificationRecord(asked.id, "staff:auditor", NOW)
        assert await uow.verifications.last() is None
        ended = replace(
            asked, ended_at=NOW + DAY, requests=10**12, events=10**13, seals=3, unsealed=0, fault_count=1,
            faults=[{"kind": "event_edited", "subject": "1", "seq": 2}],
        )  # fmt: skip
        await uow.verifications.end(ended)
        assert await uow.verifications.last() == ended
        waiting = await uow.verifications.asked()
        assert waiting
        assert waiting.asked_by == "system:engine"


async def test_how_the_seals_stand(store: SqlStore) -> None:
    request, other = (replace(a_request(), head_seq=seq, head_hash="h") for seq in (5, 2))
    async with store.unit() as uow:
        assert await uow.history.last_sealed() is None
        assert await uow.history.unsealed_events() == 0
        await uow.requests.add(request)
        await uow.requests.add(other)
        assert await uow.history.unsealed_events() == 7
        head = ChainHead(request.id, request.code, 4, "h")
        await uow.history.add_seal(Seal(1, NOW, (head,), "0", "1", "s"))
        assert await uow.history.unsealed_events() == 3
        assert await uow.history.last_sealed() == (1, NOW)
