"""Requests of each service that are taken up again: a leave before its days alone, an opinion with its papers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests import reopen
from domain.actions.requests.submit import submit_request
from domain.blocks.papers_pending import find_missing_papers
from domain.language.locks import FieldLock
from domain.language.service import Guard, StepContext
from domain.repositories import RegistryRepositories
from domain.requests.request import ServiceRequest
from domain.services.call_back.declaration import CALL_BACK
from domain.services.expert.kinds import OPINION_PAPERS
from domain.values.actors import Actor, Role
from domain.values.errors import NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import OFFICER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, a_duty


async def reopened(town: Municipality, code: str, by: Actor) -> ServiceRequest:
    """Take up a finished request again; return the new one."""
    async with town.store.open_unit() as uow:
        return (
            await reopen.reopen_request(ActorContext(town.desk, uow, by), parse_code(code), "دوباره")
        ).outcome.request


async def test_an_ended_leave_is_not_offered_again(taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("ended")
    rated = await taxis.town.say(DRIVER_MOBILE, f"امتیاز {code} ۱")
    assert rated.key == "sms.rated_low_only"
    assert (await taxis.town.say(DRIVER_MOBILE, "۱")).key != "sms.reopened"
    for by in (OFFICER, actor(Role.CITIZEN, DRIVER_MOBILE)):
        with pytest.raises(NotAllowedNow, match="leave_begun"):
            await reopened(taxis.town, code, by)
    assert len(await taxis.town.requests_of(DRIVER_MOBILE)) == 1


async def test_a_rejected_leave_is_taken_up_before_its_days(taxis: TaxiOrganisation) -> None:
    await a_duty(taxis.town)
    code = await taxis.reach("under_review")
    await taxis.town.do(code, "reject", OFFICER, reason="تاکسی کم است")
    new = await reopened(taxis.town, code, OFFICER)
    assert (new.state, new.fields["open_duties"], new.subject_key) == ("submitted", 2_500_000, "12ت345-59")
    assert "reason" not in new.data


async def test_the_papers_of_an_opinion_are_carried_over(experts: Experts) -> None:
    town = experts.town
    code = await experts.reach("submitted")
    await experts.add(code, "deed", "national_card", "plan")
    await town.do(code, "reject", Role.EXPERT, reason="ملک بیرون از شهر است")
    new = await reopened(town, code, actor(Role.MANAGER))
    async with town.store.open_unit(write=False) as uow:
        assert await find_missing_papers(uow.documents, OPINION_PAPERS, new) == ()
        files = await uow.documents.list_of_request(new.id)
    assert [one.field for one in files] == ["deed", "national_card", "plan"]
    assert "مدارک مانده" not in (await town.say(CITIZEN, new.code)).text
    [event] = [one for one in await town.history(new.code) if one.event == "carry_papers"]
    assert (event.payload or {})["of"] == code
    assert (await town.request(new.code)).head_seq == 2


@dataclass(frozen=True)
class NotedLock(FieldLock):
    """A lock that says when it is taken."""

    taken: list[str] = field(default_factory=list)

    async def take(self, uow: RegistryRepositories, values: Mapping[str, Any], name: str) -> None:
        """Note its name."""
        self.taken.append(name)
        await super().take(uow, values, name)


class AnyCall(Guard):
    """A guard that holds, over what it locked."""

    locks = (NotedLock("about"),)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Return that it does."""
        return True


async def test_what_a_submission_holds_is_held_once_for_a_reopening(database: Path) -> None:
    service, clock = replace(CALL_BACK, submit_guards=(AnyCall(),)), StandingClock()
    secretary, (lock,) = actor(Role.SECRETARIAT), AnyCall.locks
    async with municipality(database, build_desk(clock, services=(service,)), clock) as town:
        async with town.store.open_unit() as uow:
            context = ActorContext(town.desk, uow, secretary)
            code = (await submit_request(context, service.key, {"about": "قبض"}, CITIZEN)).request.code
        await town.do(code, "withdraw", secretary)
        assert lock.taken == ["call_back:about:قبض"]
        await reopened(town, code, secretary)
        assert lock.taken == ["call_back:about:قبض"] * 2
