"""The table of ASVS 5.0 (docs/asvs.md): each requirement once, and nothing named that is not there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from scripts.structure import PYTHON_FOLDERS, parse_file

pytestmark = [pytest.mark.source, pytest.mark.day]

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "tests" / "data" / "asvs-5.0-level-2.txt"
"""Ids and levels of OWASP ASVS 5.0.0, levels 1 and 2."""

ROW = re.compile(r"^\| (?P<bold>\*\*)?(?P<id>[0-9.]+)(?:\*\*)? \| (?P<asked>[^|]+) \| (?P<held>[^|]+) \|$")
WITHOUT_APPLICATION = "## Requirements that do not apply\n"
DEVIATION = "**Deviation**: "
"""Pattern of a line, with the reason behind it, where the product does less than is asked for."""

SHORTEST_REASON = 40
NAMED_PATH = re.compile(r"`((?:[a-z_]+/)[\w./-]+|pyproject\.toml)(?:::(test_\w+))?`")


def read_rows() -> list[re.Match[str]]:
    """The rows of the requirements that hold, in their order; level 1 is bold."""
    lines = (ROOT / "docs" / "asvs.md").read_text("utf-8").partition(WITHOUT_APPLICATION)[0].splitlines()
    rows = [line for line in lines if re.match(r"\| (\*\*)?[0-9]", line)]
    matched = [ROW.match(row) for row in rows]
    assert [row for row, match in zip(rows, matched, strict=True) if match is None] == []
    return [match for match in matched if match]


def read_inapplicable() -> dict[str, list[tuple[str, str]]]:
    """The requirements that do not apply, as (id, level), by the reason."""
    table = (ROOT / "docs" / "asvs.md").read_text("utf-8").partition(WITHOUT_APPLICATION)[2]
    rows = re.findall(r"^\| ([^|]+) \| ((?:\*{0,2}[0-9.]+\*{0,2}(?:, )?)+) \|$", table, re.MULTILINE)
    return {reason: [(one.strip("*"), "1" if "*" in one else "2") for one in ids.split(", ")] for reason, ids in rows}


@cache
def list_tests(path: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = parse_file(ROOT / path)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_each_requirement_of_levels_one_and_two_is_there_once() -> None:
    required = [tuple(line.split()) for line in REQUIREMENTS.read_text().splitlines()]
    assert len(required) == 253
    named = [(row["id"], "1" if row["bold"] else "2") for row in read_rows()]
    assert named == [one for one in required if one in set(named)]
    assert sorted([*named, *(one for ids in read_inapplicable().values() for one in ids)]) == sorted(required)


def test_each_holds_by_something_that_is_there_or_has_its_reason() -> None:
    missing = []
    for row in read_rows():
        named = NAMED_PATH.findall(row["held"])
        is_explained = "](" in row["held"] or len(row["held"]) > 40
        if not named and not is_explained:
            missing.append(f"{row['id']}: by nothing")
        for path, test in named:
            if path.partition("/")[0] not in {*PYTHON_FOLDERS, "pyproject.toml"} or not (ROOT / path).is_file():
                missing.append(f"{row['id']}: {path}")
            elif test and test not in list_tests(path):
                missing.append(f"{row['id']}: {path}::{test}")
    assert missing == []
    reasons = " ".join(read_inapplicable())
    assert [path for path, _ in NAMED_PATH.findall(reasons) if not (ROOT / path).is_file()] == []


def test_each_deviation_has_its_reason_and_is_named_at_the_head() -> None:
    deviations = {row["id"]: row["held"].partition(DEVIATION)[2] for row in read_rows() if "eviation" in row["held"]}
    assert [
        one for one, reason in deviations.items() if len(reason) < SHORTEST_REASON and "as 3.4.3" not in reason
    ] == []
    head = (ROOT / "docs" / "asvs.md").read_text("utf-8").partition("\n## ")[0]
    assert re.findall(r"\b[0-9]+\.[0-9]+\.[0-9]+\b", head.partition("**Deviation**")[2]) == list(deviations)


def test_none_is_given_up() -> None:
    assert not re.search("[✗✘❌]|TODO|not yet", (ROOT / "docs" / "asvs.md").read_text("utf-8"))
