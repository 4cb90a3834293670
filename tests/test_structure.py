"""The structure that a newcomer relies on: an order of packages, folders that can be read, one class name one thing."""

import re
from pathlib import Path

from scripts.structure import (
    SOURCE_PACKAGES,
    count_by_folder,
    find_circles,
    find_shared_class_names,
    load_modules,
    map_imports,
)

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"

MOST_MODULES = 25
"""In one folder."""

MOST_TEST_MODULES = 30
"""In one folder of tests."""

GONE = ("house_", "worded_anew", "adding_up", "chat_door", "marks", "shelves", "piles", "coming_back")
"""Names of modules that the glossary replaced (docs/glossary.md)."""

REPLACED_WORDS = re.compile(
    "adding|alike|anew|besides|ctx|desks?|doors?|doorman|foreseen|houses?|piles?|rooms?|said|seen|shelf|shelves|stack"
    "|standing|stands|told|tried|unseen|who|whose|wish|worded|wordless"
)
"""Words of the code's first names that say nothing to a stranger, and those that docs/glossary.md replaced."""

WORDS_OF_OTHERS = {
    "ctx": "Click calls the parameter so",
    "exit_stack": "an `AsyncExitStack`",
    "seen_at": "a column of sessions: when one was used last",
    "last_seen": "the same",
    "LAST_SEEN_INTERVAL": "the same",
    "save_last_seen": "the same",
    "_record_last_seen": "the same",
    "_UPDATE_SEEN": "the same",
    "WISH": "grammar: that somebody wishes something",
    "WISH_WORDS": "grammar: the words of wishing",
    "_WISH_FORMS": "grammar: the forms of that verb",
}
"""Names with such a word all the same, and why."""

FOUND = load_modules()


def test_no_modules_import_each_other() -> None:
    assert find_circles(map_imports(FOUND)) == []


def test_every_folder_can_be_read() -> None:
    assert {folder: many for folder, many in count_by_folder(FOUND).items() if many > MOST_MODULES} == {}


def test_tests_lie_in_the_folders_of_the_source() -> None:
    folders = [one for package in SOURCE_PACKAGES for one in (TESTS / package).rglob("*") if one.is_dir()]
    tested = [one.relative_to(TESTS) for one in folders if list(one.glob("*.py"))]
    assert len(tested) > 50
    assert [str(one) for one in tested if not (ROOT / one).is_dir()] == []


def test_every_folder_of_tests_can_be_read() -> None:
    many = {str(folder): sum(1 for _ in folder.glob("*.py")) for folder in (TESTS, *TESTS.rglob("*"))}
    assert {folder: modules for folder, modules in many.items() if modules > MOST_TEST_MODULES} == {}


def test_one_class_name_is_one_thing() -> None:
    assert find_shared_class_names(FOUND) == {}


def test_words_that_the_glossary_replaced_do_not_come_back() -> None:
    parts = {module_name: _split_name(module_name.rpartition(".")[2]) for module_name in FOUND}
    assert [name for name in FOUND if any(old in name.rpartition(".")[2] for old in GONE)] == []
    assert [name for name, words in parts.items() if any(map(REPLACED_WORDS.fullmatch, words))] == []


def test_names_have_none_of_the_replaced_words() -> None:
    assert {
        f"{module_name}: {name}"
        for module_name, module in FOUND.items()
        for name in set(module.defined_names) - WORDS_OF_OTHERS.keys()
        if any(map(REPLACED_WORDS.fullmatch, _split_name(name)))
    } == set()


def test_every_exception_is_still_needed() -> None:
    assert WORDS_OF_OTHERS.keys() - {name for module in FOUND.values() for name in module.defined_names} == set()


def _split_name(name: str) -> list[str]:
    """Return its words in small letters, be it `in_snake_case`, `IN_CAPITALS` or `InCamelCase`."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
