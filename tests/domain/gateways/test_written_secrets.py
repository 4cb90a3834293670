"""Bank passwords are masked before anything is stored, and the desk is not led on by them."""

from itertools import product

import pytest

from domain.gateways.written_secrets import hide_written_secrets, tells_secret
from tests.support.municipality import CITIZEN, Municipality

NAMES = ("رمز", "رمزم", "رمز دوم", "رمز پویا", "رمز کارتم", "رمز عابر بانکم", "پسورد کارت", "cvv2", "ramz kartam")
FRAMES = (
    "{name} {secret}",
    "{name}: {secret}",
    "{name} اینه {secret}",
    "سلام {name} من {secret} است لطفا قبضم رو پرداخت کنید",
)
SECRETS = ("1234", "۱۲۳۴۵", "567890")
HARMLESS = (
    "رمز رهگیری 123456786", "پیگیری 123456786", "رمز ورود سایت یادم رفته", "کد ملی 2110999999",
    "درخواست 123456786 چی شد",
    "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان رمزی",
)  # fmt: skip


def test_a_password_is_masked_however_it_is_said() -> None:
    for name, frame, secret in product(NAMES, FRAMES, SECRETS):
        hidden = hide_written_secrets(frame.format(name=name, secret=secret))
        assert (secret in hidden, "****" in hidden, tells_secret(hidden)) == (False, True, True)
    assert "1234" not in hide_written_secrets("1234 رمز کارتمه")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_and_codes_stay(text: str) -> None:
    assert (hide_written_secrets(text), tells_secret(text)) == (text, False)


async def test_who_sends_a_password_is_warned_and_nothing_is_done_or_kept(town: Municipality) -> None:
    await town.order()
    for text in ("قبض رو پرداخت کنید رمز دوم 567890 کارت 6037991234567893", "رمز پویا ۱۲۳۴۵۶", "رمز کارتمو بدم؟"):
        heard = await town.say(CITIZEN, text)
        assert (heard.key, heard.inbound.intent) == ("sms.secret", "secret")
    asked = await town.says("ماشین لودر ۴ ساعت فردا ساعت ۸")
    assert asked.text in (await town.say(CITIZEN, "رمزم 9911")).text, "the question still waits"
    kept = " ".join(text for (text,) in town.rows("SELECT text FROM inbox"))
    assert not any(secret in kept for secret in ("567890", "۱۲۳۴۵۶", "123456", "9911", "1234567893"))
