"""Rules, declared days and texts that the staff changes while the house runs, and taking them up in every process.

What is changed is kept as a change (`setting_changes`), so that its history is there by itself, and wins over the
configuration. A process looks every few seconds whether there is a newer change than it knows (`renew`).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.actions.desk import Desk
from domain.actions.settings.text_overrides import fitting
from domain.fields.types import ReadingContext
from domain.settings.records import SettingChange
from domain.settings.rules import RULES, SettingRule, in_force, present
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Conflict, Forbidden, NotFound
from domain.values.text import shown
from domain.values.version_token import VersionToken

KEEPERS = frozenset({Role.ADMIN})
"""Roles that change how the house works."""

TEXT, DAY = "text:", "day:"
"""Before the name of a setting that is the text of a key, or what a day is declared to be."""

WORKING, HOLIDAY = "working", "holiday"

_LONGEST_NOTE = 100
_LOCK = "settings"

log = logging.getLogger(__name__)


async def renew(desk: Desk, store: Store) -> bool:
    """Take up what was changed since, by whatever process; True when something was.

    A kept value that means nothing any more, after an update, is left out and logged: the configuration holds there.
    """
    async with store.unit(write=False) as uow:
        version = await uow.settings.version()
        if version == desk.version:
            return False
        kept, days = await uow.settings.values(), await uow.work_calendar.overrides()
    rules, texts = _usable(desk, kept)
    policy, calendar = in_force(desk.configured.policy, desk.configured.calendar, rules, days)
    desk.take_up(version, policy, calendar, texts)
    return True


def _usable(desk: Desk, kept: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str | Sequence[str]]]:
    """Return the rules and texts among the kept values that this version of the house understands."""
    now = desk.clock.now()
    rules = {name: value for name, value in kept.items() if name in RULES and RULES[name].sound(value, now)}
    worded = {name.removeprefix(TEXT): words for name, words in kept.items() if name.startswith(TEXT)}
    texts = {key: words for key, words in worded.items() if fitting(desk.catalogue, key, words)}
    for name in kept:
        if name not in rules and name.removeprefix(TEXT) not in texts and not name.startswith(DAY):
            log.warning("setting %s is kept and cannot be used any more", name)
    return rules, texts


async def version_of_settings(uow: UnitOfWork) -> VersionToken:
    """Return the version of all rules, declared days and texts."""
    return VersionToken.numbered(await uow.settings.version())


async def kept_rules(uow: UnitOfWork) -> dict[str, Any]:
    """Return name → value of the rules that the staff set."""
    return {name: value for name, value in (await uow.settings.values()).items() if name in RULES}


async def change_rules(
    desk: Desk,
    uow: UnitOfWork,
    group: Sequence[SettingRule],
    given: Mapping[str, object],
    version: VersionToken,
    *,
    actor: Actor = SYSTEM,
) -> int:
    """Set the rules of a group as typed; one that is left empty is as configured again. Return how many changed.

    `version` is the one that the form showed. Errors: `Forbidden`, `InvalidField`, `UnknownKind`, and
    `Conflict("settings")` when somebody changed one of them since.
    """
    label = await _keeping(uow, actor)
    kept, count = await kept_rules(uow), 0
    for rule in group:
        typed = given.get(rule.name)
        reading = ReadingContext(desk.clock.now(), rule.field.choices)
        value = rule.field.read(typed, reading) if typed not in (None, "") else None
        if value != kept.get(rule.name):
            configured = present(rule, desk.configured.policy, desk.configured.calendar)
            await _change(desk, uow, label, rule.name, kept.get(rule.name, configured), value, version)
            count += 1
    return count


async def declare_day(
    desk: Desk,
    uow: UnitOfWork,
    day: date,
    working: bool,
    note: str,
    version: VersionToken | None = None,
    *,
    actor: Actor = SYSTEM,
) -> None:
    """Declare a day working or a holiday, over the computed holidays.

    `version` is the one that the form showed (None: whatever was declared since). Errors: `Forbidden`,
    `Conflict("settings")` when somebody declared or forgot this day since.
    """
    label, before = await _keeping(uow, actor), await _declared(uow, day)
    await uow.work_calendar.set_override(day, working, shown(note)[:_LONGEST_NOTE])
    await _change(desk, uow, label, f"{DAY}{day}", before, WORKING if working else HOLIDAY, version)


async def forget_day(
    desk: Desk, uow: UnitOfWork, day: date, version: VersionToken | None = None, *, actor: Actor = SYSTEM
) -> None:
    """Let a day be what it is by itself again; `NotFound("day")`, else errors as in `declare_day`."""
    label, before = await _keeping(uow, actor), await _declared(uow, day)
    if not await uow.work_calendar.forget(day):
        raise NotFound("day")
    await _change(desk, uow, label, f"{DAY}{day}", before, None, version)


async def _declared(uow: UnitOfWork, day: date) -> str | None:
    works = (await uow.work_calendar.overrides()).get(day)
    return None if works is None else WORKING if works else HOLIDAY


async def change_text(
    desk: Desk,
    uow: UnitOfWork,
    key: str,
    words: str | Sequence[str] | None,
    version: VersionToken,
    *,
    actor: Actor = SYSTEM,
) -> None:
    """Keep a text as it was proved (`worded_anew.proved`); None: as the catalogue has it.

    Errors: `Forbidden`, `Conflict("settings")` when somebody changed it since the version that the form showed.
    """
    label, last = await _keeping(uow, actor), await uow.settings.last(TEXT + key)
    before = last.value if last and last.value is not None else desk.catalogue.given(key)
    value = words if words is None or isinstance(words, str) else list(words)
    if value != (last.value if last else None):
        await _change(desk, uow, label, TEXT + key, before, value, version)


async def _keeping(uow: UnitOfWork, actor: Actor) -> str:
    """Return as whom a change is kept, once no other unit changes settings; `Forbidden("settings")`."""
    if actor.kind != "system" and not KEEPERS & actor.role_names:
        raise Forbidden("settings")
    await uow.serialise(_LOCK)
    return actor.acting_by(KEEPERS).label


async def _change(
    desk: Desk, uow: UnitOfWork, label: str, name: str, before: Any, value: Any, version: VersionToken | None = None
) -> None:
    last, now = await uow.settings.last(name), desk.clock.now()
    if version is not None and last and not version.includes(last.id):
        raise Conflict("settings", detail="setting_changed")
    await uow.settings.add(SettingChange(name, before, value, label, now))
    await uow.audit.record(now, label, "setting_changed", {"name": name})
