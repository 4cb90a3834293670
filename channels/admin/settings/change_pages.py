"""Changes of the settings: who, when, from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.settings.setting_pages import CHANGES_PATH, PAGE_TABS, TEXTS_PATH, describe_rule_value
from channels.web.paging import build_list_page, read_page_start
from channels.web.site_part import SitePart
from domain.actions.settings.rule_lists import index_rules
from domain.actions.settings.setting_changes import DAY_PREFIX, TEXT_PREFIX
from domain.authorization.rights import Right
from domain.settings.records import SettingChange
from domain.settings.rules import FORMER_RULES
from domain.values.calendar import jalali_long_text

PAGE_SIZE = 30
"""Changes on a page."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of a setting, in words."""

    id: int
    """The change's, from which the next page of the list goes on."""
    change: SettingChange
    """As it is stored."""
    changed_by: str
    """Name of the maker."""
    title: str
    """Thing that was changed: a rule's name, a text's key, or a day."""
    address: str | None
    """Its own page; None where it has none."""
    before: str
    """The value that it had."""
    value: str
    """The value that it has since."""


class ChangePages(SitePart):
    """The changes."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", CHANGES_PATH, Right.SETTINGS_VIEW, self._show_changes),)

    async def _show_changes(self, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            setting_changes, member_names = (
                await uow.setting_changes.list_recent(read_page_start(request), PAGE_SIZE + 1),
                await load_staff_names(uow.people),
            )
        change_views = [
            self._build_change_view(change, describe_actor(self._dependencies.catalogue, change.by, member_names))
            for change in setting_changes
        ]
        context = {"tabs": PAGE_TABS, "list_page": build_list_page(request, CHANGES_PATH, change_views, PAGE_SIZE)}
        return render_staff_page(request, visitor, "admin/settings/changes.html", context)

    def _build_change_view(self, change: SettingChange, changed_by: str) -> ChangeView:
        name, address = change.name, None
        if name.startswith(TEXT_PREFIX):
            title, address = name.removeprefix(TEXT_PREFIX), f"{TEXTS_PATH}/one/{name.removeprefix(TEXT_PREFIX)}"
        elif name.startswith(DAY_PREFIX):
            title = jalali_long_text(date.fromisoformat(name.removeprefix(DAY_PREFIX)))
        else:
            title = self._describe_rule(name)
        before, value = (self._describe_value(name, side_value) for side_value in (change.before, change.value))
        return ChangeView(change.id, change, changed_by, title, address, before, value)

    def _describe_value(self, name: str, value: Any) -> str:
        """Return a value in words; a day without one is as it is by itself, anything else as configured."""
        if value is None:
            return self._get_text(
                "admin.days.by_itself" if name.startswith(DAY_PREFIX) else "admin.settings.as_configured"
            )
        if name.startswith(DAY_PREFIX):
            return self._get_text(f"admin.days.{value}")
        rule = index_rules(self._dependencies.services).get(name)
        if rule and rule.is_still_valid(value, self._dependencies.clock.now()):
            return describe_rule_value(self._dependencies, rule, value)
        return "\n".join(value) if isinstance(value, list) else str(value)

    def _describe_rule(self, name: str) -> str:
        """Return what a rule is called; one that no version has any more keeps its name."""
        if name in FORMER_RULES:
            return self._get_text(f"admin.settings.rules.{name}")
        rule = index_rules(self._dependencies.services).get(name)
        return self._get_text(rule.label_key) if rule else name

    def _get_text(self, key: str) -> str:
        return self._dependencies.catalogue.text(key)
