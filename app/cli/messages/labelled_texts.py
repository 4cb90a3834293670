"""`pishkhan sms labelled`: what the desk said that texts wanted, as labelled sentences to learn from."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, reporting_errors
from app.cli.session import CommandSession, run_in_session
from domain.actions.messages.labelling import list_labelled_sentences


def export_labelled(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Print the texts that the desk labelled, a labelled sentence a line, as `scripts/new_sentences.py` takes them.

    What was masked in them is a specimen of its kind.
    """

    async def run_command(session: CommandSession) -> Sequence[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            sentences = await list_labelled_sentences(session.dependencies.grammar, uow.misread_texts)
        return [sentence.as_json() for sentence in sentences]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        sys.stdout.writelines(_write_lines(rows))


def _write_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    return (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
