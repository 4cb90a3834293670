"""`docs/seed-table.md`: what it says of files, tests and issues is so, and nothing is left without one of them."""

import re
from pathlib import Path

from tests.support.tables import each_row

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "seed-table.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| the page says")
]
_FILE = re.compile(r"`((?:app|channels|domain|store)/[\w./-]+)`")
_TEST = re.compile(r"`(tests/[\w./-]+\.py)(?:::(\w+))?`")


def test_every_statement_of_the_page_has_a_row() -> None:
    """The page lists three services (16, 14 and 14 statements here) and its own foot and heads (9)."""
    assert len(ROWS) == 53
    assert all(len(row) == 3 for row in ROWS)
    assert len({tuple(row) for row in ROWS}) == len(ROWS)


@each_row("row", ROWS)
def test_what_a_row_names_is_there(row: list[str]) -> None:
    said, place, shown = row
    assert re.search("[آ-ی]", said)
    for path in _FILE.findall(place):
        assert (ROOT / path).exists(), path
    for path, name in _TEST.findall(shown):
        text = (ROOT / path).read_text("utf-8")
        assert not name or re.search(rf"def {name}\(", text), f"{path} has no {name}"
    assert _TEST.search(shown) or re.search(r"issue \d", place), "neither shown by a test nor left to an issue"
    assert place


BY_TEXT = [
    row for row in ROWS if re.search(r"test_\w+_by_(?:sms|text)\.py|actions/(?:conversations|messages)/", row[2])
]


@each_row("row", BY_TEXT)
def test_what_is_shown_by_texts_is_shown_on_the_portal_too(row: list[str]) -> None:
    """The page names the portal as the way in which each service is given."""
    assert re.search(r"tests/(?:channels/portal/|browser/test_portal_walks)", row[2]), row[0]
