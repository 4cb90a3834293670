"""Many who knock at the staff's door at once, on every engine: they get as many tries as one who knocks in a row."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from domain.accounts import StaffMember
from domain.actions.own_account import set_password
from domain.actions.signing_in import MOST_OF_PAIR, Caller, Doorman, forget_sessions
from domain.errors import AuthenticationFailed, TooManyRequests
from domain.people import Role
from domain.staff_sessions import IDLE, REMEMBERED, STEP_UP, SecondFactor
from store.unit_of_work import SqlStore
from tests.support.demo_site import MORNING, StepClock, build_desk

AT_ONCE = 20
FEW = timedelta(seconds=5)
CALLER = Caller("203.0.113.9", "a browser", inside=True)
RIGHT = "right"


class Together:
    """Passwords that are all compared before anybody is answered, as by several processes."""

    def __init__(self, how_many: int) -> None:
        self._all = asyncio.Barrier(how_many)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether it is the right one, once all have come so far."""
        await self._all.wait()
        return stored is not None and password == RIGHT

    def made(self) -> str:
        """Nothing here makes one."""
        raise NotImplementedError

    async def hashed(self, password: str) -> str:
        """Nothing here hashes one."""
        raise NotImplementedError


class Late(Together):
    """Passwords of which the right one is compared with the others, and its answer comes later."""

    def __init__(self, how_many: int) -> None:
        super().__init__(how_many)
        self.answers = asyncio.Event()

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether it is the right one."""
        right = await super().matches(stored, password)
        if right:
            await self.answers.wait()
        return right


class Open:
    """A vault that closes nothing."""

    def close(self, secret: str) -> str:
        """Return the same."""
        return secret

    def open(self, sealed: str) -> str:
        """Return the same."""
        return sealed


@pytest.fixture
async def clock(store: SqlStore) -> StepClock:
    """The doormen's clock; there is a member of the staff to be let in."""
    async with store.unit() as uow:
        member = StaffMember("civil", frozenset({Role.CIVIL}), "کارمند عمران", None, "stored", True, MORNING)
        await uow.people.put_staff(member)
    return StepClock()


def doormen(clock: StepClock, *stores: SqlStore, at_once: int = 1) -> list[Doorman]:
    """The same door in several processes."""
    passwords = Together(at_once)
    return [Doorman(build_desk(clock), store, passwords, Open()) for store in stores]


async def told(tries: Sequence[Awaitable[Any]]) -> Counter[str]:
    """How many were let in, refused and turned away."""
    done = await asyncio.gather(*tries, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, AuthenticationFailed | TooManyRequests):
            raise one
    return Counter(type(one).__name__ for one in done)


async def test_passwords_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    here, there = doormen(clock, store, other_store, at_once=AT_ONCE)
    answers = await told([(here, there)[i % 2].sign_in("civil", f"wrong {i}", CALLER) for i in range(AT_ONCE)])
    assert answers == {"AuthenticationFailed": MOST_OF_PAIR, "TooManyRequests": AT_ONCE - MOST_OF_PAIR}


async def test_proofs_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    proved = session.proved_at
    here, there = doormen(clock, store, other_store, at_once=AT_ONCE)
    answers = await told([(here, there)[i % 2].prove(session, f"wrong {i}", "", CALLER) for i in range(AT_ONCE)])
    assert answers == {"AuthenticationFailed": MOST_OF_PAIR, "TooManyRequests": AT_ONCE - MOST_OF_PAIR}
    assert session.proved_at == proved


async def test_who_comes_last_with_the_right_one_is_too_late(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    late = Late(AT_ONCE)
    door = replace(door, passwords=late)
    last = asyncio.create_task(door.sign_in("civil", RIGHT, CALLER))
    await told([door.sign_in("civil", f"wrong {i}", CALLER) for i in range(AT_ONCE - 1)])
    late.answers.set()
    with pytest.raises(TooManyRequests):
        await last


async def test_codes_at_once(clock: StepClock, store: SqlStore, other_store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    async with store.unit() as uow:
        await uow.second_factors.put(SecondFactor("civil", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", True, 0, (), MORNING))
    here, there = doormen(clock, store, other_store)
    answers = await told([(here, there)[i % 2].show_code(session, f"wrong {i}", CALLER) for i in range(AT_ONCE)])
    assert answers == {"AuthenticationFailed": MOST_OF_PAIR, "TooManyRequests": AT_ONCE - MOST_OF_PAIR}


async def test_sessions_are_remembered_for_a_while(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    first, _ = await door.sign_in("civil", RIGHT, CALLER)
    clock.at += IDLE
    second, _ = await door.sign_in("civil", RIGHT, CALLER)
    clock.at = first.seen_at + IDLE + REMEMBERED - FEW
    assert await forget_sessions(door.desk, store) == 0
    clock.at += 2 * FEW
    assert await forget_sessions(door.desk, store) == 1
    async with store.unit(write=False) as uow:
        assert [one.digest for one in await uow.staff_sessions.of("civil")] == [second.digest]


async def test_a_tab_that_was_on_its_way_takes_no_fresh_proof_back(clock: StepClock, store: SqlStore) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    signed_in = session.proved_at
    clock.at += STEP_UP
    await door.prove(session, RIGHT, "", CALLER)
    async with store.unit() as uow:
        await uow.staff_sessions.seen(session.digest, clock.now())
        [kept] = await uow.staff_sessions.of("civil")
    assert signed_in < kept.proved_at == session.proved_at < kept.seen_at


class Changing(Together):
    """Passwords of which the right one is changed while it is compared."""

    def __init__(self, clock: StepClock, store: SqlStore) -> None:
        super().__init__(1)
        self._desk, self._store = build_desk(clock), store

    async def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether it was the right one."""
        async with self._store.unit() as uow:
            await set_password(self._desk, uow, "civil", "another", "staff:civil")
        return await super().matches(stored, password)


async def test_a_password_that_is_changed_meanwhile_lets_nobody_in(
    clock: StepClock, store: SqlStore, other_store: SqlStore
) -> None:
    door = Doorman(build_desk(clock), store, Changing(clock, other_store), Open())
    with pytest.raises(AuthenticationFailed):
        await door.sign_in("civil", RIGHT, CALLER)
    async with store.unit(write=False) as uow:
        assert await uow.staff_sessions.of("civil") == []


async def test_a_session_that_was_ended_meanwhile_becomes_none_with_a_second_factor(
    clock: StepClock, store: SqlStore
) -> None:
    [door] = doormen(clock, store)
    session, _ = await door.sign_in("civil", RIGHT, CALLER)
    secret = pyotp.random_base32()
    async with store.unit() as uow:
        await uow.second_factors.put(SecondFactor("civil", secret, True, 0, (), MORNING))
        await uow.staff_sessions.end_others("civil")
    code = pyotp.TOTP(secret).at(clock.now())
    with pytest.raises(AuthenticationFailed):
        await door.show_code(session, code, CALLER)
    async with store.unit(write=False) as uow:
        assert await uow.staff_sessions.of("civil") == []
