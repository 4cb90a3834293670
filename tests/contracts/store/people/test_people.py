"""The repositories of people, the working calendar and the audit, on every engine."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from domain.people.person import Person
from domain.values.actors import Role
from store import schema
from store.unit_of_work import SqlStore
from store.work import Repository
from tests.support.factories import MOBILE, NOW, a_member


async def test_what_is_known_of_a_person_is_never_forgotten(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert await uow.people.find_person(MOBILE) is None
        await uow.people.save_person(Person(MOBILE, None, "0499370899", NOW))
        await uow.people.save_person(Person(MOBILE, "علی رضایی", None, NOW + timedelta(days=1)))
        assert await uow.people.find_person(MOBILE) == Person(MOBILE, "علی رضایی", "0499370899", NOW)
        await uow.people.save_person(Person(MOBILE, "علی رضائی", None, NOW))
        assert await uow.people.find_person(MOBILE) == Person(MOBILE, "علی رضائی", "0499370899", NOW)


async def test_staff_are_found_by_name_and_by_role(store: SqlStore) -> None:
    both = a_member("zahra", Role.REVENUE, Role.MANAGER)
    one = a_member("ali", Role.REVENUE, mobile=None)
    gone = a_member("reza", Role.REVENUE, active=False)
    async with store.open_unit() as uow:
        for member in (both, one, gone):
            await uow.people.save_staff(member)
        assert await uow.people.find_staff("zahra") == both
        assert await uow.people.find_staff("nobody") is None
        assert await uow.people.list_staff() == [one, gone, both]
        assert await uow.people.list_staff_with_role(Role.REVENUE) == [one, both]
        assert await uow.people.list_staff_with_role(Role.MANAGER) == [both]
        assert await uow.people.list_staff_with_role(Role.CIVIL) == []


async def test_a_known_member_is_changed(store: SqlStore) -> None:
    member = a_member("ali", Role.CIVIL)
    changed = replace(member, roles=frozenset(), active=False, created_at=NOW + timedelta(days=1))
    async with store.open_unit() as uow:
        await uow.people.save_staff(member)
        await uow.people.save_staff(changed)
        assert await uow.people.find_staff("ali") == replace(changed, created_at=NOW)


async def test_the_last_word_about_a_day_counts(store: SqlStore) -> None:
    nowruz, friday = date(2027, 3, 21), date(2026, 11, 27)
    async with store.open_unit() as uow:
        await uow.work_calendar.save_override(nowruz, True, "کشیک")
        await uow.work_calendar.save_override(nowruz, False, "تعطیل")
        await uow.work_calendar.save_override(friday, True, "جبرانی")
        assert await uow.work_calendar.get_overrides() == {friday: True, nowruz: False}


async def test_audited_facts_are_numbered_by_the_database(store: SqlStore) -> None:
    class Reading(Repository):
        """There is no port yet that reads them."""

        async def whats(self) -> list[str]:
            return [
                what
                for (what,) in await self._transaction.fetch_rows(
                    select(schema.audit.c.what).order_by(schema.audit.c.id)
                )
            ]

    async with store.open_unit() as uow:
        await uow.audit.add_entry(NOW, "staff:ali", "denied", {"action": "price"})
        await uow.audit.add_entry(NOW, "office:101", "locked_out", {})
        assert await Reading(uow.audit._transaction).whats() == ["denied", "locked_out"]
