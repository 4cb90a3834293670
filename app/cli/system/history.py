"""`pishkhan history`: verifying every chain and seal, and sealing what is new."""

from dataclasses import asdict
from typing import Any

import typer

from app.cli.options import AsJson, Config
from app.cli.output import REFUSED, emit_json, say, told, waiting
from app.cli.session import CommandSession, in_session
from app.wiring import build_signer
from domain.actions.history import sealing


def verify(as_json: AsJson = False, config: Config = None) -> None:
    """Verify the whole history: edited, removed or moved events, missing requests, forged seals (exit code 1)."""

    async def work(session: CommandSession) -> dict[str, Any]:
        return asdict(await sealing.verify(session.store, build_signer(session.settings)))

    with told(as_json), waiting("verifying"):
        found = in_session(config, work, any_key=True)  # it says itself what another key signed
    if as_json:
        emit_json(found)
    else:
        for fault in found["faults"]:
            say(f"{fault['kind']}: {fault['subject']}" + (f", event {fault['seq']}" if fault["seq"] else ""))
        say(
            f"{len(found['faults'])} faults in {found['events']} events of {found['requests']} requests and"
            f" {found['seals']} seals; {found['unsealed']} events are not sealed yet"
        )
    if found["faults"]:
        raise typer.Exit(REFUSED)


def seal(as_json: AsJson = False, config: Config = None) -> None:
    """Seal every chain that changed since the last seal."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
        made = await sealing.seal(session.desk, session.store, build_signer(session.settings))
        return [{"number": one.number, "heads": len(one.heads), "hash": one.hash} for one in made]

    with told(as_json), waiting("sealing"):
        seals = in_session(config, work)
    if as_json:
        emit_json(seals)
    else:
        say("\n".join(f"seal {one['number']} over {one['heads']} requests" for one in seals) or "nothing to seal")
