"""`docs/add-a-service.md`, followed in a copy of the project; the new service's request is played to its end."""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.support.program_runs import Finished, finished, forked

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "add-a-service.md"
ROOMS = ("app", "channels", "domain", "payments", "printing", "store")
CITIZEN = "09121234567"

_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)
FOLDER = "domain/services/tree_pruning"


@dataclass(frozen=True, slots=True)
class House:
    """A copy of the project with the service of the page."""

    root: Path

    def run(self, *arguments: str) -> Finished:
        """Run a command of the copy's `pishkhan`, in demo mode, on a database of its own."""
        settings = {"PISHKHAN_DEMO": "1", "PISHKHAN_DATABASE_URL": f"sqlite:///{self.root}/pishkhan.db"}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}
        return asyncio.run(finished(partial(forked, self.root), arguments, environment, self.root))

    def cli(self, *arguments: str) -> Any:
        """Run a command that must do well and return what it prints as JSON."""
        ended = self.run(*arguments, "--json")
        assert ended.code == 0, ended
        return ended.json

    def says(self, text: str) -> str:
        """The reply to a citizen's text."""
        [reply] = self.cli("sms", "simulate", text, "--from", CITIZEN)["replies"]
        return str(reply["text"])

    def does(self, action: str, code: str) -> dict[str, Any]:
        """Let the civil unit take a step."""
        shown: dict[str, Any] = self.cli("request", "act", code, action, "--as", "civil")
        return shown

    def prints(self, kind: str, code: str) -> str:
        """A paper of a request, as HTML."""
        file = self.root / f"{kind}.html"
        self.cli("request", "print", code, kind, "--output", str(file), "--as", "civil")
        return file.read_text("utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The project's rooms, copied, with the page applied to them."""
    made = House(tmp_path_factory.mktemp("house"))
    for room in ROOMS:
        shutil.copytree(ROOT / room, made.root / room, ignore=shutil.ignore_patterns("__pycache__"))
    apply(made)
    for command in (["migrate"], *(["staff", "add", one, "--role", one] for one in ("civil", "revenue"))):
        made.cli(*command)
    return made


def apply(house: House) -> None:
    """Do what the page says: a folder, and nothing else touched."""
    blocks = dict(_BLOCK.findall(PAGE.read_text("utf-8")))
    assert {path.rpartition("/")[0] for path in blocks} == {FOLDER, f"{FOLDER}/texts"}
    for path, text in blocks.items():
        (house.root / path).parent.mkdir(parents=True, exist_ok=True)
        (house.root / path).write_text(text, "utf-8")


def test_the_declaration_is_proved(house: House) -> None:
    assert house.cli("check")["faults"] == []


def test_counter_offices_are_offered_it(house: House) -> None:
    wsdl = house.run("soap", "wsdl").out
    assert wsdl.count('operation name="SubmitTreePruning"') == 3  # the port type and its two bindings
    assert "ثبت درخواست «هرس درخت»" in wsdl


def test_an_unpaid_way_to_the_work_would_be_found(house: House, tmp_path: Path) -> None:
    broken = House(tmp_path / "house")
    shutil.copytree(house.root, broken.root, ignore=shutil.ignore_patterns("__pycache__", "pishkhan.db*"))
    file = broken.root / f"{FOLDER}/declaration.py"
    declared = file.read_text("utf-8")
    assert declared.count('"prune", ("paid",)') == 1
    file.write_text(declared.replace('"prune", ("paid",)', '"prune", ("submitted", "paid")'), "utf-8")
    ended = broken.run("check")
    assert ended.code == 1
    assert "tree_pruning: given_unpaid: prune" in ended.err


def test_a_request_runs_from_the_text_to_the_rating(house: House) -> None:
    price = ("--for", "work=pruning", "--rate", "2000000", "--unit", "tree", "--vat", "10", "--as", "revenue")
    house.cli("tariff", "add", "tree_pruning", *price)
    assert "هرس ۳ درخت" in house.says("هرس ۳ درخت شنبه خیابان امام، پلاک ۱۲")
    [request] = house.cli("request", "list", "--mobile", CITIZEN)
    code = request["code"]
    shown = house.does("accept", code)
    assert (shown["state"], shown["fields"]["trees"], shown["fields"]["place"]) == (
        "awaiting_payment",
        3,
        "خیابان امام، پلاک ۱۲",
    )
    [bill] = shown["bills"]
    assert bill["amount"] == 6_600_000
    assert "۶٬۶۰۰٬۰۰۰" in house.says(code)
    ids = (bill["bill_id"], bill["payment_id"], str(bill["amount"]))
    house.cli("payment", "record", *ids, "--reference", "1", "--as", "revenue")
    assert house.does("prune", code)["state"] == "pruned"
    assert "باغبان ۳ درخت را در نشانی زیر هرس می‌کند." in house.prints("work_sheet", code)
    assert "شش میلیون و ششصد هزار" in house.prints("receipt", code)
    assert "۵" in house.says("۵")
    events = [event["event"] for event in house.cli("request", "show", code)["history"]]
    assert events == ["submit", "accept", "bill", "pay", "prune", "rate"]


def test_it_is_asked_field_by_field_and_in_the_menu(house: House) -> None:
    assert "هرس درخت" in house.says("راهنما")
    assert "هرس ۳ درخت شنبه" in house.says("راهنما هرس")
    assert house.says("هرس") == "چند درخت؟ (۱ تا ۵۰)"
    assert house.says("سه").startswith("برای چه روزی؟")
    assert house.says("پس‌فردا") == "نشانی درخت‌ها را بنویسید."
    assert house.says("کوچه بهار").startswith("۳ درخت")
    assert "کد رهگیری" in house.says("۱")


def test_it_is_cancelled_by_text(house: House) -> None:
    house.says("هرس یک درخت فردا میدان شهدا")
    code = house.cli("request", "list", "--mobile", CITIZEN)[0]["code"]
    assert "لغو شد" in house.says(f"لغو {code}")
    assert house.cli("request", "show", code)["state"] == "cancelled"
