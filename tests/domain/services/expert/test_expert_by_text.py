"""Expert opinions by text: in one message, asked field by field, prices, what is explained."""

import pytest

from domain.values.message_parts import count_parts
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality
from tests.support.scenarios.expert_unit import ASKING, FEE, METRE_FEE, VISIT_FEE, Experts

PROMPTS = "services.expert.fields"


@pytest.fixture
def town(experts: Experts) -> Municipality:
    """The experts' town."""
    return experts.town


async def test_everything_in_one_text(town: Municipality) -> None:
    heard = await town.say(CITIZEN, ASKING)
    assert heard.key == "services.expert.notices.submit"
    assert "سند مالکیت، کارت ملی، نقشه را هنگام بازدید به کارشناس بدهید." in heard.text
    assert (await town.request(heard.code)).fields == {
        "kind": "subdivision",
        "national_code": "0499370899",
        "postal_code": "4947113456",
        "text": "زمین پشت مدرسه",
    }


async def test_asked_one_by_one_then_summed_up(town: Municipality) -> None:
    asked = await town.say(CITIZEN, "کارشناسی")
    assert asked.key == f"{PROMPTS}.kind.prompt"
    assert "۱ ارزیابی ملک\n۲ تفکیک\n۳ پروانه ساختمان" in asked.text
    assert (await town.say(CITIZEN, "6")).key == f"{PROMPTS}.national_code.prompt"
    assert (await town.say(CITIZEN, "۰۴۹۹۳۷۰۸۹۹")).key == f"{PROMPTS}.postal_code.prompt"
    assert (await town.say(CITIZEN, "4947113456")).key == f"{PROMPTS}.text.prompt"
    summary = await town.say(CITIZEN, "دو کاج خشک جلوی خانه")
    assert summary.text.startswith(
        "حق کارشناسی، برآورد هزینه ۵٬۵۰۰٬۰۰۰ ریال:\nقطع درخت، کد ملی ۰۴۹۹۳۷۰۸۹۹\nملک ۴۹۴۷۱۱۳۴۵۶\nدو کاج خشک جلوی خانه\n"
    )
    code = (await town.say(CITIZEN, "تایید")).code
    assert (await town.request(code)).fields["kind"] == "tree_felling"


@pytest.mark.parametrize(
    ("said", "kind"),
    [("پایان کار", "completion"), ("ارزش گذاری", "valuation"), ("درخت", "tree_felling"), ("متفرقه", "other")],
)
async def test_a_kind_is_named_in_any_words(town: Municipality, said: str, kind: str) -> None:
    await town.says("کارشناسی", said, "0499370899", "4947113456", "خانه")
    assert (await town.request((await town.say(CITIZEN, "1")).code)).fields["kind"] == kind


async def test_a_wrong_kind_is_asked_again(town: Municipality) -> None:
    heard = await town.says("کارشناسی", "چاه آب")
    assert heard.text.startswith("«چاه آب» در فهرست نیست.\n")
    assert (await town.say(CITIZEN, "8")).text.startswith("شماره‌ای از فهرست بفرستید.")
    assert (await town.say(CITIZEN, "2")).key == f"{PROMPTS}.national_code.prompt"


async def test_a_renovation_code_answers_for_the_postal_code(town: Municipality) -> None:
    heard = await town.says("کارشناسی تفکیک", "0499370899", "۲-۱۴-۱۵-۲۰", "زمین")
    assert "\nملک ۲-۱۴-۱۵-۲۰\n" in heard.text
    code = (await town.say(CITIZEN, "1")).code
    assert (await town.request(code)).fields["renovation_code"] == "2-14-15-20"
    named = await town.say(NEIGHBOUR, "کارشناسی تفکیک 0499370899 کد نوسازی 3-1-12 زمین")
    assert (await town.request(named.code)).fields["renovation_code"] == "3-1-12"


async def test_a_wrong_postal_code_is_asked_again(town: Municipality) -> None:
    heard = await town.says("کارشناسی تفکیک", "0499370899", "1111111111")
    assert "کد پستی" in heard.text
    assert (await town.say(CITIZEN, "4947113456")).key == f"{PROMPTS}.text.prompt"


async def test_who_is_known_is_not_asked_for_the_national_code(town: Municipality) -> None:
    await town.say(CITIZEN, ASKING)
    assert (await town.say(CITIZEN, "کارشناسی تفکیک")).key == f"{PROMPTS}.postal_code.prompt"
    summary = await town.says("4947113456", "زمین دیگر")
    assert "کد ملی ۰۴۹۹۳۷۰۸۹۹" in summary.text
    other = await town.say(CITIZEN, "کارشناسی تفکیک کد ملی 0084575948 کد پستی 4947113456 خانه")
    assert "۰۰۸۴۵۷۵۹۴۸" in other.text


async def test_prices(experts: Experts, town: Municipality) -> None:
    heard = await town.say(CITIZEN, "تعرفه تفکیک")
    visit, metre, _ = heard.text.split("\n")
    assert (visit, metre) == ("کارشناسی تفکیک: هر بازدید ۵٬۵۰۰٬۰۰۰ ریال", "به‌علاوه هر متر مربع ۲۲٬۰۰۰ ریال")
    assert (VISIT_FEE, METRE_FEE, FEE) == (5_000_000, 20_000, 11_000_000)
    assert count_parts(heard.text) <= 3
    assert len((await town.say(CITIZEN, "تعرفه قطع درخت")).text.split("\n")) == 2
    assert "تعرفه‌ای تعیین نکرده" in (await town.say(CITIZEN, "تعرفه پایان کار")).text


async def test_a_price_is_asked_for_in_words(experts: Experts, town: Municipality) -> None:
    asked = await town.say(CITIZEN, "تعرفه")
    assert (asked.key, "«تفکیک»" in asked.text, count_parts(asked.text)) == ("ask.tariff", True, 1)
    assert (await town.say(CITIZEN, "تفکیک")).text.startswith("کارشناسی تفکیک")
    await town.price("loader", 8_000_000)
    await town.say(CITIZEN, "تعرفه")
    assert (await town.say(CITIZEN, "لودر ۴ ساعت")).text.startswith("لودر، ۴ ساعت")
    await town.say(CITIZEN, "تعرفه")
    assert (await town.say(CITIZEN, "3")).key == "ask.tariff"


async def test_it_is_in_the_menu_and_explained(town: Municipality) -> None:
    assert "۲ حق کارشناسی" in (await town.say(CITIZEN, "راهنما")).text
    assert (await town.say(CITIZEN, "2")).key == f"{PROMPTS}.kind.prompt"
    await town.say(CITIZEN, "انصراف")
    assert (await town.say(CITIZEN, "راهنما کارشناسی")).key == "sms.about.expert"


async def test_list_pay_and_comment(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    assert (await town.say(CITIZEN, "درخواست‌ها")).text.endswith(": در انتظار پرداخت")
    heard = await town.say(CITIZEN, f"قبض {code}")
    bill = (await town.bills(code))[0]
    assert bill.bill_id in heard.text
    assert (await town.say(CITIZEN, f"قبض {bill.bill_id}")).key == "sms.pay"
    assert (await town.say(CITIZEN, "نظر کارشناسی بسیار کند")).key.startswith("sms.comment_kept")
    assert (await town.say(CITIZEN, "نظر کارشناسی برای ترک دیوار")).key.startswith("services.expert.")
