"""The dialogues as they go, to be read.

    python -m tests.dialogues.print_dialogues [--chat] [NAME …]

Plays those named, or all, and prints what people wrote and what was replied.
"""

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.values.message_parts import count_parts
from tests.dialogues.dialogue_town import furnish_file
from tests.dialogues.endings import find_faults
from tests.dialogues.playing import Played, play, readable
from tests.dialogues.transcript import Dialogue, load_dialogues


def describe(dialogue: Dialogue, played: Played) -> Iterator[str]:
    """Return the lines of a dialogue as it went."""
    yield f"{dialogue.name} ({dialogue.kind}): {len(played.exchanges)} turns, {played.parts} parts"
    for exchange in played.exchanges:
        yield f"  > {exchange.said}"
        for reply in exchange.replies:
            first, *rest = readable(reply.text).splitlines()
            yield f"  < {first}"
            yield from (f"    {line}" for line in rest)
            yield f"    ({reply.key}, {count_parts(reply.text)})"


async def _print_dialogues(names: list[str], channel: str) -> None:
    with TemporaryDirectory() as directory:
        furnished = Path(directory) / "furnished.db"
        await furnish_file(furnished)
        for dialogue in load_dialogues():
            if names and dialogue.name not in names:
                continue
            path = Path(directory) / f"{dialogue.name}.db"
            played = await play(dialogue, channel, furnished, path)
            lines = [*describe(dialogue, played), *(f"  ! {one}" for one in find_faults(dialogue, played, channel))]
            print(*lines, "", sep="\n")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--chat", action="store_true", help="in a chat instead of by SMS")
    arguments = parser.parse_args()
    asyncio.run(_print_dialogues(arguments.names, "chat" if arguments.chat else "sms"))


if __name__ == "__main__":
    main()
