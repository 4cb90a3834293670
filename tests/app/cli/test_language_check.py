"""`pishkhan check` with a second language: what is wrong fails, what is missing is counted, and listed on demand."""

from pathlib import Path

import pytest

from domain.messages import catalogue
from domain.messages.translations import Translation, read_translation
from tests.support.terminal import Terminal


def test_check_names_what_is_wrong_and_counts_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    def read_folder(tag: str) -> Translation:
        return read_translation(tag, tmp_path)

    monkeypatch.setattr(catalogue, "load_translation", read_folder)
    monkeypatch.setenv("PISHKHAN_LANGUAGES", "fa,tk")
    monkeypatch.setenv("PISHKHAN_DEMO", "1")
    (tmp_path / "language.toml").write_text('[language]\ntitle = "Türkmençe"', "utf-8")
    missing = terminal.json("check", "--missing-texts")["tk"]
    assert "web.home.title" in missing
    assert terminal.run("check", "--missing-texts").out.splitlines() == [f"tk {key}" for key in missing]
    found = terminal.json("check")
    assert found == {"faults": [], "remarks": found["remarks"]}
    counted = f"language tk lacks {len(missing)} texts"
    assert [remark for remark in found["remarks"] if remark.startswith(counted)]
    (tmp_path / "more.toml").write_text('[sms]\nwrong = "x"\n', "utf-8")
    refused = terminal.run("check")
    assert (refused.code, "language tk: texts: no_such_text: sms.wrong" in refused.err) == (1, True)


def test_what_is_said_in_latin_letters_is_no_language_of_pages(
    monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    monkeypatch.setenv("PISHKHAN_LANGUAGES", "fa,fa-Latn")
    refused = terminal.run("check")
    assert (refused.code, "PISHKHAN_LANGUAGES names fa-Latn" in refused.err) == (1, True)
