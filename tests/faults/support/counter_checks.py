"""Invariants after a day at the counters, whoever died when: read from the database and from two statements."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from tests.e2e.support.office import OPENING_YEAR
from tests.faults.support.counter_calls import Call, Filed, Ledger, Paid, Software, stored
from tests.faults.support.counter_connection import Signer
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.state_journal import Row

PER_REQUEST, SHARE_PERCENT = 50_000, 2
"""Commission of every office for a request in rials, and for a settled bill in percent."""

CHANNEL = "pishkhan_soap"

QUERIES = {
    "calls": "SELECT owner, key, answer FROM idempotency_keys",
    "nonces": "SELECT nonce FROM office_nonces",
    "requests": "SELECT id, code, service, state, channel, mobile, office, fields FROM requests",
    "history": "SELECT request_id, seq, event, actor, actor_kind, channel FROM history ORDER BY request_id, seq",
    "bills": "SELECT id, subject_id, amount, state FROM bills",
    "payments": "SELECT bill_id, amount, method, reference, outcome, office, recorded_by FROM payments",
    "refunds": "SELECT bill_id, amount, reason FROM refunds",
    "comments": "SELECT text, mobile, request_id, channel FROM comments",
    "documents": "SELECT request_id, field, sha256, added_by FROM documents",
    "outbox": "SELECT recipient, key FROM outbox",
    "audit": "SELECT detail, times FROM audit WHERE what = 'counter_refused'",
}
_STATEMENT = ("requests", "payments", "amount", "surplus_payments", "surplus_amount", "commission")


class Books:
    """One snapshot of the database beside what the clerks know."""

    def __init__(self, tables: dict[str, list[Row]], ledger: Ledger) -> None:
        self.tables = tables
        self.ledger = ledger
        self.requests = {row["id"]: row for row in tables["requests"]}
        self.by_code = {row["code"]: row for row in tables["requests"]}
        self.events: dict[int, list[Row]] = defaultdict(list)
        for row in tables["history"]:
            self.events[row["request_id"]].append(row)


async def violations(processes: Sequence[MortalOffice], ledger: Ledger, signers: Sequence[Signer]) -> list[str]:
    """All that is wrong, a line each. `processes` share a database."""
    office = processes[0]
    read = await office.database.read(list(QUERIES.values()))
    books = Books(dict(zip(QUERIES, read, strict=True)), ledger)
    found = [fault for check in _CHECKS for fault in check(books)]
    for signer in signers:
        found += await _statement(processes, ledger, signer)
    verified = (await office.run("history", "verify", "--json")).json
    found += [f"history: {fault}" for fault in verified["faults"]]
    if verified["requests"] != len(books.requests):
        found.append(f"history knows {verified['requests']} of {len(books.requests)} requests")
    return found + [stumbled for one in processes for stumbled in _stumbled(one.said)]


def _stumbled(said: str) -> Iterator[str]:
    if "Traceback" in said:
        yield f"a server stumbled: {said[max(0, said.index('Traceback') - 500) :][:3000]}"


def _differs(what: str, wanted: Iterable[Hashable], found: Iterable[Hashable]) -> Iterator[str]:
    """Tell what is missing and what is there without cause; how often something is there counts."""
    due, made = Counter(wanted), Counter(found)
    if due != made:
        yield f"{what}: missing {list((due - made).items())[:5]}, without cause {list((made - due).items())[:5]}"


def _calls(books: Books) -> Iterator[str]:
    """Each call was answered in one way only, which is the one that was kept with its work."""
    kept = {(row["owner"], row["key"]): row["answer"] for row in books.tables["calls"]}
    yield from _differs("calls", [(call.signer.office, call.id) for call in books.ledger.calls], list(kept))
    for call in books.ledger.calls:
        if call.answers != {kept.get((call.signer.office, call.id))}:
            yield f"{call} has other answers than the one that was kept"


def _nonces(books: Books) -> Iterator[str]:
    """Each answered call's nonce was taken, once, and none that nobody sent; replays were refused and recorded."""
    there = [row["nonce"] for row in books.tables["nonces"]]
    yield from (f"nonce {one} was taken {times} times" for one, times in Counter(there).items() if times > 1)
    if lost := books.ledger.taken - set(there):
        yield f"{len(lost)} nonces of answered calls were not kept"
    if strangers := set(there) - books.ledger.sent:
        yield f"{len(strangers)} nonces that nobody sent"
    errors = Counter[str]()
    for row in books.tables["audit"]:
        errors[str(_json(row["detail"])["error"]).partition(":")[0]] += row["times"]
    if errors.total() < books.ledger.replays or any("replay" not in error for error in errors):
        yield f"{books.ledger.replays} replays were refused and {errors} recorded"


def _requests(books: Books) -> Iterator[str]:
    """Exactly the requests that were submitted exist, each once, as it was submitted and became."""
    rows = [row for row in books.tables["requests"] if row["channel"] == CHANNEL]
    found = {_token(row): row for row in rows}
    wanted = {filed.call.id: filed for filed in books.ledger.filed}
    prepared = [one for one in books.ledger.prepared if one.office]
    yield from _differs("requests", [*wanted, *(one.token for one in prepared)], map(_token, rows))
    for token in wanted.keys() & found.keys():
        yield from _request(books, wanted[token], found[token])


def _token(row: Row) -> str:
    fields = _json(row["fields"])
    return str(fields.get("place") or fields.get("text"))


def _request(books: Books, filed: Filed, row: Row) -> Iterator[str]:
    facts = (row["code"], row["service"], row["state"], row["mobile"], row["office"])
    if facts != (filed.code, filed.call.kind, filed.state, stored(filed.mobile), filed.call.signer.office):
        yield f"{filed} is there as {facts}"
    form = _json(row["fields"])
    if {name: form.get(name) for name in filed.fields} != filed.fields:
        yield f"{filed} has the form {form}"
    who = (filed.call.label, "clerk", CHANNEL)
    events = [(one["event"], (one["actor"], one["actor_kind"], one["channel"])) for one in books.events[row["id"]]]
    if events != [(event, who) for event in filed.events]:
        yield f"{filed} has the history {events}"


def _money(books: Books) -> Iterator[str]:
    """Each reference is one payment, and the money of all but one payment of a bill is due back."""
    ledger = books.ledger
    names = ("bill_id", "amount", "method", "reference", "outcome", "office", "recorded_by")
    yield from _differs("payments", map(_payment, ledger.paid), _columns(books.tables["payments"], *names))
    settled = Counter(paid.bill.id for paid in ledger.paid if paid.outcome == "settled")
    yield from _differs("settled bills", {paid.bill.id for paid in ledger.paid}, settled.elements())
    bills = [(one.id, one.request_id, one.amount, "paid" if settled[one.id] else "open") for one in ledger.prepared]
    yield from _differs("bills", bills, _columns(books.tables["bills"], "id", "subject_id", "amount", "state"))
    surplus = [(paid.bill.id, paid.bill.amount, "surplus_payment") for paid in ledger.paid if paid.outcome == "surplus"]
    yield from _differs("refunds", surplus, _columns(books.tables["refunds"], "bill_id", "amount", "reason"))
    due = Counter(bill for bill, *_ in surplus)
    for one in ledger.prepared:
        yield from _paid(books, one.request_id, paid=bool(settled[one.id]), surplus=due[one.id])


def _payment(paid: Paid) -> tuple[Hashable, ...]:
    office, call = paid.call.signer.office, paid.call
    return paid.bill.id, paid.bill.amount, "pos", f"{office}/{call.id}", paid.outcome, office, call.label


def _columns(rows: list[Row], *names: str) -> list[tuple[Hashable, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def _paid(books: Books, request_id: int, *, paid: bool, surplus: int) -> Iterator[str]:
    """A request of a prepared bill took its step once, and each surplus payment is in its history once."""
    events = [row["event"] for row in books.events[request_id]]
    if events != ["submit", "accept", "price", "bill", *["pay"] * paid, *["surplus_payment"] * surplus]:
        yield f"the request {request_id} has the history {events}"
    if books.requests[request_id]["state"] != ("paid" if paid else "awaiting_payment"):
        yield f"the request {request_id} stands in {books.requests[request_id]['state']}"


def _papers(books: Books) -> Iterator[str]:
    """Each document and each comment is there once."""
    papers = [(filed.code, *paper, filed.call.label) for filed in books.ledger.filed for paper in filed.papers]
    codes = {row["id"]: row["code"] for row in books.tables["requests"]}
    found = [
        (codes[row["request_id"]], row["field"], row["sha256"], row["added_by"]) for row in books.tables["documents"]
    ]
    yield from _differs("documents", papers, found)
    said = [(text, stored(mobile), code, CHANNEL) for text, mobile, code in books.ledger.comments]
    kept = [
        (row["text"], row["mobile"], codes.get(row["request_id"]), row["channel"]) for row in books.tables["comments"]
    ]
    yield from _differs("comments", said, kept)


def _texts(books: Books) -> Iterator[str]:
    """Each citizen's text was queued once, and no other."""
    made = [(row["recipient"], row["key"]) for row in books.tables["outbox"]]
    yield from _differs("texts", books.ledger.told.elements(), made)


_CHECKS: tuple[Callable[[Books], Iterator[str]], ...] = (_calls, _nonces, _requests, _money, _papers, _texts)


async def _statement(processes: Sequence[MortalOffice], ledger: Ledger, signer: Signer) -> list[str]:
    """An office's statement says what its clerks did, at the command line and over the wire."""
    code = signer.office
    paid = [one for one in ledger.paid if one.call.signer.office == code]
    settled = [one.bill.amount for one in paid if one.outcome == "settled"]
    surplus = [one.bill.amount for one in paid if one.outcome == "surplus"]
    filed = sum(one.call.signer.office == code for one in ledger.filed) + sum(
        one.office == code for one in ledger.prepared
    )
    commission = filed * PER_REQUEST + sum(amount * SHARE_PERCENT // 100 for amount in settled)
    wanted = (filed, len(settled), sum(settled), len(surplus), sum(surplus), commission)
    told = await processes[0].deed("read_statement", code=code, year=int(OPENING_YEAR))
    figures = tuple(told["totals"][name] for name in _STATEMENT)
    found = [] if figures == wanted else [f"the statement of {code} says {figures} instead of {wanted}"]
    found += _differs("payments of the statement", [one.call.id for one in paid], told["references"])
    call = Call(signer, ledger.calls[0].clerk, f"statement-{code}", "statement", f"<year>{OPENING_YEAR}</year>")
    desk = Software([one.port for one in processes], ledger)
    heard, _ = await desk.answer(call, [])
    desk.hang_up()
    said = tuple(int(heard.value(name)) for name in ("requestCount", "paymentCount", "paymentAmount", "commission"))
    if said != (*wanted[:3], commission):
        found.append(f"GetOfficeStatement of {code} says {said} instead of {wanted}")
    return found


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
