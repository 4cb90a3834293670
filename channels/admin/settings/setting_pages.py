"""The runtime settings: set by the administrator, in force in every process within half a minute.

A field that is left empty is as configured; that value is shown beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import FormWording, build_controls, describe_stray, read_form
from channels.web.refused_forms import RefusedForm, form_error
from domain.actions.dependencies import Dependencies
from domain.actions.settings.changes import change_rules, load_stored_rules, renew_settings, version_of_settings
from domain.actions.settings.rule_lists import list_rule_groups
from domain.authorization.rights import Right
from domain.settings.rules import NO_CHOICE, YES_CHOICE, SettingRule, read_present_value
from domain.unit_of_work import Store
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


class SettingPages:
    """The rules."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(SETTINGS_PATH, "admin.sections.settings", Right.SETTINGS_VIEW),
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

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

    async def _submit_settings(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        group_name = request.match_info["group"]
        rule_group = list_rule_groups(self._dependencies.services).get(group_name)
        if rule_group is None:
            raise web.HTTPNotFound
        submitted_values = read_form([rule.field for rule in rule_group], visitor.form)
        async with self._store.open_unit() as uow:
            await change_rules(
                self._dependencies, uow, rule_group, submitted_values, version_token, actor=visitor.actor
            )
        await renew_settings(self._dependencies, self._store)
        return f"{SETTINGS_PATH}?done=settings#{group_name}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            stored_values, version_token = (
                await load_stored_rules(self._dependencies, uow),
                await version_of_settings(uow),
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
        shown_values = {rule.name: self._format_stored(rule, stored_values.get(rule.name)) for rule in rules}
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
        catalogue, configured_settings = self._dependencies.catalogue, self._dependencies.configured
        hints_by_rule = {
            rule.name: catalogue.render(
                "admin.settings.configured",
                {
                    "value": describe_rule_value(
                        self._dependencies,
                        rule,
                        read_present_value(rule, configured_settings.policy, configured_settings.calendar),
                    )
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

    def _format_stored(self, rule: SettingRule, stored_value: Any) -> str:
        """Return a kept value as its field holds it: a choice by its name, anything else as people write it."""
        if stored_value is None:
            return ""
        return str(stored_value) if rule.field.choices else describe_rule_value(self._dependencies, rule, stored_value)


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
