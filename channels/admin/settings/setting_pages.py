"""The runtime settings: set by the administrator, in force in every process within half a minute.

Each box holds the value in force, with the configured one under it; what would change is shown, with whom it concerns,
before it does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.settings.rule_effects import count_concerned
from domain.actions.settings.rule_lists import list_rule_groups
from domain.actions.settings.setting_changes import (
    RuleChange,
    change_rules,
    load_stored_rules,
    plan_rule_changes,
    renew_settings,
    version_of_settings,
)
from domain.authorization.rights import Right
from domain.settings.rules import NO_CHOICE, YES_CHOICE, SettingRule, read_present_value
from domain.unit_of_work import UnitOfWork
from domain.values.text import group_digits
from domain.values.version_token import VersionToken

SETTINGS_PATH = "/staff/settings"
DAYS_PATH, TEXTS_PATH, CHANGES_PATH = f"{SETTINGS_PATH}/days", f"{SETTINGS_PATH}/texts", f"{SETTINGS_PATH}/changes"

PAGE_TABS: Mapping[str, str] = {
    SETTINGS_PATH: "admin.settings.title",
    DAYS_PATH: "admin.days.title",
    TEXTS_PATH: "admin.texts.title",
    CHANGES_PATH: "admin.changes.title",
}
"""The routes of these pages."""


CONFIRMED_FIELD = "confirmed"
"""The field of a form by which somebody saw what its changes do. No rule has a name like it."""


@dataclass(frozen=True, slots=True)
class RuleChangeView:
    """A change of a rule that is to be confirmed, in words."""

    label: str
    """Name of the rule."""
    before: str
    """Its value in force."""
    after: str
    """The one that it gets."""
    is_default: bool
    """Whether that is the configured one."""
    effect: str
    """Name of the person concerned."""


class SettingPages(SitePart):
    """The rules."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(SETTINGS_PATH, "admin.sections.settings", Right.SETTINGS_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", SETTINGS_PATH, Right.SETTINGS_VIEW, self._render_page),
            PageRoute(
                "POST",
                f"{SETTINGS_PATH}/rules/{{group:[a-z_]+}}",
                Right.SETTINGS_CHANGE,
                FormSubmission("{group}", VersionedAction(self._submit_settings), self._render_page),
            ),
        )

    async def _submit_settings(
        self, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str | web.Response:
        """Set the rules of a group; before that, show what would change and for whom."""
        group_name = request.match_info["group"]
        rule_group = list_rule_groups(self._dependencies.services).get(group_name)
        if rule_group is None:
            raise web.HTTPNotFound
        submitted_values = read_form([rule.field for rule in rule_group], visitor.form)
        if not read_text(visitor.form, CONFIRMED_FIELD):
            return await self._confirm_changes(request, visitor, rule_group, submitted_values, version_token)
        async with self._store.open_unit() as uow:
            await change_rules(
                ActorContext(self._dependencies, uow, visitor.actor), rule_group, submitted_values, version_token
            )
        await renew_settings(self._dependencies, self._store)
        return f"{SETTINGS_PATH}?done=settings#{group_name}"

    async def _confirm_changes(
        self,
        request: web.Request,
        visitor: Visitor,
        rule_group: Sequence[SettingRule],
        submitted_values: Mapping[str, Any],
        version_token: VersionToken,
    ) -> str | web.Response:
        """Return the page that says what would change; the rules' own page where nothing would."""
        group_name = request.match_info["group"]
        async with self._store.open_unit(write=False) as uow:
            changes = await plan_rule_changes(
                ActionContext(self._dependencies, uow), rule_group, submitted_values, version_token
            )
            change_views = [await self._build_change(uow, change) for change in changes]
        if not change_views:
            return f"{SETTINGS_PATH}?done=settings_same#{group_name}"
        context = {
            "group_name": group_name,
            "group_title": self._find_title(group_name),
            "changes": change_views,
            "submitted_values": submitted_values,
            "confirmed_field": CONFIRMED_FIELD,
            "version_token": version_token,
        }
        return render_staff_page(request, visitor, "admin/settings/confirm.html", context)

    async def _build_change(self, uow: UnitOfWork, change: RuleChange) -> RuleChangeView:
        effect, count = await count_concerned(ActionContext(self._dependencies, uow), change)
        catalogue, rule = self._dependencies.catalogue, change.rule
        facts = {} if count is None else {"count": group_digits(count)}
        return RuleChangeView(
            catalogue.text(rule.label_key),
            describe_rule_value(self._dependencies, rule, change.before),
            describe_rule_value(self._dependencies, rule, change.after),
            is_default=change.stored is None,
            effect=catalogue.render(f"admin.settings.effects.{effect}", facts),
        )

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            stored_values, version_token = (
                await load_stored_rules(ActionContext(self._dependencies, uow)),
                await version_of_settings(uow.setting_changes),
            )
        group_contexts = [
            self._build_group(group_name, rules, stored_values, refused_form)
            for group_name, rules in list_rule_groups(self._dependencies.services).items()
        ]
        context = {"tabs": PAGE_TABS, "rule_groups": group_contexts, "version_token": version_token}
        return render_staff_page(
            request, visitor, "admin/settings/settings.html", context, error=form_error(refused_form)
        )

    def _build_group(
        self,
        group_name: str,
        rules: Sequence[SettingRule],
        stored_values: Mapping[str, Any],
        refused_form: RefusedForm | None,
    ) -> Mapping[str, Any]:
        own_refusal = refused_form if refused_form and refused_form.name == group_name else None
        rule_fields, form_wording = [rule.field for rule in rules], self._build_wording(rules)
        shown_values = {
            rule.name: self._format_value(rule, stored_values.get(rule.name, self._read_configured(rule)))
            for rule in rules
        }
        submitted_values, error = (
            (read_form(rule_fields, own_refusal.posted_form), own_refusal.error)
            if own_refusal
            else (shown_values, None)
        )
        return {
            "name": group_name,
            "title": self._find_title(group_name),
            "controls": build_controls(rule_fields, submitted_values, form_wording, error),
            "problem": describe_stray(rule_fields, error, form_wording),
            "stored_rules": [rule.name for rule in rules if rule.name in stored_values],
        }

    def _find_title(self, group_name: str) -> str:
        """Return what a group is called: a service's own by the service."""
        catalogue, services = self._dependencies.catalogue, self._dependencies.services
        return catalogue.text(
            f"services.{group_name}.title" if group_name in services else f"admin.settings.groups.{group_name}"
        )

    def _build_wording(self, rules: Sequence[SettingRule]) -> FormWording:
        catalogue = self._dependencies.catalogue
        hints_by_rule = {
            rule.name: catalogue.render(
                "admin.settings.configured",
                {
                    "meaning": catalogue.text(rule.meaning_key),
                    "value": describe_rule_value(self._dependencies, rule, self._read_configured(rule)),
                },
            )
            for rule in rules
        }
        titles_by_rule = {
            rule.name: {choice: rule_choice_key(rule, choice) for choice in rule.field.choices} for rule in rules
        }
        label_keys = {rule.name: rule.label_key for rule in rules}
        return FormWording(
            self._dependencies.wording,
            lambda rule_name: catalogue.text(label_keys[rule_name]),
            titles_by_rule,
            blank_key="admin.settings.as_configured",
            hints_by_field=hints_by_rule,
        )

    def _read_configured(self, rule: SettingRule) -> Any:
        configured_settings = self._dependencies.configured
        return read_present_value(rule, configured_settings.policy, configured_settings.calendar)

    def _format_value(self, rule: SettingRule, value: Any) -> str:
        """Return a value as its field holds it: a choice by its name, anything else as people write it."""
        return str(value) if rule.field.choices else describe_rule_value(self._dependencies, rule, value)


def rule_choice_key(rule: SettingRule, choice: str) -> str:
    """Return the key of what a rule's choice is called."""
    return (
        f"admin.settings.choices.{choice}"
        if choice in {YES_CHOICE, NO_CHOICE}
        else f"admin.settings.choices.{rule.name}.{choice}"
    )


def describe_rule_value(dependencies: Dependencies, rule: SettingRule, stored_value: Any) -> str:
    """Return a value of a rule in words."""
    get_text = dependencies.catalogue.text
    return (
        get_text(rule_choice_key(rule, stored_value))
        if rule.field.choices
        else rule.field.type.render_value(stored_value, get_text)
    )
