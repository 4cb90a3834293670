"""Shares of emergencies that are heard, and of other texts that are taken for one, on texts nothing was mended by.

    python -m bench.emergencies

`blind_emergencies.jsonl` was written before the table of events was read, and is split in two by idea. What is missed
of the open half is printed, to mend the kind; of the counted half only how many: who looks at them has no figure left.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from domain.conversation.reading.emergencies import find_emergency

TEXTS = Path(__file__).parent / "blind_emergencies.jsonl"
OPEN, COUNTED = "open", "counted"


class Share(NamedTuple):
    """Texts of one half that are emergencies, or are none, and those of them that are taken for the other."""

    half: str
    is_emergency: bool
    texts: list[str]
    mistaken: list[str]


def measure_shares() -> Iterator[Share]:
    """Yield what is found of each half."""
    rows = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines()]
    for half in (OPEN, COUNTED):
        for is_emergency in (True, False):
            texts = [row["text"] for row in rows if (row["half"], row["is_emergency"]) == (half, is_emergency)]
            mistaken = [text for text in texts if (find_emergency(text) is not None) is not is_emergency]
            yield Share(half, is_emergency, texts, mistaken)


def main() -> None:
    """Print the shares."""
    for share in measure_shares():
        name = "missed" if share.is_emergency else "false alarms"
        print(f"{share.half:8} {name}: {len(share.mistaken)} of {len(share.texts)}")
        for text in share.mistaken if share.half == OPEN else ():
            print(f"  {text}")


if __name__ == "__main__":
    main()
