"""Filling a database with many requests, as a town has them after years.

    python -m bench.filling DATABASE_URL REQUESTS [SEED]

The database is migrated and furnished, then filled with copies of requests that were really made, with everything
that they left behind: history, timers, bills and payments, bookings, papers, texts in and out, words to search by.
They are spread evenly over 1,000 days, four to a citizen, each with a name and a national code; those of the last
thirty days may still be under way, all others have ended. Some machines are booked for tomorrow. Rows go straight
into the tables, without their indexes (made again in the end); then a sample of the requests is read through the
store, and each history verified. The same seed makes the same requests on the same day.
"""

import asyncio
import random
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from app.ids import first_id_since
from bench.citizens import citizen, plate
from bench.copies import Copy, Original
from bench.databases import SQLITE, rows
from bench.originals import SCHEDULED, SORTS, make
from bench.reading import Dialect, PostgresqlDialect, Reader
from bench.town import MACHINES, furnish
from bench.writing import Batch, write
from domain.requests.history import find_chain_faults
from domain.values import bill_ids, tracking_codes
from domain.values.text import persian_digits
from store.migrate import migrate
from store.schema import search_words
from store.unit_of_work import SqlStore

DAYS = 1000
RECENT_DAYS = 30
IDS_A_COPY = 128
REQUESTS_A_CITIZEN = 4
REQUESTS_A_TAXI = 200
"""Of so many a dozen are reports, and those are of one taxi."""

COPIES_AT_ONCE = 1000
CHECKED = 200


class Town:
    """Makes the copies, in order of their days. `fleet` has the ids of machines and operators by code."""

    def __init__(
        self, originals: Sequence[Original], fleet: dict[str, int], count: int, seed: int, dialect: Dialect
    ) -> None:
        self._dialect = dialect
        self._by_name = {one.made.sort.name: one for one in originals}
        self._fleet = fleet
        self._count = count
        self._chance = random.Random(seed)  # noqa: S311 - the same in every run
        self._today = datetime.now(UTC).date()
        self._bills = 0

    def batches(self) -> Iterator[Batch]:
        """Yield the rows, some copies at a time."""
        copies = self._copies()
        now = datetime.combine(self._today, time(), UTC)
        while some := list(islice(copies, COPIES_AT_ONCE)):
            batch: Batch = defaultdict(list)
            for original, copy in some:
                for table, row in original.rows(copy, self._token, now):
                    batch[table].append(row)
            # Where both names of a citizen begin alike, the number beside one is the number beside the other.
            batch[search_words.name] = [*map(list, dict.fromkeys(map(tuple, batch[search_words.name])))]
            yield batch
        yield self._besides()

    def _copies(self) -> Iterator[tuple[Original, Copy]]:
        names = [sort.name for sort in SORTS]
        ended, recent = [sort.ended for sort in SORTS], [sort.recent for sort in SORTS]
        booked = min(MACHINES // 2, self._count // 100)
        for number in range(self._count):
            ago = DAYS - number * DAYS // self._count
            weights = recent if ago <= RECENT_DAYS else ended
            last = number >= self._count - booked
            name = SCHEDULED.name if last else self._chance.choices(names, weights)[0]
            original = self._by_name[name]
            yield original, self._copy(original, number, self._today - timedelta(days=ago))

    def _copy(self, original: Original, number: int, day: date) -> Copy:
        first = first_id_since(int(datetime.combine(day, time(4), UTC).timestamp())) + number * IDS_A_COPY
        unit = MACHINES - number % (MACHINES // 2)
        words = self._person(number) | {f"day{one}": (day + timedelta(days=one)).isoformat() for one in original.days}
        words |= {f"id{one}": str(first + one) for one in range(original.ids)}
        words |= {name: self._token() for name in original.tokens}
        words |= {"machine": f"LD-{unit:02}", "operator": f"OP-{unit:02}"}
        if original.billed:
            self._bills += 1
            ids = bill_ids.make_ids(self._bills, "077", 6, original.billed, 1405, 9)
            words |= {"bill_id": ids.bill_id, "payment_id": ids.payment_id, "file_number": str(self._bills)}
        units = self._fleet[words["machine"]], self._fleet[words["operator"]]
        return Copy(first, (day - original.began).days, words, units)

    def _person(self, number: int) -> dict[str, str]:
        code = tracking_code(number)
        taxi = plate(number % taxis_of(self._count))
        own = {
            "code": code,
            "shown": tracking_codes.display_code(code),
            "plate": taxi,
            "plate_spoken": persian_digits(taxi),
        }
        return citizen(number % citizens_of(self._count)).words | own

    def _token(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def _besides(self) -> Batch:
        """Return the citizens, and where the numbers of bills go on."""
        born = self._dialect.written(datetime.combine(self._today - timedelta(days=DAYS), time(), UTC))
        citizens = map(citizen, range(citizens_of(self._count)))
        people = [[one.mobile, one.name, one.national, born] for one in citizens]
        return {"people": people, "counters": [["file_number", self._bills]]}


def tracking_code(number: int) -> str:
    """Return the code of a request. The factor has no divisor in common with the payloads: no code comes twice."""
    return tracking_codes.make_code(10_000_000 + number * 7_654_321 % 90_000_000)


def citizens_of(count: int) -> int:
    """Return how many citizens so many requests have."""
    return max(1, count // REQUESTS_A_CITIZEN)


def taxis_of(count: int) -> int:
    """Return how many taxis the reports among so many requests are about."""
    return max(1, count // REQUESTS_A_TAXI)


def originals(dialect: Dialect) -> tuple[list[Original], Batch]:
    """Make the originals and take them apart; also what the files of all of them contain."""
    with TemporaryDirectory(prefix="pishkhan-bench-") as home:
        path = Path(home) / "originals.db"
        made = asyncio.run(make(path))
        with closing(sqlite3.connect(path)) as file:
            reader = Reader(file, dialect)
            contents = [list(row) for row in file.execute("SELECT sha256, content FROM contents")]
            return [reader.read(one) for one in made], {"contents": contents}


async def prepare(url: str) -> dict[str, int]:
    """Migrate and furnish the database; return the ids of its machines and operators by code."""
    await migrate(url)
    await furnish(url)
    return dict(await rows(url, "SELECT code, id FROM resources"))


async def verify(url: str, count: int, seed: int) -> None:
    """Read some requests through the store; end the bench unless each is there with a history that holds."""
    [(found,)] = await rows(url, "SELECT count(*) FROM requests")
    if found != count:
        raise SystemExit(f"{count} requests were to be made, there are {found}")
    codes = [code for (code,) in await rows(url, "SELECT code FROM requests ORDER BY id")]
    store = await SqlStore.connect(url)
    for code in random.Random(seed).sample(codes, min(CHECKED, count)):  # noqa: S311
        async with store.open_unit(write=False) as uow:
            one = await uow.requests.get_by_code(tracking_codes.parse_code(code))
            faults = find_chain_faults(code, await uow.history.list_of_request(one.id), one.head_seq, one.head_hash)
        if faults or not one.head_seq:
            raise SystemExit(f"the history of {code} does not hold: {faults}")
    await store.close()


def main(url: str, count: int, seed: int = 1405) -> None:
    """Fill the database."""
    dialect = Dialect() if url.startswith(SQLITE) else PostgresqlDialect()
    taken, contents = originals(dialect)
    town = Town(taken, asyncio.run(prepare(url)), count, seed, dialect)
    asyncio.run(write(url, [contents], town.batches()))
    asyncio.run(verify(url, count, seed))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
