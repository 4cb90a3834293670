"""Guards that read rows of others without a lock: two units that ask at once would each miss the other (PostgreSQL).

The compiled code of a guard, and of the functions that it calls, says which repositories it asks. The request's own
rows are held with the request; who works here and what something costs no step writes.
"""

import dis
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType

from domain.check.flaws import Flaw
from domain.language.service import Guard, Service
from domain.unit_of_work import UnitOfWork

UNWRITTEN_REPOSITORIES = frozenset({"offices", "people", "settings", "tariffs"})
"""Repositories that no step writes: whether a guard sees a row before or after a change, both are right."""

OWN_ROW_ENDINGS = ("_of_bill", "_of_request", "_of_subject")
"""Ends of the names of methods that read what belongs to the request, whose row is locked."""

_UNNAMED_METHOD = "*"
_REPOSITORIES = {
    name: member.fget.__annotations__.get("return")
    for unit_part in UnitOfWork.__mro__
    for name, member in vars(unit_part).items()
    if isinstance(member, property) and member.fget is not None
}
"""Repositories of the unit: name → type."""


def lock_flaws(service: Service) -> Iterator[Flaw]:
    """Find guards of a form, a step or a reopening that read rows of others and hold nothing."""
    conditions = (step.condition for step in service.transitions if step.condition is not None)
    step_guards = (guard for step in service.transitions for guard in step.guards)
    reopen_guards = (service.reopen_guard,) if service.reopen_guard else ()
    guards = (*service.submit_guards, *conditions, *step_guards, *reopen_guards)
    for guard_name in sorted({type(guard).__name__ for guard in guards if not guard.locks and _reads_others(guard)}):
        yield Flaw("reads_unlocked", service.key, guard_name)


def _reads_others(guard: Guard) -> bool:
    functions = _list_functions(guard)
    handed_repositories = {name for function in functions for name in _list_repository_parameters(function)}
    reads = {read for function in functions for read in _list_reads(function)}
    return any(
        repository not in UNWRITTEN_REPOSITORIES and not method.endswith(OWN_ROW_ENDINGS)
        for repository, method in reads
        if method != _UNNAMED_METHOD or repository not in handed_repositories
    )


def _list_repository_parameters(function: FunctionType) -> set[str]:
    """Return the parameters of a function that are repositories, under the names that the unit has for them."""
    return {
        name
        for name, parameter_type in function.__annotations__.items()
        if name in _REPOSITORIES and parameter_type is _REPOSITORIES[name]
    }


def _list_functions(guard: Guard) -> list[FunctionType]:
    """Return what a guard runs to answer: its method, its own helpers, and every function that these call by name."""
    found_functions: list[FunctionType] = []
    waiting_objects: list[object] = [type(guard).is_satisfied]
    while waiting_objects:
        function = waiting_objects.pop()
        function = getattr(function, "__wrapped__", function)
        if isinstance(function, FunctionType) and function not in found_functions and _is_ours(function):
            found_functions.append(function)
            for name in _list_loaded_names(function.__code__):
                waiting_objects += [function.__globals__.get(name), getattr(guard, name, None)]
                waiting_objects.append(getattr(type(guard), name, None))
    return found_functions


def _is_ours(function: FunctionType) -> bool:
    return function.__module__.partition(".")[0] not in sys.stdlib_module_names


def _list_codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _list_codes(constant)


def _list_loaded_names(code: CodeType) -> set[str]:
    return {name for inner_code in _list_codes(code) for name in inner_code.co_names}


def _list_reads(function: FunctionType) -> Iterator[tuple[str, str]]:
    """Yield repository and method of every `uow.repository.method`, and of those of a repository that was handed in; of
    a repository that is named alone, no method.
    """
    handed_repositories = _list_repository_parameters(function)
    for inner_code in _list_codes(function.__code__):
        named = {*inner_code.co_names, *inner_code.co_varnames, *inner_code.co_freevars}
        if "uow" not in named and handed_repositories.isdisjoint(named):
            continue
        loaded_names = [
            (_last_name(step.argval) if step.opname.startswith("LOAD_") else "", step.opname)
            for step in dis.get_instructions(inner_code)
        ]
        for (name, _), repository, method in zip(loaded_names, loaded_names[1:], loaded_names[2:], strict=False):
            if name in handed_repositories and repository[1] in _ATTRIBUTE_LOADS:
                yield name, repository[0]
            if name == "uow" and repository[1] in _ATTRIBUTE_LOADS:
                yield repository[0], method[0] if method[1] in _ATTRIBUTE_LOADS else _UNNAMED_METHOD


_ATTRIBUTE_LOADS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


def _last_name(loaded: object) -> str:
    """Return the name that an instruction puts on top: some put two there at once."""
    return str(loaded[-1] if isinstance(loaded, tuple) and loaded else loaded)
