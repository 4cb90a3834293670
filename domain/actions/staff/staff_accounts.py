"""The staff's accounts: added, changed, switched off and on, given new passwords; all of it is audited.

Passwords come here as hashes: making one is slow by design and belongs to no unit.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.staff import attempts, own_account
from domain.actions.staff.separation import (
    refuse_mixed_auditor,
    refuse_own_roles,
    refuse_shared_mobile,
    tell_of_money_roles,
)
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.people.person import StaffMember
from domain.people.ports import StaffMemberRepository
from domain.repositories import AuditRepositories, StaffRepositories, Transaction
from domain.values import identifiers
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import (
    AlreadyDone,
    Conflict,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
    UnknownKind,
)
from domain.values.reasons import (
    AlreadyDoneReason,
    ConflictReason,
    InvalidReason,
    MissingReason,
    NotAllowedReason,
    UnknownKindReason,
)
from domain.values.text import persian_digits, tidy_text
from domain.values.version_token import VersionToken, refuse_stale

LONGEST_USERNAME = 40
LONGEST_NAME = 100

_USERNAME_PATTERN = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_USERNAME - 1}}}")


async def add_member(
    context: ActorContext,
    username: str,
    roles: Collection[str],
    password_hash: str,
    *,
    full_name: str | None = None,
    mobile: str | None = None,
) -> StaffMember:
    """Store a new member of the staff, who changes the password first; the full name is the user name where none is
    given.

    Errors: `Forbidden`, `InvalidField` (`username`, `full_name`; `mobile`, which another account may have; `role`: an
    auditor has no other), `MissingField("role")`, `UnknownKind("role")`, `AlreadyDone("username")`.
    """
    label, member_name = await _require_editor(context.uow, context.actor), _check_username(username)
    if await context.uow.people.find_staff(member_name):
        raise AlreadyDone("username", AlreadyDoneReason.USERNAME_TAKEN)
    now, mobile_number = context.dependencies.clock.now(), identifiers.parse_mobile(mobile) if mobile else None
    await refuse_shared_mobile(context.uow.people, member_name, mobile_number)
    granted_roles, display_name = _read_roles(roles), _check_full_name(full_name or member_name)
    member = StaffMember(
        member_name, granted_roles, display_name, mobile_number, password_hash, True, now, password_temporary=True
    )
    await context.uow.people.save_staff(member)
    await context.uow.audit.add_entry(
        now, label, "staff_added", {"username": member_name, "roles": sorted(member.roles)}
    )
    await tell_of_money_roles(context, member, member.roles, label)
    return member


async def change_member(
    context: ActorContext,
    username: str,
    *,
    roles: Collection[str],
    full_name: str,
    mobile: str | None,
    version: VersionToken | None = None,
) -> StaffMember:
    """Give a member other roles, another name or mobile; what somebody may do changes with the next call.

    `version` is that of the account that was looked at; None for any version. Errors: those of `add_member`,
    `Forbidden("role")` for the own roles, `NotFound("username")`, `NotAllowedNow("role")` for the last administrator,
    `Conflict("username")` when somebody else has changed the account since.
    """
    label, member = await _require_editor(context.uow, context.actor), await _find_member(context.uow.people, username)
    mobile_number = identifiers.parse_mobile(mobile) if mobile else None
    changed = replace(member, roles=_read_roles(roles), full_name=_check_full_name(full_name), mobile=mobile_number)
    refuse_stale(version, member.version_token, Conflict("username", ConflictReason.ACCOUNT_CHANGED))
    refuse_own_roles(member, changed.roles, context.actor)
    if mobile_number != member.mobile:
        await refuse_shared_mobile(context.uow.people, username, mobile_number)
    if Role.ADMIN not in changed.roles:
        await _refuse_last_admin(context.uow.people, member)
    await context.uow.people.save_staff(changed)
    changed_fields = [
        field_name
        for field_name in ("roles", "full_name", "mobile")
        if getattr(changed, field_name) != getattr(member, field_name)
    ]
    facts = {"changed": changed_fields, "roles": sorted(changed.roles), "roles_before": sorted(member.roles)}
    await _audit_change(context, label, "staff_changed", username, facts)
    await tell_of_money_roles(context, changed, changed.roles - member.roles, label)
    return changed


async def set_member_active(context: ActorContext[StaffRepositories], username: str, active: bool) -> StaffMember:
    """Let a member in again, or out: then every session ends. Called again, nothing changes.

    Errors: `Forbidden`, `NotFound("username")`, `NotAllowedNow("role")` for the last administrator.
    """
    label, member = await _require_editor(context.uow, context.actor), await _find_member(context.uow.people, username)
    if member.active == active:
        return member
    if active:
        await refuse_shared_mobile(context.uow.people, username, member.mobile)
    else:
        await _refuse_last_admin(context.uow.people, member)
    changed = replace(member, active=active)
    await context.uow.people.save_staff(changed)
    ended = 0 if active else await context.uow.staff_sessions.delete_others(username)
    event = "staff_activated" if active else "staff_deactivated"
    await _audit_change(context, label, event, username, {"sessions_ended": ended})
    return changed


async def reset_member_password(context: ActorContext[StaffRepositories], username: str, password_hash: str) -> None:
    """Give a member a new password, which they change first; every session of theirs ends, and what locked them is
    forgotten. Errors: `Forbidden`, `NotFound("username")`.
    """
    label = await _require_editor(context.uow, context.actor)
    await own_account.set_password(context, username, password_hash, label, is_temporary=True)
    await attempts.forget_attempts(context.uow.lines, username)


async def unlock_account(context: ActorContext[StaffRepositories], username: str) -> int:
    """Forget every wrong attempt at a member's account, wherever it came from; return how many counts there were.

    Addresses that are locked for whatever account stay so. Errors: `Forbidden`, `NotFound("username")`.
    """
    label = await _require_editor(context.uow, context.actor)
    await _find_member(context.uow.people, username)
    forgotten_count = await attempts.forget_attempts(context.uow.lines, username)
    await _audit_change(context, label, "unlocked", username, {"count": forgotten_count})
    return forgotten_count


async def remove_second_factor(context: ActorContext[StaffRepositories], username: str) -> None:
    """Forget a member's lost authenticator and end their sessions.

    Errors: `Forbidden`, `NotFound` (`username`, `code`).
    """
    label = await _require_editor(context.uow, context.actor)
    await _find_member(context.uow.people, username)
    await own_account.give_up_second_factor(context, username, label)


async def end_member_sessions(context: ActorContext[StaffRepositories], username: str) -> int:
    """End every session of a member; return how many. Errors: `Forbidden`, `NotFound("username")`."""
    label = await _require_editor(context.uow, context.actor)
    await _find_member(context.uow.people, username)
    ended = await context.uow.staff_sessions.delete_others(username)
    await _audit_change(context, label, "sessions_ended", username, {"sessions_ended": ended})
    return ended


async def _require_editor(uow: Transaction, actor: Actor) -> str:
    """Return as whom a change is audited, once no other unit changes accounts; `Forbidden("username")`.

    One at a time: two administrators who take each other's role away would leave nobody.
    """
    editor = require_right(Right.USERS_CHANGE, actor, "username")
    await uow.serialise(own_account.ACCOUNTS_LOCK)
    return editor.label


async def _find_member(people: StaffMemberRepository, username: str) -> StaffMember:
    member = await people.find_staff(username)
    if member is None:
        raise NotFound("username")
    return member


async def _refuse_last_admin(people: StaffMemberRepository, member: StaffMember) -> None:
    """Refuse to take away the only administrator who can still come in."""
    admin_usernames = [admin.username for admin in await people.list_staff_with_role(Role.ADMIN)]
    if admin_usernames == [member.username]:
        raise NotAllowedNow("role", NotAllowedReason.LAST_ADMIN)


async def _audit_change(
    context: ActionContext[AuditRepositories], label: str, event: str, username: str, facts: Mapping[str, Any]
) -> None:
    await context.uow.audit.add_entry(context.dependencies.clock.now(), label, event, {"username": username, **facts})


def _check_username(text: str) -> str:
    if not _USERNAME_PATTERN.fullmatch(text):
        raise InvalidField("username", InvalidReason.STAFF_USERNAME)
    return text


def _read_roles(role_names: Collection[str]) -> frozenset[Role]:
    roles_by_name = {role.value: role for role in STAFF_ROLES}
    for role_name in role_names:
        if role_name not in roles_by_name:
            raise UnknownKind("role", UnknownKindReason.CHOICE, given=role_name[:30])
    if not role_names:
        raise MissingField("role", MissingReason.NO_ROLE)
    return refuse_mixed_auditor(frozenset(roles_by_name[role_name] for role_name in role_names))


def _check_full_name(text: str) -> str:
    full_name = tidy_text(text)
    if not full_name:
        raise InvalidField("full_name", InvalidReason.EMPTY)
    if len(full_name) > LONGEST_NAME:
        raise InvalidField("full_name", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_NAME))
    return full_name
