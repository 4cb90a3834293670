"""Questions when somebody comes, calls, answers or pays: answered by how the request stands, in every service."""

import pytest

from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE

REPORT = "شکایت تاکسی ۱۲ت۳۴۵-۵۹ راننده بدرفتاری کرد و کرایه زیاد گرفت"


@pytest.mark.parametrize("text", ["کی میان؟", "پس کی زنگ میزنید", "چه ساعتی میاید؟"])
@pytest.mark.parametrize("state", ["submitted", "awaiting_payment", "paid", "scheduled"])
async def test_when_somebody_comes_is_answered_after_every_step(town: Municipality, state: str, text: str) -> None:
    code = await town.reach(state)
    heard = await town.say(CITIZEN, text)
    assert (heard.key, heard.code) == (f"services.machinery.status.{state}", code)


async def test_a_machine_that_does_not_come_is_told_as_late_and_its_unit_hears_once(town: Municipality) -> None:
    code = await town.reach("scheduled")
    town.advance(hours=48)
    for _ in range(2):
        heard = await town.say(CITIZEN, "کی میان؟")
        assert (heard.key, heard.code) == ("services.machinery.late.scheduled", code)
    assert [event.event for event in await town.history(code)].count("sla_broken") == 1


@pytest.mark.parametrize("text", ["کارشناس کی میاد؟", "پس کی جواب میدید"])
@pytest.mark.parametrize("state", ["submitted", "assigned", "visited", "awaiting_payment", "paid", "answered"])
async def test_when_an_expert_comes_or_answers(experts: Experts, state: str, text: str) -> None:
    code = await experts.reach(state)
    heard = await experts.town.say(CITIZEN, text)
    assert heard.code == code
    assert heard.key in {f"services.expert.{kind}.{state}" for kind in ("status", "pending")}


@pytest.mark.parametrize("text", ["کی جواب میدید", "کی معلوم میشه؟"])
@pytest.mark.parametrize("state", ["submitted", "under_review", "approved"])
async def test_when_a_leave_is_decided(taxis: TaxiOrganisation, state: str, text: str) -> None:
    code = await taxis.reach(state)
    heard = await taxis.town.say(DRIVER_MOBILE, text)
    assert (heard.key, heard.code) == (f"services.taxi_leave.status.{state}", code)


@pytest.mark.parametrize("text", ["کی رسیدگی میکنید", "نتیجش کی معلوم میشه؟"])
async def test_when_a_report_is_decided(taxis: TaxiOrganisation, text: str) -> None:
    code = (await taxis.town.say(CITIZEN, REPORT)).code
    heard = await taxis.town.say(CITIZEN, text)
    assert heard.code == code
    assert "مهلت پاسخ" in heard.text
