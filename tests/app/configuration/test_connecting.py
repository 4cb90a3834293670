"""`pishkhan check --connect` and the SMS panels: who refuses, and what credit is left."""

from pathlib import Path

import pytest

from app.configuration.connecting import examine_connections
from app.configuration.settings import Settings
from app.configuration.sms_settings import SmsSettings
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
