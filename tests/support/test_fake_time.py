"""A real process under a fake clock sees the time that the test sets, and waits no longer or shorter for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_time import FakeTime

PROGRAM = Path(__file__).parents[1] / "programs" / "clock_reader.py"
ANSWER_SECONDS = 20
TOLERANCE = 2.0


class Reader:
    """The process of `programs/clock_reader.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self) -> dict[str, Any]:
        """Its next answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture
def reader(fake_time: FakeTime) -> Iterator[Reader]:
    """A reader started under the fake clock; `timeout` ends it should it ever hang."""
    command = ["timeout", str(ANSWER_SECONDS), sys.executable, str(PROGRAM)]
    environment = {**os.environ, **fake_time.env()}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Reader(process)
        process.communicate(timeout=ANSWER_SECONDS)
    assert process.returncode == 0


def sees(answer: dict[str, Any], moment: datetime) -> bool:
    """Whether all three ways to read the clock told this moment."""
    told = [answer[way] for way in ("time", "datetime", "sqlite")]
    return all(abs(seconds - moment.timestamp()) < TOLERANCE for seconds in told)


def test_the_clock_moves_under_a_running_process(fake_time: FakeTime, reader: Reader) -> None:
    assert sees(reader.ask(), datetime.now(UTC))
    fake_time.advance(timedelta(days=40, hours=3))
    assert sees(reader.ask(), datetime.now(UTC) + timedelta(days=40, hours=3))
    fake_time.set(datetime(2027, 3, 20, 20, 29, 59, tzinfo=UTC))
    assert sees(reader.ask(), fake_time.now())
    fake_time.set(datetime(2026, 1, 1, tzinfo=UTC))  # backwards
    assert sees(reader.ask(), datetime(2026, 1, 1, tzinfo=UTC))


def test_waits_stay_real(fake_time: FakeTime, reader: Reader) -> None:
    for days in (0, 40, 400):
        fake_time.advance(timedelta(days=days))
        waits = reader.ask()["waits"]
        assert {name for name, seconds in waits.items() if not 0.04 < seconds < TOLERANCE} == set()
