"""Child processes of a bench: `pishkhan serve` as an operator runs it, and what the kernel tells of its work.

No child outlives the bench, even when that is killed.
"""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

PROGRAM = Path(sys.executable).with_name("pishkhan")
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.01

API_KEY = "4F6E6C79466F7254657374"
WEBHOOK_SECRET = "wh-51c0ffee7a"  # noqa: S105 - of a server that lives for one bench
INBOUND = f"/sms/kavenegar/{WEBHOOK_SECRET}/inbound"
LINE = "10004346"

_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def spawned(command: Sequence[str | Path], environment: Mapping[str, str] | None = None, **more: Any) -> Process:
    """Start a child that ends with us."""
    guarded = ("setpriv", "--pdeathsig=KILL", *map(str, command))
    return await asyncio.create_subprocess_exec(*guarded, env=environment, **more)


async def ended(process: Process, within: float) -> bool:
    """Wait so many seconds for a process to end, and tell whether it did."""
    try:
        await asyncio.wait_for(process.wait(), within)
    except TimeoutError:
        return False
    return True


async def printed(module: str, *arguments: str, given: str = "", pinned: Sequence[str] = ()) -> str:
    """Run one of our modules to its end in a process of its own, by `pinned` on cores; return what it printed."""
    process = await spawned((*pinned, sys.executable, "-m", module, *arguments), stdin=PIPE, stdout=PIPE)
    out, _ = await process.communicate(given.encode())
    if process.returncode:
        raise SystemExit(f"{module} ended with {process.returncode}")
    return out.decode()


@asynccontextmanager
async def listening(module: str, *arguments: str, pinned: Sequence[str] = ()) -> AsyncIterator[tuple[int, int]]:
    """Run one of our modules as a server, its port the first argument; the port and the process id."""
    port = free_port()
    process = await spawned((*pinned, sys.executable, "-m", module, str(port), *arguments), stdin=DEVNULL)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _is_listened_on(port):
                if await ended(process, LOOK_AGAIN_SECONDS):
                    raise SystemExit(f"{module} ended with {process.returncode}")
        yield port, process.pid
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _is_listened_on(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def is_ready(port: int) -> bool:
    """Tell whether `/readyz` answers 200."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        status = await reader.readline()
    finally:
        writer.close()
    return b" 200 " in status


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def processor_seconds(pid: int) -> float:
    """Return how long a process has kept processors busy, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def usual(database_url: str, port: int, panel_url: str) -> dict[str, str]:
    """Return the settings of a municipality that serves in earnest; no citizen texts too often for it."""
    return {
        "PISHKHAN_DATABASE_URL": database_url,
        "PISHKHAN_PORT": str(port),
        "PISHKHAN_BASE_URL": "https://pishkhan.example.ir",
        "PISHKHAN_STAFF__INSIDE_NETWORKS": "127.0.0.0/8",
        "PISHKHAN_SECRET_KEY": "b2f0c1d4e5a69788-bench",
        "PISHKHAN_BILLS__COMPANY_CODE": "077",
        "PISHKHAN_SOAP__CALLS_PER_MINUTE": "1000000",  # programs call faster than any office
        "PISHKHAN_SMS__PROVIDERS": "kavenegar",
        "PISHKHAN_SMS__KAVENEGAR__BASE_URL": panel_url,
        "PISHKHAN_SMS__KAVENEGAR__API_KEY": API_KEY,
        "PISHKHAN_SMS__KAVENEGAR__SENDER": LINE,
        "PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET": WEBHOOK_SECRET,
        "PISHKHAN_SMS__KAVENEGAR__RATE": "100000",
        "PISHKHAN_POLICY__INBOUND_LIMIT": "1000000000",
    }


class Server:
    """`pishkhan` over one database: `async with` serves. `program` ends with the `pishkhan` that is measured; before it
    may stand what runs it (a profiler, say) as it serves.
    """

    def __init__(self, home: Path, settings: Mapping[str, str], program: Sequence[str | Path] = (PROGRAM,)) -> None:
        self.port = int(settings["PISHKHAN_PORT"])
        self._home = home
        self._program = program
        self.environment = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", **settings}
        self._process: Process | None = None

    async def run(self, *arguments: str) -> str:
        """Run a command, which must do well; return what it printed."""
        process = await spawned((self._program[-1], *arguments), self.environment, stdin=DEVNULL, stdout=PIPE)
        out, _ = await process.communicate()
        if process.returncode:
            raise SystemExit(f"pishkhan {' '.join(arguments)} failed")
        return out.decode()

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process.pid

    async def __aenter__(self) -> Self:
        log = (self._home / "serve.log").open("ab")
        with log:
            command = (*self._program, "serve")
            self._process = await spawned(command, self.environment, stdin=DEVNULL, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await is_ready(self.port):
                    if await ended(self._process, LOOK_AGAIN_SECONDS):
                        raise SystemExit(f"pishkhan serve ended:\n{(self._home / 'serve.log').read_text()[-2000:]}")
        except BaseException:
            await self._kill(self._process)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            raise SystemExit("pishkhan serve did not live to the end")
        process.send_signal(signal.SIGTERM)
        if not await ended(process, STOP_SECONDS):
            await self._kill(process)
            raise SystemExit(f"pishkhan serve did not end within {STOP_SECONDS:.0f} s")

    async def _kill(self, process: Process) -> None:
        if process.returncode is None:
            process.kill()
            await process.wait()
