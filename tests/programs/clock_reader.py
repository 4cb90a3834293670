"""A process like the real server (an event loop, aiosqlite, threads) that tells what it sees of time.

One line of standard input is answered by one line of JSON: the wall clock by three ways, and how long each kind of
wait of `WAIT` seconds took by the monotonic clock. It ends when standard input does.
"""

import asyncio
import json
import queue
import sys
import threading
import time
from collections.abc import Awaitable
from datetime import UTC, datetime

import aiosqlite

WAIT = 0.05


def wait_on_condition() -> None:
    """A wait that nobody ends early."""
    condition = threading.Condition()
    with condition:
        condition.wait(WAIT)


def wait_on_queue() -> None:
    """A wait for an item that never comes."""
    try:
        queue.SimpleQueue[None]().get(timeout=WAIT)
    except queue.Empty:
        return


async def wait_on_future() -> None:
    """A time-out of the event loop."""
    try:
        await asyncio.wait_for(asyncio.get_running_loop().create_future(), WAIT)
    except TimeoutError:
        return


def tick_until(stop: threading.Event) -> None:
    """Wakes up two hundred times a second."""
    while not stop.wait(0.005):
        pass


async def seconds(waiting: Awaitable[object]) -> float:
    """Duration."""
    start = time.monotonic()
    await waiting
    return time.monotonic() - start


async def report(database: aiosqlite.Connection) -> dict[str, object]:
    """One answer; the write makes SQLite use its thread and its own clock."""
    await database.execute("INSERT INTO seen VALUES (unixepoch('now', 'subsec'))")
    await database.commit()
    rows = list(await database.execute_fetchall("SELECT at FROM seen ORDER BY rowid DESC LIMIT 1"))
    return {
        "time": time.time(),
        "datetime": datetime.now(UTC).timestamp(),
        "sqlite": rows[0][0],
        "waits": {
            "sleep": await seconds(asyncio.sleep(WAIT)),
            "wait_for": await seconds(wait_on_future()),
            "thread": await seconds(asyncio.to_thread(time.sleep, WAIT)),
            "condition": await seconds(asyncio.to_thread(wait_on_condition)),
            "queue": await seconds(asyncio.to_thread(wait_on_queue)),
        },
    }


async def main() -> None:
    """Answers until there are no more questions, while another thread keeps waking up."""
    stop = threading.Event()
    ticking = threading.Thread(target=tick_until, args=[stop])
    ticking.start()
    async with aiosqlite.connect(":memory:") as database:
        await database.execute("CREATE TABLE seen (at REAL)")
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await report(database)), flush=True)
    stop.set()
    ticking.join()


asyncio.run(main())
