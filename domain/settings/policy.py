"""The rules that a municipality may set for itself, with their defaults (settings.py fills them)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain.values.money import RoundingMode


@dataclass(frozen=True, slots=True)
class Policy:
    """Deadlines, limits and money rules of the municipality as a whole; those of one service are declared with it."""

    company_code: str = "009"
    """The three digits in bill ids that the municipality was given."""
    site_address: str = ""
    """Address of the portal, under the municipality's own domain and without a slash at the end; empty: texts carry no
    links.
    """
    invoice_channels: frozenset[str] = frozenset()
    """The messengers in whose chats bills can be paid by an invoice."""
    voice_channels: frozenset[str] = frozenset()
    """The messengers in whose chats a text is read aloud to whoever asks."""
    has_direction_marks: bool = True
    """Whether text messages have the marks of direction around codes."""
    persian_part_rials: int = 0
    """Price of a message part of a Persian text, in rials."""
    municipal_service_digit: int = 6
    """The service digit of bill ids; 6 is municipalities."""
    rounding_step: int = 1000
    """Amounts are rounded to so many rials."""
    rounding_mode: RoundingMode = "down"
    """Way of rounding: down, up or nearest."""
    payment_days: int = 3
    """Days after the day of issue on which a bill may be paid."""
    settlement_banking_days: int = 2
    """Bank files arrive a banking day late, so nothing expires before so many whole ones behind its deadline."""
    answer_days: int = 7
    """Days in which a question must be answered."""
    visit_minutes: int = 60
    """Duration of an officer's visit."""
    visit_notice_hours: int = 24
    """Hours ahead that a visit, the present one and the new, must be for its citizen to move it."""
    visit_days_ahead: int = 14
    """Days from today in which citizens are offered times for a visit."""
    closing_days: int = 30
    """Days after which a letter that nobody collected is closed."""
    dialogue_minutes: int = 30
    """Time for which a dialogue waits for the next text."""
    rating_days: int = 7
    """Days after its end in which a request is rated."""
    low_rating: int = 2
    """The highest score that alerts the manager; 0: none does."""
    retention: timedelta = timedelta(days=5 * 365 + 1)
    """Time after its end for which the personal data of a request is kept."""
    draft_days: int = 14
    """Days after its last saving in which a draft of a form is kept."""
    duplicate_window: timedelta = timedelta(minutes=10)
    """Within it the same text again, without a provider's id, is a repetition."""
    inbound_limit: int = 30
    """Texts of one line that are answered in the `inbound_window`."""
    inbound_window: timedelta = timedelta(minutes=10)
    """The window of that limit and of `chat_limit`."""
    chat_limit: int = 300
    """Updates of one chat, presses among them, that are answered in the `inbound_window`."""
    loop_guard: int = 4
    """Texts not understood in a row before silence."""
    guess_limit_sender: int = 10
    """Foreign codes that one viewer may ask for in the `guess_window`."""
    guess_window: timedelta = timedelta(hours=1)
    """The window of that limit."""
    verification_rials_a_day: int = 2_000_000
    """Rials that verification codes by SMS may cost in 24 hours; 0: none is sent."""
    codes_an_hour: int = 300
    """Verification codes by SMS that are sent in an hour, whoever asks for them."""
    unverified_an_hour: int = 300
    """Requests without a proof of the mobile that are taken in an hour, from everywhere."""
    track_misses_an_hour: int = 2_000
    """Tracking codes that there are not, asked for within an hour from everywhere; then none is looked up by itself."""
    notice_keeps: timedelta = timedelta(days=2)
    """After it an unsent notice is too old."""
    messenger_patience: timedelta = timedelta(minutes=60)
    """Time for which a notice waits for a messenger before it goes by SMS; zero: to its own end."""
    refund_limit: int = 50_000_000
    """A refund of more rials than this needs a second person."""
    refund_wait_days: int = 3
    """Days that money waits before it goes to an account of a number that changed since the payment."""
    tariffs_need_approval: bool = False
    """Whether a price is in force only when a second person has approved it."""
    service_values: Mapping[str, Any] = field(default_factory=dict)
    """Values set by the settings or the staff of rules that belong to one service, by name (`ServiceRule.value_in`)."""
