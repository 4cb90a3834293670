"""What was kept for some days without a mark, or with leading zeros, is found as what is kept now."""

from alembic import command
from sqlalchemy import Connection, insert, select, text

from domain.queues.request_words import last_digits_word, list_address_words
from domain.requests.request import ServiceRequest
from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.rows import TableMapping
from store.schema import requests, search_words, settlement_lines
from tests.support.factories import a_request

BEFORE = "0068"
WORD = text("INSERT INTO search_words (request_id, word, service) VALUES (:request_id, :word, 'machinery')")
FILE = text(
    "INSERT INTO settlement_files (id, digest, name, size, layout, kind, source, brought_by, brought_at, state,"
    " revision, is_whole) VALUES (1, 'd', 'a.csv', 1, 'standard', 'bank', 'bank', 'staff:revenue',"
    " '2026-11-24 08:30:00.000000', 'booked', 0, :is_whole)"
)
LINE = text(
    "INSERT INTO settlement_lines (file_id, line_number, source, reference, amount, bill_id, payment_id, channel,"
    " outcome, is_pending, detail, is_refund)"
    " VALUES (1, :number, 'bank', :reference, 5000, '', '', '', 'held', :no, '', :no)"
)
NAMES = {"توماج", "محمد توماج", "endless"}
UNMARKED = {"end 79010024", "at ساحلی5", "at 5", "post 4917311111"}


async def test_words_are_marked_and_references_bare(empty_database_url: str) -> None:
    made = a_request(code="242001097")

    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), BEFORE)
        connection.execute(
            insert(requests), TableMapping(requests, ServiceRequest).column_values(made) | {"sealed_seq": 0}
        )
        words = NAMES | UNMARKED | {"#at 5"}
        connection.execute(WORD, [{"request_id": made.id, "word": word} for word in words])
        connection.execute(FILE, {"is_whole": True})
        references = enumerate(("000778899", "778800", "000"), start=1)
        connection.execute(LINE, [{"number": number, "reference": one, "no": False} for number, one in references])

    def read(connection: Connection) -> tuple[set[str], list[str]]:
        lines = select(settlement_lines.c.reference).order_by(settlement_lines.c.line_number)
        return set(connection.scalars(select(search_words.c.word))), list(connection.scalars(lines))

    engine = build_engine(empty_database_url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    async with engine.open_inspection() as connection:
        words, references = await connection.run_sync(read)
    await engine.close()
    assert words == NAMES | {f"#{word}" for word in UNMARKED}
    assert {last_digits_word("242001097"), *list_address_words("ساحلی ۵")} <= words
    assert references == ["778899", "778800", "000"]
