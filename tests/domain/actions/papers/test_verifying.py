"""Facts for anybody who scans a paper: genuine or not, good still or not, and nothing personal."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.papers.verifying import VerifiedPaper, verify_paper
from domain.actions.requests.erase import erase_request
from domain.actions.token_guessing import MOST_MISSES
from domain.language.printouts import PaperStatus
from domain.papers.document import PaperFact
from domain.values.actors import Role
from domain.values.errors import NotFound, TooManyRequests
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import OFFICER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE

ADDRESS = "203.0.113.7"


async def scan(town: Municipality, token: str, address: str = ADDRESS) -> VerifiedPaper:
    """Scan a paper."""
    return await verify_paper(town.desk, town.store, token, address)


async def token_of(town: Municipality, code: str, name: str = "letter_token") -> str:
    """The token of a request's paper."""
    return str((await town.request(code)).data[name])


async def test_a_delivery_form(town: Municipality) -> None:
    code = (await town.submit()).code
    for action, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await town.do(code, action, role)
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    paper = await scan(town, await token_of(town, code, "delivery_token"))
    assert (paper.status, paper.title, paper.service, paper.number, paper.day.isoformat()) == (
        PaperStatus.VALID,
        "فرم تحویل ماشین‌آلات سنگین",
        "کارکرد ماشین‌آلات",
        "",
        "2026-11-24",
    )
    assert paper.facts == (
        PaperFact("نام درخواست‌کننده", "آ… م…"),
        PaperFact("ماشین و ساعت کار", "لودر ۴ ساعت"),
        PaperFact("آغاز رزرو", "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰"),
    )
    await town.do(code, "complete", Role.CIVIL)
    assert (await scan(town, await token_of(town, code, "delivery_token"))).status is PaperStatus.VALID


async def test_a_letter_stays_genuine_when_its_request_is_erased(experts: Experts) -> None:
    town, code = experts.town, await experts.reach("closed")
    token = await token_of(town, code)
    before = await scan(town, token)
    assert (before.status, before.number) == (PaperStatus.VALID, "۱۴۰۵/ک/۱")
    assert before.facts == (PaperFact("نوع کارشناسی", "تفکیک"),)
    async with town.store.open_unit() as uow:
        await erase_request(ActorContext(town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست شهروند")
    assert await scan(town, token) == before


async def test_a_permit_through_its_life(taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("approved")
    token = await token_of(taxis.town, code)
    paper = await scan(taxis.town, token)
    assert (paper.status, paper.number) == (PaperStatus.VALID, "۱۴۰۵/ت/۱")
    assert [one.label for one in paper.facts] == [
        "نام راننده",
        "پلاک",
        "کد تاکسی",
        "از روز",
        "تا روز",
        "داخل یا خارج از شهر",
    ]
    assert paper.facts[0].value == "ع… ا…"
    taxis.town.advance(days=1)
    await taxis.town.run_timers()
    assert (await taxis.state(code), (await scan(taxis.town, token)).status) == ("in_effect", PaperStatus.VALID)
    await taxis.town.say(DRIVER_MOBILE, f"لغو {code}")
    assert (await taxis.state(code), (await scan(taxis.town, token)).status) == ("ended", PaperStatus.OVER)


@pytest.mark.parametrize(("action", "by"), [("revoke", OFFICER), ("withdraw", actor(Role.CITIZEN, DRIVER_MOBILE))])
async def test_a_permit_that_was_taken_back(taxis: TaxiOrganisation, action: str, by: object) -> None:
    code = await taxis.reach("approved")
    token = await token_of(taxis.town, code)
    await taxis.town.do(code, action, by, reason="تخلف")  # type: ignore[arg-type]
    assert (await scan(taxis.town, token)).status is PaperStatus.WITHDRAWN


async def test_nothing_personal_is_told(taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("in_effect")
    request = await taxis.town.request(code)
    told = str(await scan(taxis.town, await token_of(taxis.town, code)))
    for secret in (code, DRIVER_MOBILE[3:], request.data["driver"], request.data["driver_name"], "بیماری"):
        assert secret not in told


async def test_a_paper_in_whose_place_another_stands(town: Municipality) -> None:
    code = await town.reach("handed_over")
    token = await token_of(town, code, "delivery_token")
    async with town.store.open_unit() as uow:
        request = await uow.requests.get_by_code(parse_code(code), lock=True)
        request.data["delivery_token"] = "f" * 32
        await uow.requests.save(request)
    assert (await scan(town, token)).status is PaperStatus.WITHDRAWN


@pytest.mark.parametrize("token", ["", "x", "0" * 31, "0" * 33, "G" * 32, "۰" * 32, "' or 1=1 --", "0" * 32 + "\n"])
async def test_what_is_no_token_is_not_looked_up(town: Municipality, token: str) -> None:
    for _ in range(20):
        with pytest.raises(NotFound, match="token"):
            await scan(town, token)
    assert town.rows("SELECT * FROM hits") == []


async def miss(town: Municipality, address: str, times: int = MOST_MISSES) -> None:
    """Ask for papers that there are not."""
    for number in range(times):
        with pytest.raises(NotFound):
            await scan(town, f"{number:032x}", address)


async def test_misses_are_limited_for_each_address_and_a_genuine_paper_is_told_always(town: Municipality) -> None:
    token = await token_of(town, await town.reach("handed_over"), "delivery_token")
    await miss(town, ADDRESS)
    with pytest.raises(TooManyRequests):
        await scan(town, "f" * 32)
    assert (await scan(town, token)).status is PaperStatus.VALID, "whoever shares an address with a guesser is told"
    await miss(town, "198.51.100.1", 1)
    assert {row[0].partition("|")[0] for row in town.rows("SELECT key FROM hits")} >= {f"paper:{ADDRESS}"}
    counted = town.rows(f"SELECT count FROM hits WHERE key LIKE 'paper:{ADDRESS}|%'")  # noqa: S608 - of this module
    assert counted == [(MOST_MISSES,)], "what is refused costs nothing more"
    town.advance(hours=1)
    await miss(town, ADDRESS, 1)


async def test_an_address_of_ipv6_counts_as_its_network(town: Municipality) -> None:
    for number in range(MOST_MISSES):
        await miss(town, f"2001:db8:0:1::{number:x}", 1)
    with pytest.raises(TooManyRequests):
        await scan(town, "f" * 32, "2001:db8:0:1:ffff::1")
    await miss(town, "2001:db8:0:2::1", 1)


async def test_misses_and_guesses_by_sms_are_counted_apart(town: Municipality) -> None:
    await miss(town, ADDRESS, 2 * town.desk.policy.guess_limit_sender)
    code = await town.order(mobile=NEIGHBOUR)
    for _ in range(town.desk.policy.guess_limit_sender):
        assert (await town.say(CITIZEN, code)).key == "sms.status_of_other"
    assert (await town.say(CITIZEN, code)).key == "errors.too_many_requests"
    await miss(town, ADDRESS, 1)


async def test_scanning_a_genuine_paper_is_no_guessing(town: Municipality) -> None:
    token = await token_of(town, await town.reach("handed_over"), "delivery_token")
    for _ in range(2 * MOST_MISSES):
        assert (await scan(town, token)).status is PaperStatus.VALID
    assert not [row for row in town.rows("SELECT key FROM hits") if row[0].startswith("paper:")]
