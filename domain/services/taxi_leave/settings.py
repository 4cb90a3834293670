"""Rules for leave that the municipality may set; defaults are those of a published taxi organisation (services.md)."""

from domain.fields.types import Choice, Integer
from domain.settings.service_rules import ServiceRule

SERVICE_KEY = "taxi_leave"
_YEAR = 366

DAYS_A_YEAR: ServiceRule[int] = ServiceRule(
    SERVICE_KEY, "leave_days_a_year", Integer(1, _YEAR), 30, "Days of leave that a taxi has in a Jalali year."
)
COUNTS_FRIDAYS: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY,
    "leave_counts_fridays",
    Choice(),
    False,
    "Whether Fridays inside a taxi's leave are counted, in leaves of before too.",
    moves_open_requests=True,
)
NOTICE_DAYS: ServiceRule[int] = ServiceRule(
    SERVICE_KEY,
    "leave_notice_days",
    Integer(0, _YEAR),
    0,
    "Days before a leave that it must be asked for; 0: the same day.",
)
MAY_OVERLAP: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY, "leave_may_overlap", Choice(), False, "Whether two leaves of one taxi may share a day."
)
OF_ACTIVE_DRIVERS_ONLY: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY, "leave_of_active_drivers_only", Choice(), True, "Whether only an active driver has leave."
)
NEEDS_OWNERS_CONSENT: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY,
    "leave_needs_consent",
    Choice(),
    True,
    "Whether an auxiliary driver's leave needs the owner's consent.",
)
CONSENT_DAYS: ServiceRule[int] = ServiceRule(
    SERVICE_KEY, "leave_consent_days", Integer(1, _YEAR), 3, "Days in which a taxi's owner must consent."
)
REFUSED_WITH_DUTIES: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY, "leave_refused_with_duties", Choice(), False, "Whether unpaid duties of a taxi refuse its leave."
)

LEAVE_RULES = (
    DAYS_A_YEAR,
    COUNTS_FRIDAYS,
    NOTICE_DAYS,
    MAY_OVERLAP,
    OF_ACTIVE_DRIVERS_ONLY,
    NEEDS_OWNERS_CONSENT,
    CONSENT_DAYS,
    REFUSED_WITH_DUTIES,
)
