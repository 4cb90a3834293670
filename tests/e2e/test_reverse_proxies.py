"""Inside and outside through real proxies, over the real process: only what is truly inside is inside.

A session of somebody who has shown no second factor tells which it is: inside its page is shown, from outside it is led
to where a code is asked for. Callers come from addresses of this machine that stand for the organisation's workplaces
and for the Internet.
"""

import asyncio
import re
import ssl
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector
from multidict import CIMultiDict
from yarl import URL

from domain.people.person import StaffMember
from domain.people.sessions import StaffSession, digest_token
from domain.values.actors import Role
from store.unit_of_work import SqlStore
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.reverse_proxies import NAME, ReverseProxies, start_proxies

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

WORKPLACE, STRANGER, PROXY = "127.0.1.5", "127.0.2.9", "127.0.0.1"
WORKPLACES = "127.0.1.0/24"
TOKEN = "0123456789abcdef"

NAMES = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via", "True-Client-IP", "CF-Connecting-IP")
VALUES = {
    "X-Forwarded-Proto": ("https",),
    "Forwarded": (f"for={WORKPLACE}",),
    "Via": ("1.1 somewhere",),
}
"""Values that a caller writes into a header; an address of a workplace where nothing else is named."""


Head = tuple[tuple[str, str], ...]
"""Head of a call as its caller wrote it."""


def _heads() -> Iterator[Head]:
    """Strategy for the heads of callers: nothing, and each header empty, once, doubled, and after another's."""
    yield ()
    for name in NAMES:
        for value in VALUES.get(name, (WORKPLACE,)):
            yield ((name, ""),)
            yield ((name, value),)
            yield ((name, value), (name, value))
            yield ((name, STRANGER), (name, value))
            yield ((name, value), (name, ""))
    yield (("X-Forwarded-For", WORKPLACE), ("X-Forwarded-Proto", "https"), ("X-Real-IP", WORKPLACE))


HEADS = tuple(_heads())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[Office]:
    """An office with one member of the staff, who has signed in."""
    async with new_office() as fresh:
        assert (await fresh.run("migrate")).code == 0
        store, now = await SqlStore.connect(fresh.settings["PISHKHAN_DATABASE_URL"]), fresh.clock.now()
        async with store.open_unit() as uow:
            await uow.people.save_staff(
                StaffMember("civil", frozenset({Role.CIVIL}), "کارمند", None, "no password", True, now)
            )
            signed_in = StaffSession(
                digest=digest_token(TOKEN),
                username="civil",
                csrf="csrf",
                made_at=now,
                seen_at=now,
                proved_at=now,
                second_factor=False,
                address=WORKPLACE,
                agent="",
            )
            await uow.staff_sessions.add(signed_in)
        await store.close()
        yield fresh


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxies(office: Office) -> AsyncIterator[ReverseProxies]:
    """All proxies in front of it."""
    async with start_proxies(office.home, office.port) as running:
        yield running


@asynccontextmanager
async def opened(office: Office, settings: Mapping[str, str]) -> AsyncIterator[None]:
    """The office, open under these settings."""
    usual = dict(office.settings)
    office.settings |= {f"PISHKHAN_{name}": value for name, value in settings.items()}
    await office.open()
    yield
    assert await office.close() == 0
    office.assert_clean_log()
    office.settings = usual


class Caller:
    """Somebody at an address of this machine."""

    def __init__(self, session: ClientSession, certificate: ssl.SSLContext) -> None:
        self._session = session
        self._certificate = certificate

    async def get(
        self, port: int, head: Head = (), *, tls: bool, path: str = "/staff/account"
    ) -> tuple[int, Mapping[str, str]]:
        """The answer's status and headers."""
        cookies = "; ".join(f"{prefix}pishkhan_staff={TOKEN}" for prefix in ("", "__Host-"))
        headers = CIMultiDict([("Host", NAME), ("Cookie", cookies), *head])
        address = URL(f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}", encoded=True)
        more: dict[str, Any] = {"ssl": self._certificate, "server_hostname": NAME} if tls else {}
        async with self._session.get(address, headers=headers, allow_redirects=False, **more) as answer:
            return answer.status, answer.headers

    async def is_inside(self, port: int, head: Head, *, tls: bool) -> bool:
        """Whether a call to that port counts as inside."""
        status, headers = await self.get(port, head, tls=tls)
        assert status == 200 or headers["Location"].startswith("/staff/second-factor"), (status, headers)
        return status == 200


@asynccontextmanager
async def calling(address: str, proxies: ReverseProxies) -> AsyncIterator[Caller]:
    """Somebody who calls from there."""
    certificate = ssl.create_default_context(cafile=str(proxies.certificate))
    async with ClientSession(connector=TCPConnector(local_addr=(address, 0))) as session:
        yield Caller(session, certificate)


async def inside(address: str, ways: Mapping[str, int], proxies: ReverseProxies, *, tls: bool) -> dict[str, set[Head]]:
    """Heads of somebody there that count as inside, by each of these ways."""
    found: dict[str, set[Head]] = {}
    async with calling(address, proxies) as caller:
        for name, port in ways.items():
            found[name] = {head for head in HEADS if await caller.is_inside(port, head, tls=tls)}
    return found


DECLARED = {"TRUSTED_PROXIES": PROXY, "STAFF__INSIDE_NETWORKS": WORKPLACES}
UNDECLARED = {"TRUSTED_PROXIES": "", "STAFF__INSIDE_NETWORKS": f"{WORKPLACES},{PROXY}"}
"""Nobody declared the proxies, and they stand on an inside address."""


async def test_through_the_documented_proxies_colleagues_are_inside_and_nobody_else(
    office: Office, proxies: ReverseProxies
) -> None:
    async with opened(office, DECLARED):
        strangers = await inside(STRANGER, proxies.documented, proxies, tls=True)
        colleagues = await inside(WORKPLACE, proxies.documented, proxies, tls=True)
        async with calling(STRANGER, proxies) as stranger:
            for port in proxies.documented.values():
                status, headers = await stranger.get(port, tls=True, path="/staff/sign-in")
                assert (status, headers["Strict-Transport-Security"]) == (200, "max-age=31536000; includeSubDomains")
                assert not re.search("aiohttp|python", headers.get("Server", ""), re.IGNORECASE)
    assert strangers == {"nginx": set(), "caddy": set(), "haproxy": set()}
    assert all(() in heads for heads in colleagues.values()), "who writes nothing is inside"
    named = office.complained.count(f"{STRANGER} GET /staff/sign-in 200")
    assert named == len(proxies.documented), "the caller's address is the log's too"


async def test_a_declared_proxy_that_names_nobody_makes_nobody_an_insider(
    office: Office, proxies: ReverseProxies
) -> None:
    async with opened(office, DECLARED):
        plain = proxies.plain["nginx"], proxies.plain["haproxy"]
        async with calling(STRANGER, proxies) as stranger, calling(WORKPLACE, proxies) as colleague:
            found = [
                (port, head)
                for who, port, head in product((stranger, colleague), plain, HEADS)
                # Nobody can see through one that hands on what its caller wrote, by HTTP/1.1, and is declared.
                if (port == plain[0] or not any(name == "X-Forwarded-For" and value for name, value in head))
                and await who.is_inside(port, head, tls=False)
            ]
    assert found == []
    assert office.complained.count("does not say for whom it calls") == 1


async def test_through_proxies_that_nobody_declared_nobody_is_inside(office: Office, proxies: ReverseProxies) -> None:
    async with opened(office, UNDECLARED):
        for caller in (STRANGER, WORKPLACE):
            through = await inside(caller, proxies.documented, proxies, tls=True)
            assert through == {"nginx": set(), "caddy": set(), "haproxy": set()}
            plain = await inside(caller, {"nginx": proxies.plain["nginx"]}, proxies, tls=False)
            assert plain == {"nginx": set()}, "its own default settings"
            silent = await inside(caller, {"haproxy": proxies.plain["haproxy"]}, proxies, tls=False)
            assert silent == {"haproxy": {()}}, "what no program can see, and `check` warns of"


@pytest.mark.parametrize("settings", [DECLARED, UNDECLARED], ids=["declared", "undeclared"])
async def test_without_a_proxy_every_sign_of_one_is_outside(
    office: Office, proxies: ReverseProxies, settings: dict[str, str]
) -> None:
    async with opened(office, settings):
        assert await inside(WORKPLACE, {"none": office.port}, proxies, tls=False) == {"none": {()}}
        assert await inside(STRANGER, {"none": office.port}, proxies, tls=False) == {"none": set()}


async def test_outside_demo_mode_nobody_is_inside_unless_somebody_says_who(
    office: Office, proxies: ReverseProxies
) -> None:
    async with opened(office, {}):
        for caller in (PROXY, WORKPLACE):
            assert await inside(caller, {"none": office.port}, proxies, tls=False) == {"none": set()}
    for unset in ("STAFF__INSIDE_NETWORKS", "TRUSTED_PROXIES"):
        assert f"PISHKHAN_{unset} is not set" in office.complained


MONITORING = [
    way
    for name in ("healthz", "readyz", "metrics")
    for way in (f"/{name}", f"/{name}?x=1", f"//{name}", f"/./{name}", f"/x/../{name}", f"/%{ord(name[0]):x}{name[1:]}")
]


async def test_through_the_documented_proxies_nobody_asks_what_monitoring_asks(
    office: Office, proxies: ReverseProxies
) -> None:
    async with opened(office, DECLARED), calling(STRANGER, proxies) as caller:
        for name, port in proxies.documented.items():
            for path in MONITORING:
                status, _ = await caller.get(port, path=path, tls=True)
                assert status in {400, 404}, (name, path)
            assert (await caller.get(port, tls=True, path="/"))[0] == 200, name


async def test_the_documented_proxies_speak_no_old_tls_and_nothing_plain(proxies: ReverseProxies) -> None:
    for name, port in proxies.documented.items():
        for version, spoken in (
            (ssl.TLSVersion.TLSv1_1, False),
            (ssl.TLSVersion.TLSv1_2, True),
            (ssl.TLSVersion.TLSv1_3, True),
        ):
            context = ssl.create_default_context(cafile=str(proxies.certificate))
            context.set_ciphers("ALL:@SECLEVEL=0")  # so that nothing but the proxy refuses the old version
            with warnings.catch_warnings(action="ignore"):
                context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=NAME)
            except (ssl.SSLError, ConnectionError):
                assert not spoken, (name, version)
            else:
                writer.close()
                assert spoken, (name, version)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert b"Location" not in answer, name
        assert not answer or answer.split(b" ", 2)[1] == b"400", name


FRAMINGS = (
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
)


async def test_no_proxy_and_the_process_see_the_end_of_a_message_at_two_places(
    office: Office, proxies: ReverseProxies
) -> None:
    """Each message ends in another one, which is answered as a message of its own or not at all (ASVS 5.0, 4.2.1)."""
    context = ssl.create_default_context(cafile=str(proxies.certificate))
    head = f"POST /mobile HTTP/1.1\r\nHost: {NAME}\r\n".encode()
    last = f"GET /robots.txt HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
    answered = 0
    async with opened(office, DECLARED):
        for port, framing in product(proxies.documented.values(), FRAMINGS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=NAME)
            writer.write(head + framing + last)
            answered += (await asyncio.wait_for(reader.read(), 15)).count(b"Sitemap:")
            writer.close()
    assert office.complained.count("GET /robots.txt") == answered
