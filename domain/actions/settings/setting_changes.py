"""Rules, declared days and texts that the staff change while the process runs, and taking them up in every process.

What is changed is kept as a change (`setting_changes`), so that its history is there by itself, and wins over the
configuration. A process looks every few seconds whether there is a newer change than it knows (`renew_settings`).
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settings.rule_lists import index_rules
from domain.actions.settings.text_overrides import fits_key
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.fields.types import ReadingContext
from domain.repositories import SettingRepositories, Transaction
from domain.settings.ports import SettingChangeRepository, WorkCalendarRepository
from domain.settings.records import SettingChange
from domain.settings.rules import SettingRule, apply_rule_values, read_present_value
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import Conflict, NotFound
from domain.values.reasons import ConflictReason
from domain.values.text import tidy_text
from domain.values.version_token import VersionToken, refuse_changed_since

TEXT_PREFIX, DAY_PREFIX = "text:", "day:"
"""Before the name of a setting that is the text of a key, or what a day is declared to be."""

WORKING_DAY, HOLIDAY = "working", "holiday"

_LONGEST_NOTE = 100
_LOCK_NAME = "settings"

log = logging.getLogger(__name__)


async def renew_settings(dependencies: Dependencies, store: Store) -> bool:
    """Take up what was changed since, by whatever process; True when something was.

    A kept value that means nothing any more, after an update, is left out and logged: the configuration holds there.
    """
    async with store.open_unit(write=False) as uow:
        version = await uow.setting_changes.get_version()
        if version == dependencies.settings_version:
            return False
        values, changed_at = await uow.setting_changes.get_values(), await uow.setting_changes.get_change_times()
        declared_days = await uow.work_calendar.get_overrides()
    rules, texts = _select_usable(dependencies, values)
    policy, calendar = apply_rule_values(
        dependencies.configured.policy,
        dependencies.configured.calendar,
        rules,
        declared_days,
        index_rules(dependencies.services),
    )
    dependencies.apply_settings(version, policy, calendar, texts)
    dependencies.settings_changed_at = changed_at
    return True


def _select_usable(
    dependencies: Dependencies, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str | Sequence[str]]]:
    """Return the rules and texts among the kept values that this version of the code understands."""
    rules = _select_valid_rules(dependencies, values)
    stored = {
        name.removeprefix(TEXT_PREFIX): wording for name, wording in values.items() if name.startswith(TEXT_PREFIX)
    }
    texts = {key: wording for key, wording in stored.items() if fits_key(dependencies.catalogue, key, wording)}
    for name in values:
        if name not in rules and name.removeprefix(TEXT_PREFIX) not in texts and not name.startswith(DAY_PREFIX):
            log.warning("setting %s is kept and cannot be used any more", name)
    return rules, texts


def _select_valid_rules(dependencies: Dependencies, values: Mapping[str, Any]) -> dict[str, Any]:
    now, rules_by_name = dependencies.clock.now(), index_rules(dependencies.services)
    return {
        name: value
        for name, value in values.items()
        if name in rules_by_name and rules_by_name[name].is_still_valid(value, now)
    }


async def version_of_settings(setting_changes: SettingChangeRepository) -> VersionToken:
    """Return the version of all rules, declared days and texts."""
    return VersionToken.from_number(await setting_changes.get_version())


async def load_stored_rules(context: ActionContext[SettingRepositories]) -> dict[str, Any]:
    """Return name → value of the rules that the staff set, as far as they are in force: one that means nothing any
    more, after an update, is as configured.
    """
    return _select_valid_rules(context.dependencies, await context.uow.setting_changes.get_values())


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change of a rule that somebody asks for; values are as they are kept."""

    rule: SettingRule
    """The rule."""
    before: Any
    """Its value in force."""
    after: Any
    """The one that would be."""
    stored: Any
    """Stored form of that; None: it is the configured one."""


async def plan_rule_changes(
    context: ActionContext[SettingRepositories],
    rule_group: Sequence[SettingRule],
    submitted_values: Mapping[str, object],
    version: VersionToken,
) -> list[RuleChange]:
    """Return what would change of a group of rules, as typed; one that is left empty, or set to the configured value,
    is as configured.

    `version` is the one that the form showed. Errors: `InvalidField`, `UnknownKind`, and `Conflict("settings")` when
    somebody changed one of these since.
    """
    _refuse_changed_setting(version, None)
    changes, stored_values = list[RuleChange](), await load_stored_rules(context)
    for rule in rule_group:
        submitted_text = submitted_values.get(rule.name)
        configured = read_present_value(
            rule, context.dependencies.configured.policy, context.dependencies.configured.calendar
        )
        reading_context = ReadingContext(context.dependencies.clock.now(), rule.field.choices)
        is_given = submitted_text not in (None, "")
        after = rule.field.read_value(submitted_text, reading_context) if is_given else configured
        stored = None if after == configured else after
        if stored != stored_values.get(rule.name):
            _refuse_changed_setting(version, await context.uow.setting_changes.find_last(rule.name))
            changes.append(RuleChange(rule, stored_values.get(rule.name, configured), after, stored))
    return changes


async def change_rules(
    context: ActorContext[SettingRepositories],
    rule_group: Sequence[SettingRule],
    submitted_values: Mapping[str, object],
    version: VersionToken,
) -> int:
    """Set the rules of a group as typed; return how many changed. Errors: `Forbidden`, and those of
    `plan_rule_changes`.
    """
    label = await _require_editor(context.uow, context.actor)
    changes = await plan_rule_changes(context, rule_group, submitted_values, version)
    for change in changes:
        await _store_change(context, label, change.rule.name, change.before, change.stored, version)
    return len(changes)


async def declare_day(
    context: ActorContext[SettingRepositories],
    day: date,
    is_working: bool,
    note: str,
    version: VersionToken | None = None,
) -> None:
    """Declare a day working or a holiday, over the computed holidays; what is booked then stays (`booked_days`).

    `version` is the one that the form showed (None: whatever was declared since). Errors: `Forbidden`,
    `Conflict("settings")` when somebody declared or forgot this day since.
    """
    label, old_value = (
        await _require_editor(context.uow, context.actor),
        await _load_declaration(context.uow.work_calendar, day),
    )
    await context.uow.work_calendar.save_override(day, is_working, tidy_text(note)[:_LONGEST_NOTE])
    await _store_change(
        context, label, f"{DAY_PREFIX}{day}", old_value, WORKING_DAY if is_working else HOLIDAY, version
    )


async def forget_day(
    context: ActorContext[SettingRepositories], day: date, version: VersionToken | None = None
) -> None:
    """Let a day be what it is by itself again; `NotFound("day")`, else errors as in `declare_day`."""
    label, old_value = (
        await _require_editor(context.uow, context.actor),
        await _load_declaration(context.uow.work_calendar, day),
    )
    if not await context.uow.work_calendar.delete_override(day):
        raise NotFound("day")
    await _store_change(context, label, f"{DAY_PREFIX}{day}", old_value, None, version)


async def _load_declaration(work_calendar: WorkCalendarRepository, day: date) -> str | None:
    is_working = (await work_calendar.get_overrides()).get(day)
    return None if is_working is None else WORKING_DAY if is_working else HOLIDAY


async def change_text(
    context: ActorContext[SettingRepositories],
    text_key: str,
    wording: str | Sequence[str] | None,
    version: VersionToken,
) -> None:
    """Keep a text as it was proved (`text_overrides.prove_text`); None: as the catalogue has it.

    Errors: `Forbidden`, `Conflict("settings")` when somebody changed it since the version that the form showed.
    """
    label, last_change = (
        await _require_editor(context.uow, context.actor),
        await context.uow.setting_changes.find_last(TEXT_PREFIX + text_key),
    )
    _refuse_changed_setting(version, None)
    old_value = (
        last_change.value
        if last_change and last_change.value is not None
        else context.dependencies.catalogue.read_source(text_key)
    )
    new_value = wording if wording is None or isinstance(wording, str) else list(wording)
    if new_value != (last_change.value if last_change else None):
        await _store_change(context, label, TEXT_PREFIX + text_key, old_value, new_value, version)


async def _require_editor(uow: Transaction, actor: Actor) -> str:
    """Return as whom a change is kept, once no other unit changes settings; `Forbidden("settings")`."""
    editor = require_right(Right.SETTINGS_CHANGE, actor, "settings")
    await uow.serialise(_LOCK_NAME)
    return editor.label


def _refuse_changed_setting(version: VersionToken | None, last_change: SettingChange | None) -> None:
    """Raise `Conflict("settings")` where the last change of a setting is not in that version; None, where nothing of it
    may change at all: for a version that nobody counted.
    """
    change_numbers = [last_change.id] if last_change else []
    refuse_changed_since(version, change_numbers, Conflict("settings", ConflictReason.SETTING_CHANGED))


async def _store_change(
    context: ActionContext[SettingRepositories],
    label: str,
    name: str,
    old_value: Any,
    new_value: Any,
    version: VersionToken | None = None,
) -> None:
    last_change, now = await context.uow.setting_changes.find_last(name), context.dependencies.clock.now()
    _refuse_changed_setting(version, last_change)
    await context.uow.setting_changes.add(SettingChange(name, old_value, new_value, label, now))
    await context.uow.audit.add_entry(now, label, "setting_changed", {"name": name})
