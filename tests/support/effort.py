"""Effort of the properties: a few settled examples in every run, or many fresh ones where `EFFORT` says so.

`EFFORT=40 pytest tests/properties` runs forty times as many examples of every property, drawn anew each time, and
longer walks. Without it the examples are the same in every run, so that a change alone makes a test fail.
"""

import os

from hypothesis import HealthCheck, Phase, settings

EFFORT = int(os.environ.get("EFFORT", "1"))
"""Factor on the usual number of examples."""


def examples(usual: int, *, cut_down: bool = True) -> settings:
    """Return settings for so many examples in a usual run; `cut_down` says whether one that fails is made smaller.

    Why each choice matters is never looked into (`Phase.explain`), which takes longer than the test.
    """
    return settings(
        max_examples=usual * EFFORT,
        deadline=None,
        derandomize=EFFORT == 1,
        phases=[Phase.reuse, Phase.generate, *([Phase.shrink] if cut_down else [])],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )
