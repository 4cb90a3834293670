"""The rules that a municipality may set for itself, with their defaults (settings.py fills them)."""

from dataclasses import dataclass
from datetime import timedelta

from domain.values.money import RoundingMode


@dataclass(frozen=True, slots=True)
class Policy:
    """Deadlines, limits and money rules; every length is a timedelta, every amount whole rials.

    `settlement_lag`: bank files arrive a day late, so nothing expires before deadline + lag (services.md).
    `leave_…` are the guards of a taxi's leave, with the defaults of a published taxi organisation (services.md).
    `inbound_limit` holds for texts of one line, `chat_limit` for updates of one chat, presses among them, in the same
    `inbound_window`. `low_rating` is the highest score that alerts the manager. `retention` is how long after its end
    the personal data of a request is kept. `messenger_patience` is how long a notice waits for a messenger before it
    goes by SMS; zero: to its own end. With `tariffs_need_approval` a price is in force when a second person has
    approved it. A refund of more than `refund_limit` rials needs a second person.
    """

    company_code: str = "009"
    municipal_service_digit: int = 6
    rounding_step: int = 1000
    rounding_mode: RoundingMode = "down"
    payment_days: int = 3
    settlement_lag: timedelta = timedelta(hours=36)
    answer_days: int = 7
    visit_minutes: int = 60
    closing_days: int = 30
    leave_days_a_year: int = 30
    leave_counts_fridays: bool = False
    leave_notice_days: int = 0
    leave_may_overlap: bool = False
    leave_of_active_drivers_only: bool = True
    leave_needs_consent: bool = True
    leave_consent_days: int = 3
    leave_refused_with_duties: bool = False
    refund_unused_hours: bool = True
    dialogue_minutes: int = 30
    rating_days: int = 7
    low_rating: int = 2
    retention: timedelta = timedelta(days=5 * 365 + 1)
    duplicate_window: timedelta = timedelta(minutes=10)
    inbound_limit: int = 30
    inbound_window: timedelta = timedelta(minutes=10)
    chat_limit: int = 300
    loop_guard: int = 4
    guess_limit_sender: int = 10
    guess_window: timedelta = timedelta(hours=1)
    notice_keeps: timedelta = timedelta(days=2)
    messenger_patience: timedelta = timedelta(minutes=60)
    refund_limit: int = 50_000_000
    max_hours_per_machine: int = 24
    max_machines: int = 10
    tariffs_need_approval: bool = False
