"""The steps on a service's page: in order, each with the time that it usually took in enough finished requests."""

import re

import pytest

from domain.actions.context import ActionContext
from domain.actions.settings.setting_changes import change_text, renew_settings, version_of_settings
from domain.reports.durations import LEAST_FINISHED, UsualDuration, name_step
from domain.values.actors import Role
from tests.support.demo_site import MORNING, DemoSite
from tests.support.municipality import actor
from tests.support.pages.portal_reader import PortalReader

SERVICE = "/services/machinery"


def read_steps(page: str) -> list[tuple[str, str]]:
    """Each step with the time beside it."""
    [listed] = re.findall(r'<ol class="steps">(.*?)</ol>', page, re.DOTALL)
    return re.findall(r'<li>(.*?)(?: <span class="usual">(.*?)</span>)?</li>', listed)


@pytest.fixture
async def measured(portal: DemoSite) -> DemoSite:
    """The portal, where the times of three steps were reckoned, one out of too few requests."""
    async with portal.store.open_unit() as uow:
        await uow.durations.replace_usual(
            [
                UsualDuration(name_step("machinery", 1), 1, LEAST_FINISHED, MORNING),
                UsualDuration(name_step("machinery", 2), 0, LEAST_FINISHED, MORNING),
                UsualDuration(name_step("machinery", 3), 2, LEAST_FINISHED - 1, MORNING),
            ]
        )
    return portal


async def test_a_step_says_how_long_it_usually_takes_from_enough_requests_on(
    measured: DemoSite, reader: PortalReader
) -> None:
    page = await reader.read(SERVICE)
    texts = measured.desk.catalogue.text_lines("services.machinery.steps")
    times = ["", "معمولاً تا ۱ روز کاری", "معمولاً همان روز", "", "", ""]
    assert read_steps(page) == list(zip(texts, times, strict=True))
    assert "کمتر از ۲۰ درخواست" in page
    assert "کمتر از ۲۰ درخواست" not in await reader.read("/services/expert")


async def test_times_belong_to_the_steps_that_the_declaration_means(measured: DemoSite, reader: PortalReader) -> None:
    async with measured.store.open_unit() as uow:
        version = await version_of_settings(uow.setting_changes)
        context = ActionContext(measured.desk, uow).acting_as(actor(Role.ADMIN))
        await change_text(context, "services.machinery.steps", ["می‌نویسید.", "می‌آییم."], version)
    await renew_settings(measured.desk, measured.store)
    assert read_steps(await reader.read(SERVICE)) == [("می‌نویسید.", ""), ("می‌آییم.", "")]
