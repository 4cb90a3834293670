"""Settings and the audit, on every engine: changed settings, declared days, the audit, verifications."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.audit.entries import AuditFilter, VerificationRecord
from domain.requests.history import ChainHead, Seal
from domain.settings.records import DeclaredDay, SettingChange
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_request

DAY = timedelta(days=1)


def a_change(name: str, value: Any, before: Any = None) -> SettingChange:
    """A change of a setting."""
    return SettingChange(name, before, value, "staff:admin", NOW)


async def test_the_last_change_of_a_setting_counts(store: SqlStore) -> None:
    values: dict[str, Any] = {"days": 5, "hours": "07:30-14:30", "text:x": ["یک", "دو"], "text:y": "«متن»", "no": False}
    async with store.open_unit() as uow:
        assert await uow.setting_changes.get_version() == 0
        assert await uow.setting_changes.find_last("days") is None
        for name, value in values.items():
            await uow.setting_changes.add(a_change(name, 0))
            await uow.setting_changes.add(a_change(name, value, 0))
        await uow.setting_changes.add(a_change("gone", 1))
        await uow.setting_changes.add(a_change("gone", None, 1))
    async with store.open_unit(write=False) as uow:
        assert await uow.setting_changes.get_values() == values
        times = await uow.setting_changes.get_change_times()
        assert (set(times), times["gone"]) == ({*values, "gone"}, a_change("gone", None, 1).at)
        last = await uow.setting_changes.find_last("gone")
        assert last == replace(a_change("gone", None, 1), id=await uow.setting_changes.get_version())
        changes = await uow.setting_changes.list_recent(None, 3)
        assert [(one.name, one.value) for one in changes] == [("gone", None), ("gone", 1), ("no", False)]
        assert await uow.setting_changes.list_recent(changes[1].id, 1) == [changes[2]]


async def test_days_are_declared_and_forgotten(store: SqlStore) -> None:
    first, second = date(2026, 11, 24), date(2027, 3, 18)
    async with store.open_unit() as uow:
        await uow.work_calendar.save_override(first, True, "")
        await uow.work_calendar.save_override(second, False, "نوروز")
        assert await uow.work_calendar.list_declared(second) == [DeclaredDay(second, False, "نوروز")]
        assert len(await uow.work_calendar.list_declared(first)) == 2
        assert await uow.work_calendar.delete_override(first)
        assert not await uow.work_calendar.delete_override(first)
        assert await uow.work_calendar.get_overrides() == {second: False}


async def test_the_audit_is_found_newest_first(store: SqlStore) -> None:
    facts = [
        ("staff:sara", "denied", NOW - DAY),
        ("staff:sara for ali", "denied", NOW),
        ("staff:sarah", "import", NOW),
        ("staff:ali", "denied", NOW + DAY),
    ]
    async with store.open_unit() as uow:
        for actor, what, at in facts:
            await uow.audit.add_entry(at, actor, what, {"متن": [1, None, True]})

    async def found(**wanted: Any) -> list[int]:
        async with store.open_unit(write=False) as uow:
            entries = await uow.audit.list_entries(AuditFilter(**wanted))
        return [facts.index((one.actor, one.what, one.at)) for one in entries]

    assert await found() == [3, 2, 1, 0]
    assert await found(actor="staff:sara") == [1, 0], "what was done for another is the actor's too"
    assert await found(what="denied", limit=2) == [3, 1]
    assert await found(made=(NOW, NOW + DAY)) == [2, 1]
    assert await found(made=(NOW + 2 * DAY, NOW + 3 * DAY)) == []
    assert await found(actor="staff:sara_") == [], "a name is no pattern"
    async with store.open_unit(write=False) as uow:
        newest = (await uow.audit.list_entries(AuditFilter()))[0]
    assert newest.detail == {"متن": [1, None, True]}
    assert await found(before=newest.id, made=(NOW, NOW + 2 * DAY)) == [2, 1]


async def test_alike_facts_are_one_that_counts_them(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert not await uow.audit.count_again("a", NOW)
        for alike, at in (("a", NOW), ("b", NOW), ("a", NOW + DAY)):
            await uow.audit.add_or_count_entry(alike, at, f"office:{alike}", "counter_refused", {"متن": at.isoformat()})
        await uow.audit.add_entry(NOW, "staff:sara", "denied", {})
        assert await uow.audit.count_again("a", NOW + 2 * DAY)
        found = [(one.actor, one.at, one.times, one.last_at) for one in await uow.audit.list_entries(AuditFilter())]
        first = (await uow.audit.list_entries(AuditFilter(actor="office:a")))[0]
    assert found == [("staff:sara", NOW, 1, None), ("office:b", NOW, 1, None), ("office:a", NOW, 3, NOW + 2 * DAY)]
    assert first.detail == {"متن": NOW.isoformat()}, "it keeps what the first one was"


async def test_verifications_are_asked_for_and_ended(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert await uow.verifications.find_requested() is None
        await uow.verifications.add_request("staff:auditor", NOW)
        await uow.verifications.add_request("system:engine", NOW + DAY)
        asked = await uow.verifications.find_requested()
        assert asked
        assert asked == VerificationRecord(asked.id, "staff:auditor", NOW)
        assert await uow.verifications.find_last_ended() is None
        ended = replace(
            asked,
            ended_at=NOW + DAY,
            requests=10**12,
            events=10**13,
            seals=3,
            unsealed=0,
            fault_count=1,
            faults=[{"kind": "event_edited", "subject": "1", "seq": 2}],
        )
        await uow.verifications.save_result(ended)
        assert await uow.verifications.find_last_ended() == ended
        waiting = await uow.verifications.find_requested()
        assert waiting
        assert waiting.asked_by == "system:engine"


async def test_how_the_seals_stand(store: SqlStore) -> None:
    request, other = (replace(a_request(), head_seq=seq, head_hash="h") for seq in (5, 2))
    async with store.open_unit() as uow:
        assert await uow.history.find_last_sealed() is None
        assert await uow.history.count_unsealed_events() == 0
        await uow.requests.add(request)
        await uow.requests.add(other)
        assert await uow.history.count_unsealed_events() == 7
        head = ChainHead(request.id, request.code, 4, "h")
        await uow.history.add_seal(Seal(1, NOW, (head,), "0", "1", "s"))
        assert await uow.history.count_unsealed_events() == 3
        assert await uow.history.find_last_sealed() == (1, NOW)
