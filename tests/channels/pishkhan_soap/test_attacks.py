"""Messages that are made to cost memory, time or trust: each has its fault, and costs next to nothing.

How long and how much each takes is measured by `bench.attacks` (docs/performance.md). What is asserted is far from
what is measured, so that a busy machine fails no test.
"""

import asyncio
import logging
import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.channels.pishkhan_soap.attacks import ATTACKS, ENDLESS, MB, padded
from tests.channels.pishkhan_soap.envelopes import MACHINERY, WSSE, body, envelope
from tests.channels.pishkhan_soap.raw_client import request
from tests.channels.pishkhan_soap.soap_office import Office, office_at, serve_soap
from tests.support.patience import patient

LONGEST = 2.0
"""Seconds that no attack takes even on a busy machine; measured: some thousandths."""

MOST = 64 * MB
"""Bytes by which no attack lets the process grow, this client and what it sends included."""


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_costs_little_and_has_its_fault(
    office: Office, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    build, code = ATTACKS[name]
    content = request(build().encode())
    await office.call("Ping")
    size, began = _resident(), time.perf_counter()
    answer = await office.wire.raw(content)
    took, grown = time.perf_counter() - began, _resident() - size
    print(f"{name}: {took * 1000:.1f} ms, {grown / MB:.1f} MB, {answer.fault.code}")
    assert answer.fault.code == code
    assert took < patient(LONGEST)
    assert grown < MOST
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("way", ENDLESS)
async def test_a_body_without_end_is_cut_off(office: Office, way: str) -> None:
    """Bodies that are said to be 50 MB, come in chunks of any number, or unpack to far more than they weigh."""
    content = ENDLESS[way]()
    await office.call("Ping")
    size, began = _resident(), time.perf_counter()
    answer = await office.wire.raw(content)
    took, grown = time.perf_counter() - began, _resident() - size
    print(f"{way}: {took * 1000:.1f} ms, {grown / MB:.1f} MB, {answer.fault.code}")
    assert answer.fault.code in {"too_large", "invalid_field"}
    assert took < patient(LONGEST)
    assert grown < MOST


async def test_names_and_blanks_of_strangers_are_not_kept(office: Office) -> None:
    """libxml2 keeps every word that it reads for a thread's whole life: 200 such messages would leave 60 MB."""

    def message(number: int) -> str:
        return padded("".join(f"<n{number:05}x{one:05}{'x' * 50}/>" for one in range(3_500)))

    for number in range(20):
        await office.wire.post(message(number))
    size = _resident()
    for number in range(20, 220):
        assert (await office.wire.post(message(number))).fault.code == "authentication_failed"
    print(f"grown by {(_resident() - size) / MB:.1f} MB")
    assert _resident() - size < 20 * MB


async def test_a_body_that_pauses_for_long_is_given_up(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    content = request(office.signer.signed(body("Ping")).encode())
    async with serve_soap(office.town, silence_seconds=0.2) as wire, wire.line() as line:
        await line.send(content[:-10])
        answer = await line.answer()
        assert (answer.fault.code, answer.fault.field) == ("invalid_field", "body")
        assert await line.ended()
    assert not caplog.records


async def test_a_body_that_drips_is_given_up_all_the_same(office: Office) -> None:
    content = request(office.signer.signed(body("Ping")).encode())
    async with serve_soap(office.town, patience_seconds=0.3) as wire, wire.line() as line:

        async def drip() -> None:
            for byte in content:
                await line.send(bytes([byte]))
                await _a_moment()

        dripping = asyncio.create_task(drip())
        assert (await line.answer()).fault.field == "body"
        dripping.cancel()
        assert await line.ended()


async def _a_moment() -> None:
    """Let a hundredth of a second pass on the loop's own clock."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, passed.set)
    await passed.wait()


async def test_a_caller_who_hangs_up_leaves_no_trace_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    content = request(office.signer.signed(body("Ping")).encode())
    for cut in (b"", content[:50], content[:-10]):
        async with office.wire.line() as line:
            await line.send(cut)
    in_chunks = request(b"", {"Transfer-Encoding": "chunked", "Content-Length": ""})
    async with office.wire.line() as line:
        await line.send(in_chunks + b"5\r\nhello\r\n")
    assert (await office.call("Ping")).code == "ok"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_broken_chunks_have_an_answer(office: Office) -> None:
    in_chunks = request(b"", {"Transfer-Encoding": "chunked", "Content-Length": ""})
    assert (await office.wire.raw(in_chunks + b"zz\r\nhello\r\n")).status in {400, 500}


async def test_a_signed_part_moved_elsewhere_signs_nothing(office: Office) -> None:
    """The token of an honest call, taken along with another body: its nonce is used up, and it proves no body."""
    token = office.signer.security()
    assert (await office.wire.post(envelope(body("Ping"), token))).code == "ok"
    stolen = envelope(body("SubmitMachineryRequest", MACHINERY), token)
    assert (await office.wire.post(stolen, SOAPAction="Ping")).code == "replayed"
    hidden = f'<w:Security xmlns:w="{WSSE}" s:role="urn:x" s:actor="urn:x">{body("Ping")}</w:Security>'
    assert (await office.wire.post(envelope(body("Ping"), hidden))).code == "authentication_failed"
    assert office.count("requests") == 0


async def test_an_attack_does_not_keep_others_waiting(office: Office) -> None:
    """While sixteen strangers send their ten megabytes each, an honest call is answered."""
    huge = request(ATTACKS["a huge AttachDocument"][0]().encode())
    async with serve_soap(office.town) as wire:
        others = [asyncio.create_task(wire.raw(huge)) for _ in range(16)]
        answer = await office_at(office.town, wire).call("Ping")
        assert answer.code == "ok"
        assert {(await one).fault.code for one in others} == {"authentication_failed"}


async def test_long_bodies_wait_for_room(office: Office) -> None:
    """As many as there is room for are held at once; a short call needs none."""
    huge = request(ATTACKS["a huge AttachDocument"][0]().encode())
    async with serve_soap(office.town, files_at_once=1) as wire, wire.line() as slow, wire.line() as waiting:
        await slow.send(huge[: 2 * MB])
        sending = asyncio.create_task(waiting.send(huge))
        answered = asyncio.create_task(waiting.answer())
        assert (await office_at(office.town, wire).call("Ping")).code == "ok"
        assert not answered.done()
        await slow.send(huge[2 * MB :])
        assert (await slow.answer()).fault.code == "authentication_failed"
        assert (await answered).fault.code == "authentication_failed"
        await sending


async def test_a_document_in_disguise_is_refused(office: Office) -> None:
    code = await office.submitted()
    values = {"trackingCode": code, "name": "photo", "content": b64encode(b"MZ" + b"\0" * 1000).decode()}
    assert (await office.call("AttachDocument", values)).code in {"document_rejected", "invalid_field"}
