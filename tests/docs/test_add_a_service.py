"""`docs/add-a-service.md`, followed in a copy of the project; the new service's request is played to its end."""

from pathlib import Path
from typing import Any

import pytest

from tests.docs.worked_services import add_tree_pruning
from tests.support.project_copy import ProjectCopy, list_blocks

FOLDER = "domain/services/tree_pruning"
CITIZEN = "09121234567"


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """The project, copied, with the page applied to it, and with whom the service needs."""
    copy = ProjectCopy.make(tmp_path_factory.mktemp("copy") / "project")
    add_tree_pruning(copy)
    copy.read_demo("migrate")
    for role in ("civil", "revenue"):
        copy.read_demo("staff", "add", role, "--role", role)
    return copy


def take_step(copy: ProjectCopy, action: str, code: str) -> dict[str, Any]:
    """Let the civil unit take a step."""
    shown: dict[str, Any] = copy.read_demo("request", "act", code, action, "--as", "civil")
    return shown


def print_paper(copy: ProjectCopy, kind: str, code: str) -> str:
    """A paper of a request, as HTML."""
    file = copy.root / f"{kind}.html"
    copy.read_demo("request", "print", code, kind, "--output", str(file), "--as", "civil")
    return file.read_text("utf-8")


def test_the_page_writes_one_folder() -> None:
    assert {path.rpartition("/")[0] for path, _ in list_blocks("add-a-service.md")} == {FOLDER, f"{FOLDER}/texts"}


def test_the_declaration_is_proved(project_copy: ProjectCopy) -> None:
    assert project_copy.read_demo("check")["faults"] == []


def test_counter_offices_are_offered_it(project_copy: ProjectCopy) -> None:
    wsdl = project_copy.run_demo("soap", "wsdl").out
    assert wsdl.count('operation name="SubmitTreePruning"') == 3  # the port type and its two bindings
    assert "ثبت درخواست «هرس درخت»" in wsdl


def test_an_unpaid_way_to_the_work_would_be_found(tmp_path: Path) -> None:
    broken = ProjectCopy.make(tmp_path / "project")
    add_tree_pruning(broken)
    broken.replace_once(f"{FOLDER}/declaration.py", '"prune", ("paid",)', '"prune", ("submitted", "paid")')
    ended = broken.run_demo("check")
    assert ended.code == 1
    assert "tree_pruning: given_unpaid: prune" in ended.err


def test_a_request_runs_from_the_text_to_the_rating(project_copy: ProjectCopy) -> None:
    price = {"dimensions": {"work": "pruning"}, "rate": 2_000_000, "unit": "tree", "vat": 10}
    project_copy.deed_demo("add_tariff", by="revenue", service="tree_pruning", **price)
    assert "هرس ۳ درخت" in project_copy.text_demo(CITIZEN, "هرس ۳ درخت شنبه خیابان امام، پلاک ۱۲")
    [request] = project_copy.read_demo("request", "list", "--mobile", CITIZEN)
    code = request["code"]
    shown = take_step(project_copy, "accept", code)
    assert (shown["state"], shown["fields"]["trees"], shown["fields"]["place"]) == (
        "awaiting_payment",
        3,
        "خیابان امام، پلاک ۱۲",
    )
    [bill] = shown["bills"]
    assert bill["amount"] == 6_600_000
    assert "۶٬۶۰۰٬۰۰۰" in project_copy.text_demo(CITIZEN, code)
    ids = (bill["bill_id"], bill["payment_id"], str(bill["amount"]))
    project_copy.read_demo("payment", "record", *ids, "--reference", "1", "--as", "revenue")
    assert take_step(project_copy, "prune", code)["state"] == "pruned"
    assert "باغبان ۳ درخت را در نشانی زیر هرس می‌کند." in print_paper(project_copy, "work_sheet", code)
    assert "شش میلیون و ششصد هزار" in print_paper(project_copy, "receipt", code)
    assert "۵" in project_copy.text_demo(CITIZEN, "۵")
    events = [event["event"] for event in project_copy.read_demo("request", "show", code)["history"]]
    assert events == ["submit", "accept", "bill", "pay", "prune", "rate"]


def test_it_is_asked_field_by_field_and_in_the_menu(project_copy: ProjectCopy) -> None:
    assert "هرس درخت" in project_copy.text_demo(CITIZEN, "راهنما")
    assert "هرس ۳ درخت شنبه" in project_copy.text_demo(CITIZEN, "راهنما هرس")
    assert project_copy.text_demo(CITIZEN, "هرس") == "چند درخت؟ (۱ تا ۵۰)"
    assert project_copy.text_demo(CITIZEN, "سه").startswith("برای چه روزی؟")
    assert project_copy.text_demo(CITIZEN, "پس‌فردا") == "نشانی درخت‌ها را بنویسید."
    assert project_copy.text_demo(CITIZEN, "کوچه بهار").startswith("هرس درخت:\n۳ درخت")
    assert "کد رهگیری" in project_copy.text_demo(CITIZEN, "۱")


def test_it_is_cancelled_by_text(project_copy: ProjectCopy) -> None:
    project_copy.text_demo(CITIZEN, "هرس یک درخت فردا میدان شهدا")
    code = project_copy.read_demo("request", "list", "--mobile", CITIZEN)[0]["code"]
    assert "لغو شد" in project_copy.text_demo(CITIZEN, f"لغو {code}")
    assert project_copy.read_demo("request", "show", code)["state"] == "cancelled"
