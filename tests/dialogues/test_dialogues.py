"""People who are confused, in a hurry, or write as they speak: each is helped, by SMS and in a chat."""

from pathlib import Path

import pytest
import pytest_asyncio

from tests.dialogues.dialogue_town import furnish_file
from tests.dialogues.endings import find_faults
from tests.dialogues.playing import CHANNELS, play
from tests.dialogues.print_dialogues import describe
from tests.dialogues.transcript import Dialogue, load_dialogues


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished file, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "pishkhan.db"
    await furnish_file(path)
    return path


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("dialogue", load_dialogues(), ids=lambda dialogue: dialogue.name)
async def test_somebody_is_helped(dialogue: Dialogue, channel: str, furnished: Path, tmp_path: Path) -> None:
    played = await play(dialogue, channel, furnished, tmp_path / "pishkhan.db")
    faults = find_faults(dialogue, played, channel)
    if channel in dialogue.known_gap:
        assert faults, f"{dialogue.name} is helped now: take its known gap out of the transcript"
        return
    assert not faults, "\n".join([*faults, *describe(dialogue, played)])


def test_the_dialogues_are_forty_at_least_each_of_its_own_name() -> None:
    names = [dialogue.name for dialogue in load_dialogues()]
    assert len(set(names)) == len(names) >= 40
