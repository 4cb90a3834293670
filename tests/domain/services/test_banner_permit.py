"""The street-banner permit of `docs/examples/banner_permit`, played through in a municipality that offers it.

It is the harder of the two worked services: exact areas, a rule and a register of its own, a limit to its payment, a
number before its keyword, and an end by date.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from channels.pishkhan_soap.contract import Contract
from domain.actions.context import ActionContext, ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.papers.printouts import build_request_printout
from domain.actions.papers.verifying import find_verified_paper
from domain.actions.reports.declarations import find_report
from domain.actions.reports.listing import build_listing
from domain.actions.requests.change import change_request
from domain.actions.requests.reopen import reopen_request
from domain.actions.settings.rule_lists import list_rule_groups
from domain.actions.settings.setting_changes import change_rules, load_stored_rules, renew_settings, version_of_settings
from domain.actions.tariffs import price_changes
from domain.actions.walk_ins import entering
from domain.check import check_services
from domain.conversation.buttons.questions import OpenQuestion
from domain.conversation.dialogue.frames import Dialogue
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.grammar import Grammar
from domain.engine.step_preview import find_obstacle, preview_quote
from domain.fields.types import Integer
from domain.language.printouts import PaperStatus
from domain.messages.catalogue import Catalogue
from domain.reports.filter import ReportFilter
from domain.requests.request import Phase
from domain.services import SERVICES, collect_intents
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.settings.service_rules import ServiceRule
from domain.tariffs.tariff import Quote
from domain.values.actors import Role
from domain.values.errors import InvalidField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios.banner_permit import BANNER_TEXTS, BANNERS, load_example_module
from tests.support.scenarios.sample_files import take_photo, unchanged_file
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

ORDER = "۳ بنر ۲٫۳۵ در ۱٫۲۵ متر از شنبه ۷ روز خیابان امام، روبه‌روی پارک"
RATE = 12_000
AREA = Decimal("2.93")
"""2.35 × 1.25 metres, in hundredths rounded down."""

PRICE = int(AREA * 7 * 3 * RATE) // 1000 * 1000
RULES = load_example_module("rules")


@pytest.fixture
async def town(database: Path) -> AsyncIterator[Municipality]:
    """A municipality that offers street banners beside machines, with a price for streets of the second class."""
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK, BANNERS), texts=BANNER_TEXTS)
    async with municipality(database, desk, clock) as opened:
        async with opened.store.open_unit() as uow:
            await price_changes.add_tariff(
                ActorContext(desk, uow, actor(Role.REVENUE)), BANNERS.key, {"street_class": "secondary"}, rate=RATE,
                unit="square_metre_day")  # fmt: skip
        yield opened


async def add_design(town: Municipality, code: str) -> None:
    """Hand in what may come later."""
    async with town.store.open_unit() as uow:
        await attach_document(
            ActorContext(town.desk, uow, actor(Role.CIVIL)),
            parse_code(code),
            "design",
            unchanged_file("design.jpg", take_photo()),
        )


async def issued(town: Municipality, text: str = ORDER) -> str:
    """Take a request as far as its permit."""
    code = await town.order(text)
    await add_design(town, code)
    await town.do(code, "accept", Role.CIVIL, street_class="secondary")
    await town.pay(code)
    await town.do(code, "issue", Role.CIVIL)
    return code


async def test_a_price_that_an_input_decides_is_no_obstacle(town: Municipality) -> None:
    """The page of a request asks for the price of its steps before anybody chose the class of street."""
    code, [step], civil = await town.order(ORDER), BANNERS.steps_named("accept"), actor(Role.CIVIL)
    await add_design(town, code)
    request = await town.request(code)
    async with town.store.open_unit(write=False) as uow:
        assert await preview_quote(town.desk.engine, uow, request, step, civil) is None
        assert await find_obstacle(town.desk.engine, uow, request, "accept", civil) is None


def test_nothing_is_wrong_with_it() -> None:
    assert check_services([*SHIPPED_SERVICES.values(), BANNERS], Catalogue.load(BANNER_TEXTS)) == []


async def test_it_runs_from_one_text_to_its_end(town: Municipality) -> None:
    heard = await town.say(CITIZEN, ORDER)
    code = heard.code
    request = await town.request(code)
    assert request.fields == {
        "banners": 3,
        "width": "2.35",
        "height": "1.25",
        "date": "2026-11-28",
        "days": 7,
        "place": "خیابان امام، روبه‌روی پارک",
    }
    assert "طرح بنر" in heard.text
    await add_design(town, code)
    assert (await town.do(code, "accept", Role.CIVIL, street_class="secondary")).state == "awaiting_payment"
    [bill] = await town.bills(code)
    assert bill.amount == PRICE
    [line] = Quote.from_json(bill.explanation).lines
    assert (line.asked, line.count) == (AREA * 7, 3)
    assert bill.deadline == datetime(2026, 11, 27, 20, 30, tzinfo=UTC), "the midnight at which the banners go up"
    assert "(خیابان فرعی)" in (await town.sent())[-1].text, "what the request keeps is in messages"
    await town.pay(code)
    permit = await town.do(code, "issue", Role.CIVIL)
    assert permit.data["letter_number"] == "1405/ب/1"
    assert "خیابان فرعی" in (await town.say(CITIZEN, code)).text


async def test_it_is_announced_and_ends_by_itself(town: Municipality) -> None:
    code = await issued(town)
    town.clock.at = datetime(2026, 12, 3, 12, 30, tzinfo=UTC)  # four in the afternoon before the last day
    await town.run_timers()
    assert (await town.keys())[-1] == "end_soon"
    town.clock.at = datetime(2026, 12, 4, 20, 31, tzinfo=UTC)
    await town.run_timers()
    assert (await town.request(code)).phase is Phase.DONE
    assert [event.event for event in await town.history(code)][-2:] == ["issue", "end"]


async def test_its_permit_and_lists_say_what_is_kept(town: Municipality) -> None:
    code = await issued(town)
    request = await town.request(code)
    async with town.store.open_unit(write=False) as uow:
        permit = await build_request_printout(
            ActorContext(town.desk, uow, actor(Role.CIVIL)), parse_code(code), "permit"
        )
        verified = await find_verified_paper(ActionContext(town.desk, uow), request.data["letter_token"])
        days = ReportFilter(date(2026, 3, 21), date(2027, 3, 21))
        listing = await build_listing(ActorContext(town.desk, uow, actor(Role.CIVIL)), find_report("civil"), days)
        [row] = [row async for page in listing.pages for row in page]
    assert permit.token == request.data["letter_token"]
    assert "این مجوز برای خیابان فرعی است" in str(permit)
    assert "۲٫۳۵ متر در ۱٫۲۵ متر" in str(permit)
    assert verified
    assert verified.status is PaperStatus.VALID
    title, cells = BANNER_TEXTS["services"][BANNERS.key]["title"], dict(zip(listing.headings, row, strict=True))
    assert (cells[f"عرض ({title})"], cells[f"تعداد بنر ({title})"]) == (Decimal("2.35"), 3)


async def test_one_day_has_its_reminder_the_day_before(town: Municipality) -> None:
    await issued(town, "یک بنر ۲ در ۱ متر شنبه ۱ روز میدان شهدا")
    town.clock.at = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
    await town.run_timers()
    assert (await town.keys())[-1] == "end_soon"


async def test_it_is_withdrawn_and_the_money_goes_back(town: Municipality) -> None:
    code = await issued(town)
    assert (await town.say(CITIZEN, f"لغو {code}")).key == "sms.offer.cancel"
    assert (await town.say(CITIZEN, "بله")).key == "services.banner_permit.notices.cancel_refund"
    assert [refund.amount for refund in await town.refunds(code)] == [PRICE]
    second = await issued(town)
    await town.do(second, "revoke", Role.CIVIL, reason="مسیر راه‌پیمایی")
    assert (await town.request(second)).state == "revoked"
    assert [refund.amount for refund in await town.refunds(second)] == [PRICE]


async def test_its_design_may_come_later(town: Municipality) -> None:
    code = await town.order(ORDER)
    with pytest.raises(NotAllowedNow, match="documents_pending"):
        await town.do(code, "accept", Role.CIVIL, street_class="secondary")
    await add_design(town, code)
    assert (await town.do(code, "accept", Role.CIVIL, street_class="secondary")).state == "awaiting_payment"


async def test_it_is_paid_before_it_begins_or_not_at_all(town: Municipality) -> None:
    code = await town.order("۲ بنر ۱ در ۱ متر فردا ۳ روز کوچه بهار")
    await add_design(town, code)
    town.advance(days=1)
    with pytest.raises(InvalidField, match="date"):
        await town.do(code, "accept", Role.CIVIL, street_class="secondary")


async def reopened(town: Municipality, code: str) -> str:
    """Let the manager take up a finished request; return the code of the new one."""
    async with town.store.open_unit() as uow:
        taken_up = await reopen_request(ActorContext(town.desk, uow, actor(Role.MANAGER)), parse_code(code), "دوباره")
    return taken_up.outcome.request.code


async def test_one_that_is_taken_up_again_is_paid_until_its_own_first_day(town: Municipality) -> None:
    former = await town.order(ORDER)
    await add_design(town, former)
    await town.do(former, "accept", Role.CIVIL, street_class="secondary")
    await town.do(former, "cancel", Role.CIVIL, reason="اشتباه")
    town.advance(days=2)
    early = await reopened(town, former)
    await town.do(early, "accept", Role.CIVIL, street_class="secondary")
    [bill] = await town.bills(early)
    assert bill.deadline == datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
    town.clock.at = bill.deadline + timedelta(days=7)
    await town.run_timers()
    assert (await town.request(early)).state == "expired"
    late = await reopened(town, early)
    with pytest.raises(InvalidField, match="date"):
        await town.do(late, "accept", Role.CIVIL, street_class="secondary")
    async with town.store.open_unit() as uow:
        await change_request(
            ActorContext(town.desk, uow, actor(Role.CITIZEN)), parse_code(late), {"date": "1405/09/16"}
        )
    await town.do(late, "accept", Role.CIVIL, street_class="secondary")
    [bill] = await town.bills(late)
    assert bill.deadline == datetime(2026, 12, 6, 20, 30, tzinfo=UTC), "the midnight of the new first day"


async def test_it_is_asked_field_by_field_with_usual_answers(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "بنر")).text == "چند بنر؟ (۱ تا ۵۰)"
    assert "عرض" in (await town.say(CITIZEN, "۳ بنر")).text
    assert "۲٫۷۶۵" not in (await town.say(CITIZEN, "۲٫۷۶۵")).text, "finer than a centimetre is refused"
    assert "ارتفاع" in (await town.say(CITIZEN, "دو متر و نیم")).text
    asked = await town.says("۱۲۰ سانت", "شنبه", "۱۰ روز", "میدان شهدا")
    assert asked.text.startswith("مجوز بنر شهری:\n۳ بنر ۲٫۵ متر در ۱٫۲ متر، از شنبه ۷ آذر برای ۱۰ روز\nمیدان شهدا")


def test_usual_answers_are_buttons_in_chats() -> None:
    services = {BANNERS.key: BANNERS}
    texts = Catalogue.load(BANNER_TEXTS)
    conversation = Conversation(Grammar(collect_intents(services)), services, "telegram")
    dialogue, now = Dialogue(), StandingClock().now()
    conversation.read_text(dialogue, "۳ بنر", now)
    desk = build_desk(StandingClock())
    question = OpenQuestion(conversation, dialogue, texts.text, now, desk.policy, desk.calendar)
    assert [button.label for button in question.build_rows()[0]] == ["۳ متر", "۲ متر", "۱ متر"], "from the right"
    conversation.read_text(dialogue, "3", now)
    assert dialogue.top
    assert (dialogue.top.slots["width"], dialogue.top.asked) == ("3", "height")


def test_counter_offices_send_metres_as_decimals() -> None:
    contract = Contract((*SHIPPED_SERVICES.values(), BANNERS), Catalogue.load(BANNER_TEXTS))
    wsdl = contract.render_wsdl()
    assert 'operation name="SubmitBannerPermit"' in wsdl
    width = wsdl.partition('name="SubmitBannerPermitWidthMetres"')[2] or wsdl.partition("WidthMetres")[2]
    assert "xs:decimal" in width[:600]
    assert 'fractionDigits value="2"' in width[:1200]


async def test_its_prices_are_told_by_its_name(town: Municipality) -> None:
    told = await town.say(CITIZEN, "تعرفه بنر")
    assert told.text == "تعرفه امروز:\nخیابان فرعی: هر متر مربع در روز ۱۲٬۰۰۰ ریال"
    await town.price("loader", 8_000_000)
    assert "لودر: هر ساعت" in (await town.say(CITIZEN, "تعرفه ماشین‌آلات")).text


async def test_its_own_rule_is_set_on_the_page_of_settings(town: Municipality) -> None:
    form = {"banners": "1", "width": "2", "height": "1", "date": "1405/09/20", "days": "40", "place": "میدان شهدا"}
    async with town.store.open_unit() as uow:
        with pytest.raises(InvalidField, match="days:range"):
            await entering.enter_walk_in(ActorContext(town.desk, uow, actor(Role.CIVIL)), BANNERS.key, form, CITIZEN)
    rules = list_rule_groups(town.desk.services)[BANNERS.key]
    async with town.store.open_unit() as uow:
        version = await version_of_settings(uow.setting_changes)
        await change_rules(ActorContext(town.desk, uow, actor(Role.ADMIN)), rules, {"banner_most_days": "۴۵"}, version)
    await renew_settings(town.desk, town.store)
    async with town.store.open_unit() as uow:
        assert await load_stored_rules(ActionContext(town.desk, uow)) == {"banner_most_days": 45}
        entered = await entering.enter_walk_in(
            ActorContext(town.desk, uow, actor(Role.CIVIL)), BANNERS.key, form, CITIZEN
        )
    assert entered.request.fields["days"] == 40
    async with town.store.open_unit() as uow:
        version, admin = await version_of_settings(uow.setting_changes), actor(Role.ADMIN)
        with pytest.raises(InvalidField, match="range"):
            await change_rules(ActorContext(town.desk, uow, admin), rules, {"banner_most_days": "400"}, version)


def test_rules_and_registers_that_are_not_its_own_are_found() -> None:
    wrong = ServiceRule("machinery", "payment_days", Integer(1, 5), 7, "A rule of all services.")
    leave = next(service for service in SERVICES if service.key == "taxi_leave")
    planted = replace(BANNERS, key="banner_twin", rules=(wrong, wrong), soap_operation="SubmitBannerTwin")
    money = replace(BANNERS, key="money", soap_operation="SubmitMoney")
    flaws = check_services([leave, BANNERS, planted, money], Catalogue.load(BANNER_TEXTS))
    assert {
        ("double_rule", "payment_days"),
        ("rule_of_another", "payment_days"),
        ("rule_group_of_all", "money"),
        ("unsound_rule", "payment_days"),
        ("register_of_two_services", "banner"),
        ("register_of_two_services", "ب"),
    } <= {(flaw.kind, flaw.subject) for flaw in flaws}
