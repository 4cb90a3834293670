"""Weight of a page for a first visitor: requests, bytes over the line, and when something is seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser


@dataclass(frozen=True, slots=True)
class SlowLine:
    """A line of a phone, as the browser pretends to have one."""

    name: str
    bytes_per_second: int
    round_trip_ms: int


SLOW_LINES = (SlowLine("3G", 50_000, 400), SlowLine("2G", 31_000, 800))
"""The slow ones that browsers' own tools pretend: 400 and 250 kbit/s."""


@dataclass(frozen=True, slots=True)
class PageWeight:
    """Counts of one visit with nothing kept."""

    bytes_by_address: Mapping[str, int]
    """Over the line, heads and packing included, by path."""
    first_paint_ms: float
    """Until there is something to read."""

    @property
    def total_bytes(self) -> int:
        """All of them."""
        return sum(self.bytes_by_address.values())

    @property
    def request_count(self) -> int:
        """Number of requests to the server."""
        return len(self.bytes_by_address)


async def weigh_page(browser: Browser, address: str, line: SlowLine | None = None) -> PageWeight:
    """Open a page in a phone's window that has kept nothing, and count what comes."""
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    client = await context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    bytes_by_address: dict[str, int] = {}

    def note_request(event: Mapping[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            addresses[event["requestId"]] = event["request"]["url"]

    def note_end(event: Mapping[str, Any]) -> None:
        if event["requestId"] in addresses:
            address = addresses[event["requestId"]]
            bytes_by_address[address] = bytes_by_address.get(address, 0) + int(event["encodedDataLength"])

    client.on("Network.requestWillBeSent", note_request)
    client.on("Network.loadingFinished", note_end)
    await client.send("Network.enable")
    if line:
        await client.send("Network.emulateNetworkConditions", _describe_line(line))
    await page.goto(address, wait_until="networkidle", timeout=60_000)
    paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    await context.close()
    return PageWeight(bytes_by_address, float(paint))


def _describe_line(line: SlowLine) -> dict[str, Any]:
    speed = {"downloadThroughput": line.bytes_per_second, "uploadThroughput": line.bytes_per_second}
    return {"offline": False, "latency": line.round_trip_ms, **speed}
