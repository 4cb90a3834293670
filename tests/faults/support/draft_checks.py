"""Invariants of drafts and requests once every citizen has a tracking code, whoever died when."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.portal_citizens import ANSWERS, DRAFT_PAPER, LATER_PAPER, PAPER_NAME, AskedRequest
from tests.faults.support.state_journal import Row

QUERIES = {
    "requests": "SELECT id, code, mobile, unverified_mobile, state, fields FROM requests WHERE channel = 'portal'",
    "history": "SELECT request_id, event FROM history",
    "drafts": "SELECT request_code, saved_sections, mobile FROM drafts",
    "documents": "SELECT request_id, field, name FROM documents JOIN contents USING (sha256)",
    "outbox": "SELECT request_id, recipient, key, state FROM outbox WHERE request_id IS NOT NULL",
}


async def find_draft_violations(office: MortalOffice, asked_requests: Sequence[AskedRequest]) -> list[str]:
    """Return a line for everything that is wrong."""
    found = await office.database.read(list(QUERIES.values()))
    rows = dict(zip(QUERIES, found, strict=True))
    return [
        *_find_wrong_requests(rows["requests"], asked_requests),
        *_find_wrong_drafts(rows["drafts"], asked_requests),
        *_find_wrong_events(rows["requests"], rows["history"]),
        *_find_wrong_texts(rows["requests"], rows["outbox"]),
        *_find_wrong_papers(rows["requests"], rows["documents"]),
    ]


def _find_wrong_requests(requests: Sequence[Row], asked_requests: Sequence[AskedRequest]) -> Iterator[str]:
    """Each citizen has the one request whose code the page showed, with what was typed."""
    stored = Counter(
        (row["code"], row["mobile"], row["unverified_mobile"], _as_json(row["fields"])["address"]) for row in requests
    )
    wanted = Counter(
        (one.tracking_code, *((mobile, None) if one.is_proved else (None, mobile)), one.street_address)
        for one in asked_requests
        for mobile in [f"+98{one.mobile[1:]}"]
    )
    yield from (f"a request that nobody asked for: {row} ({count} times)" for row, count in (stored - wanted).items())
    yield from (f"a request is lost: {row} ({count} times)" for row, count in (wanted - stored).items())


def _find_wrong_drafts(drafts: Sequence[Row], asked_requests: Sequence[AskedRequest]) -> Iterator[str]:
    """Drafts that are not whole, or did not become their request; an answer that was lost with the cookie left a draft
    in which nothing was saved."""
    filled = [row for row in drafts if _as_json(row["saved_sections"])]
    became = Counter(row["request_code"] for row in filled)
    wanted = Counter(one.tracking_code for one in asked_requests)
    if became != wanted:
        yield f"drafts became {became}, and not {wanted}"
    for row in filled:
        if not set(_as_json(row["saved_sections"])) >= set(ANSWERS):
            yield f"a draft lost a section: {row}"


def _find_wrong_events(requests: Sequence[Row], history: Sequence[Row]) -> Iterator[str]:
    submits = Counter(row["request_id"] for row in history if row["event"] == "submit")
    for row in requests:
        if submits[row["id"]] != 1 or row["state"] != "submitted":
            yield f"request {row['code']} is {row['state']} and was submitted {submits[row['id']]} times"


def _find_wrong_texts(requests: Sequence[Row], outbox: Sequence[Row]) -> Iterator[str]:
    texted = Counter((row["request_id"], row["recipient"]) for row in outbox)
    for row in requests:
        text_count = texted[row["id"], row["mobile"]]
        if text_count != (row["mobile"] is not None):
            yield f"request {row['code']} was texted {text_count} times to its citizen"


def _find_wrong_papers(requests: Sequence[Row], documents: Sequence[Row]) -> Iterator[str]:
    """The paper of the draft is with its request, once, and so is the one that was sent later by whoever could."""
    added = Counter((row["request_id"], row["field"], row["name"]) for row in documents)
    wanted = Counter((row["id"], DRAFT_PAPER, PAPER_NAME) for row in requests)
    wanted += Counter((row["id"], LATER_PAPER, PAPER_NAME) for row in requests if row["mobile"] is not None)
    if added != wanted:
        yield f"papers lost: {wanted - added}; papers too many: {added - wanted}"


def _as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
