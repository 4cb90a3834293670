"""A municipal service is one folder: nothing outside names it, and one that is taken away leaves the others whole."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import pytest

from domain.check import check_services
from domain.conversation.reading.grammar import Grammar
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.services import SERVICES, list_intents
from scripts.structure import SOURCE_PACKAGES, parse_file
from tests.support.scenarios.shipped_services import SHIPPED_KEYS

ROOT = Path(__file__).parents[3]
READ_SUFFIXES = {".py", ".toml", ".csv", ".html", ".js", ".css"}

NOW = datetime(2026, 11, 24, tzinfo=UTC)

NAMED_ALL_THE_SAME = {
    "app/demo/data/*": "the stories of the demonstration, each of a service of today",
    "app/security/password_strength.py: expert": "a word that no password is made of",
    "domain/actions/reports/declarations.py: expert": "the report of the unit of that role",
    "domain/texts/fa/common.toml: expert": "the role",
    "domain/texts/fa-Latn/common.toml: expert": "the role",
    "domain/texts/tk/common.toml: expert": "the role",
    "domain/texts/fa/reports.toml: expert": "that report's title",
    "domain/values/actors.py: expert": "the role, which is older than the service",
}
"""Files, or `file: key`, that name a service outside of its folder, and why.

The role `expert` (a member of the staff who visits places) has its name from the municipality and stands in stored
accounts, permissions and histories; the service is called after what such a member writes. Neither reads the other:
renaming one would only move what is stored.
"""


def list_written(path: Path) -> Iterator[str]:
    """Yield what a file says that is no comment and no documentation: strings and imported modules of Python, all of
    any other file.
    """
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = parse_file(path)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def list_namings() -> Iterator[str]:
    """Yield `file: key` for each file outside of `domain/services` that names a service."""
    patterns = {service.key: re.compile(rf"\b{service.key}\b") for service in SERVICES}
    for package in SOURCE_PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in READ_SUFFIXES or name.startswith("domain/services/"):
                continue
            written = list(list_written(path))
            yield from (f"{name}: {key}" for key, found in patterns.items() if any(map(found.search, written)))


@pytest.mark.source
def test_nothing_outside_of_its_folder_names_a_service() -> None:
    namings = list(list_namings())
    assert [naming for naming in namings if not any(fnmatch(naming, place) for place in NAMED_ALL_THE_SAME)] == []
    assert [place for place in NAMED_ALL_THE_SAME if not any(fnmatch(naming, place) for naming in namings)] == []


def test_menus_list_services_by_their_ranks() -> None:
    assert [service.key for service in SERVICES if service.key in SHIPPED_KEYS] == list(SHIPPED_KEYS)
    ranks = [(service.menu_rank, service.key) for service in SERVICES]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("gone", SERVICES, ids=lambda service: str(service.key))
def test_a_folder_that_is_taken_away_leaves_the_others_whole(gone: Service) -> None:
    others = [service for service in SERVICES if service is not gone]
    own_file = f"services/{gone.key}/texts/fa.toml"
    shipped_texts = load_shipped_texts()
    assert own_file in shipped_texts
    texts = Catalogue([table for file_name, table in shipped_texts.items() if file_name != own_file])
    assert [str(flaw) for flaw in check_services(others, texts)] == []
    assert Grammar(list_intents(others)).parse_message("راهنما", NOW).intent == "help"
