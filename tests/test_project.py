"""Rules of the house that no linter knows: docstrings, sizes, who reads the environment, locks, a complete wheel."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts.sbom import TEST_ASSETS, build_bill
from scripts.structure import (
    PYTHON_FOLDERS,
    SOURCE_PACKAGES,
    FunctionNode,
    SourceModule,
    count_function_lines,
    find_long_functions,
    load_modules,
)
from store.migrate import _known_revisions

pytestmark = pytest.mark.source

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for package in SOURCE_PACKAGES for path in (ROOT / package).rglob("*.py"))
MODULES = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
MIGRATIONS = ROOT / "store" / "migrations" / "versions"

MOST_LINES = 500
"""From here on a module is looked at: it is split by subject, or its reason stands in `LONG_MODULES`."""

LONG_MODULES: dict[str, str] = {}
"""Modules, tests too, with more lines, and why."""


_PREPOSITIONS = "after|at|before|behind|beside|by|for|from|in|into|of|on|past|through|to|under|with"
RELATIVE_OPENING = re.compile(
    rf"(?:(?:{_PREPOSITIONS}) )?(?:what|who|how|whose|whom|where|when|which|why)(?:ever)?\b", re.IGNORECASE
)
"""Openings of a docstring that say something about a thing without naming it."""

NOT_INSTALLED = re.compile(r"(app|channels)/demo/|app/cli/system/demo\.py|domain/.*/(corpus/.*|sentences\.jsonl)$")
"""The demonstration, and sentences that weights were learned from: in the source alone."""


def name(path: Path) -> str:
    """A file as a reader would name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def every_module() -> dict[Path, SourceModule]:
    """Every module of the repository, parsed once."""
    return {module.path: module for module in load_modules(ROOT, PYTHON_FOLDERS, with_migrations=True).values()}


def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return every_module()[path].tree


def reads_environment(node: ast.AST) -> bool:
    """Whether it is `os.environ`, `os.getenv` or an import of one of them."""
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
            return True
        case ast.ImportFrom(module="os", names=names):
            return any(alias.name in ("environ", "environb", "getenv") for alias in names)
    return False


def test_every_module_says_what_it_is() -> None:
    assert [name(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def docstrings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and text of each docstring below a node, those under attributes and constants too."""
    for statement in ast.walk(node):
        match statement:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield statement.lineno, " ".join(text.split())


def test_docstrings_begin_with_a_noun_or_a_verb() -> None:
    """None begins with a relative clause in place of a noun («What a clerk typed»): name the thing itself."""
    lines = {f"{name(path)}:{at}": text for path, one in every_module().items() for at, text in docstrings(one.tree)}
    assert len(lines) > 10_000
    assert {where: text for where, text in lines.items() if RELATIVE_OPENING.match(text)} == {}


def test_modules_are_short() -> None:
    sizes = {name(path): len(path.read_text().splitlines()) for path in MODULES}
    too_long = {module: lines for module, lines in sizes.items() if lines > MOST_LINES}
    assert too_long.keys() == LONG_MODULES.keys(), "split it by subject, or say why not (docs/architecture.md)"


def test_functions_are_short() -> None:
    # Of every folder, migrations included; lines of docstrings are not counted (docs/architecture.md asks for both:
    # short functions, and docstrings that say units, errors and sources).
    too_long = find_long_functions({module.name: module for module in every_module().values()})
    assert too_long == [], "over 30 lines: split it by subject (docs/architecture.md); tests count too"


def test_every_function_is_measured() -> None:
    # Methods share names (`__init__`), and functions stand in functions: each is measured by itself.
    walked = [node for one in every_module().values() for node in ast.walk(one.tree) if isinstance(node, FunctionNode)]
    measured = [function for one in every_module().values() for _, function in one.named_functions]
    assert len(measured) == len(walked) > 9000
    assert len(every_module()) == sum(1 for package in PYTHON_FOLDERS for _ in (ROOT / package).rglob("*.py"))


def test_a_function_is_measured_without_its_docstring() -> None:
    text = 'class A:\n @property\n def f(self):\n  """One.\n\n  Two."""\n  def g():\n   return 1\n  return g\n'
    module = SourceModule("a", Path("a.py"), ast.parse(text))
    assert {name: count_function_lines(function) for name, function in module.named_functions} == {"A.f": 4, "A.f.g": 2}


def test_only_the_settings_read_the_environment() -> None:
    readers = {name(path) for path in SOURCES if any(reads_environment(node) for node in ast.walk(tree(path)))}
    assert readers <= {"app/configuration/settings.py"}


def find_patched_names(module: SourceModule) -> Iterator[str]:
    """Private names of others that a module sets, by `setattr(other, "_name", …)` or `other._name = …`."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="setattr" | "delattr") | ast.Name(id="setattr"), args=arguments):
                texts = [one.value for one in arguments[:2] if isinstance(one, ast.Constant)]
                found = [str(text).rpartition(".")[2] for text in texts]
            case ast.Attribute(value=value, attr=attr, ctx=ast.Store() | ast.Del()) if ast.unparse(value) != "self":
                found = [attr]
            case _:
                continue
        yield from (f"{node.lineno} {one}" for one in found if re.match("_[^_]", one))


def test_no_test_patches_a_private_name() -> None:
    """Tests change the product by parameters, settings and public names: private ones may be renamed at will."""
    tests = [module for path, module in every_module().items() if path.is_relative_to(ROOT / "tests")]
    assert [f"{name(one.path)}:{found}" for one in tests for found in find_patched_names(one)] == []


@pytest.mark.smoke
def test_every_module_can_be_imported() -> None:
    names = [name(path).removesuffix(".py").replace("/", ".") for path in SOURCES if MIGRATIONS not in path.parents]
    alone = {"store.migrations.env"}  # Alembic runs it
    assert [import_module(one).__doc__ for one in sorted(set(names) - alone)]


def generic_dataclasses() -> set[str]:
    """The names of the dataclasses that take types."""
    classes = [node for path in SOURCES for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return {
        one.name
        for one in classes
        if any("dataclass" in ast.unparse(by) for by in one.decorator_list)
        and any(ast.unparse(base).startswith("Generic[") for base in one.bases)
    }


def test_no_generic_dataclass_is_called_with_its_types() -> None:
    # `Page[Item](…)` sets an attribute on what it made: up to Python 3.12 a TypeError for a frozen one with slots.
    found = generic_dataclasses()
    assert len(found) >= 3
    calls = [(path, node.func) for path in MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    typed = [(path, func) for path, func in calls if isinstance(func, ast.Subscript)]
    assert [f"{name(path)}:{func.lineno}" for path, func in typed if ast.unparse(func.value) in found] == []


def test_both_ends_of_the_supported_pythons_are_smoke_tested(tmp_path: Path) -> None:
    for version in ("3.11", "3.13", "3.14", "3.15"):
        stub = tmp_path / f"python{version}"
        stub.write_text("#!/bin/sh\nexit 0\n")
        stub.chmod(0o755)
    for end, wanted in (("oldest", "3.11"), ("newest", "3.14")):
        command = [str(ROOT / "scripts" / "find-python.sh"), end]
        found = subprocess.run(
            command, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True
        )
        assert found.stdout.strip() == str(tmp_path / f"python{wanted}")
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert supported == ">=3.11,<3.15"
    assert "scripts/smoke.sh" in (ROOT / "Makefile").read_text().partition("\nnight:")[2].partition("\n\n")[0]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_locks_know_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, requirements in {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": project["optional-dependencies"]["dev"],
    }.items():
        pinned = {line.split("==")[0] for line in (ROOT / lock).read_text().splitlines() if "==" in line}
        wanted = {re.split(r"[\[>=<~]", requirement)[0] for requirement in requirements}
        assert wanted - pinned == set()


def test_the_bill_of_materials_names_all_that_is_locked_and_shipped() -> None:
    bill = build_bill()
    locked = set(
        re.findall(r"^([a-z0-9.-]+(?:\[.*\])?==[^ ]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    named = {
        f"{part['name']}=={part['version']}" for part in bill["components"] if part["purl"].startswith("pkg:pypi/")
    }
    assert named == {re.sub(r"\[.*\]", "", one) for one in locked}
    assets = {part["name"] for part in bill["components"]} - {one.partition("==")[0] for one in named}
    assert assets == set(json.loads((ROOT / "package.json").read_text())["devDependencies"]) - TEST_ASSETS
    needed_by = {part["ref"]: part["dependsOn"] for part in bill["dependencies"]}
    references = {part["bom-ref"] for part in bill["components"]}
    assert set(needed_by) <= references | {bill["metadata"]["component"]["bom-ref"]}
    assert {one for needed in needed_by.values() for one in needed} == references, "each is there because of another"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Wheel that a municipality installs."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("pishkhan-*.whl")
    return ZipFile(path)


@pytest.mark.night
def test_the_wheel_is_complete(wheel: ZipFile) -> None:
    packed = set(wheel.namelist())
    (bill_name,) = [entry for entry in packed if ".dist-info/sboms/" in entry]
    assert json.loads(wheel.read(bill_name)) == build_bill()
    files = {name(path) for package in SOURCE_PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    left_out = {file for file in files if "__pycache__" not in file} - packed
    assert {file for file in left_out if not NOT_INSTALLED.match(file)} == set()
    assert {file for file in packed if NOT_INSTALLED.match(file)} == set()


@pytest.mark.night
@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["check"], {"PISHKHAN_DEMO": "1"}, "an installed package has no demonstration"),
        (["demo", "load"], {}, "No such command 'demo'"),
        (["sms", "parse", "خاکامو کی میاد جمع کنه ببره"], {}, "% track"),
    ],
)
def test_an_installed_package_does_without_the_demonstration_and_sentences(
    wheel: ZipFile, tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    wheel.extractall(tmp_path)
    program = "import sys; sys.path[0] = '.'; from app.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import os; os.chdir({str(tmp_path)!r}); {program}", *arguments],
        check=False, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert said in done.stdout + done.stderr


def test_versions_of_the_schema_are_one_chain() -> None:
    versions = sorted(MIGRATIONS.glob("0*.py"))
    before = [re.findall(r"^down_revision = (.*)$", one.read_text(), re.MULTILINE) for one in versions]
    assert len({str(one) for one in before}) == len(versions) == len(_known_revisions()), (
        "two versions follow the same one"
    )


@pytest.mark.parametrize("file", ["Makefile", "scripts/smoke.sh", ".ci/run"])
def test_tests_that_commands_name_are_there(file: str) -> None:
    named = re.findall(r"\btests/[a-z0-9_/]+(?:\.py)?(?=[\s)]|$)", (ROOT / file).read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
