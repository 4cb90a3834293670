"""Speech of Debian's espeak-ng, as the OGG with Opus that messengers play as a voice note (opusenc of opus-tools).

Both are programs of the system, run for one text within a time limit; nothing leaves the machine. What goes wrong costs
the voice, never the text.
"""

import asyncio
import logging
from collections.abc import Sequence

from domain.messages.keyboards import SpokenText

SPEECH_SECONDS = 15.0
"""Seconds that one text may take until it is sent without a voice."""

LONGEST_SPOKEN = 1000
"""Characters: no text of a chat is longer."""

_SPEAKING_SPEED = "140"
"""Words a minute: digits are to be written down."""

_ENCODING = ("opusenc", "--quiet", "--speech", "--bitrate", "24", "-", "-")

log = logging.getLogger(__name__)


async def speak(spoken_text: SpokenText) -> bytes | None:
    """Return a text as a voice note; None where it cannot be made."""
    speaking = ("espeak-ng", "-v", spoken_text.voice, "-s", _SPEAKING_SPEED, "--stdin", "--stdout")
    try:
        async with asyncio.timeout(SPEECH_SECONDS):
            wave = await _run(speaking, spoken_text.text[:LONGEST_SPOKEN].encode())
            return await _run(_ENCODING, wave)
    except (OSError, RuntimeError, TimeoutError) as error:
        log.warning("a text is sent without a voice: %s", type(error).__name__)
        return None


async def _run(command: Sequence[str], input_bytes: bytes) -> bytes:
    """Return what a program writes; it is ended with whoever waits for it. `OSError`, `RuntimeError`."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)
    try:
        written, _ = await process.communicate(input_bytes)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not written:
        raise RuntimeError(command[0])
    return written
