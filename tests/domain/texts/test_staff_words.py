"""One language for the staff: what offices say, and never two words for one thing."""

import re

from domain.messages.catalogue import Catalogue

AVOIDED = re.compile(
    r"(?<![هن])گام|پالایش|پیکربندی|رمزساز|رمزهای? کاغذی|خاص‌ترین|جور دیگر|از میان (?:رفت|نرفت|می)|برگشت پول"
    r"|برگرداندن پول|پول‌های برگشتنی|ساختن عوارض|نرخ در پیش|دوباره نگاه کنید و بفرستید|در صف هیچ واحد|کاسته‌شده"
    r"|تعداد توقف|سپرده به|چه رویدادی"
)
"""Words of the trial that clerks would say otherwise."""
STAFF_TABLES = ("admin.", "reports.", "ledger.", "settlement.", "registries.")


def test_what_the_staff_read_has_none_of_the_words_that_clerks_would_say_otherwise() -> None:
    catalogue = Catalogue.load()
    lines = {
        key: catalogue.text(key)
        for table in STAFF_TABLES
        for key in catalogue.list_keys(table)
        if isinstance(catalogue.read_source(key), str)
    }
    assert len(lines) > 1_000
    assert {key: line for key, line in lines.items() if AVOIDED.search(line)} == {}
