"""Lifetime of a session of the portal, and of the proof of a mobile in it."""

from dataclasses import replace
from datetime import timedelta

from domain.people.citizen_session import (
    PROOF_IDLE_LIMIT,
    PROOF_LIMIT,
    SESSION_LIFETIME,
    USE_INTERVAL,
    CitizenSession,
)
from tests.support.factories import MOBILE, NOW
from tests.support.tables import each_row

SECOND = timedelta(seconds=1)
UNPROVED = CitizenSession(1, "digest", "csrf", NOW, NOW)
PROVED = replace(UNPROVED, proved_mobile=MOBILE, proved_at=NOW)


def test_a_session_lives_a_month_from_its_last_use() -> None:
    assert UNPROVED.is_alive(NOW + SESSION_LIFETIME - SECOND)
    assert not UNPROVED.is_alive(NOW + SESSION_LIFETIME)
    assert not UNPROVED.is_alive(NOW - SESSION_LIFETIME), "made by a clock that was ahead"


@each_row(
    ("session", "after", "holds"),
    [
        (UNPROVED, timedelta(0), False),
        (PROVED, timedelta(0), True),
        (PROVED, PROOF_IDLE_LIMIT - SECOND, True),
        (PROVED, PROOF_IDLE_LIMIT, False),
        (replace(PROVED, last_used_at=NOW + PROOF_LIMIT - SECOND), PROOF_LIMIT - SECOND, True),
        (replace(PROVED, last_used_at=NOW + PROOF_LIMIT), PROOF_LIMIT, False),
        (PROVED, -PROOF_IDLE_LIMIT, False),
        (PROVED.without_proof(), timedelta(0), False),
    ],
)
def test_a_proof_holds_half_an_hour_from_the_last_use_and_half_a_day(
    session: CitizenSession, after: timedelta, holds: bool
) -> None:
    assert session.find_proved_mobile(NOW + after) == (MOBILE if holds else None)


def test_its_use_is_noted_once_a_minute() -> None:
    assert not UNPROVED.is_use_due(NOW + USE_INTERVAL - SECOND)
    assert UNPROVED.is_use_due(NOW + USE_INTERVAL)
