"""Rules of the municipality that belong to one service: declared and typed beside it, set by the settings and on their
page.

The service's code asks the rule itself for its value (`ServiceRule.value_in`), so that nothing shared knows it. Its
label and what it does are texts of the service, `services.<service>.rules.<name>` and `….rule_meanings.<name>`.
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
    """Name of its owner."""
    name: str
    """No other rule has it: the setting is called `PISHKHAN_POLICY__` and it, and its changes are kept under it."""
    type: FieldType
    """Type of its values, with how they are read and shown."""
    default: RuleValue
    """Default until the settings or the staff set another."""
    meaning: str
    """Meaning, as the table of settings says it: a sentence in English."""
    moves_open_requests: bool = False
    """Whether it holds for requests that were admitted before it was set; else it is asked when one is admitted."""

    def value_in(self, policy: Policy) -> RuleValue:
        """Return what holds under this policy."""
        return cast(RuleValue, policy.service_values.get(self.name, self.default))

    def as_setting(self) -> SettingRule:
        """Return it in the form that the settings page and the changes have of every rule."""
        choices = (YES_CHOICE, NO_CHOICE) if isinstance(self.type, Choice) else ()
        setting_field = Field(self.name, self.type, required=False, choices=choices)
        return SettingRule(
            setting_field,
            self.name,
            service_key=self.service_key,
            service_default=self.default,
            moves_open_requests=self.moves_open_requests,
        )
