"""Author and date of a service's page: the municipality's words, and a day that moves with what the page says."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.settings.setting_changes import change_rules, change_text, renew_settings, version_of_settings
from domain.actions.tariffs.price_changes import add_tariff
from domain.values.actors import Role
from tests.support.demo_site import DemoSite
from tests.support.municipality import actor
from tests.support.pages.portal_reader import PortalReader

WRITTEN = "۱۳۹۴/۰۴/۱۹"
TODAY = "۱۴۰۵/۰۹/۰۳"
"""The demonstration's day, on which its prices were set."""
ADMIN = actor(Role.ADMIN)


async def read_date(reader: PortalReader, service: str) -> tuple[str, str]:
    """The date on a service's page, and what is said beside it."""
    page = await reader.read(f"/services/{service}")
    [(day, beside)] = re.findall(
        r"<dt>تاریخ</dt><dd>(?:<time[^>]*>)?([^<]+?)(?:</time>)?(?: <small>(.*?)</small>)?</dd>", page
    )
    return day, beside


async def change(portal: DemoSite, key: str, wording: str | Sequence[str] | None) -> None:
    """Change a text of the municipality as the staff do it; None: as it was shipped."""
    async with portal.store.open_unit() as uow:
        version = await version_of_settings(uow.setting_changes)
        await change_text(ActionContext(portal.desk, uow).acting_as(ADMIN), key, wording, version)
    await renew_settings(portal.desk, portal.store)


async def test_the_author_is_the_municipalitys_word(portal: DemoSite, reader: PortalReader) -> None:
    assert "<dd>خدمات الکترونیک شهرداری گمیشان</dd>" in await reader.read("/services/taxi_report")
    await change(portal, "services.taxi_report.author", "سازمان تاکسیرانی")
    assert "<dd>سازمان تاکسیرانی</dd>" in await reader.read("/services/taxi_report")
    async with portal.store.open_unit(write=False) as uow:
        [latest] = await uow.setting_changes.list_recent(None, 1)
    assert (latest.name, latest.before, latest.by) == (
        "text:services.taxi_report.author",
        "خدمات الکترونیک شهرداری گمیشان",
        ADMIN.label,
    )


@pytest.mark.parametrize(
    ("key", "wording"),
    [
        ("services.taxi_report.description", "شکایت و قدردانی."),
        ("services.taxi_report.steps", ["می‌نویسید.", "پاسخ می‌گیرید."]),
        ("services.taxi_report.author", "تاکسیرانی"),
    ],
)
async def test_a_changed_text_of_the_page_moves_its_date(
    portal: DemoSite, reader: PortalReader, key: str, wording: str | list[str]
) -> None:
    assert await read_date(reader, "taxi_report") == (WRITTEN, "")
    await change(portal, key, wording)
    assert await read_date(reader, "taxi_report") == (TODAY, f"(نخستین بار: {WRITTEN})")
    assert (await read_date(reader, "call_back"))[1] == "", "another service has not changed"


async def test_what_the_page_does_not_say_moves_nothing(portal: DemoSite, reader: PortalReader) -> None:
    await change(portal, "services.taxi_report.states.submitted", "رسیده")
    assert await read_date(reader, "taxi_report") == (WRITTEN, "")


async def test_a_rule_of_the_service_moves_its_date(portal: DemoSite, reader: PortalReader) -> None:
    service = portal.desk.services["taxi_leave"]
    portal.clock.at += timedelta(days=1)
    async with portal.store.open_unit() as uow:
        version = await version_of_settings(uow.setting_changes)
        context = ActionContext(portal.desk, uow).acting_as(ADMIN)
        rules = [rule.as_setting() for rule in service.rules]
        assert await change_rules(context, rules, {rules[0].name: rules[0].service_default + 1}, version)
    await renew_settings(portal.desk, portal.store)
    assert (await read_date(reader, "taxi_leave"))[0] == "۱۴۰۵/۰۹/۰۴"


async def test_a_price_moves_the_date_on_its_first_day(portal: DemoSite, reader: PortalReader) -> None:
    assert await read_date(reader, "machinery") == (TODAY, f"(نخستین بار: {WRITTEN})")
    begins_on = date(2026, 11, 26)
    async with portal.store.open_unit() as uow:
        context = ActionContext(portal.desk, uow).acting_as(actor(Role.REVENUE))
        await add_tariff(context, "machinery", {"machine": "loader"}, rate=9_000_000, valid_from=begins_on)
    assert (await read_date(reader, "machinery"))[0] == TODAY
    portal.clock.at += timedelta(days=2)
    assert (await read_date(reader, "machinery"))[0] == "۱۴۰۵/۰۹/۰۵"


async def test_a_day_that_the_staff_write_holds_until_something_changes(portal: DemoSite, reader: PortalReader) -> None:
    await change(portal, "services.machinery.author", "واحد عمران")
    portal.clock.at += timedelta(minutes=1)
    await change(portal, "services.machinery.date", "خرداد ۱۴۰۵")
    assert await read_date(reader, "machinery") == ("خرداد ۱۴۰۵", "")
    portal.clock.at += timedelta(days=1)
    await change(portal, "services.machinery.author", "واحد عمران شهرداری")
    assert await read_date(reader, "machinery") == ("۱۴۰۵/۰۹/۰۴", "(نخستین بار: خرداد ۱۴۰۵)")
    await change(portal, "services.machinery.date", None)
    assert await read_date(reader, "machinery") == ("۱۴۰۵/۰۹/۰۴", f"(نخستین بار: {WRITTEN})")
