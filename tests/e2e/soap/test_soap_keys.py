"""Keys that overlap, networks, lock-outs: what the staff change, as a counter's program meets it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.pishkhan_soap.calls import LOCK_ATTEMPTS
from tests.e2e.soap.clients import ByZeep, Counter, CounterFault, Nonce
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import Office

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), on_database("postgresql")]

OVERLAP_HOURS = 2


async def refusal(program: ByZeep, nonce: Nonce | None = None) -> str:
    """Refusal of a ping: code, element and message in one line."""
    with pytest.raises(CounterFault) as caught:
        await program.call("Ping", nonce=nonce)
    return f"{caught.value.code} {caught.value.field} {caught.value.message}"


async def test_a_new_key_is_taken_beside_the_old_one_for_a_while(
    office: Office, counter: Counter, zeep: ByZeep
) -> None:
    key = await office.deed("rotate_key", code=counter.code, overlap_hours=OVERLAP_HOURS)
    assert key != counter.key
    with ByZeep(replace(counter, key=key), "1.2") as renewed:
        for program in (zeep, renewed):
            assert (await program.call("Ping"))["office"]
        office.advance(hours=OVERLAP_HOURS)
        assert (await renewed.call("Ping"))["office"]
        assert (await refusal(zeep)).startswith("authentication_failed UsernameToken")


async def test_an_office_is_bound_to_networks_and_switched_off(office: Office, counter: Counter, zeep: ByZeep) -> None:
    await office.deed("allow_networks", code=counter.code, networks=["203.0.113.0/28"])
    assert "نشانی شبکه" in await refusal(zeep)
    await office.deed("allow_networks", code=counter.code, networks=["203.0.113.0/28", "127.0.0.1"])
    assert (await zeep.call("Ping"))["office"]
    await office.deed("set_office_active", code=counter.code, active=False)
    assert (await refusal(zeep)).startswith("authentication_failed Username")


async def locked(office: Office, counter: Counter) -> list[str]:
    """The addresses that the operator sees locked out of an office."""
    return list(await office.deed("list_locked", code=counter.code))


async def test_guessing_locks_an_address_out_until_an_operator_or_the_right_key_ends_it(
    office: Office, counter: Counter, zeep: ByZeep
) -> None:
    with ByZeep(replace(counter, key="another-key-altogether"), "1.1") as guesser:
        for ended_by_the_key in (False, True):
            for _ in range(LOCK_ATTEMPTS):
                assert "بسته است" not in await refusal(guesser)
            assert "بسته است" in await refusal(guesser)
            assert await locked(office, counter) == ["127.0.0.1"]
            if ended_by_the_key:
                assert (await zeep.call("Ping"))["office"]  # the desk beside it has the right one
            else:
                await office.deed("set_office_active", code=counter.code, active=True)
            assert await locked(office, counter) == []


async def test_a_wrong_clock_alone_locks_nobody_out(office: Office, zeep: ByZeep) -> None:
    for number in range(LOCK_ATTEMPTS + 1):
        late = (f"nonce-{number:010}", office.clock.now() - timedelta(minutes=6))
        assert "ساعت رایانه" in await refusal(zeep, nonce=late)
    assert (await zeep.call("Ping"))["office"]
