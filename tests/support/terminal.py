"""The command line in this process: each command runs as `pishkhan` would run it, with its output and exit code."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.cli.main import build_program
from tests.programs.deeds import TEST_COMMANDS, deed_command


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


class Terminal:
    """Runs commands."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *arguments: str) -> Finished:
        """Run a command to its end."""
        code: object = 0
        try:
            build_program(TEST_COMMANDS).main(list(arguments), prog_name="pishkhan")
        except SystemExit as ended:
            code = ended.code or 0
        said = self._capsys.readouterr()
        assert isinstance(code, int)
        return Finished(code, said.out, said.err)

    def json(self, *arguments: str) -> Any:
        """Run a command that must do well with `--json`, and return what it prints."""
        finished = self.run(*arguments, "--json")
        assert finished.code == 0, finished
        return json.loads(finished.out)

    def refused(self, *arguments: str, code: int = 1) -> dict[str, Any]:
        """Run a command that must fail with this exit code with `--json`, and return the error that it tells."""
        finished = self.run(*arguments, "--json")
        assert finished.code == code, finished
        error: dict[str, Any] = json.loads(finished.out)["error"]
        assert set(error) == {"code", "message", "field"}
        assert error["message"]
        return error

    def deed(self, name: str, /, *, by: str | None = None, **values: Any) -> Any:
        """Do what the staff do at their site alone (`tests/programs/deeds.py`), and return what is told."""
        return self.json(*deed_command(name, by, values))
