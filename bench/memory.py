"""Whether `pishkhan serve` keeps its memory: 200,000 incoming texts of all sorts, and the resident memory meanwhile.

    python -m bench.memory [--messages 200000] [--database sqlite|postgresql]

Sixteen connections deliver what 320 citizens text: requests in one message and field by field, tracking, lists, prices,
bills, help, comments, stops, what nobody understands. The relay sends the replies to a panel of its own at the same
time. Memory is read every 10,000 texts. The bench fails when it grows by more than a tenth from text 20,000 (caches are
filled by then) to the end, when a text is not acknowledged, or when one failed inside.
"""

import argparse
import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

from bench.databases import KINDS, SQLITE, place, rows, versions
from bench.loader import Job, Text, deliver
from bench.panel import panel
from bench.processes import Server, free_port, resident_bytes, spawned, usual
from bench.tables import machine, table
from bench.town import REQUEST, furnish

LANES, CITIZENS_A_LANE = 16, 20
SETTLED_AFTER = 20_000
MOST_GROWTH = 1.10
FIRST = 10_000_000
MIB = 2**20
MEANT = "SELECT state, intent, count(*) FROM inbox GROUP BY state, intent ORDER BY 3 DESC"


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts acknowledged by then, seconds since the beginning, resident bytes."""

    texts: int
    seconds: float
    resident: int


def visit(mobile: str, code: str, other: str) -> Iterator[Text]:
    """Yield what one citizen texts, one after the other, again and again; codes are an own and somebody else's."""
    texts = (
        code,
        "درخواست‌های من",
        REQUEST,
        f"پیگیری {code}",
        "راهنما",
        "تعرفه لودر ۳ ساعت",
        "ماشین گریدر",
        "۵ ساعت",
        "انصراف",
        f"قبض {code}",
        other,
        "نظر خیابان ما را هم آسفالت کنید",
        "سلام خسته نباشید",
        "لغو11",
        "12",
        "کارشناسی تفکیک کد ملی 0499370899 کد پستی 4947113456 زمین پشت مدرسه",
    )
    return ((mobile, text) for text in texts)


def citizens() -> list[list[str]]:
    """Return the mobiles of each lane."""
    return [[f"0912{lane:02}{number:05}" for number in range(CITIZENS_A_LANE)] for lane in range(LANES)]


async def first_requests(port: int, url: str) -> dict[str, str]:
    """Let every citizen ask for a machine; return the tracking codes by mobile."""
    lanes = [[(mobile, REQUEST) for mobile in lane] for lane in citizens()]
    await deliver(Job(port, lanes, FIRST - LANES * CITIZENS_A_LANE, messages=LANES * CITIZENS_A_LANE))
    return {mobile.replace("+98", "0"): code for mobile, code in await rows(url, "SELECT mobile, code FROM requests")}


async def drive(server: Server, job: Job) -> AsyncIterator[Sample]:
    """Deliver the texts and read the server's memory at each mark of the load."""
    began = time.monotonic()
    process = await spawned((sys.executable, "-m", "bench.loader"), stdin=PIPE, stdout=PIPE, limit=2**30)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the load's streams are not ours")
    process.stdin.write(json.dumps(asdict(job)).encode())
    process.stdin.close()
    async for line in process.stdout:
        if line.strip().isdigit():
            yield Sample(int(line), time.monotonic() - began, resident_bytes(server.pid))
        elif faults := json.loads(line)["faults"]:
            raise SystemExit(f"{len(faults)} texts were not acknowledged: {faults[0]}")
    await process.wait()


def line(sample: Sample, before: Sample) -> Sequence[object]:
    """Return a line of the table."""
    rate = (sample.texts - before.texts) / (sample.seconds - before.seconds)
    return f"{sample.texts:,}", f"{sample.resident / MIB:.1f}", f"{rate:.0f}"


async def measured(kind: str, messages: int, every: int) -> list[Sample]:
    """Drive a server on one database; its samples."""
    with place(kind) as where:
        url = await where.database()
        async with panel() as address:
            server = Server(where.home, usual(url, free_port(), address))
            await server.run("migrate")
            await furnish(url)
            async with server:
                codes = await first_requests(server.port, url)
                known = list(codes)
                lanes = [
                    list(chain.from_iterable(visit(one, codes[one], codes[known[at]]) for one in lane))
                    for at, lane in enumerate(citizens())
                ]
                job = Job(server.port, lanes, FIRST, messages=messages, tell_every=every)
                samples = [sample async for sample in drive(server, job)]
        await verify(url, messages + len(codes))
    return samples


async def verify(url: str, messages: int) -> None:
    """Say what the texts meant; end the bench unless all are stored and none failed."""
    stored = await rows(url, MEANT)
    if sum(number for _, _, number in stored) != messages or any(state == "failed" for state, _, _ in stored):
        raise SystemExit(f"{messages} texts were acknowledged; stored are {stored}")
    print("\n" + ", ".join(f"{intent or state} {number:,}" for state, intent, number in stored))


async def main(kind: str, messages: int) -> None:
    """Print the table; fail when memory grew."""
    print(machine(*versions([kind])), flush=True)
    every = min(10_000, messages // 4)
    samples = await measured(kind, messages, every)
    lines = [line(*pair) for pair in zip(samples, [Sample(0, 0.0, 0), *samples], strict=False)]
    print(f"\n{table(('texts', 'resident MiB', 'texts/s'), lines)}\n")
    settled = next(one for one in samples if one.texts >= min(SETTLED_AFTER, messages // 2))
    growth = samples[-1].resident / settled.resident
    print(f"From text {settled.texts:,} to text {samples[-1].texts:,} it is {growth:.3f} times as much.")
    if growth > MOST_GROWTH:
        raise SystemExit("memory grows")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    given = parser.parse_args()
    asyncio.run(main(given.database, given.messages))
