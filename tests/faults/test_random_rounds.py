"""Some rounds of the chaos run, and proof that a round can fail."""

import pytest

from tests.faults.conftest import Site
from tests.faults.support.round import Round
from tests.faults.support.round_plan import Plan, drawn
from tests.faults.support.state_checks import violations

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("seed", [3, 23])
async def test_a_drawn_round(site: Site, seed: int) -> None:
    result = await Round(site.office, site.expected, drawn(seed)).play()
    assert result.violations == []
    assert result.died


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
async def test_nothing_that_is_wrong_escapes(site: Site) -> None:
    await site.plays(Plan(0, ("orders", "cancels")))
    expected, panel = site.expected, site.office.panel
    orders, cancels = expected.citizens[-2:]
    lost = cancels.texts.pop()
    assert any("nobody sent" in one for one in await violations(site.office, expected))
    cancels.texts.append(lost)
    orders.told[orders.stored, "sms.help"] += 1
    assert any("not made" in one for one in await violations(site.office, expected))
    orders.told[orders.stored, "sms.help"] -= 1
    orders.events.append("cancel")
    assert len(await violations(site.office, expected)) == 2
    orders.events.pop()
    panel.sent.append(panel.sent[-1])
    assert any("2 times without a cause" in one for one in await violations(site.office, expected))
    panel.sent.pop()
    assert await violations(site.office, expected) == []
