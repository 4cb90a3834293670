"""Counter offices and what they earn: added, renamed, given new keys, bound to networks, switched off; all of it is
audited.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.actions.bills.subjects import SUBJECTS
from domain.actions.desk import Desk
from domain.actions.staff.staffing import today
from domain.offices.office import (
    LONGEST_NAME,
    MOST_NETWORKS,
    SHORTEST_KEY,
    WHOLE,
    CommissionRule,
    Office,
    OfficeKey,
    attempts_of,
    network,
    of_subject,
    office_code,
    office_username,
)
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.dated_rows import ends_at, place, version_of, withdrawn
from domain.values.errors import AlreadyDone, Conflict, Forbidden, InvalidField, NotFound
from domain.values.text import grouped, shown
from domain.values.version_token import VersionToken, refuse_stale

KEEPERS = frozenset({Role.ADMIN, Role.REVENUE, Role.MANAGER})
"""Roles that change offices and their commission."""

HIGHEST_PER_REQUEST = 1_000_000_000
"""Rials: beyond it somebody mistyped."""

SWEPT_AT_ONCE = 1000

_RULES = "commission"


async def add(
    desk: Desk,
    uow: UnitOfWork,
    vault: Vault,
    code: str,
    name: str,
    username: str | None = None,
    key: str | None = None,
    *,
    actor: Actor = SYSTEM,
) -> tuple[Office, str]:
    """Store a new office and return it with its key, which is told this once.

    Its software signs in as `office-CODE` in small letters unless a user name is given. Errors: `Forbidden`,
    `InvalidField` (`code`, `name`, `username`, `key`), `AlreadyDone("code")`, `Conflict("username")`.
    """
    label = _keeper(actor)
    try:
        await uow.offices.by_code(office_code(code))
    except NotFound:
        pass
    else:
        raise AlreadyDone("code", detail="office_code_taken")
    title, now, secret = _name(name), desk.clock.now(), _usable(key) or desk.ids.token()
    keys = (OfficeKey(vault.close(secret), now, None),)
    office = Office(code, title, office_username(username or f"office-{code.lower()}"), keys, (), True, {}, now)
    await uow.offices.put(office)
    await uow.audit.record(now, label, "office_added", {"office": code, "name": title, "username": office.username})
    return office, secret


async def rotate_key(
    desk: Desk, uow: UnitOfWork, vault: Vault, code: str, overlap: timedelta, *, actor: Actor = SYSTEM
) -> str:
    """Give an office a new key and return it; the present ones are taken for `overlap` more.

    Errors: `Forbidden`, `NotFound("office")`, `InvalidField("overlap")`.
    """
    label, now = _keeper(actor), desk.clock.now()
    if overlap < timedelta():
        raise InvalidField("overlap")
    office = await uow.offices.by_code(code, lock=True)
    end, secret = now + overlap, desk.ids.token()
    old = [OfficeKey(one.sealed, one.made_at, min(one.ends_at or end, end)) for one in office.usable_keys(now)]
    office.keys = (*(one for one in old if one.usable(now)), OfficeKey(vault.close(secret), now, None))
    await uow.offices.put(office)
    await uow.audit.record(now, label, "office_key_rotated", {"office": code, "old_until": end.isoformat()})
    return secret


async def rename(
    desk: Desk, uow: UnitOfWork, code: str, name: str, *, actor: Actor = SYSTEM, version: VersionToken | None = None
) -> Office:
    """Correct an office's name; said again, nothing changes.

    `version` is that of the office that was looked at; None for whatever stands there. Errors: `Forbidden`,
    `InvalidField("name")`, `NotFound("office")`, `Conflict("office")` when somebody else has changed it since.
    """
    label, title = _keeper(actor), _name(name)
    office = await _at_version(uow, code, version)
    if office.name != title:
        facts = {"name": title, "name_before": office.name}
        office.name = title
        await _changed(desk, uow, office, label, "office_renamed", facts)
    return office


async def allow(
    desk: Desk,
    uow: UnitOfWork,
    code: str,
    networks: Collection[str],
    *,
    actor: Actor = SYSTEM,
    version: VersionToken | None = None,
) -> Office:
    """Let an office call from these networks alone (addresses or CIDR); none: from anywhere.

    Errors: `InvalidField("network")`, and with the same `version` those of `rename`.
    """
    label = _keeper(actor)
    if len(networks) > MOST_NETWORKS:
        raise InvalidField("network")
    named = tuple(dict.fromkeys(map(network, networks)))
    office = await _at_version(uow, code, version)
    office.networks = named
    await _changed(desk, uow, office, label, "office_networks", {"networks": list(office.networks)})
    return office


async def set_active(desk: Desk, uow: UnitOfWork, code: str, active: bool, *, actor: Actor = SYSTEM) -> Office:
    """Switch an office on, which forgets its lock-outs and refused tokens, or off; said again, nothing else changes.

    Errors: `Forbidden`, `NotFound("office")`.
    """
    label = _keeper(actor)
    office = await uow.offices.by_code(code, lock=True)
    if active:
        await uow.lines.forget_all(attempts_of(office.username))
    if office.active != active or (active and office.locks):
        office.active, office.locks = active, {} if active else office.locks
        await _changed(desk, uow, office, label, "office_activated" if active else "office_deactivated", {})
    return office


async def lock_out(desk: Desk, uow: UnitOfWork, code: str, address: str | None, length: timedelta) -> Office:
    """Lock an address out of an office for a while, after too many wrong keys; `NotFound("office")`.

    Its keys are taken all the same: another desk behind the address may be the one that has the right one. They have
    128 bits of chance; what a lock-out spares is work and records, and it tells the operator.
    """
    office, now = await uow.offices.by_code(code, lock=True), desk.clock.now()
    office.lock(address, now + length, now)
    facts = {"address": address, "until": (now + length).isoformat()}
    await _changed(desk, uow, office, f"office:{code}", "office_locked", facts)
    return office


async def key_proved(desk: Desk, uow: UnitOfWork, office: Office, address: str, window: timedelta) -> None:
    """Forget what was refused from an address of which a call has proved the office's key, and end its lock-out."""
    now = desk.clock.now()
    await uow.lines.forget(attempts_of(office.username, address), now, window)
    if office.locked(address, now):
        kept = await uow.offices.by_code(office.code, lock=True)
        kept.unlock(address)
        await _changed(desk, uow, kept, f"office:{office.code}", "office_unlocked", {"address": address})


async def add_rule(
    desk: Desk,
    uow: UnitOfWork,
    *,
    office: str | None = None,
    service: str | None = None,
    per_request: int = 0,
    share_bp: int = 0,
    valid_from: date | None = None,
    actor: Actor = SYSTEM,
    version: VersionToken | None = None,
) -> CommissionRule:
    """Set a commission from a day on (today) until the next rule about the same office and service, if any.

    It closes the rule in force on that day, or withdraws the one that begins on it. `service` is a municipal service,
    or duty or violation; None: every one. `version` is that of all rules (`version_of`) when it was decided. Errors:
    `Forbidden`, `NotFound("office")`, `UnknownService`, `InvalidField` (`valid_from` lies before today: a past
    statement never changes), `Conflict("rule")` when rules have changed since.
    """
    label, day = _keeper(actor), today(desk)
    start = valid_from or day
    await _meant(desk, uow, office, service)
    _within("per_request", per_request, HIGHEST_PER_REQUEST)
    _within("share", share_bp, WHOLE, told=100)
    if start < day:
        raise InvalidField("valid_from", detail="past")
    rule = CommissionRule(
        desk.ids.new_id(), office, service, per_request, share_bp, start, None, label, desk.clock.now()
    )  # fmt: skip
    return await _put_in_force(desk, uow, rule, label, version)


async def _put_in_force(
    desk: Desk, uow: UnitOfWork, rule: CommissionRule, label: str, version: VersionToken | None
) -> CommissionRule:
    await uow.serialise(_RULES)
    rules = await uow.offices.rules()
    refuse_stale(version, version_of(rules), Conflict("rule", detail="row_changed"))
    where = place(of_subject(rules, rule.office, rule.service), rule.valid_from)
    if where.replaced:
        await _withdraw_rule(desk, uow, where.replaced, label)
    if where.before:
        await uow.offices.close_rule(where.before.id, rule.valid_from)
    made = replace(rule, valid_to=where.until)
    await uow.offices.add_rule(made)
    await uow.audit.record(desk.clock.now(), label, "commission", _facts(made))
    return made


async def withdraw_rule(desk: Desk, uow: UnitOfWork, rule_id: int, *, actor: Actor = SYSTEM) -> CommissionRule:
    """Take a commission back that is not in force yet, and return it as it was; the rule before it goes on as long as
    it would have held.

    Errors: `Forbidden`, `NotFound("rule")`, `AlreadyDone("rule")`, and `Conflict("rule")` when it has begun: then
    another one from today corrects it.
    """
    label = _keeper(actor)
    await uow.serialise(_RULES)
    rules = await uow.offices.rules()
    rule = next((one for one in rules if one.id == rule_id), None)
    if rule is None:
        raise NotFound("rule")
    if withdrawn(rule):
        raise AlreadyDone("rule")
    if rule.valid_from <= today(desk):
        raise Conflict("rule", detail="already_begun")
    before = ends_at(of_subject(rules, rule.office, rule.service), rule)
    await _withdraw_rule(desk, uow, rule, label)
    if before:
        await uow.offices.close_rule(before.id, rule.valid_to)
    return rule


async def _withdraw_rule(desk: Desk, uow: UnitOfWork, rule: CommissionRule, label: str) -> None:
    await uow.offices.withdraw_rule(rule.id)
    await uow.audit.record(desk.clock.now(), label, "commission_withdrawn", _facts(rule))


def _facts(rule: CommissionRule) -> dict[str, Any]:
    facts = {"office": rule.office, "service": rule.service, "per_request": rule.per_request}
    return facts | {"share_bp": rule.share_bp, "from": rule.valid_from.isoformat()}


async def forget_calls(desk: Desk, store: Store) -> int:
    """Forget nonces and answers of calls whose time is over, a unit for some of them; return how many."""
    count = 0
    while True:
        async with store.unit() as uow:
            found = await uow.calls.sweep(desk.clock.now(), SWEPT_AT_ONCE)
        count += found
        if not found:
            return count


def _keeper(actor: Actor) -> str:
    """Return as whom a change is audited; `Forbidden("office")` for staff without one of the roles."""
    if actor.kind != "system" and not KEEPERS & actor.role_names:
        raise Forbidden("office")
    return actor.acting_by(KEEPERS).label


async def _at_version(uow: UnitOfWork, code: str, version: VersionToken | None) -> Office:
    office = await uow.offices.by_code(code, lock=True)
    refuse_stale(version, office.version_token, Conflict("office", detail="office_changed"))
    return office


def _name(text: str) -> str:
    title = shown(text)
    if not 0 < len(title) <= LONGEST_NAME:
        raise InvalidField("name")
    return title


def _usable(key: str | None) -> str | None:
    if key is not None and (len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable()):
        raise InvalidField("key")
    return key


async def _meant(desk: Desk, uow: UnitOfWork, office: str | None, service: str | None) -> None:
    """Refuse an office or service that is not there."""
    if office is not None:
        await uow.offices.by_code(office)
    if service is not None and service not in SUBJECTS:
        desk.engine.service(service)


def _within(field: str, given: int, most: int, told: int | None = None) -> None:
    """Refuse what is out of range; `told` is the most as people type it, where that is another unit."""
    if not 0 <= given <= most:
        raise InvalidField(field, detail="range", least=grouped(0), most=grouped(told or most))


async def _changed(
    desk: Desk, uow: UnitOfWork, office: Office, label: str, what: str, facts: Mapping[str, Any]
) -> None:
    await uow.offices.put(office)
    await uow.audit.record(desk.clock.now(), label, what, {"office": office.code, **facts})
