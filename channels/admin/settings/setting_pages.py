"""The rules of the house: set by the administrator, in force in every process within half a minute.

A field that is left empty is as configured; what that is stands beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import required_version
from channels.web.forms import FormWords, controls, read_form, stray
from domain.actions.desk import Desk
from domain.actions.settings.changes import change_rules, kept_rules, renew, version_of_settings
from domain.settings.rules import GROUPS, NO, YES, SettingRule, present
from domain.unit_of_work import Store

PATH = "/staff/settings"
DAYS, TEXTS, CHANGES = f"{PATH}/days", f"{PATH}/texts", f"{PATH}/changes"

TABS: Mapping[str, str] = {
    PATH: "admin.settings.title",
    DAYS: "admin.days.title",
    TEXTS: "admin.texts.title",
    CHANGES: "admin.changes.title",
}
"""The pages of this room."""


class SettingPages:
    """The rules."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.settings", "settings.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "settings.view", self._page),
            PageRoute(
                "POST",
                f"{PATH}/rules/{{group:[a-z]+}}",
                "settings.change",
                FormSubmission("{group}", self._change, self._page),
            ),
        )

    async def _change(self, request: web.Request, visit: Visit) -> str:
        name = request.match_info["group"]
        if name not in GROUPS:
            raise web.HTTPNotFound
        given, version = read_form([rule.field for rule in GROUPS[name]], visit.form), required_version(visit.form)
        async with self._store.unit() as uow:
            await change_rules(self._desk, uow, GROUPS[name], given, version, actor=visit.actor)
        await renew(self._desk, self._store)
        return f"{PATH}?done=settings#{name}"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        async with self._store.unit(write=False) as uow:
            kept, version = await kept_rules(uow), await version_of_settings(uow)
        groups = [self._group(name, rules, kept, refused) for name, rules in GROUPS.items()]
        context = {"tabs": TABS, "groups": groups, "version": version}
        return staff_page(request, visit, "admin/settings/settings.html", context, error=error_of(refused))

    def _group(
        self, name: str, rules: Sequence[SettingRule], kept: Mapping[str, Any], refused: RefusedForm | None
    ) -> Mapping[str, Any]:
        mine = refused if refused and refused.name == name else None
        fields, words = [rule.field for rule in rules], self._words(rules)
        shown = {rule.name: self._typed(rule, kept.get(rule.name)) for rule in rules}
        given, error = (read_form(fields, mine.posted), mine.error) if mine else (shown, None)
        return {
            "name": name,
            "controls": controls(fields, given, words, error),
            "problem": stray(fields, error, words),
            "set": [rule.name for rule in rules if rule.name in kept],
        }

    def _words(self, rules: Sequence[SettingRule]) -> FormWords:
        text, configured = self._desk.catalogue, self._desk.configured
        hints = {
            rule.name: text.render(
                "admin.settings.configured",
                {"value": shown_rule(self._desk, rule, present(rule, configured.policy, configured.calendar))},
            )
            for rule in rules
        }
        titles = {rule.name: {one: choice_key(rule, one) for one in rule.field.choices} for rule in rules}
        label = "admin.settings.rules.{}".format
        return FormWords(
            self._desk.wording, lambda name: text.text(label(name)), titles, blank="admin.settings.as_configured",
            hints=hints,
        )  # fmt: skip

    def _typed(self, rule: SettingRule, kept: Any) -> str:
        """Return a kept value as its field holds it: a choice by its name, anything else as people write it."""
        if kept is None:
            return ""
        return str(kept) if rule.field.choices else shown_rule(self._desk, rule, kept)


def choice_key(rule: SettingRule, choice: str) -> str:
    """Return the key of what a rule's choice is called."""
    return f"admin.settings.choices.{choice}" if choice in {YES, NO} else f"admin.settings.choices.{rule.name}.{choice}"


def shown_rule(desk: Desk, rule: SettingRule, kept: Any) -> str:
    """Return a value of a rule in words."""
    text = desk.catalogue.text
    return text(choice_key(rule, kept)) if rule.field.choices else rule.field.type.show(kept, text)
