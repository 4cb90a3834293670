"""Citizens and staff."""

from datetime import date

from sqlalchemy import Executable, bindparam, delete, func, select, true

from domain.people.person import Person, StaffMember, Substitution
from domain.values.actors import Role
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import people, staff, substitutes
from store.work import Repository

_PERSON = TableMapping(people, Person)
_BY_MOBILE = select(*_PERSON.columns).where(people.c.mobile == bindparam("of_mobile"))

_FORGET = delete(people).where(people.c.mobile == bindparam("of_mobile"))

_MEMBER = TableMapping(staff, StaffMember)
_ALL_STAFF = select(*_MEMBER.columns).order_by(staff.c.username)
_ACTIVE_STAFF = _ALL_STAFF.where(staff.c.active == true())
_BY_USERNAME = select(*_MEMBER.columns).where(staff.c.username == bindparam("of_username"))


_SUBSTITUTION = TableMapping(substitutes, Substitution)
_SUBSTITUTIONS = (
    select(*_SUBSTITUTION.columns)
    .where(substitutes.c["last"] >= bindparam("since"))
    .order_by(substitutes.c["first"], substitutes.c.absent, substitutes.c.deputy)
)
_DROP_SUBSTITUTION = (
    delete(substitutes)
    .where(
        substitutes.c.absent == bindparam("of_absent"),
        substitutes.c.deputy == bindparam("of_deputy"),
        substitutes.c["first"] == bindparam("from_day"),
    )
    .returning(*_SUBSTITUTION.columns)
)


def _put_person(engine: DatabaseEngine) -> Executable:
    new = engine.insert(people)
    known = {name: func.coalesce(new.excluded[name], people.c[name]) for name in ("full_name", "national_code")}
    return new.on_conflict_do_update(index_elements=["mobile"], set_=known)


def _put_member(engine: DatabaseEngine) -> Executable:
    new = engine.insert(staff)
    changed = {name: new.excluded[name] for name in _MEMBER.names if name not in {"username", "created_at"}}
    return new.on_conflict_do_update(index_elements=["username"], set_=changed)


def _put_substitution(engine: DatabaseEngine) -> Executable:
    new = engine.insert(substitutes)
    changed = {name: new.excluded[name] for name in ("last", "made_by", "made_at", "by_admin")}
    return new.on_conflict_do_update(index_elements=["absent", "deputy", "first"], set_=changed)


class SqlPeople(Repository):
    """The port `People`."""

    async def person(self, mobile: str) -> Person | None:
        """Return the person with that mobile (+989…)."""
        row = await self._work.row(_BY_MOBILE, {"of_mobile": mobile})
        return None if row is None else _PERSON.read(row)

    async def put_person(self, person: Person) -> None:
        """Store a new person or what became known; a known name or code is never overwritten by None."""
        await self._work.later(_put_person, _PERSON.values(person))

    async def forget_person(self, mobile: str) -> None:
        """Forget whose number that is."""
        await self._work.run(_FORGET, {"of_mobile": mobile})

    async def staff(self, username: str) -> StaffMember | None:
        """Return a staff member."""
        row = await self._work.row(_BY_USERNAME, {"of_username": username})
        return None if row is None else _MEMBER.read(row)

    async def all_staff(self) -> list[StaffMember]:
        """Return every staff member by username."""
        return _MEMBER.read_all(await self._work.rows(_ALL_STAFF))

    async def staff_with_role(self, role: Role) -> list[StaffMember]:
        """Return the active members of a role, by username. A municipality has some dozens of staff: all are read."""
        members = _MEMBER.read_all(await self._work.rows(_ACTIVE_STAFF))
        return [member for member in members if role in member.roles]

    async def put_staff(self, member: StaffMember) -> None:
        """Store a new or changed member (by username; the time of creation stays)."""
        await self._work.run(_put_member, _MEMBER.values(member))

    async def substitutions(self, since: date) -> list[Substitution]:
        """Return who stands for whom on that day or later, by first day and names."""
        return _SUBSTITUTION.read_all(await self._work.rows(_SUBSTITUTIONS, {"since": since}))

    async def put_substitution(self, substitution: Substitution) -> None:
        """Store it; the same two from the same day on get the new last day."""
        await self._work.run(_put_substitution, _SUBSTITUTION.values(substitution))

    async def drop_substitution(self, absent: str, deputy: str, first: date) -> Substitution | None:
        """Forget it and return what it was; None when there is none of these two from that day on."""
        row = await self._work.row(_DROP_SUBSTITUTION, {"of_absent": absent, "of_deputy": deputy, "from_day": first})
        return None if row is None else _SUBSTITUTION.read(row)
