"""One simulated town, bank and clock. Whoever acts in it (`starts.py`, `payers.py`, `workers.py` …) is given this."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.gateways.attempt import GatewayCall, PaymentAttempt
from domain.gateways.gateway import (
    CardRefund,
    CardRefundAnswer,
    GatewayAnswer,
    GatewayCallback,
    PaymentPage,
    StartRefusal,
)
from tests.simulation.payments.bank import BankSession, SimulatedBank
from tests.simulation.payments.options import Taste
from tests.simulation.payments.profiles import BankProfile
from tests.simulation.payments.records import MunicipalRecords
from tests.simulation.payments.rules import DriverRules

START_OF_TIME = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
FIRST_ORDER = 101


@dataclass(frozen=True, slots=True)
class Town:
    """Bills of a town (rials), and those that each attempt would pay."""

    name: str
    amounts: tuple[int, ...]
    attempts: tuple[tuple[int, ...], ...]


TOWNS = (
    Town("one bill, one attempt", (100,), ((0,),)),
    Town("one bill, two attempts", (100,), ((0,), (0,))),
    Town("two bills at once", (100, 250), ((0, 1),)),
    Town("two payers", (100, 100), ((0,), (1,))),
    Town("two bills at once, one of them once more", (100, 250), ((0, 1), (0,))),
)


@dataclass(frozen=True, slots=True)
class Mood:
    """Limits of each kind of event in a schedule: those with little of the rest go deeper into one kind."""

    faults: int
    """Calls that fail and processes that die."""
    forgeries: int
    clerk_acts: int
    refunds: int


MOODS = (
    Mood(faults=3, forgeries=2, clerk_acts=2, refunds=1),
    Mood(faults=6, forgeries=0, clerk_acts=0, refunds=0),
    Mood(faults=5, forgeries=2, clerk_acts=0, refunds=0),
    Mood(faults=1, forgeries=2, clerk_acts=0, refunds=0),
    Mood(faults=1, forgeries=0, clerk_acts=2, refunds=1),
    Mood(faults=4, forgeries=0, clerk_acts=0, refunds=3),
    Mood(faults=0, forgeries=0, clerk_acts=1, refunds=1),
)


class StartProcess:
    """The page that begins an attempt: where it is, and what the bank gave it."""

    __slots__ = ("has_left", "phase", "result")

    def __init__(self) -> None:
        self.phase = "new"
        self.result: PaymentPage | StartRefusal | None = None
        self.has_left = False
        """Whether the payer's browser is at the bank."""


class WorkerProcess:
    """A process that moves attempts or refunds: what it holds between its lines."""

    __slots__ = ("answer", "asked", "asked_at", "call", "phase", "refund_answer", "target", "token")

    def __init__(self) -> None:
        self.target = self.token = 0
        self.asked: PaymentAttempt | None = None
        self.asked_at = START_OF_TIME
        self.reset()

    def reset(self) -> None:
        """Start afresh, also after a death."""
        self.phase = "idle"
        self.call: GatewayCall | None = None
        self.answer: GatewayAnswer | None = None
        self.refund_answer: CardRefundAnswer | None = None

    def describe(self) -> tuple[object, ...]:
        """Return all that tells it from another."""
        return (self.phase, self.call, self.target, self.asked, self.asked_at, self.answer, self.refund_answer)


class FlyingCallback:
    """Callback that a browser may still bring, once, twice or never."""

    __slots__ = ("callback", "deliveries_left", "order_number")

    def __init__(self, callback: GatewayCallback, order_number: int) -> None:
        self.callback, self.order_number, self.deliveries_left = callback, order_number, 2


class World:
    """Everything there is, at one moment."""

    __slots__ = (
        "bank",
        "callbacks",
        "clerk_acts_left",
        "declined",
        "faults_left",
        "forgeries_left",
        "is_checked",
        "late_requests",
        "long_jumps_left",
        "machine",
        "mood",
        "now",
        "overran",
        "profile",
        "records",
        "refund_machine",
        "refund_worker",
        "refunds_left",
        "rules",
        "starts",
        "steps",
        "tampered",
        "taste",
        "tokens",
        "told",
        "told_unpaid",
        "town",
        "violations",
        "workers",
    )

    def __init__(self, profile: BankProfile, town: Town, rules: DriverRules, mood: Mood) -> None:
        self.profile, self.town, self.rules, self.now = profile, town, rules, START_OF_TIME
        self.bank = SimulatedBank(profile, self.now)
        self.records = MunicipalRecords(rules, town.amounts, self.now)
        self.machine, self.refund_machine = rules.machine(profile.capabilities), rules.refund_machine()
        self.starts = [StartProcess() for _ in town.attempts]
        self.workers = (WorkerProcess(), WorkerProcess())
        self.refund_worker = WorkerProcess()
        self.callbacks: list[FlyingCallback] = []
        self.late_requests: list[tuple[datetime, CardRefund]] = []
        self.tokens = 0
        self.mood, self.faults_left, self.forgeries_left = mood, mood.faults, mood.forgeries
        self.clerk_acts_left, self.refunds_left = mood.clerk_acts, mood.refunds
        self.steps, self.long_jumps_left = 0, 2
        self.taste: Taste | None = None
        self.is_checked = True
        self.declined: set[int] = set()
        self.overran: set[int] = set()
        self.tampered: set[int] = set()
        self.told: set[int] = set()
        self.told_unpaid: set[int] = set()
        self.violations = self.records.violations

    def move_clock(self, moment: datetime) -> None:
        """Let time pass, and with it what the bank and the network do by themselves."""
        self.now = self.records.now = self.bank.now = moment
        self.bank.refresh()
        arrived = [one for one in self.late_requests if one[0] <= moment]
        for one in arrived:
            self.late_requests.remove(one)
            self.bank.refund(one[1])

    def find_next_moment(self) -> datetime | None:
        """Return when the next thing happens that time alone brings about on our side."""
        moments = [one.next_step_at for one in self.records.attempts.values() if one.next_step_at is not None]
        moments += [one.next_step_at for one in self.records.refunds.values() if one.next_step_at is not None]
        moments += [until for _, until in self.records.claims.values() if until is not None]
        moments += [until for _, until in self.records.refund_claims.values() if until is not None]
        moments += [moment for moment, _ in self.late_requests]
        return min((moment for moment in moments if moment > self.now), default=None)

    def get_session(self, attempt: PaymentAttempt) -> BankSession | None:
        """Return the bank's session of an attempt."""
        return self.bank.sessions.get(attempt.order_number)

    def get_sale(self, attempt: PaymentAttempt) -> BankSession | None:
        """Return the bank's sale that an attempt lives on: where the bank compares no orders, any may be."""
        if self.profile.compares_order:
            return self.bank.sessions.get(attempt.order_number)
        return next((one for one in self.bank.sessions.values() if one.number == attempt.sale_number), None)

    def new_token(self) -> int:
        """Return a token for a claim."""
        self.tokens += 1
        return self.tokens

    def summarise(self) -> tuple[object, ...]:
        """Return what came of it: bank, attempts, bills, money."""
        records = self.records
        attempts = ((one.state, one.alert, one.unanswered_calls, one.sale_number) for one in records.attempts.values())
        return (
            self.profile.name,
            self.town.name,
            self.bank.describe(),
            tuple(attempts),
            tuple(bill.state for bill in records.bills),
            tuple((one.state, one.amount, one.unanswered_calls) for one in records.refunds.values()),
            tuple(records.ledger.balances.values()),
            records.returned_by_iban,
        )

    def describe(self) -> tuple[object, ...]:
        """Return all that tells it from another world: two that are described alike have the same futures."""
        records = self.records
        return (
            self.now,
            self.bank.describe(),
            tuple(records.attempts.values()),
            tuple(records.claims.items()),
            tuple(bill.state for bill in records.bills),
            tuple(records.refunds.values()),
            tuple(records.refund_claims.items()),
            tuple((one.amount, one.attempt_id) for one in records.due_refunds),
            tuple(records.counted.items()),
            tuple((one.phase, one.has_left, repr(one.result)) for one in self.starts),
            tuple(one.describe() for one in self.workers),
            self.refund_worker.describe(),
            tuple((one.order_number, one.callback.is_paid, one.deliveries_left) for one in self.callbacks),
            tuple(self.late_requests),
            (self.faults_left, self.forgeries_left, self.clerk_acts_left, self.refunds_left, self.long_jumps_left),
            (
                tuple(self.declined),
                tuple(self.told),
                tuple(self.tampered),
                tuple(self.told_unpaid),
                tuple(self.overran),
            ),
        )


def pass_time(world: World) -> None:
    """Let the clock jump to the next thing that is due."""
    world.move_clock(world.find_next_moment() or world.now + timedelta(minutes=1))


def pass_half_an_hour(world: World) -> None:
    """Let the clock jump over much that was due."""
    world.long_jumps_left -= 1
    world.move_clock(world.now + timedelta(minutes=31))


def pass_most_of_session(world: World) -> None:
    """Let the clock jump to the last seconds of the youngest session, by our clock; the bank's goes on for longer."""
    world.long_jumps_left -= 1
    ends = max(attempt.session_ends_at for attempt in world.records.attempts.values())
    world.move_clock(max(world.now, ends - timedelta(seconds=30)))
