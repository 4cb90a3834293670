"""Scanning by clamd: what is clean, what is not, and what nobody can tell."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.security.clamd import CHUNK_BYTES, CONNECTIONS, ClamdAddress, ClamdScanner, read_verdict
from domain.values.errors import Unavailable
from tests.fakes.clamd import EICAR, SIGNATURE, ClamdFault, FakeClamd
from tests.support.tables import each_row

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 1000
PATIENCE = 5.0
IMPATIENCE = 0.2


@pytest_asyncio.fixture(params=["tcp", "unix"])
async def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FakeClamd]:
    """A daemon on each sort of socket."""
    async with FakeClamd(tmp_path / "clamd.ctl" if request.param == "unix" else None) as daemon:
        yield daemon


def scanner_at(address: str, timeout_seconds: float = PATIENCE) -> ClamdScanner:
    return ClamdScanner(ClamdAddress.parse(address), timeout_seconds)


async def test_clean_files_and_malware_are_told_apart(clamd: FakeClamd) -> None:
    scanner = scanner_at(clamd.address)
    assert await scanner.find_fault() is None
    files = [b"", PHOTO, PHOTO[:CHUNK_BYTES], EICAR, PHOTO + EICAR]
    found = await asyncio.gather(*(scanner.find_malware(content) for content in files))
    assert found == [None, None, None, SIGNATURE, SIGNATURE]
    assert sorted(clamd.scanned) == sorted(files), "each byte arrived, and nothing else"


async def test_many_files_wait_for_their_turn(clamd: FakeClamd) -> None:
    scanner = scanner_at(clamd.address)
    found = await asyncio.gather(*(scanner.find_malware(PHOTO) for _ in range(CONNECTIONS * 5)))
    assert found == [None] * CONNECTIONS * 5
    assert clamd.most_at_once <= CONNECTIONS


@pytest.mark.parametrize("fault", ClamdFault)
async def test_what_is_no_answer_is_never_taken_for_clean(
    clamd: FakeClamd, fault: ClamdFault, caplog: pytest.LogCaptureFixture
) -> None:
    clamd.fault = fault
    scanner = scanner_at(clamd.address, IMPATIENCE if fault is ClamdFault.SILENT else PATIENCE)
    with pytest.raises(Unavailable) as refused:
        await scanner.find_malware(PHOTO + EICAR)
    assert (refused.value.field, refused.value.reason) == ("document", "scanner")
    [line] = caplog.messages
    assert line.startswith("clamd did not scan a file")
    assert clamd.scanned == []
    if fault is ClamdFault.SILENT:
        assert await scanner.find_fault() == "clamd does not answer"


async def test_a_stream_that_clamd_finds_too_long_is_not_clean(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeClamd(stream_bytes=CHUNK_BYTES) as clamd:
        with pytest.raises(Unavailable):
            await scanner_at(clamd.address).find_malware(bytes(7 * 1024 * 1024))
    assert len(caplog.messages) == 1, "its words, or that the line was reset, whichever came first"


async def test_nobody_is_there(tmp_path: Path) -> None:
    async with FakeClamd() as clamd:
        address = clamd.address
    for gone in (address, str(tmp_path / "nothing.ctl")):
        with pytest.raises(Unavailable):
            await scanner_at(gone).find_malware(PHOTO)
        assert "does not answer" in (await scanner_at(gone).find_fault() or "")


@each_row("address", ["", "clamd", "host:", ":3310", "host:0", "host:99999", "host:٣٣", "clamd.ctl"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        ClamdAddress.parse(address)


def test_addresses_and_answers_are_read() -> None:
    assert ClamdAddress.parse("[::1]:3310") == ClamdAddress(host="::1", port=3310)
    assert ClamdAddress.parse("/run/clamav/clamd.ctl").path == "/run/clamav/clamd.ctl"
    assert read_verdict("stream: Win.Test.EICAR_HDB-1 FOUND") == "Win.Test.EICAR_HDB-1"
