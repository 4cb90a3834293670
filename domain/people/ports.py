"""Ports of people: persons and staff, sessions of both sites and second factors in the store, and the hashing of
passwords.
"""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol

from domain.people.citizen_session import CitizenSession
from domain.people.person import Person, StaffMember, Substitution
from domain.people.sessions import SecondFactor, StaffSession
from domain.values.actors import Role


class StaffMemberRepository(Protocol):
    """Citizens and staff."""

    async def find_person(self, mobile: str) -> Person | None:
        """Return the person with that mobile (+989…)."""
        ...

    async def save_person(self, person: Person) -> None:
        """Store a new person or what became known; a known name or code is never overwritten by None."""
        ...

    async def delete_person(self, mobile: str) -> None:
        """Forget whose number that is."""
        ...

    async def find_staff(self, username: str) -> StaffMember | None:
        """Return a staff member."""
        ...

    async def list_staff(self) -> list[StaffMember]:
        """Return every staff member by username."""
        ...

    async def list_staff_with_role(self, role: Role) -> list[StaffMember]:
        """Return the active members of a role."""
        ...

    async def save_staff(self, staff_member: StaffMember) -> None:
        """Store a new or changed member (by username)."""
        ...

    async def list_substitutions(self, since_day: date) -> list[Substitution]:
        """Return who substitutes whom on that day or later, by first day and names."""
        ...

    async def save_substitution(self, substitution: Substitution) -> None:
        """Store it; the same two from the same day on get the new last day."""
        ...

    async def delete_substitution(self, absent: str, deputy: str, first_day: date) -> Substitution | None:
        """Forget it and return what it was; None when there is none of these two from that day on."""
        ...


class StaffSessionRepository(Protocol):
    """Sessions of the staff."""

    async def add(self, session: StaffSession) -> None:
        """Store a new session."""
        ...

    async def find(self, token_digest: str) -> StaffSession | None:
        """Return a session, whether it still lives or not."""
        ...

    async def list_of_member(self, username: str) -> list[StaffSession]:
        """Return the sessions of a member of the staff, the one that was used last first."""
        ...

    async def save_last_seen(self, token_digest: str, used_at: datetime) -> None:
        """Store when it was used last, and nothing else: another tab may have proved it meanwhile."""
        ...

    async def save_last_proved(self, token_digest: str, proved_at: datetime) -> None:
        """Store when it was proved last."""
        ...

    async def delete(self, token_digest: str) -> bool:
        """Forget a session; False when it was gone."""
        ...

    async def delete_others(self, username: str, except_digest: str | None = None) -> int:
        """Forget the sessions of a member of the staff, but for one; return how many."""
        ...

    async def delete_unused(self, last_used_before: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        ...


class CitizenSessionRepository(Protocol):
    """Browsers at the citizens' portal."""

    async def add(self, session: CitizenSession) -> None:
        """Store a new session."""
        ...

    async def find(self, token_digest: str) -> CitizenSession | None:
        """Return the session with that digest, be it pending or not, whether it still lives or not."""
        ...

    async def save_last_use(self, session_id: int, used_at: datetime) -> None:
        """Store when it was used last."""
        ...

    async def save_proof(self, session_id: int, pending_digest: str, mobile: str, proved_at: datetime) -> None:
        """Store the proof of a mobile and the token that bears it, in the place of earlier ones."""
        ...

    async def delete_proof(self, session_id: int) -> None:
        """Forget which mobile was proved."""
        ...

    async def delete_old_proofs(self, proved_before: datetime) -> int:
        """Forget which mobiles were proved before; return how many."""
        ...

    async def save_pending(self, session_id: int, pending_digest: str) -> None:
        """Store a pending token, in the place of an earlier one."""
        ...

    async def adopt_pending(self, pending_digest: str) -> None:
        """Let the pending token with that digest be the session's only one; nothing where there is none."""
        ...

    async def delete(self, session_id: int) -> bool:
        """Forget a session; False when it was gone."""
        ...

    async def delete_unused(self, last_used_before: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        ...


class SecondFactorRepository(Protocol):
    """The authenticators of the staff."""

    async def find(self, username: str, *, lock: bool = False) -> SecondFactor | None:
        """Return the authenticator of a member of the staff; `lock` keeps other writers off it until the unit ends."""
        ...

    async def list_all(self, *, lock: bool = False) -> list[SecondFactor]:
        """Return every authenticator, by user name; `lock` as above."""
        ...

    async def save(self, second_factor: SecondFactor) -> None:
        """Store a new or changed one (by user name)."""
        ...

    async def delete(self, username: str) -> bool:
        """Forget it; False when there was none."""
        ...


class Passwords(Protocol):
    """Makes and checks passwords; slow by design, so never inside a unit of work."""

    def generate_password(self) -> str:
        """Return a new random password."""
        ...

    async def verify_password(self, stored_hash: str | None, password: str) -> bool:
        """Return whether this is the password behind a stored hash; None matches none, and takes as long."""
        ...

    async def hash_password(self, password: str) -> str:
        """Return the hash of a new password."""
        ...

    def refuse_weak(self, password: str, personal_words: Collection[str]) -> None:
        """Refuse a password that nobody should choose (`InvalidField("new_password")`): too short or too long, common,
        or made of what others know; `personal_words` are what they know of its owner.
        """
        ...


class AttemptQueue(Protocol):
    """Decides whose attempt at signing in comes next, so that nobody keeps all others waiting."""

    def wait_for_turn(self, source: str, *, known: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a turn and have it until the block ends. Sources take turns, and those that are `known` here come
        before strangers; `TooManyRequests("busy")` where too many wait.
        """
        ...
