"""The table of rights as data: what each role may, said once."""

from domain.authorization.policy import may_use
from domain.authorization.rights import RIGHTS, Right
from domain.values.actors import STAFF_ROLES, Role
from tests.support.scenarios.site_members import at_site

READING = (".view", ".export")
OWN = {"account", "account.change", "history.verify"}
"""Acts of an auditor besides reading: the own account, and asking for a verification, which changes nothing."""


def test_the_auditor_reads_everything_and_changes_nothing() -> None:
    mine = {name for name, rule in RIGHTS.items() if Role.AUDITOR in rule.roles}
    assert mine == {name for name in RIGHTS if name.endswith(READING)} | OWN


def test_the_auditor_reads_from_outside_as_from_inside() -> None:
    for name in (one for one in RIGHTS if one.endswith(READING)):
        assert may_use(name, at_site(Role.AUDITOR, inside=False)), name


def test_whatever_is_taken_along_needs_a_fresh_proof_whoever_takes_it() -> None:
    exports = {name: rule for name, rule in RIGHTS.items() if name.endswith(".export")}
    assert len(exports) == 7
    assert [name for name, rule in exports.items() if not rule.needs_fresh_proof] == []


def test_whoever_takes_something_along_may_look_at_it() -> None:
    for name in (one for one in RIGHTS if not one.endswith(".view")):
        room = f"{name.partition('.')[0]}.view"
        assert room not in RIGHTS or RIGHTS[name].roles <= RIGHTS[Right(room)].roles, name
    assert {role for rule in RIGHTS.values() for role in rule.roles} == STAFF_ROLES
