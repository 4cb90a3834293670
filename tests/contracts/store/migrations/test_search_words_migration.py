"""Words of before they were kept beside each other: the migration adds what a new request would have."""

import random
from collections.abc import Mapping
from typing import Any

from alembic import command
from sqlalchemy import Connection, insert, select

from domain.queues.request_words import ADDRESS_KIND, LAST_DIGITS_KIND, PLATE_KIND, POSTAL_CODE_KIND
from domain.queues.search import MOST_WORDS, list_pairings, list_rotations, split_words
from domain.requests.request import ServiceRequest
from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.rows import TableMapping
from store.schema import requests, search_words
from tests.support.factories import a_request

REQUESTS = 3000
"""So many that the words of some lie where one batch ends."""
WORDS = ("سید", "محمد", "علی", "گل‌جمال", "توماج", "محمدی", "حسین‌زاده", "رضا", "آتا", "ه", "۲")
LATER_KINDS = (ADDRESS_KIND, LAST_DIGITS_KIND, PLATE_KIND, POSTAL_CODE_KIND)
"""Of the words that a later migration adds."""
LATER_COLUMNS = {"unverified_mobile"}
"""Columns of the requests that came later."""


def omit_later_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a request as it was before."""
    return {name: value for name, value in row.items() if name not in LATER_COLUMNS}


async def test_words_that_were_kept_stand_beside_each_other(empty_database_url: str) -> None:
    chance = random.Random(1405)
    made = [
        (a_request(code=f"{number:09}"), [" ".join(chance.choices(WORDS, k=chance.randint(1, 5))), f"{number:010}"])
        for number in range(REQUESTS)
    ]
    old = {one.id: frozenset().union(*map(list_rotations, texts)) for one, texts in made}
    new = {one.id: old[one.id] | list_pairings(split_words(text)[:MOST_WORDS] for text in texts) for one, texts in made}

    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0013")
        record = TableMapping(requests, ServiceRequest)
        old_rows = [record.column_values(one) | {"sealed_seq": 0} for one, _ in made]
        connection.execute(insert(requests), [omit_later_columns(row) for row in old_rows])
        rows = [{"request_id": one.id, "word": word, "service": one.service} for one, _ in made for word in old[one.id]]
        connection.execute(insert(search_words), rows)

    engine = build_engine(empty_database_url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    async with engine.open_inspection() as connection:
        rows = (await connection.execute(select(search_words))).all()
    await engine.close()
    kept: dict[int, set[str]] = {one: set() for one in new}
    for request_id, word, service in rows:
        assert service == "machinery"
        kept[request_id].add(word)
    assert {one: {word for word in words if not word.startswith(LATER_KINDS)} for one, words in kept.items()} == new
