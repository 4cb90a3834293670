"""Which gateways are offered."""

from datetime import UTC, datetime

from domain.gateways.health import FAILURES_BEFORE_REST, REST, GatewayHealth

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def test_a_failing_gateway_rests_and_is_tried_again() -> None:
    health = GatewayHealth()
    for _ in range(FAILURES_BEFORE_REST):
        assert health.is_offered("mellat", NOW)
        health.note_failure("mellat", NOW)
    assert not health.is_offered("mellat", NOW)
    assert health.is_offered("saman", NOW)
    assert health.is_offered("mellat", NOW + REST)
    health.note_failure("mellat", NOW + REST)
    assert not health.is_offered("mellat", NOW + REST)
    assert health.is_offered("mellat", NOW + 2 * REST)


def test_a_session_that_opens_ends_the_count() -> None:
    health = GatewayHealth()
    for _ in range(FAILURES_BEFORE_REST - 1):
        health.note_failure("mellat", NOW)
    health.note_started("mellat")
    health.note_failure("mellat", NOW)
    assert health.is_offered("mellat", NOW)
