"""A bank that asks before it takes the money, as Bale does: no order of events loses a rial of it."""

import pytest

from tests.simulation.payments import schedules
from tests.simulation.payments.exhaustive import explore
from tests.simulation.payments.profiles import ASKS_FIRST
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.schedules import draw_schedule, play, shrink

DRAWN = 1_500
DEPTH = 3
RULES = DriverRules()


@pytest.fixture(autouse=True)
def bank_that_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the only bank that there is."""
    monkeypatch.setattr(schedules, "PROFILES", (ASKS_FIRST,))


def test_drawn_schedules_break_no_rule() -> None:
    for seed in range(DRAWN):
        schedule = draw_schedule(seed)
        if play(schedule, RULES).violations:
            raise AssertionError(f"seed {seed}: {shrink(schedule, RULES)}")


def test_every_order_of_a_few_events_breaks_no_rule() -> None:
    found = explore((0, 0, 0, 0, 1), DEPTH, RULES)
    assert found.failure is None, str(found.failure)
    assert found.schedules > 200


def test_one_that_takes_the_money_unasked_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's conclusion from a missing number is wrong of any other bank, and the schedules say so."""
    monkeypatch.setattr("tests.simulation.payments.payers.allow_payment", lambda *_: True)
    assert any(play(draw_schedule(seed), RULES).violations for seed in range(DRAWN))
