"""Losses of an algorithm: the same schedules, measured by the bank's truth and not by anybody's rules."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from domain.gateways.attempt import PaymentAttempt
from domain.gateways.gateway import SaleState
from tests.simulation.payments.bank import BankSession
from tests.simulation.payments.ending import receive_settlement_file, run_unchecked
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.schedules import HEAD, draw_schedule, open_world, take_step
from tests.simulation.payments.world import World


@dataclass(slots=True)
class Losses:
    """Sums over schedules, in rials but for the last ones."""

    paid: int = 0
    """Amount paid by payers."""
    kept: int = 0
    """Taken from payers for good, and counted for nothing: it is at the bank, and nobody looks for it."""
    counted_without_money: int = 0
    """Counted as paid, and not the municipality's: services given for nothing."""
    given_back: int = 0
    """Paid rightly, and given back by our own call."""
    lapsed: int = 0
    """Paid rightly, the browser came back in time, and the bank took it back because nobody verified it."""
    falsehoods: int = 0
    """Payers whose page says something untrue in the end."""

    def add(self, other: "Losses") -> None:
        """Add another sum to this one."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def measure(seeds: Iterable[int], rules: DriverRules) -> Losses:
    """Play schedules to their ends, however wrong it goes, and add up what was lost."""
    losses = Losses()
    for seed in seeds:
        schedule = draw_schedule(seed)
        world = open_world(schedule, rules)
        world.is_checked = False
        for choice in schedule[HEAD:]:
            if take_step(world, choice) is None:
                break
        run_unchecked(world)
        unsettled = {one.order_number for one in world.bank.sessions.values() if one.state is SaleState.VERIFIED}
        lost_at_bank = {number for number in unsettled if not _is_watched(world, number)}
        receive_settlement_file(world)
        _add_losses(world, lost_at_bank, losses)
    return losses


def _is_watched(world: World, order_number: int) -> bool:
    """Tell whether somebody was told of a sale that lies at the bank, and the settlement file will be compared."""
    attempt = next(one for one in world.records.attempts.values() if one.order_number == order_number)
    return attempt.alert is not None and world.rules.reads_settlement_file


def _add_losses(world: World, lost_at_bank: set[int], losses: Losses) -> None:
    counted = _find_counted(world)
    for session in world.bank.sessions.values():
        if session.paid_at is None:
            continue
        losses.paid += session.amount
        is_kept = session.state is SaleState.SETTLED or session.order_number in lost_at_bank
        if session.state is SaleState.SETTLED:
            losses.kept += max(0, session.amount - counted.pop(session.order_number, 0))
        elif is_kept and session.order_number not in counted:
            losses.kept += session.amount
        is_right = session.amount == session.order_amount
        if is_right and session.reversed_by_us:
            losses.given_back += session.amount
        elif is_right and session.state is SaleState.REVERSED and not is_kept and _came_back(world, session):
            losses.lapsed += session.amount
    losses.counted_without_money += sum(counted.values())
    losses.falsehoods += sum(_is_told_falsely(world, one, lost_at_bank) for one in world.records.attempts.values())


def _find_counted(world: World) -> dict[int, int]:
    """Return what is counted, by the order of the sale that it is counted on."""
    counted: dict[int, int] = {}
    for number, attempt in enumerate(world.records.attempts.values()):
        amount = world.records.counted[attempt.id] + world.records.suspended[attempt.id]
        sale = world.get_sale(attempt)
        order = attempt.order_number if sale is None else sale.order_number
        key = order if order not in counted else -1 - number
        if amount:
            counted[key] = amount
    return counted


def _came_back(world: World, session: BankSession) -> bool:
    attempt = next(one for one in world.records.attempts.values() if one.order_number == session.order_number)
    return attempt.id in world.told and attempt.id not in world.overran


def _is_told_falsely(world: World, attempt: PaymentAttempt, lost_at_bank: set[int]) -> bool:
    statement, sale, session = world.records.get_statement(attempt), world.get_sale(attempt), world.get_session(attempt)
    if statement == "paid":
        return sale is None or sale.state is not SaleState.SETTLED or sale.amount != attempt.amount
    is_kept = session is not None and (session.state is SaleState.SETTLED or session.order_number in lost_at_bank)
    return statement in {"not_paid", "given_back"} and is_kept and attempt.id not in world.overran
