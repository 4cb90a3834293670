"""Shares of people who are helped: three for each wish, each reacting to what the municipality replies.

    python -m bench.dialogues [--kind KIND] [--show NAME] [--read FILE]

The people are those of `tests/dialogues/people/`; each plays by SMS and in a chat over the real store. Helped is who
ends as the wish says, within its turns and parts, and hears nothing twice running in the same words. A wish is lost
where somebody gave up to whom no reply named the telephone or made a request. Prints the shares by channel and manner,
and the faults of each who was not helped; `--show` prints one dialogue, `--read` writes all of them into a file.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.dialogues.dialogue_town import furnish_file
from tests.dialogues.endings import TWICE_THE_SAME, find_faults
from tests.dialogues.people import MANNERS, Person, Speech, load_people
from tests.dialogues.playing import CHANNELS, Played, play
from tests.dialogues.print_dialogues import describe

PHONE = "۰۱۷۳۴۱۱۲۲۳۳"


class Course(NamedTuple):
    """A person's dialogue as it went."""

    person: Person
    channel: str
    played: Played
    faults: Sequence[str]
    has_given_up: bool

    @property
    def is_lost(self) -> bool:
        """Whether the wish came to nothing, and nobody said where else to turn."""
        has_made = len(self.played.after) > len(self.played.before)
        return self.has_given_up and bool(self.faults) and not has_made and PHONE not in self.played.text

    def describe(self) -> str:
        """Return the dialogue with what was wrong with it."""
        faults = [f"  ! {fault}" for fault in self.faults]
        return "\n".join([f"[{self.channel}]", *describe(self.person.dialogue, self.played), *faults])


async def play_people(people: Sequence[Person]) -> list[Course]:
    """Play all of them on both channels."""
    courses = []
    with TemporaryDirectory() as folder:
        furnished, path = Path(folder) / "furnished.db", Path(folder) / "town.db"
        await furnish_file(furnished)
        for person in people:
            for channel in CHANNELS:
                speech = Speech(person)
                played = await play(person.dialogue, channel, furnished, path, speech)
                faults = find_faults(person.dialogue, played, channel)
                courses.append(Course(person, channel, played, faults, speech.has_given_up))
    return courses


def print_shares(courses: Sequence[Course]) -> None:
    """Print how many were helped, by channel and by manner."""
    print("channel  manner    people  helped  lost  twice  turns  parts")
    for channel in CHANNELS:
        for manner in (*MANNERS, "all"):
            some = [one for one in courses if one.channel == channel and manner in {one.person.manner, "all"}]
            helped = sum(not one.faults for one in some) / len(some)
            twice = sum(TWICE_THE_SAME in one.faults for one in some)
            turns = median(len(one.played.exchanges) for one in some)
            parts = median(one.played.parts for one in some)
            lost = sum(one.is_lost for one in some)
            print(f"{channel:7}  {manner:8}  {len(some):6}  {helped:6.0%}  {lost:4}  {twice:5}  {turns:5}  {parts:5}")


def main() -> None:
    """Play, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", default="", help="play the people of one kind alone")
    parser.add_argument("--show", default="", metavar="NAME", help="print the dialogues whose names begin so")
    parser.add_argument("--read", type=Path, metavar="FILE", help="write all dialogues into a file")
    options = parser.parse_args()
    people = [
        one for one in load_people() if options.kind in one.dialogue.kind and one.dialogue.name.startswith(options.show)
    ]
    courses = asyncio.run(play_people(people))
    if options.show:
        print(*(one.describe() for one in courses), sep="\n\n")
    if options.read:
        options.read.write_text("\n\n".join(one.describe() for one in courses) + "\n", "utf-8")
    print_shares(courses)
    for one in courses:
        if one.faults:
            print(f"{one.person.dialogue.name} [{one.channel}]: {'; '.join(one.faults)}")


if __name__ == "__main__":
    main()
