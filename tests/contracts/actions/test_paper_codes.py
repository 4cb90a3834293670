"""Codes on paper: kept by keyed digests; those of before, which lie as plain hashes, are wrapped and go on working."""

import hashlib

import pyotp
import pytest

from app.security.sign_in_queue import SignInQueue
from app.security.vault import FernetVault
from domain.actions.context import ActionContext
from domain.actions.staff import paper_codes
from domain.actions.staff.own_account import begin_enrolment, confirm_enrolment, rewrap_paper_codes
from domain.actions.staff.signing_in import StaffSignIn
from domain.people.person import StaffMember
from domain.people.sessions import SecondFactor, generate_secret
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.actors import Role
from domain.values.errors import AuthenticationFailed
from store.unit_of_work import SqlStore
from tests.contracts.races.test_sign_in_races import Together
from tests.support.demo_site import MORNING, StepClock, build_desk

CALLER = ClientOrigin("203.0.113.9", "a browser", inside=True)
VAULT = FernetVault("a secret of the tests")


def plain(code: str) -> str:
    """Stored form of a code before."""
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()


@pytest.fixture
async def door(store: SqlStore) -> StaffSignIn:
    """A door with a member who has two codes of before on paper."""
    member = StaffMember("civil", frozenset({Role.CIVIL}), "کارمند عمران", None, "stored", True, MORNING)
    old = tuple(map(plain, ("12345-67890", "11111-22222")))
    async with store.open_unit() as uow:
        await uow.people.save_staff(member)
        await uow.second_factors.save(
            SecondFactor("civil", VAULT.seal_secret(generate_secret()), True, 0, old, MORNING)
        )
    return StaffSignIn(build_desk(StepClock()), store, Together(1), VAULT, SignInQueue())


async def kept(store: SqlStore) -> tuple[str, ...]:
    """Stored form of the codes."""
    async with store.open_unit(write=False) as uow:
        factor = await uow.second_factors.find("civil")
    assert factor
    return factor.recovery


@pytest.mark.parametrize("wrapped", [False, True])
async def test_codes_of_before_go_on_working(door: StaffSignIn, store: SqlStore, wrapped: bool) -> None:
    if wrapped:
        assert await rewrap_paper_codes(store, VAULT) == 1
        assert await rewrap_paper_codes(store, VAULT) == 0
        assert plain("12345-67890") not in await kept(store)
    session, _ = await door.sign_in("civil", "right", CALLER)
    shown, _ = await door.show_second_factor(session, "۱۲۳۴۵ ۶۷۸۹۰", CALLER)
    assert shown.second_factor
    left = await kept(store)
    assert (len(left), plain("11111-22222") in left) == (1, False), "what is left is keyed"
    session, _ = await door.sign_in("civil", "right", CALLER)
    with pytest.raises(AuthenticationFailed):
        await door.show_second_factor(session, "12345-67890", CALLER)


async def test_nothing_that_is_kept_can_be_tried_without_the_key(door: StaffSignIn, store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.second_factors.delete("civil")
        context = ActionContext(door.dependencies, uow)
        secret = await begin_enrolment(context, VAULT, "civil")
        code = pyotp.TOTP(secret).at(door.dependencies.clock.now())
        codes = await confirm_enrolment(context, VAULT, "civil", code)
    stored = await kept(store)
    assert (len(codes), len(set(stored))) == (paper_codes.CODES_PER_MEMBER, paper_codes.CODES_PER_MEMBER)
    assert not {plain(one) for one in codes} & set(stored)
    assert {paper_codes.digest_code(VAULT, "civil", one) for one in codes} == set(stored)
    for vault, name in ((FernetVault("another secret of them"), "civil"), (VAULT, "sara")):
        assert not {paper_codes.digest_code(vault, name, one) for one in codes} & set(stored)
