"""The structure that a newcomer relies on: an order of packages, folders that can be read, one class name one thing."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from scripts.structure import (
    LAYERED_PACKAGES,
    SOURCE_PACKAGES,
    SourceModule,
    count_by_folder,
    find_circles,
    find_package_knots,
    find_shared_class_names,
    load_modules,
    map_imports,
)
from scripts.template_names import TemplateNames, load_templates

pytestmark = pytest.mark.source

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

TEMPLATE_RIDDLES = re.compile(
    "at|bad|brought|close|here|last|left|lost|made|mine|most|near|of|old|one|own|past|q|recent|tail|taken|what|why|wrong"
)
"""Former riddles among the names in templates: words that say nothing of what they hold."""

GLOSSARY = ROOT / "docs" / "glossary.md"

EXCEPTIONS = {
    "app.cli.main: ctx": "Click calls the parameter so",
    "app.http.server: exit_stack": "an `AsyncExitStack`",
    "store.work: exit_stack": "the same",
    "domain.people.sessions: seen_at": "a column of sessions: when one was used last",
    "domain.people.sessions: LAST_SEEN_INTERVAL": "the same",
    "domain.people.ports: save_last_seen": "the same",
    "store.people.staff_sessions: save_last_seen": "the same",
    "store.people.staff_sessions: _UPDATE_SEEN": "the same",
    "channels.admin.account.account_pages: last_seen": "the same",
    "channels.admin.gate: _record_last_seen": "the same",
    "channels.admin.templates.account.account: last_seen": "the same",
    "channels.admin.templates.people.user: seen_at": "the same",
    "domain.parsing.negation: WISH": "grammar: that somebody wishes something",
    "domain.parsing.negation: _WISH_FORMS": "grammar: the forms of that verb",
    "domain.conversation.reading.vocabulary: WISH_WORDS": "grammar: the words of wishing",
    "app: context": "Click's, and that of a process to be started: so their libraries call them",
    "channels: context": "what a template is filled with: so Jinja calls it",
    "domain: context": "a `StepContext`, typed wherever it is taken",
    "channels.pishkhan_soap: record": "a `SchemaRecord`: a value with members, as the contract calls it",
    "domain.conversation.buttons.answers: RECORD": "a button's verb, stored in messages: a driver's record",
    "domain.conversation: reader": "a `MessageReader`, which takes values out of one message",
    "domain.parsing: reader": "the same",
    "domain.services: reader": "the same",
    "domain.messages: fingerprint": "a column of the inbox",
    "store.messages.inbox: fingerprint": "the same",
    "domain.registries.imports: given": "stored with an import: what stood in the cell",
    "channels.admin.templates.registries.import_one: given": "the same",
    "domain.registries.imports: KEPT": "a state of an import, stored so",
    "domain.actions.bills.reversals: OWED": "plain English: the bill is owed again",
    "domain.services.expert.declaration: VISIT": "the municipal term: an officer at a place and hour",
}
"""`package: name` with such a word all the same, and why; a template's name is its path."""

MOST_POSITIONAL = 7
"""Arguments of a call that a reader can tell by their place alone."""

VARIADIC_OF_LIBRARIES = {"Index", "Table", "select"}
"""Calls that take any number of like things."""


@cache
def find_modules() -> dict[str, SourceModule]:
    """Every module of the source, parsed once."""
    return load_modules()


@cache
def find_templates() -> dict[str, TemplateNames]:
    """The names in every template, read once."""
    return load_templates(ROOT)


def test_no_modules_import_each_other() -> None:
    assert find_circles(map_imports(find_modules())) == []


@pytest.mark.parametrize("root_package", LAYERED_PACKAGES)
def test_no_packages_inside_a_large_one_import_each_other(root_package: str) -> None:
    assert find_package_knots(map_imports(find_modules()), root_package) == []


def test_a_knot_of_packages_is_found_though_no_modules_import_each_other() -> None:
    import_graph = {"a.one.x": {"a.two.x"}, "a.two.y": {"a.three", "b.z"}, "a.three": {"a.one.y"}, "a.two.x": {"a"}}
    assert find_package_knots(import_graph, "a") == [["one", "three", "two"]]
    assert find_package_knots(import_graph | {"a.three": set()}, "a") == []


def test_every_folder_can_be_read() -> None:
    assert {folder: many for folder, many in count_by_folder(find_modules()).items() if many > MOST_MODULES} == {}


def test_tests_lie_in_the_folders_of_the_source() -> None:
    folders = [one for package in SOURCE_PACKAGES for one in (TESTS / package).rglob("*") if one.is_dir()]
    tested = [one.relative_to(TESTS) for one in folders if list(one.glob("*.py"))]
    assert len(tested) > 50
    assert [str(one) for one in tested if not (ROOT / one).is_dir()] == []


def test_every_folder_of_tests_can_be_read() -> None:
    many = {str(folder): sum(1 for _ in folder.glob("*.py")) for folder in (TESTS, *TESTS.rglob("*"))}
    assert {folder: modules for folder, modules in many.items() if modules > MOST_TEST_MODULES} == {}


def test_one_class_name_is_one_thing() -> None:
    assert find_shared_class_names(find_modules()) == {}


def test_words_that_the_glossary_replaced_do_not_come_back() -> None:
    parts = {module_name: _split_name(module_name.rpartition(".")[2]) for module_name in find_modules()}
    assert [name for name in find_modules() if any(old in name.rpartition(".")[2] for old in GONE)] == []
    assert [name for name, words in parts.items() if any(map(REPLACED_WORDS.fullmatch, words))] == []


def test_names_have_none_of_the_replaced_words() -> None:
    old_names = read_old_names()
    assert len(old_names) > 40
    assert {"desk", "house_rules", "owed", "sql_bills"} <= old_names
    assert [
        f"{module_name}: {name}"
        for module_name, name in list_replaced_names(old_names)
        if not any(_falls_under(module_name, name, exception) for exception in EXCEPTIONS)
    ] == []


def test_every_exception_is_still_needed() -> None:
    replaced_names = list_replaced_names(read_old_names())
    assert [
        exception
        for exception in EXCEPTIONS
        if not any(_falls_under(module_name, name, exception) for module_name, name in replaced_names)
    ] == []


def test_names_of_templates_say_what_they_hold() -> None:
    assert len(find_templates()) > 60
    assert {"refused_form_name", "text_input", "is_latin"} <= find_templates()[
        "channels.admin.templates.shared.parts"
    ].own_names
    assert {
        template_name: sorted(riddles)
        for template_name, names in find_templates().items()
        if (riddles := set(filter(TEMPLATE_RIDDLES.fullmatch, names.own_names)))
    } == {}


def read_old_names() -> frozenset[str]:
    """Return what stands under «earlier» in the glossary's tables, each word or phrase `in_snake_case`."""
    old_names: set[str] = set()
    for table in GLOSSARY.read_text("utf-8").split("\n\n"):
        heading, *rows = [line.split("|")[-2].strip() for line in table.splitlines() if line.startswith("|")] or [""]
        if heading == "earlier":
            old_names |= {"_".join(_split_name(phrase)) for row in rows for phrase in row.split(",")}
    return frozenset(old_names - {""})


@cache
def list_replaced_names(old_names: frozenset[str]) -> list[tuple[str, str]]:
    """Return (module or template, name) of what is one of these, is put together of nothing else, or has a replaced
    word in it.
    """
    found_names = []
    names_by_module = {module_name: set(module.defined_names) for module_name, module in find_modules().items()}
    names_by_template = {
        template_name: names.own_names | names.attribute_names for template_name, names in find_templates().items()
    }
    for module_name, names in (names_by_module | names_by_template).items():
        for name in sorted({module_name.rpartition(".")[2], *names}):
            words = _split_name(name)
            is_old = "_".join(words) in old_names or (bool(words) and old_names.issuperset(words))
            if is_old or any(map(REPLACED_WORDS.fullmatch, words)):
                found_names.append((module_name, name))
    return found_names


def _falls_under(module_name: str, name: str, exception: str) -> bool:
    package, _, excepted_name = exception.partition(": ")
    return name == excepted_name and f"{module_name}.".startswith(f"{package}.")


def _split_name(name: str) -> list[str]:
    """Return its words in small letters, be it `in_snake_case`, `IN_CAPITALS` or `InCamelCase`."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def test_calls_with_many_arguments_name_them() -> None:
    """Functions for any number of like things are left out, and so are migrations, which stay as they were written."""
    variadic = VARIADIC_OF_LIBRARIES | {
        name.rpartition(".")[2]
        for module in find_modules().values()
        for name, function in module.named_functions
        if function.args.vararg
    }
    assert [
        f"{module_name}:{call.lineno} {called}"
        for module_name, module in find_modules().items()
        if not module_name.startswith("store.migrations.")
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and len(call.args) > MOST_POSITIONAL
        if not any(isinstance(argument, ast.Starred) for argument in call.args)
        if (called := ast.unparse(call.func).rpartition(".")[2]) not in variadic
    ] == []
