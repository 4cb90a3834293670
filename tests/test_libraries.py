"""Libraries are used by what they publish, and every one that is imported is declared."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts.structure import SOURCE_PACKAGES, SourceModule, load_modules

pytestmark = pytest.mark.source

ROOT = Path(__file__).parent.parent
PUBLISHED = {"_exit", "_replace", "_value_", "_Element"}
"""Names that are documented although they begin so: `os._exit`, `_replace` of named tuples, `_value_`, by which
`__new__` of an enumeration gives a member its value, and the class of lxml's elements (its `Element` is a function
that makes one, of no use to types).
"""

FOR_TYPES = {"_typeshed"}
"""Known to type checkers alone, and documented for them."""


@pytest.fixture(scope="module")
def found() -> dict[str, SourceModule]:
    """Every module of the source, migrations included."""
    return load_modules(ROOT, SOURCE_PACKAGES, with_migrations=True)


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__") and name != "_"


def attributes_made(tree: ast.AST) -> set[str]:
    """Attributes that a module gives to classes and objects of its own: methods, fields, `self._name = …`."""
    made = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store(), value=ast.Name(id="self" | "cls")):
                made.add(name)
            case ast.ClassDef(body=body):
                made |= {name for statement in body for name in names_bound(statement)}
    return made


def names_bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class's body binds."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def foreign_privates(module: SourceModule, ours: set[str]) -> Iterator[str]:
    """Private attributes or names that a module reads outside its own project."""
    own = attributes_made(module.tree)
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr=name, value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super"))):
                allowed = name in ours  # a base class of ours may stand in another module
            case ast.Attribute(attr=name):
                allowed = name in own
            case ast.Call(func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]):
                allowed = name in own
            case _:
                continue
        if is_private(name) and not allowed and name not in PUBLISHED:
            yield f"{module.path}:{node.lineno} {name}"


def private_imports(module: SourceModule) -> Iterator[str]:
    """Private modules or names of a library that a module imports."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] not in SOURCE_PACKAGES:
            names = [*node.module.split("."), *(alias.name for alias in node.names)]
            found = {name for name in names if is_private(name)} - FOR_TYPES - PUBLISHED
            yield from (f"{module.path}:{node.lineno} {name}" for name in found)


def imported(tree: ast.AST) -> set[str]:
    """The top-level packages that a module imports, in functions and for types too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def normalised(distribution: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


def test_nobody_reaches_into_a_library(found: dict[str, SourceModule]) -> None:
    ours = {name for module in found.values() for name in attributes_made(module.tree)}
    assert [place for module in found.values() for place in foreign_privates(module, ours)] == []
    assert [place for module in found.values() for place in private_imports(module)] == []


@pytest.mark.parametrize(
    "text",
    [
        "def f(connection): return connection._conn",
        "class A(Foreign):\n def f(self): return self._tx",
        "def f(a): return getattr(a, '_thread')",
        "from aiohttp._http_parser import x",
        "from aiohttp import _x",
    ],
)
def test_the_guard_sees_who_reaches_in(text: str) -> None:
    module = SourceModule("a", Path("a.py"), ast.parse(text))
    assert [*foreign_privates(module, set()), *private_imports(module)]


def test_every_import_is_declared(found: dict[str, SourceModule]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {normalised(re.split(r"[\[>=<~;]", requirement)[0]) for requirement in project["dependencies"]}
    used = {name for module in found.values() for name in imported(module.tree)} - set(SOURCE_PACKAGES)
    distributions = packages_distributions()
    declared = {name for name in used if named & {normalised(one) for one in distributions.get(name, [])}}
    assert sorted(used - declared - sys.stdlib_module_names - FOR_TYPES) == []
    assert "aiohttp" in declared
