"""Counter offices: who they are, the keys their software signs with, and what the municipality pays them.

An office (services.md, "People") acts for citizens through its own software. Its keys lie sealed in the store: the
digest that signs a call needs the plain key on our side too, so it cannot be a hash.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise

from domain.bills.bill import PaymentOutcome
from domain.values.dated_rows import is_valid_on
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import fold_text
from domain.values.version_token import VersionToken

LONGEST_NAME = 100
LONGEST_USERNAME = 40
SHORTEST_KEY_LENGTH = 16
MOST_NETWORKS = 50
MOST_LOCKED_SOURCES = 200
"""Source addresses of one office that are locked out at once; beyond, those that end first are let go."""

ACTION_ANSWER_RETENTION = timedelta(days=400)
"""Time for which the answer of a call that changed something is given again to the same call id: longer than any
software repeats itself. It states the phase of a request and names nobody; the erasure of the request takes it away.
"""

QUERY_ANSWER_RETENTION = timedelta(minutes=10)
"""The same for a call that only asked: repeated after a cut line it gets the same answer, a later question a fresh one.
Such answers hold whole forms, so they are not kept longer.
"""

BASIS_POINTS = 10_000
"""Hundredths of a percent in the whole."""

_CODE_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,20}")
_PERCENT_PATTERN = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<hundredths>[0-9]{1,2}))?[%٪]?")
_USERNAME_PATTERN = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """A key that the software of an office signs with, as it is kept."""

    sealed: str
    """The key, closed by a `Vault`."""
    made_at: datetime
    """Time of making, in UTC."""
    ends_at: datetime | None
    """Until when it is taken, beside a newer one; None: open end."""

    def is_usable(self, now: datetime) -> bool:
        """Whether calls may still be signed with it."""
        return self.ends_at is None or now < self.ends_at


@dataclass(slots=True)
class Office:
    """A counter office."""

    code: str
    """Names the office: 1–20 of A–Z, a–z, 0–9, «_», «-»."""
    name: str
    """Name of the office."""
    username: str
    """User name of its software."""
    keys: tuple[OfficeKey, ...]
    """The newest one last; the one before it is taken until it ends."""
    networks: tuple[str, ...]
    """Networks that it may call from (CIDR); empty: from anywhere."""
    active: bool
    """Whether it may call at all."""
    locks: dict[str, str]
    """Source address → ISO moment until which wrong keys from there get the answer that it is locked out."""
    created_at: datetime
    """Time of its adding, in UTC."""

    @property
    def version_token(self) -> VersionToken:
        """The version of what its keepers write about it: its name and its networks."""
        return VersionToken.from_values(self.name, *self.networks)

    def list_usable_keys(self, now: datetime) -> tuple[OfficeKey, ...]:
        """Return the keys that a call may be signed with now, the newest first."""
        return tuple(
            sorted(
                (office_key for office_key in self.keys if office_key.is_usable(now)),
                key=lambda office_key: office_key.made_at,
                reverse=True,
            )
        )

    def admits_address(self, address: str | None) -> bool:
        """Return whether calls may come from that address; an unknown one is admitted only where none is asked for."""
        if not self.networks:
            return True
        try:
            source_address = ip_address(address or "")
        except ValueError:
            return False
        if isinstance(source_address, IPv6Address) and source_address.ipv4_mapped:
            source_address = source_address.ipv4_mapped
        return any(source_address in ip_network(network) for network in self.networks)

    def is_locked_out(self, address: str | None, now: datetime) -> bool:
        """Return whether that address is locked out for now."""
        locked_until = self.locks.get(address or "")
        return locked_until is not None and now < datetime.fromisoformat(locked_until)

    def end_lock_out(self, address: str | None) -> None:
        """End the lock-out of that address."""
        self.locks = {
            source_address: locked_until
            for source_address, locked_until in self.locks.items()
            if source_address != (address or "")
        }

    def lock_out(self, address: str | None, locked_until: datetime, now: datetime) -> None:
        """Lock that address out for a while; locks that are over are forgotten."""
        live_locks = {
            source_address: lock_end
            for source_address, lock_end in self.locks.items()
            if now < datetime.fromisoformat(lock_end)
        }
        live_locks[address or ""] = locked_until.isoformat()
        latest_locks = sorted(live_locks.items(), key=lambda lock_entry: datetime.fromisoformat(lock_entry[1]))[
            -MOST_LOCKED_SOURCES:
        ]
        self.locks = dict(latest_locks)


def attempt_key(username: str, source_address: str = "") -> str:
    """Return under what refused tokens of a user name are counted: from one address, or the beginning of all of them.

    No user name of an office has «|» in it.
    """
    return f"counter|{username}|{source_address}"


def parse_office_code(code_text: str) -> str:
    """Return an office's code; `InvalidField("code")`."""
    if not _CODE_PATTERN.fullmatch(code_text):
        raise InvalidField("code", InvalidReason.OFFICE_CODE)
    return code_text


def parse_office_username(username_text: str) -> str:
    """Return what an office's software signs in as; `InvalidField("username")`."""
    if len(username_text) > LONGEST_USERNAME or not _USERNAME_PATTERN.fullmatch(username_text):
        raise InvalidField("username")
    return username_text


def parse_network(network_text: str) -> str:
    """Return a network as CIDR, from an address or a network; `InvalidField("network")`."""
    try:
        return str(ip_network(network_text.strip(), strict=False))
    except ValueError:
        raise InvalidField("network") from None


@dataclass(frozen=True, slots=True)
class CommissionRule:
    """Rule of the commission of offices. One that was withdrawn ends on its first day (domain/values/dated_rows.py)."""

    id: int
    """The row's key in the store."""
    office: str | None
    """The code of the office that earns it; None: every one."""
    service: str | None
    """The service's key; None: every one."""
    per_request: int
    """Rials for each request that they bring."""
    share_bp: int
    """Hundredths of a percent of each bill that is settled at their terminal, down to whole rials."""
    valid_from: date
    """The first day (Tehran) on which it holds."""
    valid_to: date | None
    """The day on which it holds no more; None: open end."""
    made_by: str
    """Maker, as a label."""
    made_at: datetime
    """Time of making, in UTC."""

    def applies_on(self, office: str, service: str, day: date) -> bool:
        """Return whether this rule is about that office and service, and in force on that day."""
        covers_subject = self.office in {None, office} and self.service in {None, service}
        return covers_subject and is_valid_on(self, day)

    @property
    def specificity(self) -> tuple[bool, bool]:
        """Degree of specificity: a rule of one office goes before one of a service, and both before a general one."""
        return self.office is not None, self.service is not None

    def share_of_amount(self, amount: int) -> int:
        """Return the office's share of an amount, whole rials."""
        return amount * self.share_bp // BASIS_POINTS


def parse_share(percent_text: str) -> int:
    """Read percent with at most two decimals as hundredths of a percent; `InvalidField("share")`."""
    percent_match = _PERCENT_PATTERN.fullmatch(fold_text(percent_text).replace("٫", "."))
    if not percent_match:
        raise InvalidField("share", InvalidReason.BAD_SHARE)
    return int(percent_match["whole"]) * BASIS_POINTS // 100 + int((percent_match["hundredths"] or "").ljust(2, "0"))


def find_commission_rule(
    rules: Iterable[CommissionRule], office: str, service: str, day: date
) -> CommissionRule | None:
    """Return the most specific rule in force on a day; None when nothing is paid."""
    return max(
        (rule for rule in rules if rule.applies_on(office, service, day)),
        key=lambda rule: rule.specificity,
        default=None,
    )


def rules_of_subject(rules: Iterable[CommissionRule], office: str | None, service: str | None) -> list[CommissionRule]:
    """Return the rules about the same office and service."""
    return [rule for rule in rules if (rule.office, rule.service) == (office, service)]


@dataclass(frozen=True, slots=True)
class CounterPayment:
    """A payment that an office reported, with what it earned by it."""

    at: datetime
    """Time of the report, in UTC."""
    bill_id: str
    """The digits that people pay by."""
    service: str
    """The request's, or the registry (duty, violation) of what was owed."""
    amount: int
    """In rials."""
    reference: str
    """The terminal's own number, without the office's code."""
    outcome: PaymentOutcome
    """Whether it settled the bill; a surplus payment earns nothing."""
    commission: int = 0
    """Commission earned by it, in rials, by the rules of that day."""
    rrn: str | None = None
    """The retrieval reference number of its receipt; None: not said."""
    terminal_id: str | None = None
    """The terminal of that receipt; None: not said."""
    paid_at: datetime | None = None
    """The moment on that receipt, with its zone; None: not said."""


@dataclass(slots=True)
class StatementLine:
    """One service in a statement; all amounts are rials."""

    service: str
    """The service's key, or the registry of what was owed; empty in the sums."""
    requests: int = 0
    """Number of requests brought in the period, whatever became of them."""
    payments: int = 0
    """Number of payments that settled a bill."""
    amount: int = 0
    """Sum of these payments."""
    surplus_payments: int = 0
    """Number of payments that go back to the citizen: they are counted apart and earn nothing."""
    surplus_amount: int = 0
    """Sum of these surplus payments."""
    request_commission: int = 0
    """Commission of the requests."""
    payment_commission: int = 0
    """Commission of the payments."""

    @property
    def commission(self) -> int:
        """Commission for the service, whole rials."""
        return self.request_commission + self.payment_commission

    def add_figures(self, other_line: "StatementLine") -> None:
        """Add another line's figures to this one's."""
        self.requests += other_line.requests
        self.payments += other_line.payments
        self.amount += other_line.amount
        self.surplus_payments += other_line.surplus_payments
        self.surplus_amount += other_line.surplus_amount
        self.request_commission += other_line.request_commission
        self.payment_commission += other_line.payment_commission


@dataclass(frozen=True, slots=True)
class Statement:
    """Statement of an office's requests, takings and earnings, by the ledger."""

    office: str
    """The code of the office."""
    first_day: date
    """From this day on (Tehran)."""
    end_day: date
    """Before this day."""
    lines: tuple[StatementLine, ...]
    """A service each, in the order of the services."""
    payments: tuple[CounterPayment, ...]
    """Every payment of the period, with what it earned."""

    @property
    def totals(self) -> StatementLine:
        """The sums of all lines; its service is empty."""
        total_line = StatementLine("")
        for line in self.lines:
            total_line.add_figures(line)
        return total_line


def cut_by_rule_changes(rules: Sequence[CommissionRule], first_day: date, end_day: date) -> list[tuple[date, date]]:
    """Cut the days from `first_day` on and before `end_day` into parts in which the rules stay the same."""
    change_days = {day for rule in rules for day in (rule.valid_from, rule.valid_to) if day}
    edge_days = [first_day, *sorted(day for day in change_days if first_day < day < end_day), end_day]
    return list(pairwise(edge_days))
