"""`pishkhan demo load|reset`: the demonstration municipality, and what a newcomer should try first."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import which

from rich.console import RenderableType

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_renderable, reporting_errors, showing_status
from app.cli.session import CommandSession, run_in_session
from app.demo import loading
from app.demo.printing import render_summary
from app.demo.summary import Summary
from app.wiring import build_vault


def load(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Load the demonstration into an empty database, and print what to text; loaded already, nothing changes."""
    _run_and_print(config, as_json, loading.load_demo)


def reset(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Empty the whole database and load the demonstration again; in demo mode only."""
    _run_and_print(config, as_json, loading.reset_demo)


def _run_and_print(config: Path | None, as_json: bool, load_or_reset: Callable[..., Awaitable[Summary]]) -> None:
    async def run_command(session: CommandSession) -> tuple[Summary, RenderableType]:
        settings = session.settings
        vault = build_vault(settings) if settings.demo else None
        summary = await load_or_reset(
            session.dependencies, session.store, demo=settings.demo, address=settings.public_address, vault=vault
        )
        return summary, render_summary(summary, session.dependencies.catalogue, _program_name())

    with reporting_errors(as_json), showing_status("loading"):
        summary, rendered_summary = run_in_session(config, run_command)
    if as_json:
        print_json(summary.as_json())
    else:
        print_renderable(rendered_summary)


def _program_name() -> str:
    """Return how the reader called us: the commands in the summary shall work when copied."""
    program_path = sys.argv[0]
    return "pishkhan" if which("pishkhan") == program_path else program_path
