"""nginx, Caddy and HAProxy in front of an office: as `docs/first-steps.md` sets them up, and as they are without that.

Each is a process of its own on this machine, from Debian's package, and does not outlive the tests.
"""

import asyncio
import re
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.e2e.support.program_runs import ROOT, spawned
from tests.support.patience import patient
from tests.support.postgres_server import free_port

NAME = "pishkhan.example.ir"
"""Host name of the documented proxies."""

START_SECONDS = 20.0

_TLS, _UPSTREAM = "/etc/ssl/pishkhan", "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class ReverseProxies:
    """Ports of the proxies by their names; those of `plain` speak no TLS, the others show the certificate."""

    certificate: Path
    documented: dict[str, int]
    plain: dict[str, int]


@asynccontextmanager
async def start_proxies(home: Path, upstream: int) -> AsyncIterator[ReverseProxies]:
    """Run all of them in front of a port of this machine, whether somebody listens there or not."""
    _certify(home)
    documented = {name: free_port() for name in ("nginx", "caddy", "haproxy")}
    plain = {name: free_port() for name in ("nginx", "haproxy")}
    texts = {
        "nginx": _nginx(home, documented["nginx"], plain["nginx"], upstream),
        "caddy": _caddy(documented["caddy"]),
        "haproxy": _haproxy(documented["haproxy"], plain["haproxy"], upstream),
    }
    commands = {
        "nginx": ("/usr/sbin/nginx", "-p", str(home), "-e", "stderr", "-c"),
        "caddy": ("/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config"),
        "haproxy": ("/usr/sbin/haproxy", "-db", "-f"),
    }
    async with AsyncExitStack() as stack:
        for name, text in texts.items():
            file = home / f"{name}.conf"
            file.write_text(text.replace(_TLS, f"{home}/pishkhan").replace(_UPSTREAM, f"127.0.0.1:{upstream}"))
            process = await _started(home, name, (*commands[name], str(file)))
            stack.push_async_callback(_ended, process)
            for port in {documented[name], plain.get(name, documented[name])}:
                await _listens(home, name, process, port)
        yield ReverseProxies(home / "pishkhan.pem", documented, plain)


def documented(language: str) -> str:
    """The lines that the documentation gives for a proxy."""
    page = (ROOT / "docs" / "first-steps.md").read_text("utf-8")
    [lines] = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(lines)


def _on(text: str, port: str, other: str) -> str:
    assert text.count(port) == 1, text
    return text.replace(port, other)


def _nginx(home: Path, port: int, plain: int, upstream: int) -> str:
    temporary = "".join(f"{kind}_temp_path {home};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    lines = _on(documented("nginx"), "listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    default = f"server {{ listen 127.0.0.1:{plain}; location / {{ proxy_pass http://127.0.0.1:{upstream}; }} }}"
    served = f"http {{ access_log off; {temporary}\n{lines}{default} }}"
    return f"daemon off; master_process off; pid {home}/nginx.pid; events {{}} {served}"


def _caddy(port: int) -> str:
    # No certificate is asked of the Internet: there is one.
    documented_option = "auto_https disable_redirects"
    here = f"{documented_option}\nadmin off\nhttps_port {port}\ndefault_bind 127.0.0.1"
    return _on(documented("caddy"), documented_option, here)


def _haproxy(port: int, plain: int, upstream: int) -> str:
    lines = _on(documented("haproxy"), "bind :443", f"bind 127.0.0.1:{port}")
    return f"{lines}\nlisten silent\n    bind 127.0.0.1:{plain}\n    server desk 127.0.0.1:{upstream}\n"


async def _started(home: Path, name: str, command: tuple[str, ...]) -> Process:
    environment = {"PATH": "/usr/sbin:/usr/bin", "HOME": str(home)}
    with (home / f"{name}.log").open("wb") as log:
        return await spawned(command, environment, home, stdin=DEVNULL, stdout=log, stderr=log)


async def _listens(home: Path, name: str, process: Process, port: int) -> None:
    async with asyncio.timeout(patient(START_SECONDS)):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert process.returncode is None, (home / f"{name}.log").read_text()
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), patient(5))
        except TimeoutError:
            process.kill()
            await process.wait()


def _certify(home: Path) -> None:
    """Leave a key, and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (home / "pishkhan.pem").write_bytes(certificate)
    (home / "pishkhan.key").write_bytes(private)
    (home / "pishkhan-with-key.pem").write_bytes(certificate + private)
