"""The staff's site in this process: the real desk over a real SQLite store, a member of the staff for each role."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyotp
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from argon2 import PasswordHasher
from yarl import URL

from app.configuration.settings import Settings
from app.processes.exporting import export_table
from app.processes.report_process import ReportProcess
from app.processes.table_exports import no_progress
from app.security.forwarding import CallOrigin
from app.security.passwords import Argon2Passwords
from app.security.proxies import ORIGIN_KEY, make_inside_check, see_through_proxies
from app.security.sign_in_queue import SignInQueue
from app.security.vault import FernetVault
from app.spreadsheets.sheet_writing import open_file_writer
from channels.admin import Admin, SideProcesses
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.actions.staff.signing_in import StaffSignIn
from domain.authorization.policy import SecondFactorInside
from domain.gateways.gateway import PaymentGateway
from domain.papers.document import Letterhead
from domain.people.person import StaffMember
from domain.people.sessions import CODE_PERIOD_SECONDS, SecondFactor, generate_secret
from domain.registries.declarations import Registry
from domain.requests.request import ServiceRequest
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.tracking_codes import parse_code
from printing.printer import PaperPrinter
from store.unit_of_work import SqlStore
from tests.support.demo_site import MORNING, DemoSite, StepClock, build_desk, demo_site
from tests.support.printed_papers import ADDRESS, letterhead

PASSWORD = "a quiet harbour 1405"
NEW_PASSWORD = "green lamp over water"
HASH = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
"""A hash names its costs: with these a sign-in takes no third of a second, of which thousands of tests have one."""

INSIDE = (ip_network("127.0.0.0/8"),)
PROXY = (ip_network("127.0.0.1/32"),)
"""The proxy in front of the site, at which every browser of the tests seems to call."""

COLLEAGUE = "127.0.0.1"
"""Address of calls that do not say themselves where they come from: somebody inside."""

OUTSIDE = {"X-Forwarded-For": "203.0.113.9"}
"""Headers of a call that the trusted proxy took from somewhere else."""

PAGES = {"Accept": "text/html,application/xhtml+xml"}
SUBMITTED = {
    "full_name": "گل‌جمال توماج",
    "national_code": "0499370899",
    "items": [{"machine": "loader", "hours": 4}],
    "date": "2026-11-26",
    "start": "08:00",
    "place": "خیابان امام، جنب پارک",
}

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

Client = TestClient[web.Request, web.Application]


@dataclass(slots=True)
class StaffSite:
    """The staff's site with what stands behind it; every role has a member whose user name is the role's."""

    admin: Admin
    demo: DemoSite
    vault: FernetVault
    gateways: dict[str, PaymentGateway]
    """The banks that the site asks, by name; tests add some."""

    @property
    def app(self) -> web.Application:
        """The whole site: the citizens' pages and the demonstration phone too."""
        return self.demo.app

    @property
    def store(self) -> SqlStore:
        """The store."""
        return self.demo.store

    @property
    def clock(self) -> StepClock:
        """The clock, which goes on by a second whenever it is read."""
        return self.demo.clock

    async def submitted(self, **fields: Any) -> ServiceRequest:
        """A machine ordered by a citizen."""
        desk, mobile = self.demo.desk, "+989121234567"
        citizen = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, "sms")
        async with self.store.open_unit() as uow:
            context = ActorContext(desk, uow, citizen)
            outcome = await submit_request(context, "machinery", SUBMITTED | fields, mobile)
            await announce_outcome(context, outcome)
        return outcome.request

    async def request(self, code: str) -> ServiceRequest:
        """A request as it is now."""
        async with self.store.open_unit(write=False) as uow:
            return await uow.requests.get_by_code(parse_code(code))

    async def enrolled(self, username: str) -> str:
        """Give a member of the staff an authenticator that is in use; its secret."""
        secret = generate_secret()
        async with self.store.open_unit() as uow:
            await uow.second_factors.save(SecondFactor(username, self.vault.seal_secret(secret), True, 0, (), MORNING))
        return secret

    def code_of(self, secret: str) -> str:
        """Code of the authenticator now, in the digits that its owner may type."""
        shown = pyotp.TOTP(secret).at(int(self.clock.at.timestamp()))
        return f"{shown[:3]} {shown[3:]}".translate(_PERSIAN)

    def later_by_a_code(self) -> None:
        """Let so much time pass that the authenticator shows another code."""
        self.clock.at = self.clock.at.replace(second=0) + 2 * (MORNING.resolution * 1_000_000 * CODE_PERIOD_SECONDS)


class NearExports:
    """Exports made in this process, which takes less time than to start one for each."""

    def __init__(self, demo: DemoSite) -> None:
        self._demo = demo

    @asynccontextmanager
    async def export_registry(self, registry: Registry, file_format: str) -> AsyncIterator[Path]:
        """Yield a file with all rows."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"{registry.key}.{file_format}"
            with open_file_writer(file) as write:
                await export_table(self._demo.desk, self._demo.store, registry, write, no_progress)
            yield file


class Visitor:
    """A browser at the staff's site. `headers` go with each call (`OUTSIDE`)."""

    def __init__(self, client: Client, headers: Mapping[str, str] | None = None) -> None:
        self.client = client
        self.headers = {**PAGES, **(headers or {})}
        self.csrf = ""

    async def get(self, path: str, status: int = 200) -> str:
        """The page at an address."""
        response = await self.client.get(path, headers=self.headers, allow_redirects=False)
        return await self._page(response, status)

    async def post(self, path: str, status: int = 303, /, **values: Any) -> str:
        """Send a form of the page that was read last; the page that answers, or where it leads."""
        form = {"csrf": self.csrf, **values}
        response = await self.client.post(path, data=form, headers=self.headers, allow_redirects=False)
        page = await self._page(response, status)
        return response.headers["Location"] if status == 303 else page

    async def sign_in(self, username: str, password: str = PASSWORD, status: int = 303) -> str:
        """Sign in; where that leads, or the page that says why not."""
        return await self.post("/staff/sign-in", status, username=username, password=password)

    def ask_for_json(self) -> "Visitor":
        """The same browser's scripts, which send what was kept without a line."""
        scripts = Visitor(self.client, {**self.headers, "Accept": "application/json"})
        scripts.csrf = self.csrf
        return scripts

    async def _page(self, response: ClientResponse, status: int) -> str:
        page = await response.text()
        assert response.status == status, (response.status, response.headers.get("Location"), page[-3000:])
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        self.csrf = token[1] if token else self.csrf
        return page

    def cookie(self) -> str:
        """The session's token."""
        found = self.client.session.cookie_jar.filter_cookies(URL(str(self.client.make_url("/staff"))))
        return found["pishkhan_staff"].value


_through = see_through_proxies(PROXY)


@web.middleware
async def naming_proxy(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Call for a colleague inside, where the call has no sign of any proxy; else as a proxy that says what it says."""
    if any(name.lower().startswith(("x-forwarded", "forwarded", "via")) for name in request.headers):
        return await _through(request, handler)
    request[ORIGIN_KEY] = CallOrigin(COLLEAGUE, is_own=True, is_declared=True)
    return await handler(request.clone(remote=COLLEAGUE))


@asynccontextmanager
async def staff_site(
    database: Path,
    desk_of: Callable[[StepClock], Dependencies] = build_desk,
    bears: Callable[[], Letterhead] = letterhead,
    second_factor_inside: SecondFactorInside = "nobody",
) -> AsyncIterator[StaffSite]:
    """A site over an empty migrated SQLite file: it gets one loader, its operator and its price, and the staff. What is
    printed bears that letterhead.
    """
    async with demo_site(database, desk_of) as demo:
        vault = FernetVault("a secret of the tests")
        sheets = ReportProcess(Settings(demo=True, database_url=f"sqlite:///{database}"))
        printer = PaperPrinter(bears, ADDRESS)
        doorman = StaffSignIn(
            demo.desk, demo.store, Argon2Passwords(["شهرداری گمیشان"]), vault, SignInQueue(pause_seconds=0)
        )
        gateways: dict[str, PaymentGateway] = {}
        apart = SideProcesses(printer, NearExports(demo), sheets, gateways)
        admin = Admin(doorman, make_inside_check(INSIDE), apart, second_factor_inside=second_factor_inside)
        demo.app.middlewares.insert(0, naming_proxy)
        admin.mount(demo.app)
        await _hire(demo.store)
        try:
            yield StaffSite(admin, demo, vault, gateways)
        finally:
            await printer.close()


async def _hire(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for role in STAFF_ROLES:
            member = StaffMember(role.value, frozenset({role}), f"کارمند {role.value}", None, HASH, True, MORNING)
            await uow.people.save_staff(member)


@asynccontextmanager
async def visitor(site: StaffSite, headers: Mapping[str, str] | None = None) -> AsyncIterator[Visitor]:
    """A browser with no cookies yet."""
    async with TestClient(TestServer(site.app)) as client:
        yield Visitor(client, headers)
