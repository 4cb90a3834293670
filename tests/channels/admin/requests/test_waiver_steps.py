"""Steps of a request that let the citizen off a bill: known by what they do, and taken with a fresh proof alone."""

from collections.abc import Sequence

import pytest

from domain.authorization.request_policy import find_step_right
from domain.authorization.rights import RIGHTS, Right
from domain.blocks.charging import WaiveBills, list_request_bills
from domain.language.service import Transition
from domain.people.sessions import PROOF_FRESHNESS
from domain.requests.request import ServiceRequest
from domain.services import SERVICES
from domain.values.actors import Role
from tests.channels.admin.audit_reader import count_denials, list_audited
from tests.channels.admin.requests.test_request_pages import opened
from tests.channels.admin.test_return_to_page import carried
from tests.channels.admin.test_route_protection import PROOF
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.expert_opinions import PAPERS, STEPS, asked_opinion, price_opinions
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor

WHY = 'کار "عمومی" روستا'


@pytest.fixture
async def billed(site: StaffSite) -> ServiceRequest:
    """A machine whose bill is open."""
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    await site.demo.act(request.code, "price", Role.REVENUE)
    return request


def let_off() -> Sequence[tuple[str, Transition]]:
    """The steps of every service that waive bills, with the service's key."""
    return [
        (one.key, step) for one in SERVICES for step in one.transitions if any(e.settles_bills for e in step.effects)
    ]


def test_every_step_that_waives_needs_a_fresh_proof_whatever_it_is_called() -> None:
    found = let_off()
    assert {(key, step.name) for key, step in found} >= {("machinery", "waive_supplement"), ("expert", "waive")}
    assert all(RIGHTS[find_step_right(step, {})].needs_fresh_proof for _, step in found)
    forgiven = Transition("forgive", ("priced",), "done", frozenset({Role.CIVIL}), effects=(WaiveBills(),))
    assert find_step_right(forgiven, {}) == "requests.waive"
    others = [one for service in SERVICES for one in service.transitions if one not in [step for _, step in found]]
    assert {find_step_right(one, {"amount": ""}) for one in others} == {"requests.act"}
    own_price = {one.name for one in others if find_step_right(one, {"amount": "0"}) == "requests.waive"}
    assert own_price == {"price"}, "a price of one's own may let the citizen off as well"


def test_the_table_lets_take_the_step_whoever_may_take_steps_at_all() -> None:
    waive, act = RIGHTS[Right.REQUESTS_WAIVE], RIGHTS[Right.REQUESTS_ACT]
    assert (waive.roles, waive.allowed_outside) == (act.roles, act.allowed_outside), (
        "whose step it is, its declaration says"
    )


async def test_an_old_proof_is_asked_for_and_what_was_typed_comes_back(
    site: StaffSite, inside: Visitor, billed: ServiceRequest
) -> None:
    page = await opened(inside, "revenue", billed)
    path, typed = f"/staff/requests/{billed.code}/act/waive", {"version": read_version(page), "reason": WHY}
    site.clock.at += PROOF_FRESHNESS
    asked = await inside.post(path, 401, **typed)
    assert PROOF in asked
    assert f'action="{path}"' in asked
    assert carried(asked) == typed
    asked = await inside.post(path, 401, **carried(asked), proof_password="wrong")
    assert carried(asked) == typed
    assert (await site.request(billed.code)).state == "awaiting_payment"
    await inside.post(path, **carried(asked), proof_password=PASSWORD)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await list_request_bills(uow.bills, billed)
    assert (bill.state, bill.note) == ("waived", WHY)
    assert ("staff:revenue", "proved") in await list_audited(site)


async def test_a_price_of_one_s_own_needs_a_fresh_proof_and_the_tariff_s_none(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await opened(inside, "revenue", request)
    path, typed = f"/staff/requests/{request.code}/act/price", {"version": read_version(page), "reason": WHY}
    site.clock.at += PROOF_FRESHNESS
    assert PROOF in await inside.post(path, 401, **typed, amount="0")
    assert (await site.request(request.code)).state == "accepted"
    await inside.post(path, **typed, amount="")
    assert (await site.request(request.code)).state == "awaiting_payment"


async def test_a_step_that_is_refused_after_the_proof_stands_filled_in(
    site: StaffSite, inside: Visitor, billed: ServiceRequest
) -> None:
    await opened(inside, "revenue", billed)
    path, typed = f"/staff/requests/{billed.code}/act/waive", {"version": "0", "reason": WHY}
    site.clock.at += PROOF_FRESHNESS
    asked = await inside.post(path, 401, **typed)
    page = await inside.post(path, 409, **carried(asked), proof_password=PASSWORD)
    assert "کار &#34;عمومی&#34; روستا" in page
    assert (await site.request(billed.code)).state == "awaiting_payment"
    await inside.post(path, version=read_version(page), reason=WHY)


async def test_outside_the_code_is_asked_for_too(site: StaffSite, billed: ServiceRequest) -> None:
    secret = await site.enrolled("revenue")
    async with visitor(site, OUTSIDE) as revenue:
        await revenue.sign_in("revenue")
        await revenue.get("/staff/second-factor")
        await revenue.post("/staff/second-factor", code=site.code_of(secret))
        page = await revenue.get(f"/staff/requests/{billed.code}")
        path, typed = f"/staff/requests/{billed.code}/act/waive", {"version": read_version(page), "reason": WHY}
        site.clock.at += PROOF_FRESHNESS
        assert 'name="proof_code"' in await revenue.post(path, 401, **typed)
        assert PROOF in await revenue.post(path, 401, **typed, proof_password=PASSWORD)
        await revenue.post(path, **typed, proof_password=PASSWORD, proof_code=site.code_of(secret))
    assert (await site.request(billed.code)).state == "paid"


async def test_who_may_not_waive_is_not_asked_but_refused(
    site: StaffSite, inside: Visitor, billed: ServiceRequest
) -> None:
    page = await opened(inside, "civil", billed)
    site.clock.at += PROOF_FRESHNESS
    before = await count_denials(site)
    path = f"/staff/requests/{billed.code}/act"
    refused = await inside.post(f"{path}/waive", 403, version=read_version(page), reason=WHY)
    assert PROOF not in refused
    assert await count_denials(site) == before + 1
    await inside.post(f"{path}/cancel", version=read_version(page), reason=WHY)


async def test_another_service_is_no_exception(site: StaffSite, inside: Visitor) -> None:
    await price_opinions(site)
    request = await asked_opinion(site, *PAPERS)
    for action, role, inputs in STEPS[:3]:
        await site.demo.act(request.code, action, role, inputs)
    page = await opened(inside, "revenue", request)
    site.clock.at += PROOF_FRESHNESS
    path = f"/staff/requests/{request.code}/act/waive"
    assert PROOF in await inside.post(path, 401, version=read_version(page), reason=WHY)
