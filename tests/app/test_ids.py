"""Ids: growing, never given twice, in 63 bits; and the other kinds of chance."""

import subprocess
import sys
from datetime import UTC, datetime

from app.clock import SystemClock
from app.ids import EPOCH_MILLISECONDS, RandomIds, first_id_since
from domain.values import tracking_codes

MANY = 20_000
PRINT_IDS = f"from app.ids import RandomIds\nids = RandomIds()\nfor _ in range({MANY}): print(ids.new_id())"


def test_ids_grow_and_fit() -> None:
    ids = RandomIds()
    made = [ids.new_id() for _ in range(MANY)]
    assert made == sorted(set(made))
    assert 0 < made[0] < made[-1] < 2**63


def test_ids_grow_while_the_clock_stands_or_goes_back() -> None:
    times = iter([5, 5, 5, 3, *[1] * 2000])
    ids = RandomIds(lambda: EPOCH_MILLISECONDS + next(times))
    made = [ids.new_id() for _ in range(2000)]
    assert made == sorted(set(made))


def test_ids_of_processes_at_the_same_time_differ() -> None:
    command = [sys.executable, "-c", PRINT_IDS]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    made = [line for process in processes for line in process.communicate()[0].split()]
    assert len(set(made)) == len(made) == 3 * MANY


def test_ids_tell_their_time() -> None:
    now = int(datetime.now(UTC).timestamp())
    assert first_id_since(now - 1) < RandomIds().new_id() < first_id_since(now + 60)


def test_the_last_id_is_in_the_next_century() -> None:
    moment = int(datetime(2160, 1, 1, tzinfo=UTC).timestamp() * 1000)
    assert RandomIds(lambda: moment).new_id() < 2**63


def test_chance_has_its_bounds() -> None:
    ids = RandomIds()
    assert all(tracking_codes.make_code(ids.new_tracking_payload()) for _ in range(100))
    assert len({ids.new_token() for _ in range(100)}) == 100
    assert {len(ids.new_token()), len(bytes.fromhex(ids.new_token()))} == {32, 16}
    assert all(0 <= ids.random_fraction() < 1 for _ in range(100))


def test_the_clock_is_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
