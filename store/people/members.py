"""Citizens and staff."""

from datetime import date

from sqlalchemy import Executable, bindparam, delete, func, select, true

from domain.people.person import Person, StaffMember, Substitution
from domain.values.actors import Role
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import people, staff, substitutes
from store.work import Repository

_PERSON_MAPPING = TableMapping(people, Person)
_SELECT_BY_MOBILE = select(*_PERSON_MAPPING.columns).where(people.c.mobile == bindparam("of_mobile"))

_DELETE_PERSON = delete(people).where(people.c.mobile == bindparam("of_mobile"))

_MEMBER_MAPPING = TableMapping(staff, StaffMember)
_SELECT_STAFF = select(*_MEMBER_MAPPING.columns).order_by(staff.c.username)
_SELECT_ACTIVE_STAFF = _SELECT_STAFF.where(staff.c.active == true())
_SELECT_BY_USERNAME = select(*_MEMBER_MAPPING.columns).where(staff.c.username == bindparam("of_username"))


_SUBSTITUTION_MAPPING = TableMapping(substitutes, Substitution)
_SELECT_SUBSTITUTIONS = (
    select(*_SUBSTITUTION_MAPPING.columns)
    .where(substitutes.c["last"] >= bindparam("since"))
    .order_by(substitutes.c["first"], substitutes.c.absent, substitutes.c.deputy)
)
_DELETE_SUBSTITUTION = (
    delete(substitutes)
    .where(
        substitutes.c.absent == bindparam("of_absent"),
        substitutes.c.deputy == bindparam("of_deputy"),
        substitutes.c["first"] == bindparam("from_day"),
    )
    .returning(*_SUBSTITUTION_MAPPING.columns)
)


def _upsert_person(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(people)
    updated_columns = {
        column_name: func.coalesce(insertion.excluded[column_name], people.c[column_name])
        for column_name in ("full_name", "national_code")
    }
    return insertion.on_conflict_do_update(index_elements=["mobile"], set_=updated_columns)


def _upsert_member(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(staff)
    updated_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in _MEMBER_MAPPING.column_names
        if column_name not in {"username", "created_at"}
    }
    return insertion.on_conflict_do_update(index_elements=["username"], set_=updated_columns)


def _upsert_substitution(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(substitutes)
    updated_columns = {
        column_name: insertion.excluded[column_name] for column_name in ("last", "made_by", "made_at", "by_admin")
    }
    return insertion.on_conflict_do_update(index_elements=["absent", "deputy", "first"], set_=updated_columns)


class SqlStaffMemberRepository(Repository):
    """The port `StaffMemberRepository`."""

    async def find_person(self, mobile: str) -> Person | None:
        row = await self._transaction.fetch_row(_SELECT_BY_MOBILE, {"of_mobile": mobile})
        return None if row is None else _PERSON_MAPPING.read_row(row)

    async def save_person(self, person: Person) -> None:
        await self._transaction.defer(_upsert_person, _PERSON_MAPPING.column_values(person))

    async def delete_person(self, mobile: str) -> None:
        await self._transaction.execute(_DELETE_PERSON, {"of_mobile": mobile})

    async def find_staff(self, username: str) -> StaffMember | None:
        row = await self._transaction.fetch_row(_SELECT_BY_USERNAME, {"of_username": username})
        return None if row is None else _MEMBER_MAPPING.read_row(row)

    async def list_staff(self) -> list[StaffMember]:
        return _MEMBER_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_STAFF))

    async def list_staff_with_role(self, role: Role) -> list[StaffMember]:
        """By username. A municipality has some dozens of staff: all are read."""
        members = _MEMBER_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_ACTIVE_STAFF))
        return [member for member in members if role in member.roles]

    async def save_staff(self, staff_member: StaffMember) -> None:
        """The time of creation stays."""
        await self._transaction.execute(_upsert_member, _MEMBER_MAPPING.column_values(staff_member))

    async def list_substitutions(self, since_day: date) -> list[Substitution]:
        return _SUBSTITUTION_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_SUBSTITUTIONS, {"since": since_day})
        )

    async def save_substitution(self, substitution: Substitution) -> None:
        await self._transaction.execute(_upsert_substitution, _SUBSTITUTION_MAPPING.column_values(substitution))

    async def delete_substitution(self, absent: str, deputy: str, first_day: date) -> Substitution | None:
        row = await self._transaction.fetch_row(
            _DELETE_SUBSTITUTION, {"of_absent": absent, "of_deputy": deputy, "from_day": first_day}
        )
        return None if row is None else _SUBSTITUTION_MAPPING.read_row(row)
