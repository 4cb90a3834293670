"""`pishkhan request` and `payment record`: one request from a terminal to its end, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.terminal import Terminal

MOBILE = "09121234567"
FORM = {
    "full_name": "آنه محمدی",
    "national_code": "0499370899",
    "items": "لودر ۴ ساعت",
    "date": "فردا",
    "start": "۸",
    "place": "خیابان امام",
}
DENIED_COMMANDS = ["request act", "export", "report show"]


WORK_FIELDS = ["items", "date", "start", "place"]
"""Facts of the work as the service states them, in its order."""


def sets(values: dict[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


@pytest.fixture
def office(terminal: Terminal, tmp_path: Path) -> Terminal:
    """A terminal with staff, a price, a machine and an operator."""
    for role in ("civil", "revenue", "manager"):
        terminal.json("staff", "add", role, "--role", role)
    price = {"dimensions": {"machine": "loader"}, "rate": 8_000_000, "minimum": 2, "vat": 10}
    terminal.deed("add_tariff", by="revenue", service="machinery", **price)
    machines, operators = tmp_path / "machines.csv", tmp_path / "operators.csv"
    machines.write_text("code,type,title\nLD-1,loader,لودر ۱\n")
    operators.write_text("code,title,mobile,skills\nOP-1,راننده ۱,09111111111,loader\n")
    terminal.json("import", "machines", str(machines))
    terminal.json("import", "operators", str(operators))
    return terminal


def submitted(office: Terminal, **other: str) -> dict[str, Any]:
    entered: dict[str, Any] = office.json(
        "request", "submit", "machinery", "--as", "civil", "--mobile", MOBILE, *sets(FORM | other)
    )
    return entered


def act(office: Terminal, code: str, action: str, by: str, **inputs: str) -> dict[str, Any]:
    taken: dict[str, Any] = office.json("request", "act", code, action, "--as", by, *sets(inputs))
    return taken


def test_a_request_runs_to_its_end(office: Terminal) -> None:
    shown = submitted(office)
    code = shown["code"]
    assert (shown["state"], shown["phase"]) == ("submitted", "received")
    assert act(office, code, "accept", "civil")["state"] == "accepted"
    [bill] = act(office, code, "price", "revenue")["bills"]
    assert bill["amount"] == 35_200_000
    slip = ("payment", "record", bill["bill_id"], bill["payment_id"], str(bill["amount"]), "--reference", "RRN-1")
    paid = office.json(*slip, "--as", "revenue")
    assert (paid["outcome"], paid["bill"]["state"]) == ("settled", "paid")
    assert office.json(*slip, "--as", "revenue") == paid
    assert act(office, code, "schedule", "civil")["state"] == "scheduled"
    assert act(office, code, "hand_over", "civil", early="yes")["state"] == "handed_over"
    assert act(office, code, "complete", "civil", hours="4")["phase"] == "done"
    verified = office.json("history", "verify")
    assert (verified["faults"], verified["requests"]) == ([], 1)


def test_a_question_and_its_answer_are_shown(office: Terminal) -> None:
    code = submitted(office)["code"]
    asked = act(office, code, "ask", "civil", question="کدام پارک؟", marked_fields="place,description")
    assert (asked["question"], asked["data"]) == ("کدام پارک؟", {"marked_fields": ["place", "description"]})
    act(office, code, "answer", "civil", text="پارک شهر")
    shown = office.json("request", "show", code)
    assert [(one["event"], one["note"]) for one in shown["history"]] == [
        ("submit", None),
        ("ask", "کدام پارک؟"),
        ("answer", "پارک شهر"),
    ]
    assert (shown["question"], shown["answers"]) == (None, [{"question": "کدام پارک؟", "answer": "پارک شهر"}])
    assert "پارک شهر" in office.run("request", "show", code).out


def test_the_shape_of_a_shown_request(office: Terminal) -> None:
    code = submitted(office)["code"]
    act(office, code, "accept", "civil")
    act(office, code, "price", "revenue")
    shown = office.json("request", "show", f"{code[:3]} {code[3:6]}-{code[6:]}")
    assert list(shown)[:8] == ["code", "service", "state", "phase", "fields", "actions", "bills", "history"]
    assert shown["fields"]["items"] == [{"machine": "loader", "hours": 4, "count": 1}]
    waive = next(one for one in shown["actions"] if one["name"] == "waive")
    assert waive["roles"] == ["revenue"]
    assert waive["inputs"] == [{"name": "reason", "type": "text", "required": True, "choices": []}]
    [bill] = shown["bills"]
    assert list(bill) == ["bill_id", "payment_id", "amount", "state"]
    first = shown["history"][0]
    assert list(first) == ["at", "actor", "channel", "event", "note"]
    assert (first["actor"], first["channel"], first["event"]) == ("staff:civil", "walk_in", "submit")


def test_choices_that_depend_on_the_request_are_shown(office: Terminal) -> None:
    code = submitted(office)["code"]
    act(office, code, "accept", "civil")
    act(office, code, "price", "revenue", amount="0", reason="خیریه")
    schedule = next(one for one in office.json("request", "show", code)["actions"] if one["name"] == "schedule")
    choices = {field["name"]: field["choices"] for field in schedule["inputs"]}
    assert (choices["machine"], choices["operator"]) == (["LD-1"], ["OP-1"])


def test_lists_are_filtered(office: Terminal) -> None:
    first, second = submitted(office)["code"], submitted(office, date="پس‌فردا")["code"]
    act(office, first, "reject", "civil", reason="تکراری")
    assert [row["code"] for row in office.json("request", "list")] == [second, first]
    assert [row["code"] for row in office.json("request", "list", "--open")] == [second]
    assert [row["code"] for row in office.json("request", "list", "--phase", "declined")] == [first]
    assert office.json("request", "list", "--mobile", "09350000000") == []


def found(office: Terminal, *how: str, by: str = "civil") -> list[str]:
    return [row["code"] for row in office.json("request", "list", "--as", by, *how)]


def test_queues_and_searches_are_those_of_the_staffs_site(office: Terminal) -> None:
    first = submitted(office, full_name="گل‌جمال توماج")["code"]
    second = submitted(office, date="پس‌فردا")["code"]
    act(office, first, "accept", "civil")
    assert found(office, "--queue", "unit") == [second]
    assert found(office, "--queue", "unit", by="revenue") == [first]
    assert found(office, "--queue", "open", "--state", "accepted") == [first]
    for typed in ("گل جمال", "توماج گل", "گلجم", f"{first[:3]} {first[3:6]} {first[6:]}"):
        assert found(office, "--search", typed) == [first], typed
    assert found(office, "--search", "0499370899", "--limit", "1") == [second]
    act(office, second, "reject", "civil", reason="تکراری")
    assert found(office, "--queue", "finished", "--search", "محمدی") == [second]
    assert found(office, "--search", "محمدی", "--open") == []


def test_a_search_needs_somebody_who_looks(office: Terminal) -> None:
    code = submitted(office)["code"]
    [row] = office.json("request", "list", "--search", "محمدی", "--as", "manager")
    assert [row] == office.json("request", "list")
    assert (row["code"], list(row["summary"]), row["summary"]["start"]) == (code, WORK_FIELDS, "08:00")
    assert row["summary_title"].startswith("لودر ۴ ساعت")
    assert "لودر ۴ ساعت" in office.run("request", "list").out
    refused = office.refused("request", "list", "--search", "محمدی")
    assert (refused["code"], refused["field"]) == ("missing_field", "as")
    short = office.refused("request", "list", "--search", "م", "--as", "civil")
    assert (short["code"], short["field"]) == ("invalid_field", "search")
    foreign = office.refused("request", "list", "--queue", "open", "--service", "expert", "--as", "civil")
    assert (foreign["code"], foreign["field"]) == ("forbidden", "service")
    both = office.run("request", "list", "--queue", "mine", "--mobile", MOBILE, "--as", "civil")
    assert both.code == 2


def test_refusals_have_their_codes(office: Terminal) -> None:
    code = submitted(office)["code"]
    command = ("request", "act", code)
    assert office.refused(*command, "price", "--as", "revenue")["code"] == "not_allowed_now"
    assert office.refused(*command, "price", "--as", "civil")["code"] == "forbidden"
    assert office.refused(*command, "fly", "--as", "civil") | {"message": ""} == {
        "code": "invalid_field",
        "message": "",
        "field": "action",
    }
    assert office.refused(*command, "reject", "--as", "civil")["code"] == "missing_field"
    assert office.refused(*command, "accept", "--as", "nobody")["code"] == "authentication_failed"
    assert office.refused("request", "show", code[:-1] + str((int(code[-1]) + 1) % 10))["code"] == "code_mistyped"
    assert office.refused("request", "show", "123456786")["code"] == "not_found"
    assert office.refused("request", "submit", "flying", "--as", "civil")["code"] == "unknown_service"
    wrong = office.refused("request", "submit", "machinery", "--as", "civil", *sets(FORM | {"national_code": "1"}))
    assert (wrong["code"], wrong["field"]) == ("invalid_field", "national_code")


def test_an_error_is_a_sentence_without_json(office: Terminal) -> None:
    finished = office.run("request", "show", "123456786")
    assert (finished.code, finished.out) == (1, "")
    assert finished.err.startswith("not_found:code: ")


def test_only_revenue_records_money(office: Terminal) -> None:
    code = submitted(office)["code"]
    act(office, code, "accept", "civil")
    [bill] = act(office, code, "price", "revenue")["bills"]
    slip = ("payment", "record", bill["bill_id"], bill["payment_id"])
    good = (*slip, str(bill["amount"]), "--reference", "1", "--as")
    assert office.refused(*good, "civil")["code"] == "forbidden"
    assert office.refused(*slip, "1000", "--reference", "1", "--as", "revenue")["code"] == "amount_mismatch"


@pytest.mark.parametrize("command", [("request", "list"), ("staff", "list"), ("history", "seal")])
def test_everything_is_readable_for_people(office: Terminal, command: tuple[str, ...]) -> None:
    code = submitted(office)["code"]
    finished = office.run(*command)
    assert finished.code == 0
    assert finished.out.strip()
    shown = office.run("request", "show", code)
    assert "خیابان امام" in shown.out


def scheduled(office: Terminal) -> str:
    """A request that was paid at a lower price, has its machine and operator, and has another mobile; its code."""
    code: str = submitted(office)["code"]
    act(office, code, "accept", "civil")
    [bill] = act(office, code, "price", "revenue", amount="30000000", reason="تخفیف شورا")["bills"]
    slip = ("payment", "record", bill["bill_id"], bill["payment_id"], str(bill["amount"]), "--reference", "RRN-1")
    office.json(*slip, "--as", "revenue")
    act(office, code, "schedule", "civil")
    office.deed("correct_mobile", by="civil", code=code, mobile="09351112222")
    return code


def test_what_a_request_holds_is_shown(office: Terminal) -> None:
    code = scheduled(office)
    shown = office.json("request", "show", code)
    [line] = shown["quote"]["lines"]
    assert (line["for"], line["units"], line["rate"], line["amount"], line["vat"]) == (
        {"machine": "loader"},
        4,
        8_000_000,
        32_000_000,
        3_200_000,
    )
    assert (shown["quote"]["computed"], shown["quote"]["total"], shown["quote"]["reason"]) == (
        35_200_000,
        30_000_000,
        "تخفیف شورا",
    )
    assert {(one["code"], one["kind"], one["hold"]) for one in shown["bookings"]} == {
        ("LD-1", "machine", False),
        ("OP-1", "operator", False),
    }
    [correction] = shown["corrections"]
    assert (correction["mobile"], correction["proof"]) == ("+989351112222", "کارت ملی")
    assert (shown["visit"], shown["letter"], shown["data"]["machine"]) == (None, None, "لودر ۱")
    act(office, code, "hand_over", "civil", early="yes")
    done = act(office, code, "complete", "civil", hours="3")
    assert done["data"]["hours_done"] == [3]
    assert "delivery_token" not in done["data"]
    printed = office.run("request", "show", code).out
    assert all(word in printed for word in ("LD-1", "کارت ملی", "8000000", "hours_done"))


def test_what_somebody_may_not_do_is_audited_as_at_the_site(office: Terminal, tmp_path: Path, audit: Any) -> None:
    code = submitted(office)["code"]
    sheet = str(tmp_path / "duties.csv")
    refused: tuple[tuple[tuple[str, ...], str], ...] = (
        (("request", "act", code, "accept"), "revenue"),
        (("export", "duty", sheet), "civil"),
        (("report", "show", "manager"), "civil"),
    )
    for command, who in refused:
        assert office.refused(*command, "--as", who)["code"] == "forbidden"
    office.refused("request", "act", code, "accept", "--as", "nobody")
    office.refused("request", "act", code, "moon", "--as", "civil")
    told = [(actor, json.loads(detail)) for actor, detail in audit("denied")]
    assert [actor for actor, _ in told] == [f"staff:{who}" for _, who in refused]
    assert [one["command"] for _, one in told] == DENIED_COMMANDS
    assert {one["channel"] for _, one in told} == {"cli"}
    assert [one["about"] for _, one in told] == [
        f"{code} accept",
        f"duty {sheet}",
        "manager",
    ]
    office.json("request", "act", code, "accept", "--as", "civil")
    assert len(audit("denied")) == len(refused)
