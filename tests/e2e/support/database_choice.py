"""On which database a file's stories are told.

Every statement is proved on both by the contracts, and every service, with its side paths, is told on both. What
counters do besides is told on one, this or that; with `EFFORT` (`make chaos`) on both.
"""

import pytest

from tests.support.effort import EFFORT

ENGINES = ("sqlite", "postgresql")


def on_database(engine: str) -> pytest.MarkDecorator:
    """Mark a file's stories with their database."""
    engines = (engine,) if EFFORT == 1 else ENGINES
    return pytest.mark.parametrize("engine", engines, indirect=True)
