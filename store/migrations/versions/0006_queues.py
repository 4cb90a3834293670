"""Work queues: whose turn it is and until when, kinds, missing papers, words to search by; and saved views.

What is there already gets what it would have if it were made now: by the declarations as they were when this version
was written.

Revision ID: 0006
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    bindparam,
    column,
    false,
    insert,
    select,
    table,
    text,
    update,
)

from domain.queues.search import list_rotations

revision = "0006"
down_revision = "0005"

BIG = BigInteger().with_variant(Integer(), "sqlite")
JSON_VALUE = JSON(none_as_null=True)
TEXT, MOMENT = Text(), DateTime(timezone=True)
SORTED = Text().with_variant(Text(collation="C"), "postgresql")
NEVER = "9999-12-31 00:00:00.000000"

ROWS_AT_ONCE = 1000

LIVE = "turn IS NOT NULL"
INDEXES = {
    "ended": (["service", "created_at", "id"], "turn IS NULL"),
    "turn_due": (["turn", "service", "due_at", "id"], LIVE),
    "turn_made": (["turn", "service", "created_at", "id"], LIVE),
    "unassigned": (["turn", "service", "due_at", "id"], f"{LIVE} AND assignee IS NULL"),
    "assignee_due": (["assignee", "due_at", "id"], f"{LIVE} AND assignee IS NOT NULL"),
    "assignee_live": (["assignee", "created_at", "id"], f"{LIVE} AND assignee IS NOT NULL"),
    "assignee": (["assignee", "created_at", "id"], "assignee IS NOT NULL"),
}

TURNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "machinery": {
        "civil": ("submitted", "paid", "scheduled", "handed_over"),
        "revenue": ("accepted",),
        "needs_citizen": ("needs_info",),
        "needs_payment": ("priced", "awaiting_payment", "awaiting_supplement"),
    },
    "expert": {
        "expert": ("submitted", "assigned"),
        "revenue": ("visited",),
        "secretariat": ("paid",),
        "needs_citizen": ("needs_info",),
        "needs_payment": ("priced", "awaiting_payment"),
    },
    "taxi_leave": {
        "taxi_officer": ("submitted", "awaiting_owner", "under_review", "approved", "in_effect"),
        "needs_citizen": ("needs_info",),
    },
    "taxi_report": {"taxi_officer": ("submitted", "under_review"), "needs_citizen": ("needs_info",)},
}
"""Service → whose turn it is → in which states."""

WITH_PEOPLE = frozenset({"machinery", "expert", "taxi_leave"})
WITH_KIND = frozenset({"expert", "taxi_report"})
PAPERS = {
    "valuation": {"deed", "national_card"},
    "subdivision": {"deed", "national_card", "plan"},
    "building_permit": {"deed", "national_card", "plan"},
    "completion": {"deed", "national_card", "permit"},
    "boundary": {"deed", "national_card"},
    "tree_felling": {"national_card", "photo"},
    "other": {"national_card"},
}
"""Kind of expert opinion → the papers that it needs."""

REQUESTS = table("requests", column("id", BIG), column("service", TEXT), column("fields", JSON_VALUE))
DOCUMENTS = table("documents", column("request_id", BIG), column("field", TEXT))
WORDS = table("search_words", column("request_id", BIG), column("word", SORTED), column("service", TEXT))
KINDS = table("requests", column("id", BIG), column("kind", TEXT), column("lacks_papers", Boolean()))


def upgrade() -> None:
    """Add to the requests, make two tables, fill what is new, and index it."""
    for new in (
        Column("turn", TEXT, nullable=True),
        Column("due_at", MOMENT, nullable=False, server_default=NEVER),
        Column("kind", TEXT, nullable=True),
        Column("lacks_papers", Boolean(), nullable=False, server_default=false()),
    ):
        op.add_column("requests", new)
    _search_words()
    _saved_views()
    connection = op.get_bind()
    _fill_turns(connection)
    _fill_due(connection)
    for rows in _batches(connection):
        _fill_words(connection, rows)
        _fill_kinds(connection, [row for row in rows if row.service in WITH_KIND])
    _index()


def _search_words() -> None:
    op.create_table(
        "search_words",
        Column("request_id", BIG, autoincrement=False, nullable=False),
        Column("word", SORTED, nullable=False),
        Column("service", TEXT, nullable=False),
        PrimaryKeyConstraint("request_id", "word", name="pk_search_words"),
        ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_search_words_request_id", deferrable=True, initially="DEFERRED"
        ),
        sqlite_with_rowid=False,
    )
    # Before it is filled: PostgreSQL indexes no table whose new rows it has still to check.
    op.create_index(
        "ix_search_words_service_word_request_id", "search_words", ["service", "word", text("request_id DESC")]
    )


def _saved_views() -> None:
    op.create_table(
        "saved_views",
        *(Column(name, TEXT, nullable=False) for name in ("username", "name")),
        Column("filter", JSON_VALUE, nullable=False),
        Column("saved_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("username", "name", name="pk_saved_views"),
        ForeignKeyConstraint(
            ["username"], ["staff.username"], name="fk_saved_views_username", deferrable=True, initially="DEFERRED"
        ),
    )


def _index() -> None:
    op.drop_index("ix_requests_assignee_id", "requests")
    for name, (columns, condition) in INDEXES.items():
        where = text(condition)
        op.create_index(f"ix_requests_{name}", "requests", columns, sqlite_where=where, postgresql_where=where)


def _fill_turns(connection: Connection) -> None:
    stand = text("UPDATE requests SET turn = :turn WHERE service = :service AND state = :state")
    for service, turns in TURNS.items():
        for turn, states in turns.items():
            for state in states:
                connection.execute(stand, {"turn": turn, "service": service, "state": state})


def _fill_due(connection: Connection) -> None:
    """An SLA that was broken since the last step has no timer any more: it was due when it was broken."""
    timer = "(SELECT min(at) FROM timers WHERE request_id = requests.id AND kind = 'sla')"
    broken = (
        "(SELECT max(at) FROM history WHERE request_id = requests.id AND event = 'sla_broken' "
        "AND at >= requests.updated_at)"
    )
    for moment in (broken, timer):
        due = f"UPDATE requests SET due_at = {moment} WHERE turn IS NOT NULL AND {moment} IS NOT NULL"  # noqa: S608
        connection.execute(text(due))


def _batches(connection: Connection) -> Iterator[Sequence[Any]]:
    after = 0
    some = select(REQUESTS).where(REQUESTS.c.id > bindparam("after")).order_by(REQUESTS.c.id).limit(ROWS_AT_ONCE)
    while rows := connection.execute(some, {"after": after}).all():
        yield rows
        after = rows[-1].id


def _fill_words(connection: Connection, rows: Sequence[Any]) -> None:
    words = [
        {"request_id": row.id, "word": word, "service": row.service}
        for row in rows
        for word in sorted(frozenset[str]().union(*map(list_rotations, _people_in(row.service, row.fields))))
    ]
    if words:
        connection.execute(insert(WORDS), words)


def _people_in(service: str, fields: Mapping[str, Any]) -> list[str]:
    if service not in WITH_PEOPLE:
        return []
    driver = fields.get("taxi", {}).get("driver")
    named = [fields.get(name) for name in ("full_name", "national_code", "driver")]
    return [one for one in (*named, driver) if one]


def _fill_kinds(connection: Connection, rows: Sequence[Any]) -> None:
    if not rows:
        return
    there: dict[int, set[str]] = defaultdict(set)
    between = DOCUMENTS.c.request_id.between(rows[0].id, rows[-1].id)
    for request_id, field in connection.execute(select(DOCUMENTS.c.request_id, DOCUMENTS.c.field).where(between)):
        there[request_id].add(field)
    kinds = [
        {
            "of_id": row.id,
            "its_kind": row.fields.get("kind"),
            "lacks": row.service == "expert" and not PAPERS.get(row.fields.get("kind"), set()) <= there[row.id],
        }
        for row in rows
    ]
    filled = update(KINDS).where(KINDS.c.id == bindparam("of_id"))
    connection.execute(filled.values(kind=bindparam("its_kind"), lacks_papers=bindparam("lacks")), kinds)
