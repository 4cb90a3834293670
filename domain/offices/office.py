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
from domain.values.dated_rows import holds
from domain.values.errors import InvalidField
from domain.values.text import fold
from domain.values.version_token import VersionToken

LONGEST_NAME = 100
LONGEST_USERNAME = 40
SHORTEST_KEY = 16
MOST_NETWORKS = 50
MOST_LOCKS = 200
"""Source addresses of one office that are locked out at once; beyond, those that end first are let go."""

ACTS_KEEP = timedelta(days=400)
"""How long the answer of a call that changed something is given again to the same call id: longer than any software
repeats itself. It says where a request stands and names nobody; the erasure of the request takes it away.
"""

QUESTIONS_KEEP = timedelta(minutes=10)
"""The same for a call that only asked: repeated after a cut line it gets the same answer, a later question a fresh one.
Such answers hold whole forms, so they are not kept longer.
"""

WHOLE = 10_000
"""Hundredths of a percent in the whole."""

_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<hundredths>[0-9]{1,2}))?[%٪]?")
_USERNAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """A key as it is kept: `sealed` by a `Vault`. It is taken until `ends_at`, beside a newer one; None: open end."""

    sealed: str
    made_at: datetime
    ends_at: datetime | None

    def usable(self, now: datetime) -> bool:
        """Whether calls may still be signed with it."""
        return self.ends_at is None or now < self.ends_at


@dataclass(slots=True)
class Office:
    """A counter office. `code` (1–20 of A–Z, a–z, 0–9, «_», «-») names it, `username` is what its software signs in as.

    `networks` are those that it may call from (CIDR; empty: from anywhere). `locks` is source address → ISO moment
    until which wrong keys from there are told that it is locked out, after too many of them.
    """

    code: str
    name: str
    username: str
    keys: tuple[OfficeKey, ...]
    networks: tuple[str, ...]
    active: bool
    locks: dict[str, str]
    created_at: datetime

    @property
    def version_token(self) -> VersionToken:
        """The version of what its keepers write about it: its name and its networks."""
        return VersionToken.of_values(self.name, *self.networks)

    def usable_keys(self, now: datetime) -> tuple[OfficeKey, ...]:
        """Return the keys that a call may be signed with now, the newest first."""
        return tuple(sorted((one for one in self.keys if one.usable(now)), key=lambda one: one.made_at, reverse=True))

    def admits(self, address: str | None) -> bool:
        """Tell whether calls may come from that address; an unknown one is admitted only where none is asked for."""
        if not self.networks:
            return True
        try:
            source = ip_address(address or "")
        except ValueError:
            return False
        if isinstance(source, IPv6Address) and source.ipv4_mapped:
            source = source.ipv4_mapped
        return any(source in ip_network(network) for network in self.networks)

    def locked(self, address: str | None, now: datetime) -> bool:
        """Tell whether that address is locked out for now."""
        until = self.locks.get(address or "")
        return until is not None and now < datetime.fromisoformat(until)

    def unlock(self, address: str | None) -> None:
        """End the lock-out of that address."""
        self.locks = {source: end for source, end in self.locks.items() if source != (address or "")}

    def lock(self, address: str | None, until: datetime, now: datetime) -> None:
        """Lock that address out for a while; locks that are over are forgotten."""
        kept = {source: end for source, end in self.locks.items() if now < datetime.fromisoformat(end)}
        kept[address or ""] = until.isoformat()
        last = sorted(kept.items(), key=lambda one: datetime.fromisoformat(one[1]))[-MOST_LOCKS:]
        self.locks = dict(last)


def attempts_of(username: str, address: str = "") -> str:
    """Return under what refused tokens of a user name are counted: from one address, or the beginning of all of them.

    No user name of an office has «|» in it.
    """
    return f"counter|{username}|{address}"


def office_code(text: str) -> str:
    """Return an office's code; `InvalidField("code")`."""
    if not _CODE.fullmatch(text):
        raise InvalidField("code", detail="office_code")
    return text


def office_username(text: str) -> str:
    """Return what an office's software signs in as; `InvalidField("username")`."""
    if len(text) > LONGEST_USERNAME or not _USERNAME.fullmatch(text):
        raise InvalidField("username")
    return text


def network(text: str) -> str:
    """Return a network as CIDR, from an address or a network; `InvalidField("network")`."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise InvalidField("network") from None


@dataclass(frozen=True, slots=True)
class CommissionRule:
    """What offices earn: `per_request` rials for each request that they bring, and `share_bp` hundredths of a percent
    of each bill that is settled at their terminal, down to whole rials.

    `office` and `service` None: every one. Valid on days d (Tehran) with valid_from <= d < valid_to (None: open end).
    One that was withdrawn ends on its first day (domain/values/dated_rows.py).
    """

    id: int
    office: str | None
    service: str | None
    per_request: int
    share_bp: int
    valid_from: date
    valid_to: date | None
    made_by: str
    made_at: datetime

    def holds(self, office: str, service: str, day: date) -> bool:
        """Tell whether this rule is about that office and service, and in force on that day."""
        meant = self.office in {None, office} and self.service in {None, service}
        return meant and holds(self, day)

    @property
    def rank(self) -> tuple[bool, bool]:
        """How specific it is: a rule of one office goes before one of a service, and both before a general one."""
        return self.office is not None, self.service is not None

    def share(self, amount: int) -> int:
        """Return the office's share of an amount, whole rials."""
        return amount * self.share_bp // WHOLE


def share_of(text: str) -> int:
    """Read percent with at most two decimals as hundredths of a percent; `InvalidField("share")`."""
    given = _PERCENT.fullmatch(fold(text).replace("٫", "."))
    if not given:
        raise InvalidField("share", detail="bad_share")
    return int(given["whole"]) * WHOLE // 100 + int((given["hundredths"] or "").ljust(2, "0"))


def rule_for(rules: Iterable[CommissionRule], office: str, service: str, day: date) -> CommissionRule | None:
    """Return the most specific rule in force on a day; None when nothing is paid."""
    return max((one for one in rules if one.holds(office, service, day)), key=lambda one: one.rank, default=None)


def of_subject(rules: Iterable[CommissionRule], office: str | None, service: str | None) -> list[CommissionRule]:
    """Return the rules about the same office and service."""
    return [one for one in rules if (one.office, one.service) == (office, service)]


@dataclass(frozen=True, slots=True)
class CounterPayment:
    """A payment that an office reported, with what it earned by it. `reference` is its terminal's own; `rrn`,
    `terminal_id` and `paid_at` are what else its receipt said.

    `service` is the request's, or the registry (duty, violation) of what was owed.
    """

    at: datetime
    bill_id: str
    service: str
    amount: int
    reference: str
    outcome: PaymentOutcome
    commission: int = 0
    rrn: str | None = None
    terminal_id: str | None = None
    paid_at: datetime | None = None


@dataclass(slots=True)
class StatementLine:
    """One service in a statement. Requests are those brought in the period, whatever became of them; surplus payments
    (sent back to the citizen) are counted apart and earn nothing.
    """

    service: str
    requests: int = 0
    payments: int = 0
    amount: int = 0
    surplus_payments: int = 0
    surplus_amount: int = 0
    request_commission: int = 0
    payment_commission: int = 0

    @property
    def commission(self) -> int:
        """What the office earned by the service, whole rials."""
        return self.request_commission + self.payment_commission

    def add(self, other: "StatementLine") -> None:
        """Add another line's figures to this one's."""
        self.requests += other.requests
        self.payments += other.payments
        self.amount += other.amount
        self.surplus_payments += other.surplus_payments
        self.surplus_amount += other.surplus_amount
        self.request_commission += other.request_commission
        self.payment_commission += other.payment_commission


@dataclass(frozen=True, slots=True)
class Statement:
    """What an office brought, took in and earned from the day `first` on and before the day `last`, by the ledger."""

    office: str
    first: date
    last: date
    lines: tuple[StatementLine, ...]
    payments: tuple[CounterPayment, ...]

    @property
    def totals(self) -> StatementLine:
        """The sums of all lines; its service is empty."""
        whole = StatementLine("")
        for line in self.lines:
            whole.add(line)
        return whole


def spans(rules: Sequence[CommissionRule], first: date, last: date) -> list[tuple[date, date]]:
    """Cut the days from `first` on and before `last` into parts in which the rules stay the same."""
    changes = {day for one in rules for day in (one.valid_from, one.valid_to) if day}
    edges = [first, *sorted(day for day in changes if first < day < last), last]
    return list(pairwise(edges))
