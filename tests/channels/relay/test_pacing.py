"""Pacing: parts a second whatever the texts' lengths, and waits that double, spread and end."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.relay.pacing import FIRST_DELAY, LONGEST_DELAY, Bucket, back_off


class Seconds:
    """A monotonic source that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_second_worth_of_parts_leaves_at_once_and_the_next_waits() -> None:
    seconds = Seconds()
    bucket = Bucket(4, seconds)
    assert [bucket.take_parts(2), bucket.take_parts(2)] == [0.0, 0.0]
    assert bucket.take_parts(1) == pytest.approx(0.25)
    assert bucket.take_parts(3) == pytest.approx(0.75)
    seconds.now += 0.75
    assert bucket.take_parts(3) == 0.0


def test_a_refused_take_takes_nothing() -> None:
    seconds = Seconds()
    bucket = Bucket(1, seconds)
    bucket.take_parts(1)
    assert [bucket.take_parts(1), bucket.take_parts(1)] == [pytest.approx(1.0), pytest.approx(1.0)]


def test_an_idle_bucket_holds_no_more_than_a_second() -> None:
    seconds = Seconds()
    bucket = Bucket(3, seconds)
    seconds.now += 3600
    assert bucket.take_parts(3) == 0.0
    assert bucket.take_parts(1) > 0


def test_a_text_longer_than_the_bucket_leaves_and_is_paid_off() -> None:
    seconds = Seconds()
    bucket = Bucket(2, seconds)
    assert bucket.take_parts(6) == 0.0
    assert bucket.take_parts(1) == pytest.approx(2.5)
    seconds.now += 2.5
    assert bucket.take_parts(1) == 0.0


def test_a_slow_rate_lets_single_parts_through() -> None:
    seconds = Seconds()
    bucket = Bucket(0.5, seconds)
    assert bucket.take_parts(1) == 0.0
    assert bucket.take_parts(1) == pytest.approx(2.0)


def test_a_pause_holds_everything_and_ends() -> None:
    seconds = Seconds()
    bucket = Bucket(10, seconds)
    bucket.pause_for(5)
    assert bucket.take_parts(1) == pytest.approx(5.0)
    seconds.now += 5
    assert bucket.take_parts(1) == 0.0


def test_a_rate_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Bucket(0, Seconds())


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 50), st.lists(st.integers(1, 8), min_size=1, max_size=40))
def test_no_stretch_of_time_lets_more_through_than_the_rate(rate: float, texts: list[int]) -> None:
    seconds = Seconds()
    bucket = Bucket(rate, seconds)
    begun, sent = seconds.now, 0
    for parts in texts:
        for _ in range(3):
            wait = bucket.take_parts(parts)
            if not wait:
                break
            seconds.now += wait + 1e-9
        else:
            pytest.fail("the bucket promised a wait that was not enough")
        sent += parts
        assert sent - parts <= max(rate, 1) + rate * (seconds.now - begun) + 1e-3


def test_waits_double_up_to_the_longest() -> None:
    assert [back_off(attempts, 0.0) for attempts in (1, 2, 3)] == [FIRST_DELAY / 2, FIRST_DELAY, FIRST_DELAY * 2]
    assert back_off(1000, 0.999999) < LONGEST_DELAY
    assert back_off(1000, 0.0) == LONGEST_DELAY / 2


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_chance_spreads_over_the_second_half(attempts: int, fraction: float) -> None:
    wait = back_off(attempts, fraction)
    assert back_off(attempts, 0.0) <= wait <= 2 * back_off(attempts, 0.0)
    assert timedelta(0) < wait <= LONGEST_DELAY
