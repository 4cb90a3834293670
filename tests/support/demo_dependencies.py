"""Dependencies of the demonstration's actions, at a moment of the test's own."""

from dataclasses import replace
from datetime import UTC, datetime

from app.configuration.settings import Settings
from app.demo.clock import DemoClock
from app.wiring import build_dependencies, build_vault
from domain.actions.dependencies import Dependencies

NOW = datetime.fromisoformat("2026-11-24T11:00:00+03:30").astimezone(UTC)
ADDRESS = "http://127.0.0.1:8080"
SETTINGS = Settings(demo=True)
VAULT = build_vault(SETTINGS)


def demo_dependencies_at(now: datetime) -> Dependencies:
    """The real desk under a clock that shows `now`."""
    desk = build_dependencies(SETTINGS)
    return replace(desk, engine=replace(desk.engine, clock=DemoClock(now)))
