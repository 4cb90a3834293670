"""A municipality's own texts: what they keep of the text that they override, and how their faults are told."""

from pathlib import Path

import pytest

from app.checking.faults import find_faults
from app.configuration.settings import Settings
from app.wiring import build_catalogue

LONG = "شهرداری " * 80
SHIPPED = build_catalogue(Settings())
MESSAGES = [key for key in SHIPPED.list_keys("sms.") if SHIPPED.part_budget(key) > 2][:5]
"""Texts with a budget of their own."""


def settings_with(tmp_path: Path, key: str, value: str) -> Settings:
    """Return settings with a file that overrides one text."""
    table, _, name = key.rpartition(".")
    own_texts = tmp_path / "own.toml"
    own_texts.write_text(f"[{table}]\n{name} = {value}\n", "utf-8")
    return Settings(demo=True, texts=own_texts)


@pytest.mark.parametrize("key", MESSAGES)
@pytest.mark.parametrize("written", ['"کوتاه"', '{ text = "کوتاه" }'])
def test_class_and_budget_stay_where_an_own_text_names_none(tmp_path: Path, key: str, written: str) -> None:
    catalogue = build_catalogue(settings_with(tmp_path, key, written))
    assert catalogue.text(key) == "کوتاه"
    assert catalogue.part_budget(key) == SHIPPED.part_budget(key)


def test_a_budget_of_its_own_holds(tmp_path: Path) -> None:
    catalogue = build_catalogue(settings_with(tmp_path, MESSAGES[0], '{ text = "کوتاه", parts = 1 }'))
    assert catalogue.part_budget(MESSAGES[0]) == 1


def test_a_fault_of_an_own_text_names_the_own_file(tmp_path: Path) -> None:
    faults = [
        line for line in find_faults(settings_with(tmp_path, "sms.stopped", f'"{LONG}"')) if "sms.stopped" in line
    ]
    assert faults
    assert all(line.startswith("PISHKHAN_TEXTS: ") for line in faults), faults
