"""Gateways that are offered."""

from datetime import UTC, datetime, timedelta

from domain.gateways.health import FAILURES_BEFORE_REST, REST, SessionResult, is_resting

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
FAILED, OPENED = SessionResult(NOW, False), SessionResult(NOW, True)
SECOND = timedelta(seconds=1)


def test_a_failing_gateway_rests_and_is_tried_again() -> None:
    results: list[SessionResult] = []
    for _ in range(FAILURES_BEFORE_REST):
        assert not is_resting(results, NOW)
        results.insert(0, FAILED)
    assert is_resting(results, NOW)
    assert is_resting(results, NOW + REST - SECOND)
    assert not is_resting(results, NOW + REST)
    results.insert(0, SessionResult(NOW + REST, False))
    assert is_resting(results, NOW + REST)
    assert not is_resting(results, NOW + 2 * REST)


def test_a_session_that_opens_ends_the_count() -> None:
    assert not is_resting([FAILED, OPENED, *[FAILED] * FAILURES_BEFORE_REST], NOW)
    assert not is_resting([OPENED, *[FAILED] * FAILURES_BEFORE_REST], NOW)
    assert is_resting([*[FAILED] * FAILURES_BEFORE_REST, OPENED], NOW)
