"""Invariants of the whole state once all is at rest, whoever died when: read from the database and the panel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e.support.office_setup import RIALS_AN_HOUR, VAT_PERCENT
from tests.fakes.kavenegar import Sent
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.round_plan import HOURS
from tests.faults.support.state_journal import Row, broken, passages

if TYPE_CHECKING:
    from tests.faults.support.citizens import Citizen

QUERIES = {
    "inbox": "SELECT * FROM inbox",
    "outbox": "SELECT * FROM outbox",
    "requests": "SELECT id, code, mobile, state FROM requests",
    "history": "SELECT request_id, seq, event FROM history ORDER BY request_id, seq",
    "bookings": "SELECT id, request_id, hold FROM bookings",
    "slots": "SELECT booking_id, COUNT(*) AS number FROM slots GROUP BY booking_id",
    "bills": "SELECT id, subject_id, amount, state FROM bills",
    "payments": "SELECT bill_id, amount, reference, outcome FROM payments",
    "receipts": "SELECT provider_id FROM receipts",
    "journal": "SELECT * FROM outbox_journal",
}

PRICE = HOURS * RIALS_AN_HOUR * (100 + VAT_PERCENT) // 100
SLOTS = HOURS * 2

STATE_AFTER = {
    "submit": "submitted",
    "accept": "accepted",
    "bill": "awaiting_payment",
    "pay": "paid",
    "schedule": "scheduled",
    "hand_over": "handed_over",
    "complete": "completed",
    "cancel": "cancelled",
    "reject": "rejected",
}
"""State of a request after an event; others leave it where it was."""

HELD = {"accepted": [True], "awaiting_payment": [True], "paid": [True], "scheduled": [False] * 2}
HELD["handed_over"] = HELD["scheduled"]
"""The bookings of a request by its state: a held machine, or a machine and its operator."""

RANK = {"sent": 3, "undelivered": 4, "delivered": 5}
TOLD = {10: "delivered", 11: "undelivered"}
"""State of a sent text by a receipt's status."""


@dataclass(slots=True)
class Expected:
    """Expected results of all rounds of an office. `receipts` holds the highest state told of each panel's id."""

    citizens: "list[Citizen]" = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """Number of answers of the server that a text should come again."""
        return sum(text.refusals for citizen in self.citizens for text in citizen.texts)

    def told_of(self, messageid: int, status: int) -> None:
        """Remember a receipt that the server took."""
        before, now = self.receipts.get(str(messageid), "sent"), TOLD.get(status, "sent")
        self.receipts[str(messageid)] = max(before, now, key=lambda state: RANK[state])


class State:
    """One snapshot of the database, and what the panel sent."""

    def __init__(self, tables: dict[str, list[Row]], sent: list[Sent], calls: Counter[str]) -> None:
        self.inbox, self.outbox, self.requests = tables["inbox"], tables["outbox"], tables["requests"]
        self.payments, self.early = tables["payments"], tables["receipts"]
        self.reply = {row["id"]: row for row in self.outbox}
        self.events = _grouped(tables["history"], "request_id")
        self.bookings = _grouped(tables["bookings"], "request_id")
        self.slots = {row["booking_id"]: row["number"] for row in tables["slots"]}
        self.bills = _grouped(tables["bills"], "subject_id")
        self.passages = passages(tables["journal"])
        self.sent: dict[str, list[Sent]] = defaultdict(list)
        for one in sent:
            self.sent[one.localid].append(one)
        self.calls = calls


async def violations(office: MortalOffice, expected: Expected) -> list[str]:
    """All that is wrong, a line each."""
    tables = dict(zip(QUERIES, await office.database.read(list(QUERIES.values())), strict=True))
    calls = Counter(call.fields["localid"] for call in office.panel.calls if call.method == "sms/send")
    state = State(tables, office.panel.sent, calls)
    found = [*_inbox(state, expected), *_outbox(state, expected), *_panel(state), *_requests(state, expected)]
    verified = (await office.run("history", "verify", "--json")).json
    found += [f"history: {fault}" for fault in verified["faults"]]
    if verified["requests"] != len(state.requests):
        found.append(f"history knows {verified['requests']} of {len(state.requests)} requests")
    return found


def _grouped(rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


FURNISHING_TEXTS = frozenset({"staff.money_role_given"})
"""Texts to the staff when the office was furnished, before any round."""


def _inbox(state: State, expected: Expected) -> Iterator[str]:
    """Every text is there once, with the id that every delivery was answered with, and its one reply."""
    rows = _grouped(state.inbox, "provider_id")
    texts = [(citizen, text) for citizen in expected.citizens for text in citizen.texts]
    for citizen, text in texts:
        found = rows.pop(str(text.messageid), [])
        if [{str(row["id"])} for row in found] != [text.answers]:
            yield f"{text} is in the inbox as {[row['id'] for row in found]}"
            continue
        [row] = found
        if (row["text"], row["mobile"], row["state"]) != (text.words, citizen.stored, "answered"):
            yield f"{text} became {row}"
        reply = state.reply.get(row["reply_id"])
        if reply is None or (reply["key"], reply["recipient"]) != (text.key, citizen.stored):
            yield f"{text} has the reply {reply}"
    yield from (f"nobody sent {row}" for found in rows.values() for row in found)
    replies = Counter(row["reply_id"] for row in state.inbox)
    yield from (f"{number} texts share the reply {reply}" for reply, number in replies.items() if number > 1)


def _outbox(state: State, expected: Expected) -> Iterator[str]:
    """Exactly the texts that are due were queued, and each stands as the panel told."""
    due = sum((citizen.told for citizen in expected.citizens), Counter[tuple[str, str]]())
    made = Counter((row["recipient"], row["key"]) for row in state.outbox if row["key"] not in FURNISHING_TEXTS)
    if due != made:
        yield f"texts not made: {due - made}; made without cause: {made - due}"
    for row in state.outbox:
        wanted = expected.receipts.get(row["provider_id"], "sent")
        if row["state"] != wanted or row["claim_token"] is not None:
            yield f"the text {row} should be {wanted}"
    known = {row["provider_id"] for row in state.outbox}
    yield from (
        f"receipt {row['provider_id']} was kept and forgotten" for row in state.early if row["provider_id"] in known
    )


def _panel(state: State) -> Iterator[str]:
    """The panel sent each text once, unless it passed through `unknown` before each repeat."""
    for row in state.outbox:
        sent, changes = state.sent.get(str(row["id"]), []), state.passages.get(row["id"], [])
        if broken(changes):
            yield f"text {row['id']} jumped: {changes}"
        if row["provider_id"] not in {str(one.messageid) for one in sent}:
            yield f"text {row['id']} is not at the panel as {row['provider_id']}: {sent}"
        if any(one.message != row["text"] for one in sent):
            yield f"text {row['id']} was sent in other words: {sent}"
        if len(sent) - 1 > changes.count(("unknown", "queued")):
            yield f"text {row['id']} was sent {len(sent)} times without a cause: {changes}"
        if state.calls[str(row["id"])] > changes.count(("queued", "sending")):
            yield f"text {row['id']} was sent without a claim: {changes}"
    strangers = state.sent.keys() - {str(row["id"]) for row in state.outbox}
    yield from (f"the panel sent what nobody queued: {state.sent[one]}" for one in strangers)


def _requests(state: State, expected: Expected) -> Iterator[str]:
    """Each citizen has the one request of the story, standing where it should, with its history, machine and money."""
    rows = _grouped(state.requests, "mobile")
    for citizen in expected.citizens:
        found = rows.pop(citizen.stored, [])
        if [row["code"] for row in found] != ([citizen.code] if citizen.code else []):
            yield f"{citizen.mobile} ({citizen.story}) has the requests {found}"
            continue
        for row in found:
            yield from (f"{citizen.mobile} ({citizen.story}): {fault}" for fault in _request(state, citizen, row))
    yield from (f"nobody asked for {found}" for found in rows.values())


def _request(state: State, citizen: "Citizen", row: Row) -> Iterator[str]:
    events = [(event["seq"], event["event"]) for event in state.events[row["id"]]]
    if events != list(enumerate(citizen.events, start=1)):
        yield f"history {events} instead of {citizen.events}"
    wanted = [STATE_AFTER[event] for event in citizen.events if event in STATE_AFTER][-1]
    if row["state"] != wanted:
        yield f"stands in {row['state']} instead of {wanted}"
    bookings = state.bookings[row["id"]]
    if [bool(one["hold"]) for one in bookings] != HELD.get(wanted, []):
        yield f"{wanted} with the bookings {bookings}"
    if any(state.slots.get(one["id"]) != SLOTS for one in bookings):
        yield f"booked for another time: {bookings}"
    yield from _money(state, citizen, row)


def _money(state: State, citizen: "Citizen", row: Row) -> Iterator[str]:
    bills = state.bills[row["id"]]
    paid, billed = "pay" in citizen.events, "bill" in citizen.events
    wanted = "paid" if paid else "void" if "cancel" in citizen.events else "open"
    if [(bill["amount"], bill["state"]) for bill in bills] != ([(PRICE, wanted)] if billed else []):
        yield f"bills {bills}"
    money = [one for one in state.payments if one["reference"] == citizen.reference]
    facts = [(one["bill_id"], one["amount"], one["outcome"]) for one in money]
    if facts != ([(bills[0]["id"], PRICE, "settled")] if paid and bills else []):
        yield f"payments {money}"
