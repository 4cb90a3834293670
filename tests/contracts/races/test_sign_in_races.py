"""Many who knock at the staff's door at once, on every engine: they get as many tries as one who knocks in a row."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.staff.attempts import list_locks
from domain.actions.staff.own_account import set_password
from domain.actions.staff.signing_in import StaffSignIn, forget_ended_sessions
from domain.actions.staff.staff_accounts import unlock_account
from domain.people.person import StaffMember
from domain.people.sessions import IDLE_LIMIT, PROOF_FRESHNESS, REMEMBERED_FOR, SecondFactor
from domain.people.sign_in_attempts import MOST_PER_PAIR, ClientOrigin
from domain.values.actors import SYSTEM, Role
from domain.values.errors import AuthenticationFailed, TooManyRequests
from store.unit_of_work import SqlStore
from tests.support.demo_site import MORNING, StepClock, build_desk

AT_ONCE = 20
FEW = timedelta(seconds=5)
CALLER = ClientOrigin("203.0.113.9", "a browser", inside=True)
RIGHT = "right"


class Together:
    """Passwords that are compared once so many have come this far, as by several processes; it counts the compared."""

    def __init__(self, how_many: int) -> None:
        self._all = asyncio.Barrier(how_many)
        self.compared = 0
        self.reached = asyncio.Event()
        """Once as many are compared as may be of one address."""

    async def verify_password(self, stored_hash: str | None, password: str) -> bool:
        """Tell whether it is the right one, once all have come so far."""
        self.compared += 1
        if self.compared == MOST_PER_PAIR:
            self.reached.set()
        await self._all.wait()
        return stored_hash is not None and password == RIGHT

    def generate_password(self) -> str:
        """Nothing here makes one."""
        raise NotImplementedError

    async def hash_password(self, password: str) -> str:
        """Nothing here hashes one."""
        raise NotImplementedError

    def refuse_weak(self, password: str, personal_words: Collection[str]) -> None:
        """Nothing here chooses one."""
        raise NotImplementedError


class AllAtOnce:
    """A queue in which nobody waits, as of many processes."""

    @asynccontextmanager
    async def wait_for_turn(self, source: str, *, known: bool) -> AsyncIterator[None]:
        """Give the turn at once."""
        yield


class Open:
    """A vault that closes nothing."""

    def seal_secret(self, secret: str) -> str:
        """Return the same."""
        return secret

    def unseal_secret(self, sealed_secret: str) -> str:
        """Return the same."""
        return sealed_secret

    def keyed_digest(self, purpose: str, text: str) -> str:
        """Return a digest without a key."""
        return hashlib.sha256(f"{purpose}|{text}".encode()).hexdigest()


@pytest.fixture
async def clock(store: SqlStore) -> StepClock:
    """The doormen's clock; there is a member of the staff to be let in."""
    async with store.open_unit() as uow:
        member = StaffMember("civil", frozenset({Role.CIVIL}), "کارمند عمران", None, "stored", True, MORNING)
        await uow.people.save_staff(member)
    return StepClock()


def doormen(clock: StepClock, *stores: SqlStore, passwords: Together | None = None) -> list[StaffSignIn]:
    """The same door in several processes."""
    passwords = passwords or Together(1)
    return [StaffSignIn(build_desk(clock), store, passwords, Open(), AllAtOnce()) for store in stores]


async def told(tries: Sequence[Awaitable[Any]]) -> Counter[str]:
    """Numbers let in, refused and turned away."""
    done = await asyncio.gather(*tries, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, AuthenticationFailed | TooManyRequests):
            raise one
    return Counter(type(one).__name__ for one in done)


async def test_passwords_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    passwords = Together(MOST_PER_PAIR)
    here, there = doormen(clock, store, other_store, passwords=passwords)
    answers = await told([(here, there)[i % 2].sign_in("civil", f"wrong {i}", CALLER) for i in range(AT_ONCE)])
    assert answers == {"AuthenticationFailed": MOST_PER_PAIR, "TooManyRequests": AT_ONCE - MOST_PER_PAIR}
    assert passwords.compared == MOST_PER_PAIR, "attempts are counted before their passwords are compared"


async def test_proofs_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    proved = session.proved_at
    here, there = doormen(clock, store, other_store, passwords=Together(MOST_PER_PAIR))
    answers = await told([(here, there)[i % 2].prove_again(session, f"wrong {i}", "", CALLER) for i in range(AT_ONCE)])
    assert answers == {"AuthenticationFailed": MOST_PER_PAIR, "TooManyRequests": AT_ONCE - MOST_PER_PAIR}
    assert session.proved_at == proved
    await door.sign_in("civil", RIGHT, CALLER)  # the proofs of a session are counted by that alone


async def test_attempts_that_are_under_way_count(clock: StepClock, store: SqlStore) -> None:
    waiting = Together(MOST_PER_PAIR + 1)
    [held] = doormen(clock, store, passwords=waiting)
    under_way = [asyncio.create_task(held.sign_in("civil", f"wrong {i}", CALLER)) for i in range(MOST_PER_PAIR)]
    [door] = doormen(clock, store)
    await waiting.reached.wait()
    with pytest.raises(TooManyRequests):
        await door.sign_in("civil", RIGHT, CALLER)
    for one in under_way:
        one.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


async def test_what_was_right_is_counted_no_more(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    for _ in range(MOST_PER_PAIR + 1):
        await told([door.sign_in("civil", f"wrong {i}", CALLER) for i in range(MOST_PER_PAIR - 1)])
        await door.sign_in("civil", RIGHT, CALLER)
        async with store.open_unit() as uow:
            assert await unlock_account(ActorContext(door.dependencies, uow, SYSTEM), "civil") > 0
    async with store.open_unit(write=False) as uow:
        assert await list_locks(uow.lines, "civil", clock.now()) == []


async def test_codes_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    async with store.open_unit() as uow:
        await uow.second_factors.save(SecondFactor("civil", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", True, 0, (), MORNING))
    here, there = doormen(clock, store, other_store)
    answers = await told(
        [(here, there)[i % 2].show_second_factor(session, f"wrong {i}", CALLER) for i in range(AT_ONCE)]
    )
    assert answers == {"AuthenticationFailed": MOST_PER_PAIR, "TooManyRequests": AT_ONCE - MOST_PER_PAIR}


async def test_sessions_are_remembered_for_a_while(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    first, _ = await door.sign_in("civil", RIGHT, CALLER)
    clock.at += IDLE_LIMIT
    second, _ = await door.sign_in("civil", RIGHT, CALLER)
    clock.at = first.seen_at + IDLE_LIMIT + REMEMBERED_FOR - FEW
    assert await forget_ended_sessions(door.dependencies, store) == 0
    clock.at += 2 * FEW
    assert await forget_ended_sessions(door.dependencies, store) == 1
    async with store.open_unit(write=False) as uow:
        assert [one.digest for one in await uow.staff_sessions.list_of_member("civil")] == [second.digest]


async def test_a_tab_that_was_on_its_way_takes_no_fresh_proof_back(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    signed_in = session.proved_at
    clock.at += PROOF_FRESHNESS
    await door.prove_again(session, RIGHT, "", CALLER)
    async with store.open_unit() as uow:
        await uow.staff_sessions.save_last_seen(session.digest, clock.now())
        [kept] = await uow.staff_sessions.list_of_member("civil")
    assert signed_in < kept.proved_at == session.proved_at < kept.seen_at


class Changing(Together):
    """Passwords of which the right one is changed while it is compared."""

    def __init__(self, clock: StepClock, store: SqlStore) -> None:
        super().__init__(1)
        self._desk, self._store = build_desk(clock), store

    async def verify_password(self, stored_hash: str | None, password: str) -> bool:
        """Tell whether it was the right one."""
        async with self._store.open_unit() as uow:
            await set_password(ActionContext(self._desk, uow), "civil", "another", "staff:civil")
        return await super().verify_password(stored_hash, password)


async def test_a_password_that_is_changed_meanwhile_lets_nobody_in(
    clock: StepClock, store: SqlStore, other_store: SqlStore
) -> None:
    door = StaffSignIn(build_desk(clock), store, Changing(clock, other_store), Open(), AllAtOnce())
    with pytest.raises(AuthenticationFailed):
        await door.sign_in("civil", RIGHT, CALLER)
    async with store.open_unit(write=False) as uow:
        assert await uow.staff_sessions.list_of_member("civil") == []


async def test_a_session_that_was_ended_meanwhile_becomes_none_with_a_second_factor(
    clock: StepClock, store: SqlStore
) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    secret = pyotp.random_base32()
    async with store.open_unit() as uow:
        await uow.second_factors.save(SecondFactor("civil", secret, True, 0, (), MORNING))
        await uow.staff_sessions.delete_others("civil")
    code = pyotp.TOTP(secret).at(clock.now())
    with pytest.raises(AuthenticationFailed):
        await door.show_second_factor(session, code, CALLER)
    async with store.open_unit(write=False) as uow:
        assert await uow.staff_sessions.list_of_member("civil") == []
