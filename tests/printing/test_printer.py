"""PDFs are really made, by a process of their own that may die, hang or be left alone without harm."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from domain.papers.document import Paragraphs
from domain.values.errors import Unavailable
from printing.printer import PaperPrinter
from tests.support.patience import patient
from tests.support.printed_papers import (
    ADDRESS,
    a_printout,
    fonts_of,
    letterhead,
    pages_of,
    printing,
)

ROOT = Path(__file__).parents[2]
LONG = Paragraphs(tuple(f"بند {number}: این متن دراز است و باید در چند صفحه جا بگیرد." for number in range(60)))
ENDLESS = Paragraphs(tuple("این متن هرگز به پایان نمی‌رسد." for _ in range(20_000)))


def workers() -> list[int]:
    """The ids of the printing processes of this one."""
    return [child.pid for child in active_children() if child.pid is not None]


async def gone(pid: int) -> None:
    """Wait until a process has ended."""
    for _ in range(1000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"process {pid} lives on")


async def test_the_packages_own_font_is_inside_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = tmp_path / "fonts.conf"
    nothing.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(nothing))
    async with printing() as printer:
        pdf = await printer.render_pdf(a_printout(Paragraphs(("گچ پژ می‌شود ۰۱۲۳۴۵۶۷۸۹ هٔ ي ك AZ az 09 «»؛؟٬٫",))))
    fonts = fonts_of(pdf)
    assert {embedded for _, embedded in fonts} == {True}
    assert {name.rpartition("+")[2] for name, _ in fonts} == {"Vazirmatn", "Vazirmatn-Bold"}


async def test_a_process_that_was_killed_is_started_again() -> None:
    async with printing() as printer:
        await printer.render_pdf(a_printout())
        [before] = workers()
        os.kill(before, signal.SIGKILL)
        assert (await printer.render_pdf(a_printout())).startswith(b"%PDF")
        [after] = workers()
        assert after != before


async def test_a_process_that_is_killed_under_a_paper_is_started_again() -> None:
    async with printing() as printer:
        await printer.render_pdf(a_printout())
        [before] = workers()
        slow = asyncio.create_task(printer.render_pdf(a_printout(*[LONG] * 6)))
        await asyncio.sleep(0.05)
        os.kill(before, signal.SIGKILL)
        assert len(pages_of(await slow)) > 10
        assert workers() != [before]


async def test_a_paper_that_takes_too_long_is_given_up_and_the_next_is_made() -> None:
    async with printing(seconds=3.0) as printer:
        await printer.render_pdf(a_printout())
        began = time.monotonic()
        results = await asyncio.gather(
            printer.render_pdf(a_printout(ENDLESS)), printer.render_pdf(a_printout()), return_exceptions=True
        )
        assert time.monotonic() - began < patient(20)
    assert isinstance(results[0], Unavailable)
    assert str(results[0]) == "unavailable:printer:printer"
    assert isinstance(results[1], bytes)


async def test_a_paper_under_which_the_process_ends_twice_is_given_up() -> None:
    async with printing() as printer:
        paper, killed = asyncio.create_task(printer.render_pdf(a_printout(ENDLESS))), set[int]()
        while len(killed) < 2:
            await asyncio.sleep(0.01)
            for pid in set(workers()) - killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        with pytest.raises(Unavailable):
            await paper


async def test_closing_ends_the_process_and_printing_begins_anew() -> None:
    printer = PaperPrinter(letterhead, ADDRESS)
    assert workers() == []
    await printer.close()
    for _ in range(2):
        await printer.render_pdf(a_printout())
        [pid] = workers()
        await printer.close()
        await gone(pid)


LEFT_ALONE = """
import asyncio, os, signal
from multiprocessing import active_children
from tests.support.printed_papers import a_printout, printing

async def main() -> None:
    async with printing() as printer:
        await printer.render_pdf(a_printout())
        print(active_children()[0].pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_the_process_ends_with_a_parent_that_was_killed() -> None:
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEFT_ALONE, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await made.communicate()
    assert made.returncode == -signal.SIGKILL
    await gone(int(out))


def test_a_service_loads_nothing_for_what_it_may_never_do() -> None:
    """Print a paper, draw the code of an authenticator, ask the other database."""
    unneeded = ("weasyprint", "barcode", "PIL", "segno", "sqlalchemy.dialects.postgresql")
    program = f"import sys, app.parts; print([one for one in {unneeded} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
