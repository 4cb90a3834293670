"""The rules that a municipality may set for itself, as settings; the domain's own defaults hold where none is set."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from domain.fields.types import Choice, Integer, ReadingContext
from domain.services import SERVICES
from domain.settings.policy import Policy
from domain.settings.service_rules import ServiceRule
from domain.values.errors import DomainError
from domain.values.money import BILL_STEP_RIALS, RoundingMode

_DEFAULT_POLICY = Policy()
_ONE_DAY = timedelta(days=1)
_ONE_HOUR = timedelta(hours=1)
_ONE_MINUTE = timedelta(minutes=1)


class MunicipalRules(BaseModel):
    """Deadlines, limits and rounding; the unit of a length is the last word of its name."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    municipal_service_digit: int = Field(
        _DEFAULT_POLICY.municipal_service_digit,
        ge=0,
        le=9,
        description="Service digit of bill ids; 6 is municipalities.",
    )
    rounding_step: int = Field(
        _DEFAULT_POLICY.rounding_step,
        ge=BILL_STEP_RIALS,
        multiple_of=BILL_STEP_RIALS,
        description="Amounts are rounded to this many rials.",
    )
    rounding_mode: RoundingMode = Field(
        _DEFAULT_POLICY.rounding_mode, description="How amounts are rounded: down, up or nearest."
    )
    payment_days: int = Field(
        _DEFAULT_POLICY.payment_days, ge=0, description="Days after today on which a bill may be paid."
    )
    settlement_banking_days: int = Field(
        _DEFAULT_POLICY.settlement_banking_days,
        ge=0,
        description="Banking days that a payment may take to be reported; nothing expires before.",
    )
    answer_days: int = Field(
        _DEFAULT_POLICY.answer_days, ge=1, description="Days in which a question must be answered."
    )
    visit_minutes: int = Field(_DEFAULT_POLICY.visit_minutes, ge=1, description="How long an officer's visit takes.")
    visit_notice_hours: int = Field(
        _DEFAULT_POLICY.visit_notice_hours,
        ge=0,
        le=30 * 24,
        description="Hours that a visit, old and new, must be ahead for its citizen to move it.",
    )
    visit_days_ahead: int = Field(
        _DEFAULT_POLICY.visit_days_ahead,
        ge=1,
        le=90,
        description="Days from today in which citizens are offered times for a visit.",
    )
    closing_days: int = Field(
        _DEFAULT_POLICY.closing_days, ge=1, description="Days after which an answered request is closed by itself."
    )
    dialogue_minutes: int = Field(
        _DEFAULT_POLICY.dialogue_minutes, ge=1, description="How long a dialogue waits for the next text."
    )
    rating_days: int = Field(
        _DEFAULT_POLICY.rating_days, ge=0, description="Days after its end in which a request is rated."
    )
    low_rating: int = Field(_DEFAULT_POLICY.low_rating, ge=0, le=5, description="Ratings up to this alert the manager.")
    retention_days: int = Field(
        _DEFAULT_POLICY.retention // _ONE_DAY,
        ge=365,
        description="Days after a request's end in which its personal data is kept.",
    )
    draft_days: int = Field(
        _DEFAULT_POLICY.draft_days,
        ge=1,
        le=30,
        description="Days after its last saving in which a draft of a form is kept.",
    )
    duplicate_window_minutes: int = Field(
        _DEFAULT_POLICY.duplicate_window // _ONE_MINUTE,
        ge=0,
        description="Within it the same text again, without an id, is a repetition.",
    )
    inbound_limit: int = Field(
        _DEFAULT_POLICY.inbound_limit, ge=1, description="Texts of one line that are answered in a window."
    )
    inbound_window_minutes: int = Field(
        _DEFAULT_POLICY.inbound_window // _ONE_MINUTE, ge=1, description="Length of that window."
    )
    chat_limit: int = Field(
        _DEFAULT_POLICY.chat_limit,
        ge=1,
        description="Messages, presses and files of one chat that are answered in that window.",
    )
    loop_guard: int = Field(
        _DEFAULT_POLICY.loop_guard, ge=1, description="Texts not understood in a row before silence."
    )
    guess_limit_sender: int = Field(
        _DEFAULT_POLICY.guess_limit_sender, ge=1, description="Foreign codes one viewer may ask for."
    )
    guess_window_minutes: int = Field(
        _DEFAULT_POLICY.guess_window // _ONE_MINUTE, ge=1, description="Window of that limit."
    )
    verification_rials_a_day: int = Field(
        _DEFAULT_POLICY.verification_rials_a_day,
        ge=0,
        description="Rials that verification codes by SMS may cost in 24 hours; 0: none is sent.",
    )
    codes_an_hour: int = Field(
        _DEFAULT_POLICY.codes_an_hour,
        ge=1,
        description="Verification codes by SMS in an hour, whoever asks; beyond, requests are proved later.",
    )
    unverified_an_hour: int = Field(
        _DEFAULT_POLICY.unverified_an_hour,
        ge=1,
        description="Requests without a proof of the mobile that are taken in an hour, from everywhere.",
    )
    track_misses_an_hour: int = Field(
        _DEFAULT_POLICY.track_misses_an_hour,
        ge=1,
        description="Wrong tracking codes in an hour, from everywhere; beyond, a code needs its mobile too.",
    )
    notice_keeps_hours: int = Field(
        _DEFAULT_POLICY.notice_keeps // _ONE_HOUR, ge=1, description="After this an unsent notice is too old."
    )
    messenger_patience_minutes: int = Field(
        _DEFAULT_POLICY.messenger_patience // _ONE_MINUTE,
        ge=0,
        description="How long a notice waits for a messenger that does not take it, before it goes by SMS; 0: always.",
    )
    refund_limit: int = Field(
        _DEFAULT_POLICY.refund_limit,
        ge=0,
        description="Rials of a refund above which a second person has to approve it.",
    )
    refund_wait_days: int = Field(
        _DEFAULT_POLICY.refund_wait_days,
        ge=0,
        le=90,
        description="Days that money waits before it goes to an account of a number that changed since the payment.",
    )
    tariffs_need_approval: bool = Field(
        _DEFAULT_POLICY.tariffs_need_approval, description="Whether a price needs a second person's approval."
    )

    def build_policy(
        self,
        company_code: str,
        site_address: str = "",
        persian_part_rials: int = 0,
    ) -> Policy:
        """Return the rules as the domain takes them."""
        durations: dict[str, Any] = {
            "retention": self.retention_days * _ONE_DAY,
            "duplicate_window": self.duplicate_window_minutes * _ONE_MINUTE,
            "inbound_window": self.inbound_window_minutes * _ONE_MINUTE,
            "guess_window": self.guess_window_minutes * _ONE_MINUTE,
            "notice_keeps": self.notice_keeps_hours * _ONE_HOUR,
            "messenger_patience": self.messenger_patience_minutes * _ONE_MINUTE,
        }
        plain_values = {name: value for name, value in self if name in Policy.__dataclass_fields__}
        own_names = self.model_fields_set - MunicipalRules.model_fields.keys()
        return Policy(
            company_code=company_code,
            site_address=site_address,
            persian_part_rials=persian_part_rials,
            service_values={name: getattr(self, name) for name in own_names},
            **plain_values,
            **durations,
        )


def describe_rule(rule: ServiceRule[Any]) -> tuple[Any, Any]:
    """Return the type and the field of a service's rule, as Pydantic takes them."""
    if isinstance(rule.type, Choice):
        return bool, Field(rule.default, description=rule.meaning)
    if isinstance(rule.type, Integer):
        return int, Field(rule.default, ge=rule.type.minimum, le=rule.type.maximum, description=rule.meaning)
    return Annotated[Any, BeforeValidator(partial(_read_by_type, rule))], Field(rule.default, description=rule.meaning)


def _read_by_type(rule: ServiceRule[Any], raw_value: object) -> Any:
    """Return what the type of a rule reads in a setting; `ValueError`."""
    try:
        return rule.type.parse(raw_value, ReadingContext(datetime.now(UTC)))
    except DomainError as error:
        raise ValueError(str(error)) from error


# The rules of services are known at run time alone; what is asked of the settings by name are the municipality's.
if TYPE_CHECKING:
    PolicySettings = MunicipalRules
else:
    PolicySettings = create_model(
        "PolicySettings",
        __base__=MunicipalRules,
        __doc__="The same with every rule that a service declares.",
        **{rule.name: describe_rule(rule) for service in SERVICES for rule in service.rules},
    )
