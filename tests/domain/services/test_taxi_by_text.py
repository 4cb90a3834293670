"""Leaves and reports in a conversation: one text where everything is known, else one question after another."""

import pytest

from domain.language.column_words import describe_request
from tests.support.municipality import NEIGHBOUR
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_LEAVE,
    AUXILIARY_MOBILE,
    COMPLAINT,
    LEAVE,
    PRAISE,
    STRANGER,
    TaxiOrganisation,
)
from tests.support.scenarios.taxi_registries import (
    AUXILIARY_CODE,
    DRIVER_CODE,
    DRIVER_MOBILE,
    OWNER_CODE,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
)

BASE = "services.taxi_leave"
LATER_AUXILIARY_LEAVE = "مرخصی تاکسی ۱۱۵ از ۲۰ آذر تا ۲۱ آذر سفر"


async def asked(taxis: TaxiOrganisation, mobile: str, text: str) -> str:
    """Text, and return which field is asked for then (or `summary`, or the notice)."""
    key = (await taxis.town.say(mobile, text)).key
    return key.removeprefix("services.").partition(".")[2].removeprefix("fields.").removeprefix("notices.")


async def test_one_text_of_a_known_driver_is_enough(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(DRIVER_MOBILE, LEAVE)
    assert heard.key == f"{BASE}.notices.submit"
    for shown in ("۱۲ت۳۴۵-۵۹", "کد ۱۱۴", "عبدالله ایری", "۴ آذر", "۸ آذر", "۴ روز"):
        assert shown in heard.text
    request = await taxis.town.request(heard.code)
    assert (request.fields["plate"], request.fields["driver"], request.fields["reason"]) == (
        PLATE,
        DRIVER_CODE,
        "بیماری",
    )


async def test_a_number_of_days_will_do(taxis: TaxiOrganisation) -> None:
    code = (await taxis.town.say(DRIVER_MOBILE, "مرخصی ۳ روز از شنبه سفر")).code
    fields = (await taxis.town.request(code)).fields
    assert (fields["from"], fields["to"], fields["reason"]) == ("2026-11-28", "2026-11-30", "سفر")


async def test_an_end_before_the_beginning_is_asked_again(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(DRIVER_MOBILE, "مرخصی از ۲۵ آذر تا ۲۰ آذر سفر")
    assert heard.text.startswith(taxis.town.desk.catalogue.text("details.invalid_field.leave_order"))
    assert heard.key == f"{BASE}.fields.to.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "۲۸ آذر") == "summary"


async def test_days_without_a_first_day_are_remembered(taxis: TaxiOrganisation) -> None:
    assert await asked(taxis, DRIVER_MOBILE, "مرخصی ۳ روز") == "from.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "شنبه") == "summary"
    code = (await taxis.town.say(DRIVER_MOBILE, "۱")).code
    fields = (await taxis.town.request(code)).fields
    assert (fields["days"], fields["to"]) == (3, "2026-11-30")


async def test_an_unknown_sender_is_asked_for_plate_or_code(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(STRANGER, LEAVE)
    assert heard.key == f"{BASE}.fields.plate.prompt"
    for text in ("پلاک", "99ت999-99", "۹۹۹"):
        assert await asked(taxis, STRANGER, text) == "plate.prompt"
    shown = await taxis.town.say(STRANGER, "۱۱۴")
    assert shown.key == f"{BASE}.summary"
    assert "۱۲ت۳۴۵-۵۹" in shown.text
    assert "ایری" not in shown.text
    assert await asked(taxis, STRANGER, "بله") == "driver.prompt"
    assert await asked(taxis, STRANGER, "0013542419") == "driver.prompt"
    assert await asked(taxis, STRANGER, DRIVER_CODE) == "summary"
    submitted = await taxis.town.say(STRANGER, "بله")
    assert submitted.key == f"{BASE}.notices.submit"
    assert "ایری" not in submitted.text


async def test_a_strangers_leave_is_not_taken_without_the_drivers_code(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(STRANGER, "مرخصی تاکسی 114 از فردا ۲۹ روز بیماری")
    assert heard.key == f"{BASE}.fields.driver.prompt"
    assert heard.text.startswith(taxis.town.desk.catalogue.text("details.missing_field.leave_of_stranger"))
    assert await taxis.town.requests_of(STRANGER) == []
    assert await taxis.town.sent(DRIVER_MOBILE) == []


async def test_a_strangers_leave_is_refused_where_the_driver_cannot_be_told(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(DRIVER_CODE, mobile=None)
    heard = await taxis.town.say(STRANGER, f"مرخصی کد ملی {DRIVER_CODE} فردا و پس‌فردا")
    assert (heard.key, heard.text) == (
        "errors.forbidden",
        taxis.town.desk.catalogue.text("details.forbidden.leave_of_stranger"),
    )
    assert await taxis.town.requests_of(STRANGER) == []


async def test_a_driver_hears_of_what_others_ask_for_him_and_withdraws_it(taxis: TaxiOrganisation) -> None:
    code = (await taxis.town.say(STRANGER, f"مرخصی کد ملی {DRIVER_CODE} از ۱۵ آذر تا ۱۶ آذر")).code
    request = await taxis.town.request(code)
    assert (request.subject_key, request.mobile, request.data["asked_by"]) == (PLATE, STRANGER, "national_code")
    [told] = await taxis.town.sent(DRIVER_MOBILE)
    assert (told.key, f"«لغو {code[:3]}" in told.text.replace("\u200e", "")) == (f"{BASE}.notices.driver_told", True)
    assert code in (await taxis.town.say(DRIVER_MOBILE, "درخواست‌ها")).codes
    assert (await taxis.town.say(NEIGHBOUR, f"لغو {code}")).key == "errors.not_found"
    assert (await taxis.town.say(DRIVER_MOBILE, f"لغو {code}")).key == "sms.offer.cancel"
    assert (await taxis.town.say(DRIVER_MOBILE, "بله")).key == f"{BASE}.status.withdrawn"
    assert (await taxis.town.request(code)).state == "withdrawn"
    assert (await taxis.town.history(code))[-1].actor == f"citizen:{DRIVER_MOBILE}"
    assert (await taxis.town.keys(STRANGER))[-1] == "withdraw"
    assert (await taxis.town.say(DRIVER_MOBILE, f"لغو {code}")).key == "errors.not_allowed_now"


async def test_a_driver_ends_what_his_owner_asked_for(taxis: TaxiOrganisation) -> None:
    code = (await taxis.town.say(OWNER_MOBILE, f"مرخصی {PLATE} از فردا تا ۱۴۰۵/۰۹/۰۸")).code
    assert (await taxis.town.request(code)).data["asked_by"] == "owner"
    assert await taxis.town.keys(DRIVER_MOBILE) == ["driver_told"]
    await taxis.does(code, "take", "approve")
    taxis.town.advance(days=1)
    await taxis.town.run_timers()
    assert (await taxis.town.say(DRIVER_MOBILE, "لغو")).key == "sms.offer.cancel"
    assert (await taxis.town.say(DRIVER_MOBILE, "۱")).key == f"{BASE}.status.ended"
    assert await taxis.state(code) == "ended"


async def test_an_own_leave_is_not_told_twice(taxis: TaxiOrganisation) -> None:
    code = (await taxis.town.say(DRIVER_MOBILE, LEAVE)).code
    assert await taxis.town.keys(DRIVER_MOBILE) == ["submit"]
    assert (await taxis.town.request(code)).data["told_driver"] is None


async def test_an_owner_of_several_taxis_chooses_by_number(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(OWNER_MOBILE, "مرخصی")
    assert heard.key == f"{BASE}.fields.plate.choose"
    assert heard.text.splitlines()[1:] == ["۱ پلاک ۱۲ت۳۴۵-۵۹", "۲ پلاک ۱۲ت۳۴۶-۵۹"]
    assert await asked(taxis, OWNER_MOBILE, "۳") == "plate.choose"
    assert await asked(taxis, OWNER_MOBILE, "۲") == "from.prompt"
    assert await asked(taxis, OWNER_MOBILE, "فردا") == "to.prompt"
    shown = await taxis.town.say(OWNER_MOBILE, "۲ روز")
    assert shown.key == f"{BASE}.summary"
    assert "صفر ایری" in shown.text
    code = (await taxis.town.say(OWNER_MOBILE, "1")).code
    assert (await taxis.town.request(code)).fields["driver"] == AUXILIARY_CODE


async def test_a_driver_of_several_taxis_may_write_the_plate(taxis: TaxiOrganisation) -> None:
    assert await asked(taxis, AUXILIARY_MOBILE, "مرخصی فردا و پس‌فردا") == "plate.choose"
    assert await asked(taxis, AUXILIARY_MOBILE, SECOND_PLATE) == "summary"
    assert await asked(taxis, AUXILIARY_MOBILE, "قبلی") == "plate.choose"
    assert await asked(taxis, AUXILIARY_MOBILE, "۱") == "summary"
    code = (await taxis.town.say(AUXILIARY_MOBILE, "۱")).code
    request = await taxis.town.request(code)
    assert (request.subject_key, request.fields["driver"]) == (PLATE, AUXILIARY_CODE)


async def test_somebody_elses_several_taxis_are_not_listed(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(STRANGER, f"مرخصی کد ملی {OWNER_CODE} فردا و پس‌فردا")
    assert heard.key == f"{BASE}.fields.plate.prompt"
    assert "۳۴۶" not in heard.text
    assert await asked(taxis, STRANGER, SECOND_PLATE) == "summary"


async def test_who_drives_is_asked_when_several_may_be_meant(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(AUXILIARY_CODE, kind="main")
    heard = await taxis.town.say(OWNER_MOBILE, f"مرخصی {PLATE} فردا و پس‌فردا")
    assert heard.key == f"{BASE}.fields.driver.prompt"
    assert await asked(taxis, OWNER_MOBILE, OWNER_CODE) == "driver.prompt"
    shown = await taxis.town.say(OWNER_MOBILE, AUXILIARY_CODE)
    assert shown.key == f"{BASE}.summary"
    assert "صفر ایری" in shown.text
    assert await asked(taxis, OWNER_MOBILE, "1") == "submit"


async def test_wrong_days_are_asked_for_again_and_the_rest_is_kept(taxis: TaxiOrganisation) -> None:
    assert await asked(taxis, DRIVER_MOBILE, "مرخصی") == "from.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "دیروز") == "from.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "۱۵ آذر") == "to.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "۱۴ آذر") == "summary"
    heard = await taxis.town.say(DRIVER_MOBILE, "1")
    assert heard.key == f"{BASE}.fields.to.prompt"
    assert heard.text.startswith(taxis.town.desk.catalogue.text("details.invalid_field.leave_order"))
    assert await asked(taxis, DRIVER_MOBILE, "۶۰ روز") == "summary"
    assert "۳۰ روز مانده" in (await taxis.town.say(DRIVER_MOBILE, "1")).text
    assert await asked(taxis, DRIVER_MOBILE, "۲ روز") == "summary"
    assert await asked(taxis, DRIVER_MOBILE, "1") == "submit"


async def test_too_many_days_in_one_text_are_asked_for_again(taxis: TaxiOrganisation) -> None:
    assert await asked(taxis, DRIVER_MOBILE, "مرخصی ۶۰ روز از فردا") == "to.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "پس‌فردا") == "summary"


async def test_a_leave_that_overlaps_is_refused(taxis: TaxiOrganisation) -> None:
    await taxis.asks()
    heard = await taxis.town.say(DRIVER_MOBILE, "مرخصی از شنبه تا سه‌شنبه")
    assert heard.key == "errors.conflict"
    assert "چهارشنبه ۴ آذر" in heard.text
    assert (await taxis.town.say(DRIVER_MOBILE, "بله")).key == "sms.none_to.confirm"


async def test_the_form_is_left_and_gone_back_in(taxis: TaxiOrganisation) -> None:
    assert await asked(taxis, DRIVER_MOBILE, "مرخصی از فردا") == "to.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "قبلی") == "from.prompt"
    assert await asked(taxis, DRIVER_MOBILE, "شنبه") == "to.prompt"
    assert (await taxis.town.say(DRIVER_MOBILE, "لغو")).key == "sms.left"
    assert await taxis.town.requests_of(DRIVER_MOBILE) == []


async def test_what_a_company_with_many_taxis_is_asked(taxis: TaxiOrganisation) -> None:
    taxis.town.sql(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 25) "
        "INSERT INTO vehicles (id, plate, type, owner, revision, created_at, updated_at) "
        "SELECT i, i || 'ب111-59', 'line', ?, 0, created_at, updated_at FROM n, "
        "(SELECT created_at, updated_at FROM owners LIMIT 1)",
        OWNER_CODE,
    )
    heard = await taxis.town.say(OWNER_MOBILE, "مرخصی فردا و پس‌فردا")
    assert heard.key == f"{BASE}.fields.plate.prompt"


# Reports


async def test_a_report_is_made_by_one_text_or_step_by_step(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.say(STRANGER, "تشویق تاکسی ۱۱۴ کیف مرا پس داد")
    assert heard.key == "services.taxi_report.notices.submit"
    assert (await taxis.town.request(heard.code)).fields["kind"] == "reward"
    assert await asked(taxis, NEIGHBOUR, "شکایت") == "plate.prompt"
    assert await asked(taxis, NEIGHBOUR, "۱۲ ت ۳۴۵ ایران ۵۹") == "text.prompt"
    shown = await taxis.town.say(NEIGHBOUR, "تند رفت")
    assert shown.key == "services.taxi_report.summary"
    assert "شکایت" in shown.text
    code = (await taxis.town.say(NEIGHBOUR, "بله")).code
    fields = (await taxis.town.request(code)).fields
    assert (fields["kind"], fields["plate"], fields["text"]) == ("violation", PLATE, "تند رفت")


async def test_a_complaint_is_taken_back_while_nobody_recorded_it(taxis: TaxiOrganisation) -> None:
    """Praise of the same driver stays; who said no keeps the complaint; what became a record is no more to be had."""
    town = taxis.town
    complaint, praise = [(await town.say(STRANGER, text)).code for text in (COMPLAINT, PRAISE)]
    asked = await town.say(STRANGER, "شکایتم رو پس می‌گیرم")
    assert (asked.key, asked.codes, "۱۲ت۳۴۵-۵۹" in asked.text) == ("sms.offer.cancel", [complaint], True)
    assert (await town.say(STRANGER, "بماند")).key == "sms.kept.cancel"
    await taxis.does(complaint, "take")
    await town.say(STRANGER, "شکایت ۱۱۴ رو پس گرفتم")
    assert (await town.say(STRANGER, "لغو")).key == "services.taxi_report.notices.withdraw"
    assert [await taxis.state(code) for code in (complaint, praise)] == ["withdrawn", "submitted"]
    assert (await town.say(STRANGER, "شکایتم رو پس می‌گیرم")).key == "sms.none_to.cancel"


async def test_what_denies_a_complaint_stores_none(taxis: TaxiOrganisation) -> None:
    for text in ("شکایتی از راننده ندارم پلاک 12ت345-59 کرایه اضافه نگرفت", "شکایت ۱۱۴ رو پس میگیرم"):
        assert (await taxis.town.say(STRANGER, text)).key in {"sms.refused", "sms.none_to.cancel"}
    shown = await taxis.town.say(STRANGER, "تشویق ۱۱۴ گرون‌ترین راننده دنیاست 😂")
    assert shown.key == "services.taxi_report.summary"
    assert await taxis.town.requests_of(STRANGER) == []


async def test_the_services_are_explained_and_offered(taxis: TaxiOrganisation) -> None:
    menu = await taxis.town.say(STRANGER, "راهنما")
    for name in ("taxi_leave", "taxi_duty", "taxi_reward", "taxi_violation"):
        assert taxis.town.desk.catalogue.text(f"intents.{name}") in menu.text
    assert (await taxis.town.say(STRANGER, "راهنما تاکسی")).key == "sms.about.taxi"


async def test_a_leave_of_one_day_says_it_once(taxis: TaxiOrganisation) -> None:
    one_day = await taxis.town.say(DRIVER_MOBILE, "مرخصی فردا یک روز سفر")
    assert (one_day.text.count("۴ آذر"), " تا " in one_day.text) == (1, False), one_day.text
    assert " تا " in (await taxis.town.say(DRIVER_MOBILE, "مرخصی از ۲۰ آذر تا ۲۱ آذر سفر")).text


async def test_an_owner_answers_by_the_numbers_that_the_text_names(taxis: TaxiOrganisation) -> None:
    agreed = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    asked_owner = (await taxis.town.sent(OWNER_MOBILE))[-1].text
    assert "موافقید ۱، مخالفید ۲ (بسته می‌شود)" in asked_owner
    assert (await taxis.town.say(OWNER_MOBILE, "۱")).key == f"{BASE}.notices.owner_consented"
    assert await taxis.state(agreed) == "under_review"
    refused = await taxis.asks(LATER_AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await taxis.town.say(OWNER_MOBILE, "2")).key == f"{BASE}.notices.owner_refused"
    assert await taxis.state(refused) == "rejected"


async def test_a_number_is_not_taken_for_one_of_two_leaves_that_wait(taxis: TaxiOrganisation) -> None:
    waiting = [await taxis.asks(text, AUXILIARY_MOBILE) for text in (AUXILIARY_LEAVE, LATER_AUXILIARY_LEAVE)]
    assert (await taxis.town.say(OWNER_MOBILE, "۱")).key == "sms.which.confirm"
    assert [await taxis.state(code) for code in waiting] == ["awaiting_owner"] * 2


@pytest.mark.parametrize(("words", "deed"), [("فکر کنم رضایت دارم", "موافقت شما"), ("فکر کنم مخالفم", "مخالفت شما")])
async def test_what_is_asked_of_an_owner_names_the_leave_and_what_yes_does(
    taxis: TaxiOrganisation, words: str, deed: str
) -> None:
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    asked = await taxis.town.say(OWNER_MOBILE, words)
    work = describe_request(taxis.town.desk.wording, await taxis.town.request(code))
    assert (asked.key.startswith("sms.offer."), asked.text.startswith(f"{work}؛ {deed}")) == (True, True), asked.text
    assert await taxis.state(code) == "awaiting_owner"
