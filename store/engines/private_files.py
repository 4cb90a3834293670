"""Files that only their owner can read: databases hold personal data, and so does all that is made of them.

SQLite makes its file with the rights that the process's umask leaves (0644 as a rule), and gives those of its file to
what it keeps beside it. So the file is made here first, and one that was made otherwise is brought to the same.
"""

import os
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
FILE_SUFFIXES = ("", "-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside its own."""

_OTHERS_RIGHTS = 0o077


def make_file_private(path: Path) -> None:
    """Make an empty file that only its owner can read; one that is there keeps what it holds, and loses the rights of
    others. What cannot be done is left to whoever opens the file: it says why.
    """
    with suppress(OSError):
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    for suffix in FILE_SUFFIXES:
        _close_to_others(path.with_name(path.name + suffix))


def _close_to_others(path: Path) -> None:
    with suppress(OSError):
        file_mode = path.stat().st_mode
        if file_mode & _OTHERS_RIGHTS:
            path.chmod(file_mode & 0o700)
