"""`docs/counter-offices.md`: its examples run against a server in demo mode, and what it says of calls is so."""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.demo.counter import OFFICE_CODE, OFFICE_KEY
from channels.pishkhan_soap.calls import LOCK_ATTEMPTS, LOCK_WINDOW
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import LARGEST_CALL, LARGEST_WITH_FILE
from channels.pishkhan_soap.operations.following import PAGE_SIZE as PAGE_OF_REQUESTS
from channels.pishkhan_soap.operations.money import MOST_PAYMENTS
from channels.pishkhan_soap.username_token import password_digest
from domain.messages.catalogue import Catalogue
from domain.offices.office import ACTION_ANSWER_RETENTION, QUERY_ANSWER_RETENTION
from domain.requests.request import Phase
from domain.values.errors import ERROR_CODES
from domain.values.files import MAX_DOCUMENT_BYTES
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.program_runs import spawned
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "soap_client_example"
PAGE = (DOCS / "counter-offices.md").read_text("utf-8")
BLOCKS = dict(re.findall(r'^```\w+ title="soap_client_example/([^"]+)"\n(.*?)^```', PAGE, re.MULTILINE | re.DOTALL))
TOLD = re.compile(
    r"office: دفتر پیشخوان آزمایشی گمیشان\n"
    r"tracking code: \d{9}\n"
    r"phase: received, steps: 1\n"
    r"fault: code_mistyped trackingCode\n"
)
DEMO = {"PISHKHAN_DEMO": "1", "PISHKHAN_SMS__PROVIDERS": "simulator"}


def section(heading: str) -> str:
    """The part of the page under a heading."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def cells(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    rows = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    return rows[2:]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo() -> AsyncIterator[Office]:
    """A server of the demonstration municipality, as `make run` starts one."""
    async with new_office(settings=DEMO) as office:
        for command in (("migrate",), ("demo", "load")):
            assert (await office.run(*command)).code == 0
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


async def run(office: Office, *command: str) -> str:
    """Output of an example; it ends well and complains of nothing."""
    environment = {**office.environment, "PISHKHAN_SOAP": f"{office.url}/soap/pishkhan"}
    made = await spawned(command, environment, office.home, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    out, err = await asyncio.wait_for(made.communicate(), 60)
    assert (made.returncode, err.decode()) == (0, ""), out.decode()
    return out.decode()


@pytest.mark.e2e
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("program", "file"), [("php", "first_call.php"), (sys.executable, "first_call.py")], ids=["php", "python"]
)
async def test_an_example_submits_and_follows(demo: Office, program: str, file: str) -> None:
    assert TOLD.fullmatch(await run(demo, program, str(EXAMPLES / file)))


@pytest.mark.e2e
@pytest.mark.asyncio(loop_scope="module")
async def test_the_shell_example_is_recognised(demo: Office) -> None:
    assert "<office>دفتر پیشخوان آزمایشی گمیشان</office>" in await run(demo, str(EXAMPLES / "first_call.sh"))


@pytest.mark.e2e
@pytest.mark.asyncio(loop_scope="module")
async def test_the_csharp_example_compiles_and_is_recognised(demo: Office) -> None:
    program = str(demo.home / "FirstCall.exe")
    source = str(EXAMPLES / "FirstCall.cs")
    assert await run(demo, "mcs", "-warnaserror", "-r:System.Net.Http", f"-out:{program}", source) == ""
    assert "<office>دفتر پیشخوان آزمایشی گمیشان</office>" in await run(demo, "mono", program)


def test_the_page_names_the_examples_and_shows_some_as_they_are() -> None:
    files = {path.name: path.read_text("utf-8") for path in EXAMPLES.iterdir() if path.is_file()}
    assert [name for name in files if name not in PAGE] == []
    assert BLOCKS
    assert {name: files.get(name) for name in BLOCKS} == BLOCKS


def test_the_worked_digest() -> None:
    facts = {name: value for name, value in cells(section("How calls are signed"))}
    nonce = facts["nonce, as text"].encode()
    assert facts["Nonce` in the message"] == b64encode(nonce).decode()
    assert facts["Password"] == password_digest(nonce, facts["Created"], facts["key"])
    assert facts["key"] == OFFICE_KEY


def test_every_operation_is_listed_with_how_long_its_answer_is_kept() -> None:
    kept = {ACTION_ANSWER_RETENTION: "400 days", QUERY_ANSWER_RETENTION: "10 minutes"}
    assert (ACTION_ANSWER_RETENTION.days, QUERY_ANSWER_RETENTION.total_seconds()) == (400, 600)
    operations = Contract(tuple(SHIPPED_SERVICES.values()), Catalogue.load()).operations
    wanted = [[one.name, one.request.doc.english, kept[one.answer_lifetime]] for one in operations]
    table = "\n".join(f"| `{name}` | {doc} | {keeps} |" for name, doc, keeps in wanted)
    assert cells(section("Operations")) == wanted, f"put this table into docs/counter-offices.md:\n{table}"


def test_faults_are_codes_of_the_catalogue() -> None:
    codes = [row[0] for row in cells(section("Faults"))]
    # A counter has no dialogue, pays at no gateway, and the citizen proves no mobile at it.
    assert sorted(codes) == sorted(set(ERROR_CODES) - {"expired_dialogue", "payment_unknown", "mobile_not_verified"})


def test_figures_of_the_page() -> None:
    limits = dict(row[:2] for row in cells(section("Limits")))
    assert (limits["a call"], LARGEST_CALL) == ("256 KB", 256 * 1024)
    assert (limits["a call of `AttachDocument"], LARGEST_WITH_FILE) == ("10 MB", 10 * 1024 * 1024)
    assert (limits["a file (JPEG, PNG, WebP, HEIC or PDF by its content)"], MAX_DOCUMENT_BYTES) == (
        "7 MB",
        7 * 1024 * 1024,
    )
    assert limits["payments of a page of the statement"] == f"{MOST_PAYMENTS:,}, and all if no number is given"
    assert limits["requests of a page"] == f"200, and {PAGE_OF_REQUESTS} if no number is given"
    assert (LOCK_ATTEMPTS, LOCK_WINDOW.total_seconds()) == (10, 900)
    assert "ten refused tokens from one address within fifteen minutes" in " ".join(PAGE.split())
    assert all(phase.value in section("Operations") for phase in Phase)
    assert f"code `{OFFICE_CODE}`" in PAGE
