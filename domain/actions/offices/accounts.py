"""Counter offices and what they earn: added, renamed, given new keys, bound to networks, switched off; all of it is
audited.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.staffing import today_in_tehran
from domain.actions.sweeping import sweep_in_units
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.offices.office import (
    BASIS_POINTS,
    LONGEST_NAME,
    MOST_NETWORKS,
    SHORTEST_KEY_LENGTH,
    CommissionRule,
    Office,
    OfficeKey,
    attempt_key,
    parse_network,
    parse_office_code,
    parse_office_username,
    rules_of_subject,
)
from domain.offices.ports import OfficeRepository
from domain.repositories import OfficeRepositories
from domain.unit_of_work import Store, Vault
from domain.values.actors import Actor
from domain.values.dated_rows import is_withdrawn, locate_insertion, preceding_row, version_of
from domain.values.errors import AlreadyDone, Conflict, InvalidField, NotFound
from domain.values.reasons import AlreadyDoneReason, ConflictReason, InvalidReason
from domain.values.text import group_digits, tidy_text
from domain.values.version_token import VersionToken, refuse_stale

HIGHEST_PER_REQUEST = 1_000_000_000
"""Rials: beyond it somebody mistyped."""

SWEPT_AT_ONCE = 1000

_RULES_LOCK = "commission"


async def add_office(
    context: ActorContext[OfficeRepositories],
    vault: Vault,
    code: str,
    name: str,
    username: str | None = None,
    key: str | None = None,
) -> tuple[Office, str]:
    """Store a new office and return it with its key, which is shown this once.

    Its software signs in as `office-CODE` in small letters unless a user name is given. Errors: `Forbidden`,
    `InvalidField` (`code`, `name`, `username`, `key`), `AlreadyDone("code")`, `Conflict("username")`.
    """
    label = _require_editor(context.actor)
    await _refuse_taken_code(context.uow.offices, code)
    title, now = _check_name(name), context.dependencies.clock.now()
    secret = _check_key(key) or context.dependencies.ids.new_token()
    office_keys = (OfficeKey(vault.seal_secret(secret), now, None),)
    office = Office(
        code=code,
        name=title,
        username=parse_office_username(username or f"office-{code.lower()}"),
        keys=office_keys,
        networks=(),
        active=True,
        locks={},
        created_at=now,
    )
    await context.uow.offices.save(office)
    await context.uow.audit.add_entry(
        now, label, "office_added", {"office": code, "name": title, "username": office.username}
    )
    return office, secret


async def _refuse_taken_code(offices: OfficeRepository, code: str) -> None:
    try:
        await offices.get_by_code(parse_office_code(code))
    except NotFound:
        return
    raise AlreadyDone("code", AlreadyDoneReason.OFFICE_CODE_TAKEN)


async def rotate_office_key(
    context: ActorContext[OfficeRepositories], vault: Vault, code: str, overlap: timedelta
) -> str:
    """Give an office a new key and return it; the present ones are taken for `overlap` more.

    Errors: `Forbidden`, `NotFound("office")`, `InvalidField("overlap")`.
    """
    label, now = _require_editor(context.actor), context.dependencies.clock.now()
    if overlap < timedelta():
        raise InvalidField("overlap")
    office = await context.uow.offices.get_by_code(code, lock=True)
    old_end_at, new_key = now + overlap, context.dependencies.ids.new_token()
    old_keys = [
        OfficeKey(key.sealed, key.made_at, min(key.ends_at or old_end_at, old_end_at))
        for key in office.list_usable_keys(now)
    ]
    office.keys = (*(key for key in old_keys if key.is_usable(now)), OfficeKey(vault.seal_secret(new_key), now, None))
    await context.uow.offices.save(office)
    await context.uow.audit.add_entry(
        now, label, "office_key_rotated", {"office": code, "old_until": old_end_at.isoformat()}
    )
    return new_key


async def rename_office(
    context: ActorContext[OfficeRepositories], code: str, name: str, *, version: VersionToken | None = None
) -> Office:
    """Correct an office's name; called again, nothing changes.

    `version` is that of the office that was looked at; None for any version. Errors: `Forbidden`,
    `InvalidField("name")`, `NotFound("office")`, `Conflict("office")` when somebody else has changed it since.
    """
    label, title = _require_editor(context.actor), _check_name(name)
    office = await _at_version(context.uow.offices, code, version)
    if office.name != title:
        facts = {"name": title, "name_before": office.name}
        office.name = title
        await _save_change(context, office, label, "office_renamed", facts)
    return office


async def allow_networks(
    context: ActorContext[OfficeRepositories],
    code: str,
    networks: Collection[str],
    *,
    version: VersionToken | None = None,
) -> Office:
    """Let an office call from these networks alone (addresses or CIDR); none: from anywhere.

    Errors: `InvalidField("network")`, and with the same `version` those of `rename_office`.
    """
    label = _require_editor(context.actor)
    if len(networks) > MOST_NETWORKS:
        raise InvalidField("network")
    parsed_networks = tuple(dict.fromkeys(map(parse_network, networks)))
    office = await _at_version(context.uow.offices, code, version)
    office.networks = parsed_networks
    await _save_change(context, office, label, "office_networks", {"networks": list(office.networks)})
    return office


async def set_office_active(context: ActorContext[OfficeRepositories], code: str, active: bool) -> Office:
    """Switch an office on, which forgets its lock-outs and refused tokens, or off; called again, nothing else changes.

    Errors: `Forbidden`, `NotFound("office")`.
    """
    label = _require_editor(context.actor)
    office = await context.uow.offices.get_by_code(code, lock=True)
    if active:
        await context.uow.lines.delete_counts(attempt_key(office.username))
    if office.active != active or (active and office.locks):
        office.active, office.locks = active, {} if active else office.locks
        await _save_change(context, office, label, "office_activated" if active else "office_deactivated", {})
    return office


async def lock_out_address(
    context: ActionContext[OfficeRepositories], code: str, address: str | None, lock_duration: timedelta
) -> Office:
    """Lock an address out of an office for a while, after too many wrong keys; `NotFound("office")`.

    Its keys are taken all the same: another desk behind the address may be the one that has the right one. They have
    128 bits of chance; what a lock-out spares is work and records, and it informs the operator.
    """
    office, now = await context.uow.offices.get_by_code(code, lock=True), context.dependencies.clock.now()
    office.lock_out(address, now + lock_duration, now)
    facts = {"address": address, "until": (now + lock_duration).isoformat()}
    await _save_change(context, office, f"office:{code}", "office_locked", facts)
    return office


async def clear_lock_out(
    context: ActionContext[OfficeRepositories], office: Office, address: str, counting_window: timedelta
) -> None:
    """Forget what was refused from an address of which a call has proved the office's key, and end its lock-out."""
    now = context.dependencies.clock.now()
    await context.uow.lines.delete_count(attempt_key(office.username, address), now, counting_window)
    if office.is_locked_out(address, now):
        stored_office = await context.uow.offices.get_by_code(office.code, lock=True)
        stored_office.end_lock_out(address)
        await _save_change(context, stored_office, f"office:{office.code}", "office_unlocked", {"address": address})


async def add_commission_rule(
    context: ActorContext[OfficeRepositories],
    *,
    office: str | None = None,
    service: str | None = None,
    per_request: int = 0,
    share_bp: int = 0,
    valid_from: date | None = None,
    version: VersionToken | None = None,
) -> CommissionRule:
    """Set a commission from a day on (today) until the next rule about the same office and service, if any.

    It closes the rule in force on that day, or withdraws the one that begins on it. `service` is a municipal service,
    or duty or violation; None: every one. `version` is that of all rules (`version_of`) when it was decided. Errors:
    `Forbidden`, `NotFound("office")`, `UnknownService`, `InvalidField` (`valid_from` lies before today: a past
    statement never changes), `Conflict("rule")` when rules have changed since.
    """
    label, current_day = _require_editor(context.actor), today_in_tehran(context.dependencies)
    starts_on = valid_from or current_day
    await _check_rule_subject(context, office, service)
    _check_commission(per_request, share_bp)
    if starts_on < current_day:
        raise InvalidField("valid_from", InvalidReason.PAST)
    rule = CommissionRule(
        id=context.dependencies.ids.new_id(),
        office=office,
        service=service,
        per_request=per_request,
        share_bp=share_bp,
        valid_from=starts_on,
        valid_to=None,
        made_by=label,
        made_at=context.dependencies.clock.now(),
    )
    return await _put_rule_in_force(context, rule, label, version)


async def _put_rule_in_force(
    context: ActionContext[OfficeRepositories], rule: CommissionRule, label: str, version: VersionToken | None
) -> CommissionRule:
    await context.uow.serialise(_RULES_LOCK)
    rules = await context.uow.offices.list_rules()
    refuse_stale(version, version_of(rules), Conflict("rule", ConflictReason.ROW_CHANGED))
    insertion_point = locate_insertion(rules_of_subject(rules, rule.office, rule.service), rule.valid_from)
    if insertion_point.replaced_row:
        await _withdraw_stored_rule(context, insertion_point.replaced_row, label)
    if insertion_point.row_before:
        await context.uow.offices.close_rule(insertion_point.row_before.id, rule.valid_from)
    dated_rule = replace(rule, valid_to=insertion_point.valid_until)
    await context.uow.offices.add_rule(dated_rule)
    await context.uow.audit.add_entry(context.dependencies.clock.now(), label, "commission", _rule_facts(dated_rule))
    return dated_rule


async def withdraw_commission_rule(context: ActorContext[OfficeRepositories], rule_id: int) -> CommissionRule:
    """Take a commission back that is not in force yet, and return it as it was; the rule before it goes on as long as
    it would have held.

    Errors: `Forbidden`, `NotFound("rule")`, `AlreadyDone("rule")`, and `Conflict("rule")` when it has begun: then
    another one from today corrects it.
    """
    label = _require_editor(context.actor)
    await context.uow.serialise(_RULES_LOCK)
    rules = await context.uow.offices.list_rules()
    rule = next((candidate for candidate in rules if candidate.id == rule_id), None)
    if rule is None:
        raise NotFound("rule")
    if is_withdrawn(rule):
        raise AlreadyDone("rule")
    if rule.valid_from <= today_in_tehran(context.dependencies):
        raise Conflict("rule", ConflictReason.ALREADY_BEGUN)
    previous_rule = preceding_row(rules_of_subject(rules, rule.office, rule.service), rule)
    await _withdraw_stored_rule(context, rule, label)
    if previous_rule:
        await context.uow.offices.close_rule(previous_rule.id, rule.valid_to)
    return rule


async def _withdraw_stored_rule(context: ActionContext[OfficeRepositories], rule: CommissionRule, label: str) -> None:
    await context.uow.offices.withdraw_rule(rule.id)
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), label, "commission_withdrawn", _rule_facts(rule)
    )


def _rule_facts(rule: CommissionRule) -> dict[str, Any]:
    facts = {"office": rule.office, "service": rule.service, "per_request": rule.per_request}
    return facts | {"share_bp": rule.share_bp, "from": rule.valid_from.isoformat()}


async def forget_expired_keys(dependencies: Dependencies, store: Store) -> int:
    """Forget nonces and idempotency keys whose time is over, a unit for some of them; return how many."""
    return await sweep_in_units(store, partial(_forget_some, dependencies.clock.now()))


async def _forget_some(now: datetime, uow: OfficeRepositories) -> int:
    return sum([await keys.delete_expired(now, SWEPT_AT_ONCE) for keys in (uow.office_nonces, uow.idempotency_keys)])


def _require_editor(actor: Actor) -> str:
    """Return as whom a change is audited; `Forbidden("office")` for staff without one of the roles."""
    return require_right(Right.OFFICES_CHANGE, actor, "office").label


async def _at_version(offices: OfficeRepository, code: str, version: VersionToken | None) -> Office:
    office = await offices.get_by_code(code, lock=True)
    refuse_stale(version, office.version_token, Conflict("office", ConflictReason.OFFICE_CHANGED))
    return office


def _check_name(text: str) -> str:
    title = tidy_text(text)
    if not 0 < len(title) <= LONGEST_NAME:
        raise InvalidField("name")
    return title


def _check_key(key: str | None) -> str | None:
    if key is not None and (len(key) < SHORTEST_KEY_LENGTH or not key.isascii() or not key.isprintable()):
        raise InvalidField("key")
    return key


async def _check_rule_subject(
    context: ActionContext[OfficeRepositories], office: str | None, service: str | None
) -> None:
    """Refuse an office or service that is not there."""
    if office is not None:
        await context.uow.offices.get_by_code(office)
    if service is not None and service not in SUBJECTS:
        context.dependencies.engine.get_service(service)


def _check_commission(per_request: int, share_bp: int) -> None:
    _check_range("per_request", per_request, HIGHEST_PER_REQUEST)
    _check_range("share", share_bp, BASIS_POINTS, displayed_limit=100)


def _check_range(field_name: str, submitted_number: int, upper_limit: int, displayed_limit: int | None = None) -> None:
    """Refuse what is out of range; `displayed_limit` is the most as people type it, where that is another unit."""
    if not 0 <= submitted_number <= upper_limit:
        raise InvalidField(
            field_name, InvalidReason.RANGE, least=group_digits(0), most=group_digits(displayed_limit or upper_limit)
        )


async def _save_change(
    context: ActionContext[OfficeRepositories], office: Office, label: str, event: str, facts: Mapping[str, Any]
) -> None:
    await context.uow.offices.save(office)
    await context.uow.audit.add_entry(context.dependencies.clock.now(), label, event, {"office": office.code, **facts})
