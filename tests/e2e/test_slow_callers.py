"""Callers that are slow, speak no HTTP, or go away: none holds a connection for long, and none is a fault of ours."""

import asyncio
import re
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from itertools import product
from time import monotonic

import pytest
import pytest_asyncio

from tests.e2e.support.office import WEBHOOK_SECRET, Office
from tests.e2e.support.office_factory import new_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LIMIT = 1.0
"""Seconds that a head, and a short body, may take here."""

PATIENCE = 10.0
"""Seconds until this test gives up: tests run beside others."""

SMS = f"/sms/kavenegar/{WEBHOOK_SECRET}/inbound"
ADDRESSES = {SMS: b"408", "/staff/sign-in": b"408", "/soap/pishkhan": b"500", "/no/such/page": b"404", "/": b"405"}
"""Addresses that take a body, and the status of one whose body does not come."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/xml")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[Office]:
    """An open office that waits a second."""
    limits = {"PISHKHAN_HTTP__HEAD_TIMEOUT": str(LIMIT), "PISHKHAN_HTTP__BODY_TIMEOUT": str(LIMIT)}
    async with new_office(settings=limits) as fresh:
        assert (await fresh.run("migrate")).code == 0
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0
        assert " ERROR " not in fresh.complained
        fresh.assert_clean_log()


async def line(office: Office) -> tuple[StreamReader, StreamWriter]:
    """A connection to it."""
    return await asyncio.open_connection("127.0.0.1", office.port)


async def until_closed(office: Office, sent: bytes, *, dribbled: bytes = b"") -> tuple[float, bytes]:
    """Seconds after which a connection is closed on which this was sent, then a byte at a time; and the answer."""
    reader, writer = await line(office)
    begun, answer = monotonic(), b""
    writer.write(sent)
    dribbling = asyncio.create_task(_dribble(writer, dribbled))
    try:
        async with asyncio.timeout(patient(PATIENCE)):
            while part := await reader.read(2**16):
                answer += part
    except ConnectionError:  # a byte that came after the end resets the connection; what was answered before it holds
        pass
    finally:
        dribbling.cancel()
        await asyncio.wait([dribbling])
        writer.close()
    return monotonic() - begun, answer


async def _dribble(writer: StreamWriter, sent: bytes) -> None:
    for one in sent:
        writer.write(bytes([one]))
        await asyncio.sleep(LIMIT / 5)


async def test_a_connection_that_never_finishes_its_head_is_closed(office: Office) -> None:
    whole, half = b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: desk\r\nX-Long: "
    closed = await asyncio.gather(
        until_closed(office, b""),
        until_closed(office, half),
        until_closed(office, b"", dribbled=half + b"x" * 1000),
        until_closed(office, whole),
        until_closed(office, whole + half, dribbled=b"x" * 1000),
        *(until_closed(office, half) for _ in range(50)),
    )
    assert [seconds for seconds, _ in closed if not LIMIT / 2 < seconds < PATIENCE / 2] == []
    assert [answer[:15] for _, answer in closed[:5]] == [b"", b"", b"", b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK"]


async def test_a_body_that_does_not_come_is_not_waited_for(office: Office) -> None:
    head = "POST {} HTTP/1.1\r\nHost: desk\r\nContent-Type: {}\r\nContent-Length: 5000\r\n\r\n"
    calls = list(product(ADDRESSES.items(), FORMS, (b"", b"x" * 1000)))
    closed = await asyncio.gather(
        *(until_closed(office, head.format(path, form).encode(), dribbled=rest) for (path, _), form, rest in calls)
    )
    assert [answer.split()[1] for _, answer in closed] == [status for (_, status), _, _ in calls]


async def test_a_body_without_an_end_is_not_waited_for(office: Office) -> None:
    head = f"POST {SMS} HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    seconds, answer = await until_closed(office, head, dribbled=b"1\r\nx\r\n" * 1000)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < patient(PATIENCE)


async def test_an_answer_that_nobody_takes_is_not_kept(office: Office) -> None:
    asked = 400
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", office.port))
        narrow.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=narrow, limit=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n" * asked)
        await asyncio.sleep(3 * LIMIT)
        taken = b""
        try:
            async with asyncio.timeout(patient(PATIENCE)):
                while part := await reader.read(65536):
                    taken += part
        except ConnectionError:
            pass
        assert 0 < taken.count(b"HTTP/1.1 200 OK") < asked
        writer.close()


async def test_a_caller_that_goes_away_is_no_fault(office: Office) -> None:
    before = len(office.complained)
    for path in ADDRESSES:
        await _leave(office, f"POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Length: 5000\r\n\r\nfrom=0912".encode())
        await _leave(office, f"POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Length: 5000\r\n\r\n".encode(), pause=0.05)
        await _leave(office, f"GET {path} HTTP/1.1\r\nHost: desk\r\n\r\n".encode())
    await _leave(office, b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n" * 200, pause=0.05)
    await asyncio.sleep(LIMIT)
    told = office.complained[before:]
    assert {line.split()[1] for line in told.splitlines()} == {"INFO"}, told
    assert len(re.findall(r"POST /\S* 499 ", told)) > 0, told


async def _leave(office: Office, sent: bytes, pause: float = 0.0) -> None:
    """Call and hang up at once, with a reset as browsers do that are closed in the middle of something."""
    _, writer = await line(office)
    own: socket.socket = writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.write(sent)
    await writer.drain()
    await asyncio.sleep(pause)
    writer.transport.abort()
    writer.close()


MALFORMED = {
    "another protocol": b"GET %b GOPHER/9\r\nHost: desk\r\n\r\n" % SMS.encode(),
    "a header without a colon": b"GET %b HTTP/1.1\r\nHost desk\r\n\r\n" % SMS.encode(),
    "a header without a name": b"GET / HTTP/1.1\r\nHost: desk\r\n: x\r\n\r\n",
    "a zero byte": b"GET / HTTP/1.1\r\nHost: desk\r\nX-A: a\0b\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: x\r\n\r\nx",
    "a long line": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: desk\r\n" + b"X-A: a\r\n" * 1000 + b"\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + b"\0" * 60,
}


@pytest.mark.parametrize("what", MALFORMED)
async def test_what_is_no_request_is_a_line_and_no_trace(office: Office, what: str) -> None:
    before = len(office.complained)
    _, answer = await until_closed(office, MALFORMED[what])
    told = office.complained[before:].splitlines()
    assert answer.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert [line for line in told if re.search(r" INFO pishkhan.access: 127.0.0.1 UNKNOWN - 400 \d+ [\d.]+$", line)]
    for line in (line for line in told if " pishkhan.access: " not in line):
        assert re.search(r" WARNING aiohttp.server: malformed request from 127.0.0.1: [A-Za-z]+$", line)
    assert len(told) <= 2
    assert WEBHOOK_SECRET not in "".join(told)
