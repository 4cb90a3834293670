"""`pishkhan payment refund --to-card`, `card-refunds`, `ask-refund`, `deny-refund`, `approve-refund`, and `deny`."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.money import banks
from domain.gateways.gateway import GatewayAnswer, SaleState
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, StandingClock, build_desk, municipality
from tests.support.refunding_bank import DENIED_BY_BANK, SILENT, RefundingBank
from tests.support.scripted_bank import Payer, answer
from tests.support.terminal import Terminal

BANK = RefundingBank()
IBAN = "IR910120000000100324200001"


@pytest.fixture
def bill_ids(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A bill that was paid online and is due back, and one whose payment nobody knows of."""
    monkeypatch.setattr(banks, "build_gateways", lambda settings: {"bank": BANK})
    monkeypatch.setenv("PISHKHAN_SECRET_KEY", "a-secret-of-this-test")
    yield asyncio.run(_furnish(database))
    BANK.script()
    BANK.refund_answers.clear()


async def _furnish(database: Path) -> tuple[str, str]:
    clock = StandingClock()
    async with municipality(database, build_desk(clock), clock) as town:
        await town.furnish()
        async with town.store.open_unit() as uow:
            for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR):
                await uow.people.save_staff(StaffMember(role, frozenset({role}), "آی‌گل", None, "", True, clock.now()))
        payer, paid = Payer(town, BANK), await town.reach("awaiting_payment")
        unknown = await town.reach("awaiting_payment", mobile=NEIGHBOUR)
        await payer.come_back(await payer.leave(paid), sale="77")
        BANK.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
        await payer.advance(seconds=1)
        await town.says(f"لغو {paid}", "۱")
        await payer.come_back(await payer.leave(unknown), sale="78")
        BANK.script(*[GatewayAnswer(sale_state=None, code="42")] * 50)
        for _ in range(12):
            await payer.advance(minutes=31)
        return (await town.bills(paid))[-1].bill_id, (await town.bills(unknown))[-1].bill_id


def test_money_is_sent_to_the_card_and_asked_about(
    terminal: Terminal, bill_ids: tuple[str, str], audit: Callable[[str], list[tuple[str, str]]]
) -> None:
    bill_id, _ = bill_ids
    for wrong in ((), ("--to-card", "--iban", IBAN, "--reference", "1"), ("--iban", IBAN)):
        assert terminal.run("payment", "refund", bill_id, *wrong, "--as", "revenue").code == 2
    approve = ("payment", "approve-refund", bill_id, "--amount", str(FOUR_HOURS), "--as", "manager")
    assert terminal.run(*approve).code == 2
    assert terminal.json(*approve, "--to-card")["amount"] == FOUR_HOURS
    sent = terminal.json("payment", "refund", bill_id, "--to-card", "--as", "revenue")
    (begun,) = sent["card_refunds"]
    assert (sent["amount"], begun["state"], sent["bill"]["state"]) == (FOUR_HOURS, "due", "refund_due")
    shown = terminal.run("payment", "card-refunds").out
    assert f"number {begun['refund_number']} of sale 77: {FOUR_HOURS} rials to the card, due" in shown
    ask = ("payment", "ask-refund", str(begun["id"]), "--as")
    BANK.refund_answers.append(SILENT)
    assert terminal.json(*ask, "manager")["state"] == "unknown"
    assert "rials to the card, done, code 0" in terminal.run(*ask, "revenue").out
    assert terminal.run(*ask, "auditor").code == 1
    (story,) = terminal.json("payment", "card-refunds", bill_id)
    assert [event["event"] for event in story["events"]] == ["requested", "sent", "unanswered", "done"]
    assert "unanswered" in terminal.run("payment", "card-refunds", bill_id).out
    assert terminal.json("payment", "card-refunds") == []
    assert [who for who, _ in audit("card_refund_requested")] == ["staff:revenue"]
    deny = ("payment", "deny-refund", str(begun["id"]), "--reason", "بانک گفت", "--as")
    assert "forbidden" in terminal.run(*deny, "manager").err
    assert "refund_ended" in terminal.run(*deny, "revenue").err


def test_a_refund_that_the_bank_denies_for_ever_is_ended(
    terminal: Terminal, database: Path, bill_ids: tuple[str, str], audit: Callable[[str], list[tuple[str, str]]]
) -> None:
    (begun,) = terminal.json("payment", "refund", bill_ids[0], "--to-card", "--as", "revenue")["card_refunds"]
    BANK.refund_answers.extend([DENIED_BY_BANK] * 2)
    assert terminal.json("payment", "ask-refund", str(begun["id"]), "--as", "revenue")["state"] == "unknown"
    deny = ("payment", "deny-refund", str(begun["id"]), "--reason", "بانک گفت", "--as", "revenue")
    assert "refund_not_unknown" in terminal.run(*deny).err, "it may still be on its way"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE card_refunds SET sent_at = '2020-01-01 00:00:00.000000'")
    assert "rials to the card, denied, code 49" in terminal.run(*deny).out
    (due,) = terminal.json("payment", "refunds")
    assert due["bill_id"] == bill_ids[0]
    assert [who for who, _ in audit("card_refund_denied")] == ["staff:revenue"]


def test_an_attempt_that_the_bank_denies_for_ever_is_ended(
    terminal: Terminal, bill_ids: tuple[str, str], audit: Callable[[str], list[tuple[str, str]]]
) -> None:
    (attempt,) = terminal.json("payment", "attempts", bill_ids[1])
    assert attempt["state"] == "unknown"
    deny = ("payment", "deny", str(attempt["id"]), "--reason", "بانک تلفنی گفت", "--as")
    assert terminal.run(*deny, "manager").code == 1
    assert ", failed" in terminal.run(*deny, "revenue").out
    assert [who for who, _ in audit("payment_denied")] == ["staff:revenue"]
    assert terminal.run(*deny, "revenue").code == 1
