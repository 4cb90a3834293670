"""`pishkhan check --connect`: which SMS panels refuse and what credit is left, whether the messengers know the bots."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.checking.connections import examine_connections
from app.configuration.sections import TelegramSettings
from app.configuration.settings import Settings
from app.configuration.sms_settings import SmsSettings
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import TOKEN
from tests.fakes.sms_ir_panel import SmsIrPanel

KEY = "4B65792F6F6E6C79"


@pytest.mark.parametrize(("credit_rials", "left"), [("1200", "12,000,600 rials"), (None, "10000.5 of its own units")])
async def test_credit_is_told_in_rials_where_that_is_known(database: Path, credit_rials: str | None, left: str) -> None:
    async with SmsIrPanel(api_key=KEY) as panel:
        section = {"base_url": panel.base_url, "api_key": KEY, "sender": str(panel.line), "credit_rials": credit_rials}
        sms = SmsSettings.model_validate({"providers": ("sms_ir",), "sms_ir": section})
        findings = await examine_connections(Settings(database_url=f"sqlite:///{database}", sms=sms))
        assert (findings.faults, findings.remarks) == ([], [f"PISHKHAN_SMS__SMS_IR: the account has {left} left"])
        panel.api_key = "another"
        findings = await examine_connections(Settings(database_url=f"sqlite:///{database}", sms=sms))
        assert findings.faults == ["PISHKHAN_SMS__SMS_IR: the panel does not take texts: key"]
        assert (findings.remarks, panel.sent) == ([], [])


@pytest.mark.parametrize(
    ("token", "faults", "remarks"),
    [
        (TOKEN, 0, ["PISHKHAN_TELEGRAM: the bot answers at https://t.me/pishkhan_bot"]),
        (TOKEN[:-1] + "x", 1, []),
    ],
)
async def test_the_messenger_is_asked_who_the_bot_is(
    database: Path, token: str, faults: int, remarks: list[str]
) -> None:
    async with FakeBotApi() as messenger:
        telegram = TelegramSettings(token=SecretStr(token), base_url=messenger.base_url)
        findings = await examine_connections(Settings(database_url=f"sqlite:///{database}", telegram=telegram))
    assert (len(findings.faults), findings.remarks) == (faults, remarks)
    assert token not in "".join(findings.faults)
