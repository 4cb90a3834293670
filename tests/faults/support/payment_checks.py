"""Invariants of all payments once they are at rest: the program's tables beside the books of the banks."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.gateways.attempt import AttemptState
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.payers import NOT_KNOWN, PaymentSite, Witness, check_result, is_bill_paid_at_banks
from tests.faults.support.payment_banks import CARDS, PaymentBank
from tests.faults.support.payment_bills import LinkedBill
from tests.faults.support.state_journal import Database, Row

OPEN_STATES = frozenset(state.value for state in AttemptState if state.is_open)
PENDING = """SELECT id FROM payment_attempts WHERE claim_token IS NOT NULL
OR state IN ('created', 'sent', 'returned', 'verified', 'declined') OR (state = 'unknown' AND unanswered_calls < 2)"""
"""Attempts of which something may still be heard soon; one that is unknown is asked about without end."""

QUERIES = {
    "attempts": "SELECT * FROM payment_attempts",
    "shares": "SELECT * FROM payment_attempt_shares",
    "events": "SELECT attempt_id, number FROM payment_attempt_events ORDER BY attempt_id, number",
    "callbacks": "SELECT id, attempt_id FROM payment_callbacks",
    "payments": "SELECT * FROM payments",
    "suspense": "SELECT gateway, amount, reference FROM suspense_receipts",
    "bills": "SELECT id, state, amount FROM bills",
    "refunds": "SELECT bill_id, amount, reason FROM refunds",
    "receipts": "SELECT recipient FROM outbox WHERE key = 'registries.violation.notices.paid'",
}

_VERDICT = re.compile(r'<h1 class="verdict ([a-z_]+)"')


async def list_pending(database: Database) -> list[Row]:
    """Return the attempts that wait for something."""
    return await database.rows(PENDING)


@dataclass(frozen=True, slots=True)
class PaymentState:
    """One snapshot of the tables, with the banks' books."""

    tables: Mapping[str, Sequence[Row]]
    banks: Mapping[str, PaymentBank]

    def list_sessions(self) -> Iterator[tuple[str, str, int, str]]:
        """Return each session at a bank: the bank, its reference, rials, where they are."""
        for name, bank in self.banks.items():
            for reference, session in bank.sessions.items():
                yield name, reference, session.amount, session.money

    def group(self, table: str, column: str) -> defaultdict[object, list[Row]]:
        """Return the rows of a table by a column."""
        grouped: defaultdict[object, list[Row]] = defaultdict(list)
        for row in self.tables[table]:
            grouped[row[column]].append(row)
        return grouped


async def find_violations(
    office: MortalOffice,
    site: PaymentSite,
    banks: Mapping[str, PaymentBank],
    bills: Sequence[LinkedBill],
    witness: Witness,
) -> list[str]:
    """Return all that is wrong, a line each."""
    violations = list(witness.violations)
    snapshot = await office.database.read(list(QUERIES.values()))
    state = PaymentState(dict(zip(QUERIES, snapshot, strict=True)), banks)
    violations += _check_money(state)
    violations += _check_sessions(state, witness)
    violations += _check_attempts(state, witness)
    violations += _check_bills(state, bills)
    violations += await _check_pages(site, banks, bills, witness)
    violations += await _check_ledger(office)
    violations += await find_card_numbers(office)
    return violations


def _check_money(state: PaymentState) -> Iterator[str]:
    """Money that a bank deposited is counted, as payment or surplus, or waits in suspense."""
    for name in state.banks:
        deposited = sum(amount for bank, _, amount, money in state.list_sessions() if (bank, money) == (name, "ours"))
        counted = sum(row["amount"] for row in state.tables["payments"] if row["gateway"] == name)
        suspense = sum(row["amount"] for row in state.tables["suspense"] if row["gateway"] == name)
        if deposited != counted + suspense:
            yield f"{name} deposited {deposited}; counted are {counted}, in suspense {suspense}"


def _check_sessions(state: PaymentState, witness: Witness) -> Iterator[str]:
    """A session's money is counted once where the bank has it for us, and never elsewhere."""
    attempts = {(row["gateway"], row["reference"]): row for row in state.tables["attempts"]}
    payments, suspense = (
        state.group("payments", "attempt_id"),
        Counter(row["reference"] for row in state.tables["suspense"]),
    )
    for name, reference, amount, money in state.list_sessions():
        attempt = attempts.get((name, reference))
        if attempt is None:
            if money != "none" or (name, reference) in witness.references:
                yield f"{name} {reference}: {amount} {money}, of which nothing is stored"
            continue
        counted = [row["amount"] for row in payments[attempt["id"]]]
        held = suspense[f"{name}/{attempt['sale_number'] or reference}"]
        if (money == "ours") != (attempt["state"] == "settled") or len(counted) + held != (money == "ours"):
            facts = f"{attempt['state']}, counted {counted}, in suspense {held}"
            yield f"{name} {reference}: {amount} {money}, and the attempt {facts}"
        if sum(counted) not in {0, amount}:
            yield f"{name} {reference}: {amount} {money}, counted {counted}"


def _check_attempts(state: PaymentState, witness: Witness) -> Iterator[str]:
    """None is forgotten, none is claimed, the history of each has no gap, and each callback was stored."""
    events = state.group("events", "attempt_id")
    for row in state.tables["attempts"]:
        is_open = row["state"] in OPEN_STATES
        if is_open and row["next_step_at"] is None and row["alert"] is None:
            yield f"attempt {row['id']} is {row['state']}, and nobody turns to it"
        if row["claim_token"] is not None:
            yield f"attempt {row['id']} is claimed"
        numbers = [event["number"] for event in events[row["id"]]]
        if numbers != list(range(1, row["revision"] + 2)):
            yield f"attempt {row['id']} has the history {numbers} at revision {row['revision']}"
    if len(state.tables["callbacks"]) < witness.callback_count:
        yield f"{witness.callback_count} callbacks were answered, {len(state.tables['callbacks'])} stored"


def _check_bills(state: PaymentState, bills: Sequence[LinkedBill]) -> Iterator[str]:
    """A bill is settled once or open, held by open attempts alone; surplus is due back; a receipt was sent once."""
    payments, refunds = state.group("payments", "bill_id"), state.group("refunds", "bill_id")
    open_ids = {row["id"] for row in state.tables["attempts"] if row["state"] in OPEN_STATES}
    held = {row["bill_row_id"] for row in state.tables["shares"] if row["attempt_id"] in open_ids}
    states = {row["id"]: row["state"] for row in state.tables["bills"]}
    receipts = Counter(row["recipient"] for row in state.tables["receipts"])
    for bill in bills:
        settled = [row["amount"] for row in payments[bill.id] if row["outcome"] == "settled"]
        surplus = [row["amount"] for row in payments[bill.id] if row["outcome"] == "surplus"]
        wanted = {"paid", "refund_due"} if settled else {"paying"} if bill.id in held else {"open"}
        if states[bill.id] not in wanted or settled not in ([], [bill.amount]):
            yield f"bill {bill.id} over {bill.amount} is {states[bill.id]}, settled by {settled}"
        if sorted(row["amount"] for row in refunds[bill.id]) != sorted(surplus):
            yield f"bill {bill.id} has the surplus {surplus} and the refunds {refunds[bill.id]}"
        if receipts[bill.mobile] != len(settled):
            yield f"bill {bill.id} was settled {len(settled)} times, and {receipts[bill.mobile]} receipts were sent"


async def _check_pages(
    site: PaymentSite, banks: Mapping[str, PaymentBank], bills: Sequence[LinkedBill], witness: Witness
) -> list[str]:
    """A payer who looks once more sees the truth. Of what a bank gave back it may say nothing for ever."""
    before, found = len(witness.violations), list[str]()
    for name, reference, path in sorted(set(witness.result_paths)):
        _, _, page = await site.fetch("GET", path)
        is_known = check_result(witness, banks[name], reference, page) not in NOT_KNOWN
        if not is_known and banks[name].sessions[reference].money != "returned":
            found.append(f"{name} {reference}: its payer is still told that nothing is known")
    for bill in {bill.id: bill for bill in witness.references.values()}.values():
        _, _, page = await site.fetch("GET", f"/pay/{bill.token}")
        verdict = _VERDICT.search(page)
        says_paid = verdict is not None and verdict[1] in {"paid", "refund"}
        if says_paid != is_bill_paid_at_banks(witness, banks, bill):
            found.append(f"the link of bill {bill.id} says {verdict and verdict[1]}")
    return found + witness.violations[before:]


async def _check_ledger(office: MortalOffice) -> list[str]:
    checked = await office.run("ledger", "check", "--json")
    return [] if checked.code == 0 else [f"ledger check: {checked.out}"]


async def find_card_numbers(office: MortalOffice) -> list[str]:
    """Look for whole card numbers in every table and every log line."""
    found = [f"the log has {card}" for card in CARDS if card in office.said]
    for table, rows in (await office.database.read_all()).items():
        text = repr(rows)
        found += [f"table {table} has {card}" for card in CARDS if card in text]
    return found
