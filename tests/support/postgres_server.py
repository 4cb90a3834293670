"""A real PostgreSQL for the tests: started once a run, for all its workers, and thrown away at its end.

The newest server under /usr/lib/postgresql runs as an unprivileged user on a free port of 127.0.0.1, with its data and
socket in a directory of its own and without waiting for the disk. It asks for a password (scram-sha-256), as the one of
a municipality does: whatever forgets it fails here. A database for one test is cloned from a template that was filled
once, which costs some hundredths of a second.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import quote

import asyncpg

TemplateFiller = Callable[[str], Awaitable[object]]
"""Given the URL of an empty database, brings it to the state that every clone starts from."""

START_SECONDS = 30
PASSWORD = "p@ss:w/o%rd \\ «گذر»"
"""Password of the user `postgres`: full of what an address, a file of passwords or a shell could take for its own."""
CREDENTIALS = f"postgres:{quote(PASSWORD, safe='')}"
"""The user and its password, as they stand in an address."""

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "timezone": "UTC",
    "lc_messages": "C",
}


_ADDRESS = "PISHKHAN_TESTS_POSTGRES"
"""The variable of the environment that names the socket at which the server's port is asked for."""


class PostgresUnavailable(Exception):
    """There is no server to be had; the message tells what to do about it."""


class RunningServer:
    """A server by its port: databases are made there and dropped. `prefix` tells those of one process from others'."""

    def __init__(self, port: int, prefix: str = "test") -> None:
        self.port = port
        # From 15 on, copying pages through the log is the default: safe under load, and five times slower here.
        self._copying = "STRATEGY FILE_COPY" if version_of(newest_programs()) >= 15 else ""
        self._names = (f"{prefix}_{number}" for number in count(1))

    def url(self, database: str) -> str:
        """`postgresql://…` of one of its databases, as the settings take it."""
        return f"postgresql://{CREDENTIALS}@127.0.0.1:{self.port}/{database}"

    async def create(self, *, template: str = "template0") -> str:
        """Makes a database that nobody used before, equal to `template` (nobody may be connected to that); its name."""
        name = next(self._names)
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} {self._copying}")
        return name

    async def drop(self, database: str) -> None:
        """Removes a database together with the connections still open to it."""
        await self._run(f"DROP DATABASE {database} WITH (FORCE)")

    async def create_template(self, filled_by: TemplateFiller) -> str:
        """Makes a database, has it filled and returns its name, to be cloned by `create`."""
        name = await self.create()
        await filled_by(self.url(name))
        return name

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class PostgresServer(RunningServer):
    """A server of one's own. `with PostgresServer() as server:` starts and stops it.

    `env` is added to the server's environment, so that it can live under the same fake clock as the process under test
    (`FakeTime.env()`). With `data` it begins with what `copy` of another one left there.
    """

    def __init__(self, env: Mapping[str, str] | None = None, data: Path | None = None) -> None:
        super().__init__(free_port())
        self._programs = newest_programs()
        self._env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **(env or {})}
        self._former = data

    def __enter__(self) -> Self:
        self._home = Path(tempfile.mkdtemp(prefix="pishkhan-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._home, "postgres", "postgres")
        try:
            if self._former:
                subprocess.run(["cp", "--archive", self._former, self._home / "data"], check=True)
            else:
                self._initialise()
            self._start()
        except BaseException:
            shutil.rmtree(self._home)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop(signal.SIGINT)
        shutil.rmtree(self._home)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it (SIGINT: connections are cut, SIGQUIT: it falls down where it stands) and start it again."""
        self._stop(how)
        self._start()

    def copy(self, folder: Path) -> None:
        """Leave a copy of all its data in a new folder; connections are cut."""
        self._stop(signal.SIGINT)
        subprocess.run(["cp", "--archive", self._home / "data", folder], check=True)
        self._start()

    @property
    def pid(self) -> int:
        """The process that every other of the server comes from."""
        return self._process.pid

    @contextmanager
    def standby(self) -> Iterator["PostgresServer"]:
        """A hot standby that follows this server; it can be read, and promoted."""
        with tempfile.TemporaryDirectory(prefix="pishkhan-pg-") as folder:
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
            copy = Path(folder) / "data"
            options = ["--host=127.0.0.1", f"--port={self.port}", "--username=postgres", "--write-recovery-conf"]
            program = self._programs / "pg_basebackup"
            command: list[str | Path] = [program, *options, "--checkpoint=fast", "--no-sync", "--pgdata", copy]
            env = {**self._env, "PGPASSWORD": PASSWORD}
            subprocess.run(self._unprivileged(command), env=env, cwd="/", check=True, capture_output=True)
            with PostgresServer(env=self._env, data=copy) as standby:
                yield standby

    async def promote(self) -> None:
        """Make a standby a primary."""
        await self._run("SELECT pg_promote()")

    def damage(self, file: str) -> None:
        """Break the first page of a file of its data (as `pg_relation_filepath` names it), as a failing disk does."""
        self._stop(signal.SIGINT)
        with (self._home / "data" / file).open("r+b") as pages:
            pages.write(b"\xff" * 8192)
        self._start()

    def log(self) -> str:
        """Log of the server so far."""
        return (self._home / "log").read_text()

    def _initialise(self) -> None:
        program = self._programs / "initdb"
        secret = self._home / "password"
        secret.write_text(f"{PASSWORD}\n")
        options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--username=postgres", "--encoding=UTF8"]
        command = self._unprivileged(
            [program, *options, "--locale=C.UTF-8", "--no-sync", "--pgdata", self._home / "data"]
        )
        subprocess.run(command, env=self._env, cwd="/", check=True, stdout=subprocess.DEVNULL)

    def _start(self) -> None:
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._home)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = self._unprivileged([self._programs / "postgres", "-D", self._home / "data", *options])
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(command, env=self._env, cwd="/", stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self._died() or not self._is_ready():
            if self._process.returncode is not None or time.monotonic() > deadline:
                self._process.kill()
                raise PostgresUnavailable(f"PostgreSQL did not start:\n{self.log()}")

    def _stop(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(START_SECONDS)

    def _died(self) -> bool:
        """Waits a moment for the process to end, which it should not."""
        try:
            self._process.wait(0.05)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _is_ready(self) -> bool:
        program = self._programs / "pg_isready"
        command = [str(program), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        return subprocess.run(command, env=self._env, check=False).returncode == 0

    def _unprivileged(self, command: Sequence[str | Path]) -> list[str | Path]:
        """The command, run as no root (PostgreSQL refuses to) and ended when the tests themselves are killed."""
        prefix: list[str | Path] = ["setpriv", "--pdeathsig=QUIT"]
        if os.geteuid() == 0:
            prefix += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        return [*prefix, *command]


@contextmanager
def lent_server(folder: Path) -> Iterator[None]:
    """A server lent to whoever asks from this process and those that it starts; without a caller there is none."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address := str(folder / "postgresql"))
        listener.listen()
        lender = Thread(target=_lend, args=(listener,))  # PostgreSQL ends with the thread that started it
        lender.start()
        os.environ[_ADDRESS] = address
        yield
        del os.environ[_ADDRESS]
        listener.shutdown(socket.SHUT_RDWR)
        lender.join()


def _lend(listener: socket.socket) -> None:
    port = ""
    with ExitStack() as kept:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:  # shut down: the run is over
                return
            with caller:
                try:
                    port = port or str(kept.enter_context(PostgresServer()).port)
                    caller.sendall(port.encode())
                except PostgresUnavailable as error:
                    caller.sendall(str(error).encode())


def borrow_server() -> RunningServer:
    """The server of this run; its databases are named after this process. Raises PostgresUnavailable."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(os.environ[_ADDRESS])
        answer = line.makefile(encoding="utf-8").read()
    if not answer.isdecimal():
        raise PostgresUnavailable(answer)
    return RunningServer(int(answer), f"test_{os.getpid()}")


async def share_template(server: RunningServer, filled_by: TemplateFiller) -> str:
    """The name of a filled database to be cloned; the first process that wants it fills it."""
    named = Path(f"{os.environ[_ADDRESS]}-template")
    with named.with_suffix(".lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not named.exists():
            named.write_text(await server.create_template(filled_by))
    return named.read_text()


def newest_programs() -> Path:
    """The directory of the newest installed server's programs. Raises PostgresUnavailable."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        raise PostgresUnavailable("No PostgreSQL under /usr/lib/postgresql: run `make system-deps`")
    return max(found, key=version_of)


def version_of(programs: Path) -> float:
    """The major version, which names the directory above the programs."""
    return float(programs.parent.name)


_GIVEN_PORTS = set[int]()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment, and none that was given before: who was given that
    may not listen yet.
    """
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        if port not in _GIVEN_PORTS:
            _GIVEN_PORTS.add(port)
            return port
