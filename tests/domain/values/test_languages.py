"""The language in force: digits, days and lists follow it, and no task sees that of another."""

import asyncio
from datetime import date, time

import pytest

from domain.fields.types import format_number
from domain.values.calendar import hour_text, jalali_long_text, jalali_text
from domain.values.languages import PERSIAN, in_language, join_list, language_in_force
from domain.values.money import amount_in_words
from domain.values.text import group_digits, persian_digits
from tests.support.scenarios.pseudo_language import PSEUDO

DAY = date(2026, 11, 24)


def test_persian_is_in_force_where_nothing_else_is() -> None:
    assert language_in_force() is PERSIAN
    assert (group_digits(1_250_000), jalali_text(DAY), hour_text(time(10, 30))) == ("۱٬۲۵۰٬۰۰۰", "۱۴۰۵/۰۹/۰۳", "۱۰:۳۰")
    assert jalali_long_text(DAY) == "سه‌شنبه ۳ آذر ۱۴۰۵"
    assert join_list(("لودر", "گریدر")) == "لودر، گریدر"


def test_numbers_days_and_lists_are_written_as_the_language_writes_them() -> None:
    with in_language(PSEUDO):
        assert (group_digits(1_250_000), jalali_text(DAY), format_number(1.5)) == ("1,250,000", "1405/09/03", "1.5")
        assert persian_digits("٤ و ۵ و 6") == "4 و 5 و 6"
        assert jalali_long_text(DAY) == "⟦D3⟧ 3 ⟦M9⟧ 1405"
        assert join_list(("a", "b")) == "a, b"
        assert amount_in_words(35_000) == "35,000", "it cannot put amounts into words"
    assert amount_in_words(35_000) == "سی و پنج هزار"


def test_what_was_in_force_is_so_again_whatever_happens() -> None:
    with in_language(PSEUDO):
        with pytest.raises(ValueError, match="x"), in_language(PERSIAN):
            raise ValueError("x")
        assert language_in_force() is PSEUDO
    assert language_in_force() is PERSIAN


async def test_tasks_that_take_turns_see_their_own_language_alone() -> None:
    async def render(language: str) -> list[str]:
        rendered = []
        with in_language(PSEUDO if language == "qps" else PERSIAN):
            for _ in range(20):
                await asyncio.sleep(0)
                rendered.append(f"{language_in_force().tag} {group_digits(1000)}")
        return rendered

    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(render("fa" if turn % 2 else "qps")) for turn in range(10)]
    shown = {turn: set(task.result()) for turn, task in enumerate(started)}
    assert all(shown[turn] == ({"fa ۱٬۰۰۰"} if turn % 2 else {"qps 1,000"}) for turn in shown)
    assert language_in_force() is PERSIAN


async def test_a_task_that_was_started_in_a_language_cannot_change_that_of_its_parent() -> None:
    async def child() -> str:
        with in_language(PERSIAN):
            await asyncio.sleep(0)
            return language_in_force().tag

    with in_language(PSEUDO):
        assert await asyncio.create_task(child()) == "fa"
        assert language_in_force() is PSEUDO
