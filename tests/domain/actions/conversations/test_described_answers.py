"""Questions that somebody cannot answer: what stands in for the answer in own words, and what is explained."""

import pytest

from domain.values.actors import Role
from tests.support.municipality import CITIZEN
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import OFFICER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import AUXILIARY_CODE

EXPERT = "services.expert.fields"


async def test_a_taxi_whose_plate_was_not_seen_is_described(taxis: TaxiOrganisation) -> None:
    town = taxis.town
    assert (
        await town.says("شکایت از تاکسی دارم", "پلاکشو ندیدم")
    ).key == "services.taxi_report.fields.taxi_description.prompt"
    assert (await town.says("پژو سفید بود دیشب ساعت ۹ میدان")).key == "services.taxi_report.fields.text.prompt"
    summary = await town.says("کرایه دو برابر گرفت")
    assert "تاکسی پژو سفید بود دیشب ساعت ۹ میدان\nکرایه دو برابر گرفت" in summary.text
    code = (await town.say(CITIZEN, "بله")).code
    await taxis.does(code, "take")
    await town.do(code, "record", OFFICER, kind="overcharge", driver=AUXILIARY_CODE)
    assert await taxis.state(code) == "recorded", "the officer found out who drove"


async def test_a_description_beside_the_lack_and_a_plate_in_its_place_are_taken(taxis: TaxiOrganisation) -> None:
    summary = await taxis.town.says("شکایت از راننده تاکسی کرایه زیاد گرفت", "ندیدم پلاکشو ولی پژو سفید با برچسب مدرسه")
    assert "تاکسی پژو سفید با برچسب مدرسه\n" in summary.text
    other = await taxis.town.says("انصراف", "شکایت از راننده تاکسی کرایه زیاد گرفت", "ندیدم", "12ت345-59")
    assert "تاکسی ۱۲ت۳۴۵-۵۹\n" in other.text


@pytest.mark.parametrize("matter", ["دیوار خونه‌م ترک خورده", "می‌خوام مغازه‌مو سند بزنم"])
async def test_a_matter_that_no_list_names_is_of_the_rest(experts: Experts, matter: str) -> None:
    taken = await experts.town.says("کارشناسی", matter)
    assert (taken.key, taken.text.splitlines()[0]) == (f"{EXPERT}.national_code.prompt", "نوع کارشناسی: سایر")
    summary = await experts.town.says("0084575948", "4917653948")
    assert (summary.key, matter in summary.text) == ("services.expert.summary", True)


@pytest.mark.parametrize("text", ["چرا قبول نمی‌کنید؟", "خجالت بکشید از مردم", "سلام خسته نباشید", "نه"])
async def test_what_describes_nothing_chooses_nothing(experts: Experts, text: str) -> None:
    await experts.town.says("کارشناسی", text)
    assert "۷ سایر" in (await experts.town.says("زمین")).text


@pytest.mark.parametrize("asked", [("لودر لازم دارم",), ("لودر ۳ ساعت فردا ساعت ۸",), ("کارشناسی",)])
@pytest.mark.parametrize("text", ["نمی‌فهمم چی می‌خواید", "چرا اینقدر سوال می‌پرسید", "یعنی چی"])
async def test_who_does_not_see_what_is_asked_hears_it_in_other_words(
    experts: Experts, asked: tuple[str, ...], text: str
) -> None:
    assert (await experts.town.says(*asked, text)).key.endswith(".help")


@pytest.mark.parametrize("asked", ["لودر لازم دارم", "لودر ۳ ساعت فردا ساعت ۸"])
async def test_another_service_amid_a_form_is_begun_and_the_form_waits(experts: Experts, asked: str) -> None:
    question = await experts.town.says(asked)
    assert (await experts.town.says("نظر کارشناسی می‌خوام")).key.startswith(f"{EXPERT}.kind")
    assert question.text in (await experts.town.says("انصراف")).text


async def test_a_complaint_beside_its_summary_asks_no_price(taxis: TaxiOrganisation) -> None:
    await taxis.town.says("شکایت دارم از راننده", "ندیدم", "پژو سفید دم میدان", "بد حرف زد")
    assert (await taxis.town.says("کرایه دو برابر گرفت")).key == "services.taxi_report.summary"


async def test_who_repeats_an_answer_hears_that_it_has_arrived(experts: Experts) -> None:
    code = await experts.town.order()
    assert (await experts.town.says("نه منظورم این نبود")).key == "sms.unknown_after_request"
    await experts.town.do(code, "ask", Role.CIVIL, question="زمین چند متر است؟")
    await experts.town.says("۲۰۰ متر")
    assert (await experts.town.says("۲۰۰ متر")).key == "sms.unknown_after_answer"
