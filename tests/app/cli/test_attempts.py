"""`pishkhan payment attempts` and `ask`: what the bank said step by step, and asked now."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.money import banks
from domain.gateways.gateway import SaleState
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.municipality import FOUR_HOURS, StandingClock, build_desk, municipality
from tests.support.scripted_bank import UNANSWERED, Payer, ScriptedBank, answer
from tests.support.terminal import Terminal

BANK = ScriptedBank()


@pytest.fixture
def bill_id(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The bill of somebody who came back from the bank a while ago."""
    monkeypatch.setattr(banks, "build_gateways", lambda settings: {"bank": BANK})
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "a-secret-of-this-test")
    BANK.calls.clear()
    yield asyncio.run(_come_back(database))
    BANK.script()


async def _come_back(database: Path) -> str:
    clock = StandingClock()
    async with municipality(database, build_desk(clock), clock) as town:
        await town.furnish()
        async with town.store.open_unit() as uow:
            for role in (Role.REVENUE, Role.AUDITOR):
                await uow.people.save_staff(StaffMember(role, frozenset({role}), "آی‌گل", None, "", True, clock.now()))
        code = await town.reach("awaiting_payment")
        payer = Payer(town, BANK)
        await payer.come_back(await payer.leave(code), CardHolderPan="6037991234567893")
        return (await town.bills(code))[-1].bill_id


def test_what_the_bank_said_is_listed(terminal: Terminal, bill_id: str) -> None:
    (attempt,) = terminal.json("payment", "attempts", bill_id)
    expected = {"gateway": "bank", "state": "returned", "amount": FOUR_HOURS, "sale_number": "5142", "alert": None}
    assert {name: attempt[name] for name in expected} == expected
    assert [event["event"] for event in attempt["events"]] == ["created", "sent", "returned"]
    assert attempt["events"][2]["details"]["brought_sale"] == "5142"
    (callback,) = attempt["callbacks"]
    assert ("603799" in callback["payload"], "1234567893" in callback["payload"]) == (True, False)
    shown = terminal.run("payment", "attempts", bill_id).out
    assert f"{attempt['id']} at bank, order {attempt['order_number']}, sale 5142: {FOUR_HOURS} rials, returned" in shown
    assert "brought_code=0" in shown


def test_the_bank_is_asked_now(terminal: Terminal, bill_id: str, audit: Callable[[str], list[tuple[str, str]]]) -> None:
    (attempt,) = terminal.json("payment", "attempts", bill_id)
    ask = ("payment", "ask", str(attempt["id"]), "--as")
    BANK.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    assert terminal.json(*ask, "revenue")["state"] == "verified"
    assert ": 35200000 rials, settled" in terminal.run(*ask, "revenue").out
    assert BANK.calls == ["verify", "settle"]
    (settled,) = terminal.json("payment", "attempts", bill_id)
    assert settled["events"][-1]["details"]["by"] == "staff:revenue"
    facts = {"gateway": "bank", "order_number": attempt["order_number"]}
    audited = [(who, json.loads(detail)) for who, detail in audit("payment_inquired")]
    assert audited == [("staff:revenue", facts)] * 2


def test_what_somebody_has_to_look_at_is_listed_until_it_was(
    terminal: Terminal, bill_id: str, audit: Callable[[str], list[tuple[str, str]]]
) -> None:
    assert terminal.json("payment", "attempts") == []
    (attempt,) = terminal.json("payment", "attempts", bill_id)
    BANK.script(replace(UNANSWERED, code="421", is_our_fault=True))
    terminal.json("payment", "ask", str(attempt["id"]), "--as", "revenue")
    (alerted,) = terminal.json("payment", "attempts")
    assert (alerted["id"], alerted["alert"]) == (attempt["id"], "our_fault")
    assert "unknown, our_fault" in terminal.run("payment", "attempts").out
    resolve = ("payment", "resolve", str(attempt["id"]), "--reason", "نشانی ثبت شد", "--as")
    assert terminal.refused(*resolve, "auditor")["code"] == "forbidden"
    assert terminal.refused(*resolve[:3], "--reason", " ", "--as", "revenue")["code"] == "missing_field"
    assert terminal.json(*resolve, "revenue")["alert"] is None
    assert terminal.refused(*resolve, "revenue")["code"] == "not_allowed_now"
    assert [one["id"] for one in terminal.json("payment", "attempts")] == [attempt["id"]], "what became of it?"
    (who, detail), *_ = audit("payment_alert_resolved")
    assert (who, json.loads(detail)["reason"]) == ("staff:revenue", "نشانی ثبت شد")
    (resolved,) = terminal.json("payment", "attempts", bill_id)
    assert resolved["events"][-1]["details"]["resolved"] == "our_fault"
    BANK.script(answer(SaleState.REVERSED, "48"))
    assert terminal.json("payment", "ask", str(attempt["id"]), "--as", "revenue")["state"] == "reversed"
    assert terminal.json("payment", "attempts") == []


def test_refusals_are_told(terminal: Terminal, bill_id: str) -> None:
    (attempt,) = terminal.json("payment", "attempts", bill_id)
    for command, code, field in (
        (("payment", "ask", str(attempt["id"]), "--as", "auditor"), "forbidden", "attempt"),
        (("payment", "ask", "7", "--as", "revenue"), "not_found", "attempt"),
        (("payment", "ask", str(attempt["id"]), "--as", "nobody"), "authentication_failed", "as"),
        (("payment", "attempts", "123"), "invalid_field", "bill_id"),
        (("payment", "attempts", "1117753200140"), "bill_not_found", "bill_id"),
    ):
        refused = terminal.refused(*command)
        assert (refused["code"], refused["field"]) == (code, field), command
    assert BANK.calls == []
