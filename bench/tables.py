"""Output of every bench: markdown tables, medians with their spread, percentiles, and what machine was measured."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, with the least and the most of them."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Take some runs together."""
        return cls(statistics.median(values), min(values), max(values))

    def __format__(self, spec: str) -> str:
        """Write «0.35 (0.33–0.36)», each number by the format."""
        return f"{self.median:{spec}} ({self.least:{spec}}–{self.most:{spec}})"


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Longest times of most calls, in milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Percentiles":
        """Find them; no value at all makes zeros."""
        ordered = sorted(values) or [0.0]
        return cls(*(ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)))

    @classmethod
    def median(cls, runs: Sequence["Percentiles"]) -> "Percentiles":
        """Return the medians of some runs, each percentile by itself."""
        return cls(*(statistics.median(getattr(run, name) for run in runs) for name in ("p50", "p95", "p99")))

    def __str__(self) -> str:
        """Write the three as cells of a table."""
        return " | ".join(f"{one:.1f}" for one in (self.p50, self.p95, self.p99))


@dataclass(slots=True)
class Rounds:
    """Rounds at one server, one value a round: calls a second, milliseconds until an answer."""

    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def add(self, rate: float, p50: float, p99: float) -> None:
        """Note a round."""
        self.rates.append(rate)
        self.p50.append(p50)
        self.p99.append(p99)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def judge(missed: Sequence[str]) -> None:
    """End a bench whose table was printed: with a list of what missed its target, and status 1, if anything did."""
    if missed:
        raise SystemExit("\n- ".join(["missed its target:", *missed]))


def machine(*more: str) -> str:
    """Say what was measured where and when, and how busy the machine was already."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    facts = (
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{os.cpu_count()} cores of {_processor()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *more,
        f"load before: {load}",
    )
    return "; ".join(facts)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
