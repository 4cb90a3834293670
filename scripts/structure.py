"""The figures of the code's structure: its lines, circles of imports, knots of packages, modules a folder, class names
of two classes, how long identifiers are, functions over thirty lines, tables that the formatter leaves alone.

    python scripts/structure.py
"""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from statistics import mean

SOURCE_PACKAGES = ("app", "channels", "domain", "payments", "printing", "store")
"""The packages that a server runs."""

DEMONSTRATION = ("app.demo", "channels.demo")
"""Packages that are loaded in demo mode alone."""

PYTHON_FOLDERS = (*SOURCE_PACKAGES, "bench", "docs", "scripts", "tests")
"""Every folder of the repository with Python in it."""

LAYERED_PACKAGES = ("app", "channels.admin", "domain.actions")
"""Large packages that have an order inside (the contracts of layers in `pyproject.toml`)."""

LONGEST_FUNCTION = 30
"""Lines, counted by `count_function_lines`."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceModule:
    """A module by its dotted name: where it lies and what it says."""

    name: str
    path: Path
    tree: ast.Module

    @cached_property
    def class_names(self) -> list[str]:
        """The names of its top-level classes."""
        return [class_node.name for class_node in self.tree.body if isinstance(class_node, ast.ClassDef)]

    @property
    def named_functions(self) -> Iterator[tuple[str, FunctionNode]]:
        """Every function and method in it by its qualified name, nested ones and those of one name too."""
        return _list_functions(self.tree, "")

    @property
    def defined_names(self) -> Iterator[str]:
        """The names that it gives: classes, functions, parameters, fields, locals, constants, aliases of imports."""
        for syntax_node in ast.walk(self.tree):
            match syntax_node:
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield syntax_node.name
                case ast.arg(arg=name) if name not in {"self", "cls"}:
                    yield name
                case (
                    ast.Name(id=name, ctx=ast.Store())
                    | ast.Attribute(ast.Name("self"), name, ast.Store())
                    | ast.alias(asname=str(name))
                    | ast.ExceptHandler(name=str(name))
                    | ast.MatchAs(name=str(name))
                    | ast.MatchStar(name=str(name))
                ):
                    yield name


def _list_functions(parent_node: ast.AST, name_prefix: str) -> Iterator[tuple[str, FunctionNode]]:
    for child_node in ast.iter_child_nodes(parent_node):
        if isinstance(child_node, FunctionNode):
            yield name_prefix + child_node.name, child_node
        inner_prefix = (
            f"{name_prefix}{child_node.name}." if isinstance(child_node, FunctionNode | ast.ClassDef) else name_prefix
        )
        yield from _list_functions(child_node, inner_prefix)


def count_function_lines(function_node: FunctionNode) -> int:
    """Return its lines from `def` to its end, less its docstring: the limit shall not make anybody explain less.

    Decorators come before `def` and are not counted; functions inside it are, and also have a length of their own.
    """
    first_statement, last_line = function_node.body[0], function_node.end_lineno or function_node.lineno
    has_docstring = ast.get_docstring(function_node, clean=False) is not None
    docstring_lines = (
        (first_statement.end_lineno or first_statement.lineno) - first_statement.lineno + 1 if has_docstring else 0
    )
    return last_line - function_node.lineno + 1 - docstring_lines


def load_modules(
    root_path: Path = Path(), package_names: Sequence[str] = SOURCE_PACKAGES, *, with_migrations: bool = False
) -> dict[str, SourceModule]:
    """Return the modules of these packages by name; migrations are dated and stay as they were: only when asked for."""
    modules_by_name = {}
    for module_path in sorted(
        found_path for package_name in package_names for found_path in (root_path / package_name).rglob("*.py")
    ):
        path_parts = module_path.relative_to(root_path).with_suffix("").parts
        if with_migrations or "versions" not in path_parts:
            module_name = ".".join(path_parts[:-1] if path_parts[-1] == "__init__" else path_parts)
            modules_by_name[module_name] = SourceModule(module_name, module_path, parse_file(module_path))
    return modules_by_name


@cache
def parse_file(module_path: Path) -> ast.Module:
    """Return a file's syntax tree; a file is parsed once in a process, however many rules look at it."""
    return ast.parse(module_path.read_text("utf-8"))


def map_imports(modules_by_name: Mapping[str, SourceModule]) -> dict[str, set[str]]:
    """Return module → the modules of the same packages that it imports, for types alone or in functions too."""
    return {
        module_name: set(_list_imported(module, modules_by_name)) - {module_name}
        for module_name, module in modules_by_name.items()
    }


def _list_imported(module: SourceModule, modules_by_name: Mapping[str, SourceModule]) -> Iterator[str]:
    for syntax_node in ast.walk(module.tree):
        if isinstance(syntax_node, ast.ImportFrom) and syntax_node.module:
            for import_alias in syntax_node.names:
                imported_name = f"{syntax_node.module}.{import_alias.name}"
                yield from (
                    target_name
                    for target_name in (imported_name if imported_name in modules_by_name else syntax_node.module,)
                    if target_name in modules_by_name
                )
        elif isinstance(syntax_node, ast.Import):
            yield from (import_alias.name for import_alias in syntax_node.names if import_alias.name in modules_by_name)


def find_circles(import_graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return every set of modules that import each other, be it by a detour (what is left when ends are taken away)."""
    remaining_graph = {module_name: set(target_names) for module_name, target_names in import_graph.items()}
    while end_names := {
        module_name
        for module_name, target_names in remaining_graph.items()
        if not target_names & remaining_graph.keys()
    }:
        remaining_graph = {
            module_name: target_names
            for module_name, target_names in remaining_graph.items()
            if module_name not in end_names
        }
    import_circles, grouped_names = [], set()
    for module_name in sorted(remaining_graph):
        if module_name not in grouped_names:
            import_circle = {
                other_name
                for other_name in _find_reachable(remaining_graph, module_name)
                if module_name in _find_reachable(remaining_graph, other_name)
            }
            grouped_names |= import_circle | {module_name}
            import_circles += [sorted(import_circle)] if len(import_circle) > 1 else []
    return import_circles


def _find_reachable(import_graph: Mapping[str, set[str]], start_name: str) -> set[str]:
    reached_names: set[str] = set()
    waiting_names = [start_name]
    while waiting_names:
        for target_name in import_graph.get(waiting_names.pop(), set()) - reached_names:
            reached_names.add(target_name)
            waiting_names.append(target_name)
    return reached_names


def find_package_knots(import_graph: Mapping[str, set[str]], root_package: str) -> list[list[str]]:
    """Return every set of packages directly under this one whose modules import each other, be it by a detour.

    A module directly under it counts as a package of its own.
    """
    package_graph: defaultdict[str, set[str]] = defaultdict(set)
    for module_name, target_names in import_graph.items():
        if package_name := _find_child(module_name, root_package):
            package_graph[package_name] |= {_find_child(target_name, root_package) for target_name in target_names}
            package_graph[package_name] -= {package_name, ""}
    return find_circles(package_graph)


def _find_child(module_name: str, root_package: str) -> str:
    """Return the package or module directly under the root that has the module in it; empty when it is elsewhere."""
    inner_name = module_name.removeprefix(f"{root_package}.")
    return inner_name.split(".")[0] if inner_name != module_name else ""


def count_by_folder(modules_by_name: Mapping[str, SourceModule]) -> Counter[str]:
    """Return folder → how many modules lie in it, `__init__.py` not counted."""
    return Counter(str(module.path.parent) for module in modules_by_name.values() if module.path.name != "__init__.py")


def find_shared_class_names(modules_by_name: Mapping[str, SourceModule]) -> dict[str, list[str]]:
    """Return the names that several top-level classes have, with their modules."""
    modules_by_class: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules_by_name.values():
        for class_name in module.class_names:
            modules_by_class[class_name].append(module.name)
    return {
        class_name: module_names
        for class_name, module_names in sorted(modules_by_class.items())
        if len(module_names) > 1
    }


def mean_identifier_length(modules_by_name: Mapping[str, SourceModule]) -> float:
    """Return how many letters a name that the code gives has on average, each different name of a module once."""
    return mean(
        len(identifier.strip("_"))
        for module in modules_by_name.values()
        for identifier in set(module.defined_names)
        if len(identifier.strip("_")) > 1
    )


def find_long_functions(modules_by_name: Mapping[str, SourceModule]) -> list[str]:
    """Return the functions over `LONGEST_FUNCTION` lines, with where they are and how many they have."""
    return [
        f"{module.path}:{function_node.lineno} {function_name}: {line_count} lines"
        for module in modules_by_name.values()
        for function_name, function_node in module.named_functions
        if (line_count := count_function_lines(function_node)) > LONGEST_FUNCTION
    ]


def count_skipped_tables(root_path: Path = Path()) -> int:
    """Return how often the formatter has to leave lines alone, in tests too."""
    command = ["git", "ls-files", "*.py"]
    listed_files = subprocess.run(command, cwd=root_path, capture_output=True, text=True, check=True)  # noqa: S603
    source_texts = [
        (root_path / file_name).read_text("utf-8")
        for file_name in listed_files.stdout.splitlines()
        if (root_path / file_name).exists()
    ]
    return sum(len(re.findall(r"# fmt: skip", source_text)) for source_text in source_texts)


def measure_mass(modules: Iterable[SourceModule]) -> tuple[int, int]:
    """Return the lines of modules and the nodes of their syntax trees, without the demonstration."""
    served = [module for module in modules if not module.name.startswith(DEMONSTRATION)]
    line_count = sum(len(module.path.read_text("utf-8").splitlines()) for module in served)
    return line_count, sum(1 for module in served for _ in ast.walk(module.tree))


def main() -> None:
    """Print the figures, one a line."""
    modules_by_name = load_modules()
    import_graph = map_imports(modules_by_name)
    source_lines, source_nodes = measure_mass(modules_by_name.values())
    test_lines, _ = measure_mass(load_modules(package_names=("tests",)).values())
    modules_by_folder, overlong_functions = count_by_folder(modules_by_name), find_long_functions(modules_by_name)
    (folder, most_modules), *_ = modules_by_folder.most_common(1)
    figure_rows = {
        "modules": len(modules_by_name),
        "lines of source": f"{source_lines:,}",
        "nodes of its syntax trees": f"{source_nodes:,}",
        "lines of tests": f"{test_lines:,}",
        "circles": len(find_circles(import_graph)),
        "knots of packages": sum(len(find_package_knots(import_graph, root)) for root in LAYERED_PACKAGES),
        "modules in the fullest folder": f"{most_modules} ({folder})",
        "class names that stand twice": len(find_shared_class_names(modules_by_name)),
        "letters of an identifier": f"{mean_identifier_length(modules_by_name):.1f}",
        "functions": sum(1 for module in modules_by_name.values() for _ in module.named_functions),
        f"functions over {LONGEST_FUNCTION} lines": len(overlong_functions),
        "tables left alone by the formatter": count_skipped_tables(),
    }
    sys.stdout.writelines(f"{figure_label}: {figure_value}\n" for figure_label, figure_value in figure_rows.items())


if __name__ == "__main__":
    main()
