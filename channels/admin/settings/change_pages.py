"""What was changed of the settings: who, when, from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import actor_shown, staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.settings.setting_pages import CHANGES, TABS, TEXTS, shown_rule
from channels.web.paging import listed, page_start
from domain.actions.desk import Desk
from domain.actions.settings.changes import DAY, TEXT
from domain.settings.records import SettingChange
from domain.settings.rules import RULES
from domain.unit_of_work import Store
from domain.values.calendar import jalali_long

PAGE = 30
"""Changes on a page."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change in words; `address` is the page of what was changed, if it has one of its own."""

    id: int
    change: SettingChange
    who: str
    title: str
    address: str | None
    before: str
    value: str


class ChangePages:
    """The changes."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (PageRoute("GET", CHANGES, "settings.view", self._show),)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found, names = await uow.settings.recent(page_start(request), PAGE + 1), await staff_names(uow)
        rows = [self._shown(one, actor_shown(self._desk.catalogue, one.by, names)) for one in found]
        context = {"tabs": TABS, "list": listed(request, CHANGES, rows, PAGE)}
        return staff_page(request, visit, "admin/settings/changes.html", context)

    def _shown(self, change: SettingChange, who: str) -> ChangeView:
        name, address = change.name, None
        if name.startswith(TEXT):
            title, address = name.removeprefix(TEXT), f"{TEXTS}/one/{name.removeprefix(TEXT)}"
        elif name.startswith(DAY):
            title = jalali_long(date.fromisoformat(name.removeprefix(DAY)))
        else:
            title = self._text(f"admin.settings.rules.{name}") if name in RULES else name
        before, value = (self._value(name, one) for one in (change.before, change.value))
        return ChangeView(change.id, change, who, title, address, before, value)

    def _value(self, name: str, value: Any) -> str:
        """Return a value in words; a day without one is as it is by itself, anything else as configured."""
        if value is None:
            return self._text("admin.days.by_itself" if name.startswith(DAY) else "admin.settings.as_configured")
        if name.startswith(DAY):
            return self._text(f"admin.days.{value}")
        if name in RULES and RULES[name].sound(value, self._desk.clock.now()):
            return shown_rule(self._desk, RULES[name], value)
        return "\n".join(value) if isinstance(value, list) else str(value)

    def _text(self, key: str) -> str:
        return self._desk.catalogue.text(key)
