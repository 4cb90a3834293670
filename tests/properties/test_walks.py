"""Random walks over every declaration: whatever people, banks and time do, in every role, the rules hold.

Every step of every service is walked to, out of every state that it is declared for, and on from there at random.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.language.service import Service
from tests.properties.support.walk_leads import Edge, edges
from tests.properties.support.walk_moves import CHANNELS
from tests.properties.support.walks import Walk, walk_to
from tests.properties.support.whole_town import WALKED
from tests.support.effort import EFFORT, examples


def test_every_channel_that_a_form_knows_is_walked() -> None:
    assert {channel for one in WALKED for field in one.form for channel in field.deferred_in} <= set(CHANNELS)


EDGES = [pytest.param(one, edge, id=f"{one.key}-{edge.name}") for one in WALKED for edge in edges(one)]


@pytest.mark.parametrize(("service", "edge"), EDGES)
def test_the_rules_hold_to_every_step_and_from_there(furnished: Path, service: Service, edge: Edge) -> None:
    walks: list[Walk] = []

    @examples(1, cut_down=EFFORT > 1)
    @given(st.data())
    def walk(draw: st.DataObject) -> None:
        walks.append(walk_to(furnished, service, edge, draw))

    walk()
    unreached = f"name an answer that leads there in tests/domain/services/{service.key}/walk_answers.py"
    assert any(edge in one.gone for one in walks), unreached
