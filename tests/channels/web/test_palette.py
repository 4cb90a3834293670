"""The palette of both sites: no style sheet has a colour of its own, and what is written is read in both schemes."""

import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from tests.support.tables import each_row

ROOT = Path(__file__).parents[3]
PALETTE_SHEET = ROOT / "channels" / "web" / "static" / "site.css"
SHEETS = [
    one
    for site in ("web", "portal", "admin")
    for one in sorted((ROOT / "channels" / site / "static").glob("*.css"))
    if not one.name.endswith(".min.css")
]
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\brgb\(")
TABLES = re.compile(r"^:root:root \{(.*?)^\}.*?^  :root:not\(\[data-theme\]\) \{(.*?)^  \}", re.DOTALL | re.MULTILINE)
VEILS = {"mask-image", "background: rgb(18 49 47 / 45%)", "background: rgb(0 0 0 / 40%)"}
"""Elements that darken everything below, or hide it."""

GROUNDS = ("pico-background-color", "card", "soft")
TONES = ("good", "going", "warn", "bad", "idle", "news")
WRITTEN = [
    *product(("pico-color", "pico-muted-color", "pico-primary", "bad-ink"), GROUNDS),
    *((f"{tone}-ink", f"{tone}-soft") for tone in TONES),
    *product(("pico-color",), ("warn-soft", "shade", "free", "free-shade", "booked")),
    *product(
        ("on-deep",), ("deep", "deep-mine", "deep-warn", "pico-primary-background", "pico-primary-hover-background")
    ),
    ("on-deep-soft", "deep"),
    ("on-accent", "accent"),
    ("pico-secondary-inverse", "pico-secondary-background"),
]
"""Pairs of text colour and background."""


def read_palettes() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the palette by day, and the one of a dark scheme."""
    found = TABLES.search(PALETTE_SHEET.read_text("utf-8"))
    assert found
    by_day, changed = (dict(re.findall(r"--([\w-]+): ([^;]+);", table)) for table in found.groups())
    return by_day, {**by_day, **changed}


def measure_luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb`, as WCAG 2 reckons it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measure_contrast(ink: str, ground: str) -> float:
    """Return how far two colours are apart, from 1 to 21."""
    darker, lighter = sorted(measure_luminance(one) for one in (ink, ground))
    return (lighter + 0.05) / (darker + 0.05)


@each_row("sheet", SHEETS)
def test_a_style_sheet_names_colours_by_the_palette(sheet: Path) -> None:
    style = sheet.read_text("utf-8")
    on_screen = re.sub(r"^@media print \{.*?^\}", "", TABLES.sub("", style), flags=re.DOTALL | re.MULTILINE)
    own = [line.strip() for line in on_screen.splitlines() if COLOUR.search(line)]
    assert [line for line in own if not line.startswith(tuple(VEILS))] == []
    palette = read_palettes()[0]
    used = set(re.findall(r"var\(--(?!pico-)([\w-]+)[,)]", style)) - set(re.findall(r"--([\w-]+):", style))
    assert used - palette.keys() - {"page", "bar", "line", "names"} == set()


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "dark"])
def test_what_is_written_is_read(scheme: int) -> None:
    palette = read_palettes()[scheme]
    contrasts = {pair: measure_contrast(palette[pair[0]], palette[pair[1]]) for pair in WRITTEN}
    assert {pair: value for pair, value in contrasts.items() if value < 4.5} == {}


def test_a_dark_scheme_changes_all_that_lies_on_its_ground() -> None:
    by_day, dark = read_palettes()
    stays = ("deep-mine", "deep-warn", "on-", "accent", "paper", "pico-primary-", "pico-secondary-focus")
    colours = {key for key, value in by_day.items() if value.startswith("#")}
    assert {key for key in colours if by_day[key] == dark[key] and not key.startswith(stays)} == set()
