"""`pishkhan request print`: a paper in a file, as HTML or PDF, and what is refused."""

from pathlib import Path

import pypdfium2
import pytest

from app.configuration.settings import Settings
from app.wiring import build_printer
from domain.messages.catalogue import Catalogue
from tests.support.municipality import Municipality
from tests.support.printed_papers import a_printout
from tests.support.terminal import Terminal


@pytest.fixture
async def code(town: Municipality) -> str:
    """A request whose machine was handed over."""
    return await town.reach("handed_over")


def test_a_pdf(terminal: Terminal, code: str, tmp_path: Path) -> None:
    file = tmp_path / "form.PDF"
    done = terminal.json("request", "print", code, "delivery_form", "--output", str(file))
    assert done == {"code": code, "kind": "delivery_form", "file": str(file), "size": file.stat().st_size}
    document = pypdfium2.PdfDocument(file.read_bytes())
    assert len(document) == 1
    document.close()


def test_html_by_a_member_of_the_staff(terminal: Terminal, code: str, tmp_path: Path) -> None:
    file = tmp_path / "form.html"
    terminal.json("staff", "add", "sara", "--role", "civil")
    said = terminal.run("request", "print", code, "delivery_form", "--output", str(file), "--as", "sara")
    assert (said.code, said.out) == (0, f"delivery_form of {code} in {file}\n")
    assert "فرم تحویل ماشین‌آلات سنگین" in file.read_text("utf-8")


def test_the_letterhead_comes_from_the_settings(
    terminal: Terminal, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PISHKHAN_LETTERHEAD__NAME", "شهرداری بندر نمونه")
    monkeypatch.setenv("PISHKHAN_LETTERHEAD__PHONE", "+98 (17) 3411-2233")
    monkeypatch.setenv("PISHKHAN_BASE_URL", "https://desk.example.ir/")
    file = tmp_path / "form.html"
    terminal.json("request", "print", code, "delivery_form", "--output", str(file))
    page = file.read_text("utf-8")
    assert "شهرداری بندر نمونه" in page
    assert "+۹۸ (۱۷) ۳۴۱۱-۲۲۳۳" in page
    assert "https://desk.example.ir/verify/" in page


def test_a_name_that_the_staff_word_anew_is_on_the_next_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, settings = Catalogue.load(), Settings(demo=True)
    printer = build_printer(settings, catalogue)
    assert "شهرداری گمیشان" in printer.render_html(a_printout())
    catalogue.apply_overrides({"print.municipality": "شهرداری بندر نو"})
    assert printer.current_letterhead().name == "شهرداری بندر نو"
    page = printer.render_html(a_printout())
    assert ("شهرداری بندر نو" in page, "شهرداری گمیشان" in page) == (True, False)
    monkeypatch.setenv("PISHKHAN_LETTERHEAD__NAME", "شهرداری بندر نمونه")
    assert build_printer(Settings(demo=True), catalogue).current_letterhead().name == "شهرداری بندر نمونه"


def test_what_is_refused(terminal: Terminal, code: str, tmp_path: Path) -> None:
    terminal.json("staff", "add", "reza", "--role", "expert")

    def refused(kind: str, name: str, *more: str) -> tuple[str, str]:
        error = terminal.refused("request", "print", code, kind, "--output", str(tmp_path / name), *more)
        return error["code"], error["field"]

    assert refused("letter", "a.pdf") == ("not_found", "printout")
    assert refused("receipt", "a.txt") == ("invalid_field", "output")
    assert refused("delivery_form", "a.pdf", "--as", "reza") == ("forbidden", "printout")
    assert list(tmp_path.glob("a.*")) == []


def test_a_file_that_is_there_is_kept_unless_told_otherwise(terminal: Terminal, code: str, tmp_path: Path) -> None:
    file = tmp_path / "form.html"
    file.write_text("mine")
    command = ("request", "print", code, "delivery_form", "--output", str(file))
    assert terminal.refused(*command)["code"] == "conflict"
    assert file.read_text() == "mine"
    terminal.json(*command, "--force")
    assert file.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LOGO", "/nowhere/logo.png", "No such file"),
        ("PHONE", "هفده", "pattern"),
        ("NAME", "ن" * 101, "100"),
        ("FAX", "1", "no such setting"),
    ],
)
def test_a_letterhead_that_cannot_be_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(f"PISHKHAN_LETTERHEAD__{name}", value)
    said = terminal.run("check")
    assert said.code in {1, 3}
    assert f"PISHKHAN_LETTERHEAD__{name}" in said.err
    assert why in said.err
