"""Databases of a file's stories.

Every statement is proved on both by the contracts, and the straight story of every service, and whatever two do at the
same moment, is told on both. Side paths, and what counters do besides, are told on one, this or that; with `EFFORT`
(`make chaos`) on both.
"""

import pytest

from tests.support.effort import EFFORT

ENGINES = ("sqlite", "postgresql")


def on_database(engine: str) -> pytest.MarkDecorator:
    """Mark a story, or those of a file, with their database."""
    engines = (engine,) if EFFORT == 1 else ENGINES
    return pytest.mark.parametrize("engine", engines, indirect=True)
