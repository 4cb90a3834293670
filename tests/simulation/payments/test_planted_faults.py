"""Each planted fault is found: a simulation that finds nothing would prove nothing."""

from pathlib import Path

import pytest

from tests.simulation.payments.faults import FAULTS, PlantedFault
from tests.simulation.payments.schedules import HEAD, draw_schedule, play, shrink

BOUND = 6_000
"""Schedules within which each fault is found."""


def test_there_are_enough_of_them_each_with_a_name_and_a_line() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40
    assert all(fault.meaning for fault in FAULTS)


def test_the_page_counts_them() -> None:
    page = (Path(__file__).parents[3] / "docs" / "payment-simulation.md").read_text("utf-8")
    assert f"hold {len(FAULTS)} rules" in page


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_it_is_found(fault: PlantedFault) -> None:
    assert any(play(draw_schedule(seed, fault.head), fault.rules).violations for seed in range(BOUND)), fault.meaning


def test_what_is_found_is_shrunk_to_few_choices() -> None:
    fault = next(one for one in FAULTS if one.name == "SilenceIsFailure")
    schedule = next(
        drawn for seed in range(BOUND) if play(drawn := draw_schedule(seed, fault.head), fault.rules).violations
    )
    shrunk = shrink(schedule, fault.rules)
    assert shrunk.violations
    assert len(shrunk.schedule) - HEAD <= 8
    assert "call_bank" in str(shrunk)
