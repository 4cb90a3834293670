"""Files as people send them: photos with a place in them, PDFs of every sort, and files prepared without a process."""

import asyncio
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image

from app.documents.worker import RefusedFile, clean_content
from domain.values.errors import DocumentRejected, Unavailable
from domain.values.files import PreparedFile
from domain.values.reasons import UnavailableReason

HEIC_PHOTO = (Path(__file__).parents[2] / "data" / "photo.heic").read_bytes()
"""64 by 48, taken by an iPhone in Gomishan, as its EXIF says."""

GPS_DIRECTORY, ORIENTATION, MODEL = 0x8825, 0x0112, 0x0110
TURNED_RIGHT = 6
"""The orientation of a photo whose rows run down its right side."""


class UnchangedFiles:
    """A cleaner that takes every file as it is: most tests are about what becomes of it."""

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        return content

    async def close(self) -> None:
        return


class FilesCleanedHere:
    """The real cleaning, in a thread in place of a process."""

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        outcome = await asyncio.to_thread(clean_content, content, media_type)
        if isinstance(outcome, RefusedFile):
            raise DocumentRejected("document", outcome.reason)
        return outcome

    async def close(self) -> None:
        return


class CountingCleaner(FilesCleanedHere):
    """The real cleaning; it counts the files that it opened."""

    def __init__(self) -> None:
        self.opened = 0

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        self.opened += 1
        return await super().clean_file(content, media_type)


class BusyCleaner(FilesCleanedHere):
    """A cleaner that can open nothing now."""

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        raise Unavailable("document", UnavailableReason.CLEANER)


def unchanged_file(file_name: str, content: bytes) -> PreparedFile:
    """Return a file as if it had been prepared."""
    return PreparedFile.build(file_name, content, content)


def take_photo(width: int = 64, height: int = 48, format_name: str = "JPEG", *, turned: bool = False) -> bytes:
    """Return a photo, white on its left half, with place, device and comment; `turned` as phones held upright do."""
    picture = Image.new("RGB", (width, height), "black")
    picture.paste("white", (0, 0, width // 2, height))
    exif = picture.getexif()
    exif[MODEL] = "iPhone 15"
    exif[GPS_DIRECTORY] = {1: "N", 2: (37.0, 4.0, 21.0), 3: "E", 4: (54.0, 4.0, 30.0)}
    if turned:
        exif[ORIENTATION] = TURNED_RIGHT
    written = BytesIO()
    comment = {"comment": b"gomishan"} if format_name == "JPEG" else {}
    picture.save(written, format_name, exif=exif, **comment)
    return written.getvalue()


def draw_bomb(side: int = 12_000) -> bytes:
    """Return a PNG of so many pixels a side in few bytes: black, a bit a pixel."""
    written = BytesIO()
    Image.new("1", (side, side)).save(written, "PNG", compress_level=9)
    return written.getvalue()


def write_pdf(*, script: str = "", password: str = "") -> bytes:
    """Return a PDF of an empty page, with a script that runs when it is opened, or one that a password opens."""
    written = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        if script:
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=encryption)
    return written.getvalue()


_write_blank_pdf = cache(write_pdf)


def write_marked_pdf(mark: str, size: int = 0) -> bytes:
    """Return a PDF like no other one, with a mark in it and at least so many bytes."""
    head, keyword, end = _write_blank_pdf().rpartition(b"startxref")
    marked = head + b"%" + mark.encode()
    return marked.ljust(size - len(keyword + end) - 1) + b"\n" + keyword + end
