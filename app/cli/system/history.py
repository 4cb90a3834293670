"""`pishkhan history`: verifying every chain and seal, and sealing what is new."""

from dataclasses import asdict
from typing import Any

import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import EXIT_REFUSED, print_json, print_line, reporting_errors, showing_status
from app.cli.session import CommandSession, run_in_session
from app.wiring import build_signer
from domain.actions.history import sealing


def verify(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Verify the whole history: edited, removed or moved events, missing requests, forged seals (exit code 1)."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        return asdict(await sealing.verify_history(session.store, build_signer(session.settings)))

    with reporting_errors(as_json), showing_status("verifying"):
        result = run_in_session(config, run_command, any_key=True)  # it says itself what another key signed
    if as_json:
        print_json(result)
    else:
        for fault in result["faults"]:
            print_line(f"{fault['kind']}: {fault['subject']}" + (f", event {fault['seq']}" if fault["seq"] else ""))
        print_line(
            f"{len(result['faults'])} faults in {result['events']} events of {result['requests']} requests and"
            f" {result['seals']} seals; {result['unsealed']} events are not sealed yet"
        )
    if result["faults"]:
        raise typer.Exit(EXIT_REFUSED)


def seal(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Seal every chain that changed since the last seal."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        new_seals = await sealing.seal_history(session.dependencies, session.store, build_signer(session.settings))
        return [
            {"number": new_seal.number, "heads": len(new_seal.heads), "hash": new_seal.hash} for new_seal in new_seals
        ]

    with reporting_errors(as_json), showing_status("sealing"):
        seals = run_in_session(config, run_command)
    if as_json:
        print_json(seals)
    else:
        print_line(
            "\n".join(f"seal {seal_row['number']} over {seal_row['heads']} requests" for seal_row in seals)
            or "nothing to seal"
        )
