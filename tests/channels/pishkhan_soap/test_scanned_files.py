"""Files that counters send are scanned for malware first: what is found, or cannot be told, is a fault of its own."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.actions.context import ActorContext
from domain.actions.documents.capacity import MOST_DOCUMENTS
from domain.actions.offices import accounts
from domain.unit_of_work import UnitOfWork
from domain.values.actors import SYSTEM
from store.unit_of_work import SqlStore
from tests.channels.pishkhan_soap.envelopes import body
from tests.channels.pishkhan_soap.soap_office import Office
from tests.fakes.suspicious_scanner import MALWARE, SuspiciousScanner
from tests.support.scenarios.expert_unit import ASKING

PDF = b"%PDF-1.7 "


async def test_malware_is_refused_audited_and_not_kept(office: Office) -> None:
    scanner = office.town.desk.malware_scanner = SuspiciousScanner(office.town.store)
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)

    async def attach(content: bytes) -> str:
        values = {"trackingCode": request, "name": "deed", "content": b64encode(content).decode()}
        answer = await office.call("AttachDocument", values)
        return answer.code if answer.status == 200 else answer.fault.code

    assert await attach(PDF + MALWARE) == "document_rejected"
    scanner.is_away = True
    assert await attach(PDF) == "unavailable"
    assert office.town.rows("SELECT count(*) FROM documents") == [(0,)]
    scanner.is_away = False
    assert await attach(PDF) == "ok"
    [(actor, _)] = office.audited("malware_found")
    assert actor.startswith("clerk:")


async def test_a_file_is_scanned_once_however_often_its_call_comes(office: Office) -> None:
    scanner = office.town.desk.malware_scanner = SuspiciousScanner(office.town.store)
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)

    def attaching(content: bytes, call_id: str, **head: str) -> str:
        values = {"trackingCode": request, "name": "deed", "content": b64encode(content).decode()}
        return body("AttachDocument", values, call_id=call_id, **head)

    async def send(message: str, scan_count: int) -> str:
        answer = await office.wire.post(message)
        assert scanner.scan_count == scan_count
        return answer.code

    kept, refused = office.signer.signed(attaching(PDF, "f-1")), office.signer.signed(attaching(PDF + MALWARE, "f-2"))
    assert [await send(message, count) for message, count in ((kept, 1), (refused, 2))] == ["ok", "document_rejected"]
    assert [await send(message, 2) for message in (kept, refused)] == ["replayed"] * 2
    assert await send(office.signer.signed(attaching(PDF, "f-1")), 2) == "ok", "the first answer again"
    assert await send(office.signer.signed(attaching(PDF + b"2", "f-1")), 2) == "duplicate_request"
    assert await send(office.signer.signed(attaching(PDF, "f-3", office="1002")), 2) == "forbidden"
    stale = office.signer.signed(attaching(PDF, "f-4"), created="2026-11-24T06:20:00Z")
    assert await send(stale, 2) == "authentication_failed"
    async with office.town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(office.town.desk, uow, SYSTEM), "1001", ["10.0.0.0/8"])
    assert await send(office.signer.signed(attaching(PDF, "f-5")), 2) == "authentication_failed"


async def test_a_file_that_its_request_does_not_take_is_not_scanned(office: Office) -> None:
    scanner = office.town.desk.malware_scanner = SuspiciousScanner(office.town.store)
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)

    async def attach(name: str, content: bytes = PDF, code: str = request) -> str:
        values = {"trackingCode": code, "name": name, "content": b64encode(content).decode()}
        answer = await office.call("AttachDocument", values)
        return answer.code if answer.status == 200 else answer.fault.code

    assert [await attach("selfie"), await attach("deed", code="123456786")] == ["invalid_field", "not_found"]
    assert scanner.scan_count == 0
    for number in range(MOST_DOCUMENTS):
        assert await attach("deed", PDF + str(number).encode()) == "ok"
    assert await attach("deed", PDF) == "too_large"
    assert scanner.scan_count == MOST_DOCUMENTS
    assert await attach("deed", PDF + b"0") == "ok", "it is there already"
    assert (await office.call("CancelRequest", {"trackingCode": request})).code == "ok"
    assert (await attach("deed"), scanner.scan_count) == ("not_allowed_now", MOST_DOCUMENTS + 1)


async def test_an_office_that_is_admitted_meanwhile_brings_no_file_unscanned(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await office.town.order(ASKING)
    await office.town.brought_by(request)
    store, desk = office.town.store, office.town.desk
    async with store.open_unit() as uow:
        await accounts.set_office_active(ActorContext(desk, uow, SYSTEM), "1001", active=False)

    @asynccontextmanager
    async def open_unit(*, write: bool = True) -> AsyncIterator[UnitOfWork]:
        """The office is switched on after the call was looked at, in the very unit that acts on it."""
        async with SqlStore.open_unit(store, write=write) as uow:
            if write:
                await accounts.set_office_active(ActorContext(desk, uow, SYSTEM), "1001", active=True)
            yield uow

    monkeypatch.setattr(store, "open_unit", open_unit)
    values = {"trackingCode": request, "name": "deed", "content": b64encode(PDF).decode()}
    assert (await office.call("AttachDocument", values)).code == "authentication_failed"
    assert office.town.rows("SELECT count(*) FROM documents") == [(0,)]
