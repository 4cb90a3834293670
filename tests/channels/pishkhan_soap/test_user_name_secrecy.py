"""A stranger cannot tell which user names are offices': not by words, and not by the work that a refusal costs."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from app.security.vault import FernetVault
from channels.pishkhan_soap import username_token
from channels.pishkhan_soap.calls import LOCK_ATTEMPTS
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.values.actors import SYSTEM
from store.engines.prepared import PreparedStatement
from tests.channels.pishkhan_soap.envelopes import body
from tests.channels.pishkhan_soap.raw_client import Answer, RawClient
from tests.channels.pishkhan_soap.soap_office import VAULT, Office, office_at, open_town, serve_soap
from tests.support.municipality import StandingClock
from tests.support.scenarios.expert_unit import ASKING

LOOPBACK = (ip_network("127.0.0.1/32"),)
KNOWN = {"key": "w" * 20}
SWITCHED_OFF = KNOWN | {"username": "office-1002"}
UNKNOWN = {"username": "office-9999"}
CHANGING_ITS_KEY = KNOWN | {"username": "office-1003"}


@dataclass(slots=True)
class Work:
    """Work of answering: the texts of all statements in order, how many keys were unsealed and digests made."""

    statements: list[str] = field(default_factory=list)
    unsealed: int = 0
    digested: int = 0


@contextmanager
def counted(patch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Count the work that is done meanwhile."""
    work = Work()
    bound, opens, digest = PreparedStatement.bind_values, FernetVault.unseal_secret, username_token.password_digest

    def noting(self: PreparedStatement, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sql, arguments = bound(self, values)
        work.statements.append(sql)
        return sql, arguments

    def opening(self: FernetVault, sealed: str) -> str:
        work.unsealed += 1
        return opens(self, sealed)

    def digesting(nonce: bytes, created: str, key: str) -> str:
        work.digested += 1
        return digest(nonce, created, key)

    with patch.context() as patched:
        patched.setattr(PreparedStatement, "bind_values", noting)
        patched.setattr(FernetVault, "unseal_secret", opening)
        patched.setattr(username_token, "password_digest", digesting)
        yield work


async def from_address(office: Office, wire: RawClient, source: str, token: dict[str, str]) -> Answer:
    """Ping with this token from that address."""
    return await wire.post(office.signer.signed(body("Ping"), **token), X_Forwarded_For=source)


@pytest.mark.parametrize("other", [UNKNOWN, SWITCHED_OFF, CHANGING_ITS_KEY])
async def test_a_wrong_key_and_an_unknown_user_cost_the_same_work(
    furnished_url: str, monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    """Also when they are locked out, which both are at the same attempt; that attempt alone writes a lock-out."""
    async with open_town(furnished_url, StandingClock()) as town, serve_soap(town, LOOPBACK) as wire:
        office = office_at(town, wire)
        await switched_off_and_changing(office)
        for attempt in range(1, LOCK_ATTEMPTS + 3):
            with counted(monkeypatch) as of_known:
                told = await from_address(office, wire, "5.6.7.8", KNOWN)
            with counted(monkeypatch) as of_other:
                other_told = await from_address(office, wire, "5.6.7.9", other)
            assert told.fault == other_told.fault
            assert ("یک ربع" in told.fault.message) == (attempt > LOCK_ATTEMPTS)
            assert attempt == LOCK_ATTEMPTS or of_known == of_other
            assert (of_known.unsealed, of_known.digested) == (of_other.unsealed, of_other.digested) == (2, 2)


async def switched_off_and_changing(office: Office) -> None:
    """Switch an office off, and add one that has two keys just now."""
    async with office.town.store.open_unit() as uow:
        context = ActorContext(office.town.desk, uow, SYSTEM)
        await accounts.set_office_active(context, "1002", active=False)
        await accounts.add_office(context, VAULT, "1003", "دفتر غرب")
        await accounts.rotate_office_key(context, VAULT, "1003", timedelta(days=1))


async def test_a_good_call_costs_nothing_more(furnished_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_town(furnished_url, StandingClock()) as town, serve_soap(town) as wire:
        office = office_at(town, wire)
        with counted(monkeypatch) as work:
            assert (await office.call("Ping")).code == "ok"
    assert (work.unsealed, work.digested) == (1, 1)
    tables = ["FROM offices", "INTO office_nonces", "DELETE FROM hits", "INTO idempotency_keys", "idempotency_keys SET"]
    assert [table in sql for table, sql in zip(tables, work.statements, strict=True)] == [True] * 5


async def test_a_call_with_a_file_is_proved_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is admitted before its file is looked through, and again in the unit that keeps it."""
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)
    values = {"trackingCode": request, "name": "deed", "content": b64encode(b"%PDF-1.7 ").decode()}
    with counted(monkeypatch) as work:
        assert (await office.call("AttachDocument", values)).code == "ok"
    assert (work.unsealed, work.digested) == (1, 1)


async def test_who_proves_no_key_is_not_told_that_the_address_is_wrong(office: Office) -> None:
    async with office.town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(office.town.desk, uow, SYSTEM), "1001", ["10.0.0.0/8"])
    right, wrong, unknown = [
        (await office.wire.post(office.signer.signed(body("Ping"), **token))).fault for token in ({}, KNOWN, UNKNOWN)
    ]
    assert "نشانی شبکه" in right.message
    assert wrong == unknown


async def test_a_stranger_is_locked_out_for_a_while_as_an_office_is(office: Office) -> None:
    async with serve_soap(office.town, LOOPBACK) as wire:

        async def told(token: dict[str, str], source: str = "5.6.7.8") -> bool:
            return "یک ربع" in (await from_address(office, wire, source, token)).fault.message

        for token in (KNOWN, UNKNOWN):
            assert [await told(token) for _ in range(LOCK_ATTEMPTS + 1)] == [False] * LOCK_ATTEMPTS + [True]
            assert not await told(token, "5.6.7.9")
        office.town.advance(minutes=14, seconds=59)
        assert [await told(token) for token in (KNOWN, UNKNOWN)] == [True, True]
        office.town.advance(seconds=1)
        assert [await told(token) for token in (KNOWN, UNKNOWN)] == [False, False]
