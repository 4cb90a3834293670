"""The registries as declared: proved by `check_registries`, which finds what is planted; the rules for hands."""

from collections.abc import Mapping, Set
from dataclasses import replace

import pytest

from domain.authorization.policy import may_use
from domain.authorization.rights import RIGHTS, RegistryRight, Right, registry_right
from domain.check.registries import check_registries
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import DRIVER, DUTY, MAINTENANCE, REGISTRIES, VEHICLE, Reference, Registry
from domain.registries.rows import find_problems, merge_values, submitted_key
from domain.registries.rules import charge_edit_rule, check_annulment, repricing_rule
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import NotAllowedNow
from tests.support.municipality import actor
from tests.support.tables import each_row

CATALOGUE = Catalogue.load()
OFFICER, REVENUE = actor(Role.TAXI_OFFICER), actor(Role.REVENUE)
DUTY_VALUES = {"vehicle": "12ت345-59", "year": 1405, "kind": "yearly", "number": 1, "amount": 1_000_000}


def test_the_declarations_are_proved() -> None:
    assert check_registries(CATALOGUE) == []


@pytest.mark.parametrize(
    ("broken", "flaw"),
    [
        (replace(VEHICLE, natural_key=("number_plate",)), "unknown_field: number_plate"),
        (replace(VEHICLE, expiries=("licence",)), "unknown_field: licence"),
        (replace(VEHICLE, references=(Reference("owner", "people"),)), "unknown_registry: people"),
        (replace(VEHICLE, contact_path="owner.phone_number"), "contact_into_nowhere: owner.phone_number"),
        (replace(VEHICLE, contact_path="agency.owner.mobile"), "contact_into_nowhere: agency.owner.mobile"),
        (replace(VEHICLE, key="bicycle"), "no_text: choices.registry.bicycle"),
    ],
)
def test_planted_flaws_are_found(broken: object, flaw: str) -> None:
    assert any(flaw in str(found) for found in check_registries(CATALOGUE, [broken]))  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("leaf", "flaw"),
    [
        ({"text": "گواهینامه شما تا {day} اعتبار دارد.", "class": "reminder"}, "stop_unsaid"),
        ({"text": "گواهینامه شما تا {day} اعتبار دارد.", "class": "notice"}, "reminder_of_other_class"),
    ],
)
def test_a_reminder_of_a_registry_can_be_stopped_and_says_so(leaf: Mapping[str, str], flaw: str) -> None:
    own = Catalogue.load({"registries": {"driver": {"reminders": {"licence_expiry": leaf}}}})
    key = "registries.driver.reminders.licence_expiry"
    assert [str(one) for one in check_registries(own)] == [f"driver: {flaw}: {key}"]


def test_a_text_over_its_budget_or_without_bounds_is_found() -> None:
    key = "registries.driver.reminders.licence_expiry"
    for text, kind in (("ن" * 200, "over_budget"), ("{unbounded_thing}", "unbounded_placeholder")):
        leaf = {"text": f"{text}\nلغو۱۱", "class": "reminder"}
        catalogue = Catalogue.load({"registries": {"driver": {"reminders": {"licence_expiry": leaf}}}})
        assert [(flaw.kind, key in flaw.subject) for flaw in check_registries(catalogue)] == [(kind, True)]


def test_references_come_after_what_they_refer_to() -> None:
    order = list(REGISTRIES)
    for registry in REGISTRIES.values():
        assert all(order.index(one.registry) < order.index(registry.key) for one in registry.references)


def test_a_new_row_has_defaults_and_a_known_one_keeps_its_values() -> None:
    new = merge_values(DRIVER, None, {"national_code": "0790419904", "name": "x"})
    assert (new["status"], new["kind"], new["vehicles"], new["mobile"]) == ("active", "main", [], None)
    known = new | {"status": "suspended", "shift": "night"}
    assert merge_values(DRIVER, known, {"name": "y", "shift": None}) == known | {"name": "y", "shift": None}
    assert merge_values(DRIVER, known, {"vehicles": None})["vehicles"] == []
    key = ("12ت345-59", 1405, "yearly", 1)
    assert submitted_key(DUTY, {"vehicle": "12ت345-59", "year": 1405}) == key
    assert submitted_key(DUTY, {"vehicle": "12ت345-59", "year": 1405, "kind": None, "number": None}) == key
    assert submitted_key(DUTY, {"vehicle": None, "year": 1405}) is None


def test_defaults_are_for_new_rows_alone() -> None:
    known = merge_values(DRIVER, None, {"national_code": "0790419904", "name": "x"}) | {"status": "left"}
    after = merge_values(DRIVER, known, {"status": None})
    assert [str(error) for error in find_problems(DRIVER, known, after, may_settle=False)] == [
        "missing_field:status:empty_cell"
    ]
    duty = merge_values(DUTY, None, DUTY_VALUES)
    assert merge_values(DUTY, duty, {"kind": None, "number": None}) == duty, "what names a row stays"


def test_required_fields_must_have_a_value() -> None:
    after = merge_values(VEHICLE, None, {"plate": "12ت345-59"})
    assert [str(error) for error in find_problems(VEHICLE, None, after, may_settle=False)] == [
        "missing_field:type:empty_cell"
    ]


@each_row(
    ("before", "after", "editor", "refused"),
    [
        (None, {"state": "open"}, OFFICER, None),
        (None, {"state": "paid"}, OFFICER, "charge_elsewhere"),
        (None, {"state": "waived"}, OFFICER, "charge_elsewhere"),
        (None, {"state": "paid"}, REVENUE, None),
        (None, {"state": "waived"}, SYSTEM, None),
        (None, {"state": "billed"}, REVENUE, "charge_state"),
        ({"state": "open"}, {"state": "waived"}, OFFICER, "charge_state"),
        ({"state": "open"}, {"state": "waived"}, REVENUE, "charge_state"),
        ({"state": "open"}, {"state": "paid"}, SYSTEM, "charge_state"),
        ({"state": "open"}, {"state": "billed"}, REVENUE, "charge_state"),
        ({"state": "billed"}, {"state": "paid"}, REVENUE, "charge_state"),
        ({"state": "paid"}, {"state": "open"}, REVENUE, "charge_state"),
        ({"state": "open"}, {"state": "open", "amount": 2_000_000}, OFFICER, None),
        ({"state": "billed"}, {"state": "billed", "amount": 2_000_000}, REVENUE, "charge_fixed"),
        ({"state": "billed"}, {"state": "billed"}, OFFICER, None),
    ],
)
def test_what_a_hand_may_do_to_a_duty(
    before: dict[str, object] | None, after: dict[str, object], editor: Actor, refused: str | None
) -> None:
    old = DUTY_VALUES | before if before else None
    rule = charge_edit_rule("amount")
    if refused is None:
        rule(old, DUTY_VALUES | after, may_use(Right.CHARGES_SETTLE, editor))
    else:
        with pytest.raises(NotAllowedNow, match=refused):
            rule(old, DUTY_VALUES | after, may_use(Right.CHARGES_SETTLE, editor))


@pytest.mark.parametrize(
    ("before", "amount", "editor", "refused"),
    [
        (None, 1_000, OFFICER, False),
        ({"state": "open"}, 1_000_000, OFFICER, False),
        ({"state": "open"}, 1_000, OFFICER, True),
        ({"state": "open"}, 2_000_000, OFFICER, True),
        ({"state": "open"}, 1_000, REVENUE, False),
        ({"state": "open"}, 1_000, SYSTEM, False),
        ({"state": "billed"}, 1_000, OFFICER, False),  # told by `charged_by_hand`, for everybody
    ],
)
def test_the_revenue_unit_alone_moves_the_amount_of_a_duty(
    before: dict[str, object] | None, amount: int, editor: Actor, refused: bool
) -> None:
    old = DUTY_VALUES | before if before else None
    after = {**DUTY_VALUES, "state": "open", "amount": amount}
    if refused:
        with pytest.raises(NotAllowedNow, match="amount:amount_of_revenue"):
            repricing_rule("amount")(old, after, may_use(Right.CHARGES_SETTLE, editor))
    else:
        repricing_rule("amount")(old, after, may_use(Right.CHARGES_SETTLE, editor))


@pytest.mark.parametrize(
    ("state", "refused"), [("open", None), ("waived", None), ("billed", "annul_billed"), ("paid", "annul_paid")]
)
def test_a_violation_is_annulled_unless_its_fine_has_a_bill(state: str, refused: str | None) -> None:
    valid, annulled = {"state": state, "standing": "valid"}, {"state": state, "standing": "annulled"}
    check_annulment(annulled, annulled, False)
    check_annulment(annulled, valid, False)
    for before in (None, valid):
        if refused is None:
            check_annulment(before, annulled, False)
        else:
            with pytest.raises(NotAllowedNow, match=refused):
                check_annulment(before, annulled, False)


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        ({}, []),
        ({"ended": "2026-11-10", "next_due": "2026-11-10"}, []),
        ({"ended": "2026-11-09"}, ["invalid_field:ended:before_begun"]),
        ({"next_due": "2026-11-09"}, ["invalid_field:next_due:before_begun"]),
    ],
)
def test_maintenance_ends_on_the_day_on_which_it_began_or_later(days: dict[str, str], refused: list[str]) -> None:
    after = merge_values(MAINTENANCE, None, {"machine": "LD-1", "begun": "2026-11-10", "kind": "oil", **days})
    assert (after["number"], after["standing"]) == (1, "valid")
    assert [str(error) for error in find_problems(MAINTENANCE, None, after, may_settle=False)] == refused


EDITORS: Mapping[str, Set[Role]] = {
    "duty": {Role.TAXI_OFFICER, Role.REVENUE},
    "machines": {Role.CIVIL},
    "operators": {Role.CIVIL},
    "maintenance": {Role.CIVIL},
}
"""Roles that edit registries which are not the taxi organisation's alone."""


@each_row("registry", REGISTRIES.values())
def test_whoever_may_change_rows_may_enter_the_room_and_nobody_else(registry: Registry) -> None:
    editors = EDITORS.get(registry.key, {Role.TAXI_OFFICER})
    access_kinds: tuple[RegistryRight, ...] = ("change", "import")
    for access_kind in access_kinds:
        assert RIGHTS[registry_right(registry.key, access_kind)].roles == editors
        assert may_use(registry_right(registry.key, access_kind), SYSTEM), "whoever has a shell brings sheets"
    assert editors <= RIGHTS[registry_right(registry.key, "view")].roles
