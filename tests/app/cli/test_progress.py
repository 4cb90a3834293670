"""The progress bar: on a terminal alone."""

import io
import sys

import pytest

from app.cli.progress import progress_bar


class Screen(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("examining", 200) as progress:
        progress(100)
        progress(200)
    assert "examining" in screen.getvalue()


def test_elsewhere_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("examining", None) as progress:
        progress(1)
    assert capsys.readouterr() == ("", "")
