"""A function of the domain asks for the repositories of its subject (`domain/repositories.py`), not for all of them.

A step of a service and a message with links need the whole unit, for what services declare may look anywhere; and what
hands its unit to these. Conversations hand their turn on, which has all of it.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from scripts.structure import FunctionNode, SourceModule, load_modules

pytestmark = pytest.mark.source

WHOLE = {"UnitOfWork", "ActionContext", "ActorContext"}
"""Annotations of a parameter by which every repository is asked for."""

BESIDE_THE_UNIT = {"dependencies", "actor"}
"""Parts of a context that store nothing."""

Annotations = Mapping[str, list[ast.expr | None]]
"""Annotations of the parameters of each function, by its dotted name."""


@cache
def load_domain() -> dict[str, SourceModule]:
    """Return the modules of the domain, those of conversations left out."""
    modules = load_modules().items()
    return {
        name: module
        for name, module in modules
        if name.startswith("domain.") and not name.startswith("domain.actions.conversations")
    }


@cache
def load_subjects() -> dict[str, frozenset[str]]:
    """Return the repositories of each protocol, with those that it has of others."""
    subjects: dict[str, frozenset[str]] = {}
    for declared in load_domain()["domain.repositories"].tree.body:
        if isinstance(declared, ast.ClassDef):
            own = frozenset(member.name for member in declared.body if isinstance(member, FunctionNode))
            subjects[declared.name] = own.union(*(subjects.get(ast.unparse(base), ()) for base in declared.bases))
    return subjects


def list_annotations(module: SourceModule) -> Iterator[tuple[str, list[ast.expr | None]]]:
    """Each function outside classes with the annotations of what it takes by place."""
    for name, function in module.named_functions:
        if "." not in name:
            yield f"{module.name}.{name}", [argument.annotation for argument in function.args.args]


def resolve_names(module: SourceModule) -> dict[str, str]:
    """The dotted names of what is imported, and of the module's own functions."""
    names = {name: f"{module.name}.{name}" for name, _ in module.named_functions}
    for statement in module.tree.body:
        if isinstance(statement, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{statement.module}.{alias.name}" for alias in statement.names}
    return names


def find_needs(function: FunctionNode, parameter: str, names: Mapping[str, str], asked: Annotations) -> set[str] | None:
    """Return the repositories that a function takes from its unit, and that those ask for to whom it hands it; None
    where it hands it to somebody who asks for all.
    """
    needs, accounted = set[str](), 0
    units = (parameter, f"{parameter}.uow")
    for part in ast.walk(function):
        match part:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == parameter and attribute != "uow":
                accounted += 1
                needs |= {attribute} - BESIDE_THE_UNIT
            case ast.Attribute(value=ast.Attribute() as unit, attr=attribute) if ast.unparse(unit) == units[1]:
                accounted += 1
                needs.add(attribute)
            case ast.Call(func=ast.Name(id=name), args=arguments) if names.get(name) in asked:
                for argument, annotation in zip(arguments, asked[names[name]], strict=False):
                    if ast.unparse(argument) in units and (subject := find_subject(annotation)):
                        accounted += 1
                        needs |= load_subjects()[subject]
    mentions = sum(isinstance(part, ast.Name) and part.id == parameter for part in ast.walk(function))
    return needs if mentions == accounted else None


def find_subject(annotation: ast.expr | None) -> str | None:
    """Return the protocol that an annotation asks for, also as `ActorContext[Protocol]`."""
    inner = annotation.slice if isinstance(annotation, ast.Subscript) else annotation
    return inner.id if isinstance(inner, ast.Name) and inner.id in load_subjects() else None


def list_greedy(module: SourceModule, asked: Annotations) -> Iterator[str]:
    """The functions of a module that ask for all repositories and need those of one subject."""
    names = resolve_names(module)
    for function_name, function in module.named_functions:
        for argument in (*function.args.args, *function.args.kwonlyargs):
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id in WHOLE:
                needs = find_needs(function, argument.arg, names, asked)
                if needs and any(needs <= subject for subject in load_subjects().values()):
                    yield f"{module.name}.{function_name}: {', '.join(sorted(needs))}"


def test_functions_ask_for_the_repositories_of_their_subject() -> None:
    asked = {name: found for module in load_domain().values() for name, found in list_annotations(module)}
    assert [greedy for module in load_domain().values() for greedy in list_greedy(module, asked)] == []


def test_each_repository_is_declared_once() -> None:
    tree = load_domain()["domain.repositories"].tree
    declared = Counter(part.name for part in ast.walk(tree) if isinstance(part, FunctionNode))
    assert len(declared) > 50
    assert [name for name, times in declared.items() if times > 1] == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return context.uow.bills, context.uow.merged_bills", True),
        ("return helper(context), context.dependencies", True),
        ("return context.uow.bills, context.uow.fleet", False),
        ("return other(context)", False),
        ("return helper(context, context)", False),
        ("return context.dependencies", False),
    ],
)
def test_a_function_that_asks_for_too_much_is_found(body: str, found: bool) -> None:
    module = load_domain()["domain.repositories"]
    source = (
        f"def helper(context: ActionContext[BillRepositories]): ...\ndef sample(context: ActionContext):\n    {body}"
    )
    sample = SourceModule("sample", module.path, ast.parse(source))
    assert bool(list(list_greedy(sample, dict(list_annotations(sample))))) is found
