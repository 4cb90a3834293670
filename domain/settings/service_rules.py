"""Rules of the municipality that belong to one service: declared and typed beside it, set on the settings page.

The service's code asks the rule itself for its value (`ServiceRule.value_in`), so that nothing shared knows it. Its
label is a text of the service, `services.<service>.rules.<name>`; what the staff set is kept under
`<service>.rules.<name>`.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from domain.fields.form import Field
from domain.fields.types import Choice, FieldType
from domain.settings.policy import Policy
from domain.settings.rules import NO_CHOICE, YES_CHOICE, SettingRule

RuleValue = TypeVar("RuleValue")


@dataclass(frozen=True, slots=True)
class ServiceRule(Generic[RuleValue]):
    """A rule of one service. Its value is what its type keeps (an int, a decimal as text); of a `Choice()`, which is
    yes or no, it is a bool.
    """

    service_key: str
    """Whose it is."""
    name: str
    """Unique in its service."""
    type: FieldType
    """What may be set, and how it is read and shown."""
    default: RuleValue
    """What holds until the staff set another; the settings page shows it as the configured value."""

    @property
    def setting_name(self) -> str:
        """The name under which its changes are kept."""
        return f"{self.service_key}.rules.{self.name}"

    def value_in(self, policy: Policy) -> RuleValue:
        """Return what holds under this policy."""
        return cast(RuleValue, policy.service_values.get(self.setting_name, self.default))

    def as_setting(self) -> SettingRule:
        """Return it in the form that the settings page and the changes have of every rule."""
        choices = (YES_CHOICE, NO_CHOICE) if isinstance(self.type, Choice) else ()
        setting_field = Field(self.setting_name, self.type, required=False, choices=choices)
        return SettingRule(setting_field, self.setting_name, service_key=self.service_key, service_default=self.default)
