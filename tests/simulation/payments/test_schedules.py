"""Some thousands of drawn schedules and every order of a few events hold; `make chaos` plays a million."""

import pytest

from tests.simulation.payments.exhaustive import explore
from tests.simulation.payments.libraries import ALGORITHMS
from tests.simulation.payments.losses import Losses, measure
from tests.simulation.payments.profiles import PROFILES
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.schedules import draw_schedule, play, replay, shrink

DRAWN = 3_000
DEPTH = 3
RULES = DriverRules()


def test_drawn_schedules_break_no_rule() -> None:
    for seed in range(DRAWN):
        schedule = draw_schedule(seed)
        if play(schedule, RULES).violations:
            raise AssertionError(f"seed {seed}: {shrink(schedule, RULES)}")


@pytest.mark.parametrize("bank", range(len(PROFILES)), ids=[profile.name for profile in PROFILES])
def test_every_order_of_a_few_events_breaks_no_rule(bank: int) -> None:
    found = explore((bank, 0, 0, 0, 1), DEPTH, RULES)
    assert found.failure is None, str(found.failure)
    assert found.schedules > 200


def test_a_schedule_is_the_same_whenever_it_is_played() -> None:
    for seed in range(40):
        schedule = draw_schedule(seed)
        first, second = replay(schedule, RULES), replay(schedule, RULES)
        assert first == second
        assert replay(first.schedule, RULES).trace == first.trace, "least numbers are as good as those that were drawn"
        assert play(schedule, RULES).describe() == play(first.schedule, RULES).describe()


def test_the_machine_loses_nothing_where_others_do() -> None:
    losses = {name: measure(range(600), rules) for name, rules in ALGORITHMS.items()}
    ours, *others = losses.values()
    assert (ours.kept, ours.counted_without_money) == (0, 0)
    assert ours.paid > 10_000
    assert [one for one in others if _sum_losses(one) < 1_000] == []


def _sum_losses(losses: Losses) -> int:
    return losses.kept + losses.counted_without_money + losses.given_back
