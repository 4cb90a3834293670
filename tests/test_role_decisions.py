"""Rights are decided in one place: no other module compares roles, makes sets of them or reads the table."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from domain.authorization.rights import Right
from scripts.structure import SOURCE_PACKAGES, parse_file

pytestmark = pytest.mark.source

ROOT = Path(__file__).parents[1]
POLICY = "domain/authorization/"
ASKED = re.compile(r"visitor\.may\(\"([a-z_.]+)\"\)")

DECLARATIONS = (
    "domain/services/",
    "domain/blocks/asking.py",
    "domain/blocks/paying.py",
    "domain/blocks/receipts.py",
    "domain/language/printouts.py",
    "domain/actions/reports/declarations.py",
)
"""Packages in which roles are data that the policy reads: whose a step, a paper or a report is."""

REASONS: Mapping[str, str] = {
    "domain/values/actors.py": "what roles there are, and for whom a lent one is used",
    "domain/blocks/visits.py": "a guard about the person, by roles of its declaration: the policy asks it",
    "domain/check/steps.py": "proves declarations: steps that somebody may take who must not",
    "domain/check/printouts.py": "proves declarations: papers that nobody of the staff prints",
    "domain/actions/conversations/enquiries/holders.py": "says which units opened a request",
    "domain/actions/staff/separation.py": "what roles one account may have beside each other, and who hears of them",
    "domain/values/reasons/permissions.py": "names a reason of an error",
    "domain/actions/staffing.py": "puts an actor together, out of own and lent roles",
    "domain/actions/staff/staff_accounts.py": "somebody must stay administrator",
    "channels/admin/people/substitute_pages.py": "says in words what a substitution lends",
    "channels/admin/queues/queue_view.py": "names colleagues with their units",
    "channels/pishkhan_soap/operations/following.py": "names in the contract the papers that clerks print, as declared",
    "channels/demo/staff_steps.py": "names a role for the command that takes a step",
    "store/people/members.py": "finds the members with a role",
}
"""Further places that speak of roles, and the reason why they decide nothing about rights."""


def list_sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules that may decide nothing, by path."""
    for package in SOURCE_PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith((POLICY, *DECLARATIONS)) and name not in REASONS:
                yield name, parse_file(path)


def find_decisions(tree: ast.AST) -> Iterator[int]:
    """Yield the lines at which roles are compared, put into sets, or read out of the table of rights."""
    for node in (one for one in ast.walk(tree) if isinstance(one, ast.expr)):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                found = any(_is_role(one) or _names_roles(one) for one in (left, *comparators))
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.Sub(), right=right):
                found = any(_names_roles(one) for one in (left, right))
            case ast.Call(func=ast.Name("frozenset" | "set"), args=[ast.Set(elts=elements)]):
                found = any(_is_role(one) for one in elements) and not _is_of_actor(tree, node)
            case ast.Name(id=name):
                found = name == "RIGHTS" or (name.endswith("_ROLES") and name not in {"STAFF_ROLES", "_OUR_ROLES"})
            case _:
                found = False
        if found:
            yield node.lineno


def _is_role(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role"


def _names_roles(node: ast.expr) -> bool:
    """Whether it is somebody's roles, or those that something is open to."""
    return isinstance(node, ast.Attribute) and node.attr in {"role_names", "roles", "unit_roles"}


def _is_of_actor(tree: ast.AST, made: ast.Call) -> bool:
    """Whether a set says as what somebody acts, and not who may."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(made in call.args[:1] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Actor")


def test_only_the_policy_decides_by_roles() -> None:
    assert [f"{name}:{line}" for name, tree in list_sources() for line in find_decisions(tree)] == []


def test_every_exception_has_something_to_except() -> None:
    for name in (*DECLARATIONS, *REASONS):
        assert (ROOT / name).exists(), name
    idle = [name for name in REASONS if not [*find_decisions(parse_file(ROOT / name))]]
    assert idle == []


def test_decisions_are_found_where_they_are_planted() -> None:
    planted = [
        "if Role.ADMIN in actor.role_names: pass",
        "may = roles & actor.role_names",
        "EDITORS = frozenset({Role.CIVIL})",
        "may = step.roles & own",
        'may = RIGHTS["tariffs.change"].roles',
        "if actor.kind == 'staff' and not SEE_ALL_ROLES: pass",
    ]
    assert [one for one in planted if not [*find_decisions(ast.parse(one))]] == []
    harmless = [
        "who = Actor(frozenset({Role.CITIZEN}), 'citizen', mobile, channel)",
        "members = await on_duty(Role.CIVIL)",
    ]
    assert [one for one in harmless if [*find_decisions(ast.parse(one))]] == []


def test_what_templates_ask_for_is_a_right() -> None:
    pages = [path.read_text() for path in (ROOT / "channels/admin/templates").rglob("*.html")]
    asked = {name for page in pages for name in ASKED.findall(page)}
    assert len(asked) > 20
    assert asked <= set(Right), "a right that there is not, is nobody's"
