"""The figures of the code's structure: circles of imports, modules a folder, class names that stand twice, how long
identifiers are, functions over thirty lines, tables that the formatter leaves alone.

    python scripts/structure.py
"""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean

SOURCE = ("app", "channels", "domain", "payments", "printing", "store")
"""The packages that a server runs."""

EVERYTHING = (*SOURCE, "bench", "docs", "scripts", "tests")
"""Every folder of the repository with Python in it."""

LONGEST_FUNCTION = 30
"""Lines, counted by `function_length`."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A module by its dotted name: where it lies and what it says."""

    name: str
    path: Path
    tree: ast.Module

    @cached_property
    def classes(self) -> list[str]:
        """The names of its top-level classes."""
        return [one.name for one in self.tree.body if isinstance(one, ast.ClassDef)]

    @property
    def functions(self) -> Iterator[tuple[str, Function]]:
        """Every function and method in it by its qualified name, nested ones and those of one name too."""
        return _functions_within(self.tree, "")

    @property
    def defined(self) -> Iterator[str]:
        """The names that it gives: classes, functions, parameters, fields and constants; none of one letter."""
        for one in ast.walk(self.tree):
            match one:
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield one.name
                case ast.arg(arg=name) if name not in {"self", "cls"}:
                    yield name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name


def _functions_within(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix + child.name, child
        inner = f"{prefix}{child.name}." if isinstance(child, Function | ast.ClassDef) else prefix
        yield from _functions_within(child, inner)


def function_length(function: Function) -> int:
    """Return its lines from `def` to its end, less its docstring: the limit shall not make anybody explain less.

    Decorators stand before `def` and are not counted; functions inside it are, and also have a length of their own.
    """
    first, last = function.body[0], function.end_lineno or function.lineno
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return last - function.lineno + 1 - docstring


def modules(
    root: Path = Path(), packages: Sequence[str] = SOURCE, *, with_migrations: bool = False
) -> dict[str, Module]:
    """Return the modules of these packages by name; migrations are dated and stay as they were: only when asked for."""
    found = {}
    for path in sorted(one for package in packages for one in (root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if with_migrations or "versions" not in parts:
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path, ast.parse(path.read_text("utf-8")))
    return found


def imports(found: Mapping[str, Module]) -> dict[str, set[str]]:
    """Return module → the modules of the same packages that it imports, for types alone or in functions too."""
    return {name: set(_imported(one, found)) - {name} for name, one in found.items()}


def _imported(module: Module, found: Mapping[str, Module]) -> Iterator[str]:
    for one in ast.walk(module.tree):
        if isinstance(one, ast.ImportFrom) and one.module:
            for alias in one.names:
                inner = f"{one.module}.{alias.name}"
                yield from (name for name in (inner if inner in found else one.module,) if name in found)
        elif isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names if alias.name in found)


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return every set of modules that import each other, be it by a detour (what is left when ends are taken away)."""
    left = {name: set(targets) for name, targets in graph.items()}
    while ends := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in ends}
    groups, seen = [], set()
    for name in sorted(left):
        if name not in seen:
            group = {other for other in _reached(left, name) if name in _reached(left, other)}
            seen |= group | {name}
            groups += [sorted(group)] if len(group) > 1 else []
    return groups


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        for target in graph.get(waiting.pop(), set()) - found:
            found.add(target)
            waiting.append(target)
    return found


def crowded(found: Mapping[str, Module]) -> Counter[str]:
    """Return folder → how many modules lie in it, `__init__.py` not counted."""
    return Counter(str(one.path.parent) for one in found.values() if one.path.name != "__init__.py")


def shared_class_names(found: Mapping[str, Module]) -> dict[str, list[str]]:
    """Return the names that several top-level classes have, with their modules."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for one in found.values():
        for name in one.classes:
            named[name].append(one.name)
    return {name: places for name, places in sorted(named.items()) if len(places) > 1}


def identifier_length(found: Mapping[str, Module]) -> float:
    """Return how many letters a name that the code gives has on average, each different name of a module once."""
    return mean(len(name.strip("_")) for one in found.values() for name in set(one.defined) if len(name.strip("_")) > 1)


def long_functions(found: Mapping[str, Module]) -> list[str]:
    """Return the functions over `LONGEST_FUNCTION` lines, with where they stand and how many they have."""
    return [
        f"{module.path}:{function.lineno} {name}: {lines} lines"
        for module in found.values()
        for name, function in module.functions
        if (lines := function_length(function)) > LONGEST_FUNCTION
    ]


def skipped_tables(root: Path = Path()) -> int:
    """Return how often the formatter is told to leave lines alone, in tests too."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=root, capture_output=True, text=True, check=True)  # noqa: S607
    texts = [(root / name).read_text("utf-8") for name in listed.stdout.splitlines() if (root / name).exists()]
    return sum(len(re.findall(r"# fmt: skip", text)) for text in texts)


def main() -> None:
    """Print the figures, one a line."""
    found = modules()
    crowd, long = crowded(found), long_functions(found)
    (folder, most), *_ = crowd.most_common(1)
    rows = {
        "modules": len(found),
        "circles": len(circles(imports(found))),
        "modules in the fullest folder": f"{most} ({folder})",
        "class names that stand twice": len(shared_class_names(found)),
        "letters of an identifier": f"{identifier_length(found):.1f}",
        "functions": sum(1 for one in found.values() for _ in one.functions),
        f"functions over {LONGEST_FUNCTION} lines": len(long),
        "tables left alone by the formatter": skipped_tables(),
    }
    sys.stdout.writelines(f"{name}: {figure}\n" for name, figure in rows.items())


if __name__ == "__main__":
    main()
