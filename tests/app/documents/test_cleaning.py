"""Files of people are opened before they are stored: photos lose place and device and stay as they look; what is
broken, too large to be opened, locked or not harmless is refused with words.
"""

import resource
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps

from app.documents.cleaner import ProcessCleaner
from app.documents.worker import RefusedFile, clean_content
from domain.values.errors import DocumentRejected
from domain.values.files import detect_media_type
from domain.values.reasons import DocumentReason
from tests.support.scenarios.sample_files import (
    GPS_DIRECTORY,
    HEIC_PHOTO,
    FilesCleanedHere,
    draw_bomb,
    take_photo,
    write_pdf,
)

MEGABYTE = 1024 * 1024


def cleaned(content: bytes) -> bytes:
    """A file as it is stored."""
    outcome = clean_content(content, detect_media_type(content))
    assert isinstance(outcome, bytes), outcome
    return outcome


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_its_place_and_stands_upright(format_name: str) -> None:
    sent = take_photo(640, 480, format_name, turned=True)
    with Image.open(BytesIO(sent)) as before, Image.open(BytesIO(cleaned(sent))) as after:
        assert GPS_DIRECTORY in before.getexif(), "the sample has what is to be taken out"
        upright = ImageOps.exif_transpose(before).convert("RGB")
        assert (after.format, after.size) == (format_name, upright.size == (480, 640) and upright.size)
        assert (dict(after.getexif()), after.info.get("comment"), after.info.get("xmp")) == ({}, None, None)
        difference = ImageChops.difference(upright, after.convert("RGB"))
        assert not any(difference.convert("L").histogram()[25:]), "no eye sees it"
    assert all(mark not in cleaned(sent) for mark in (b"iPhone", b"gomishan", b"Exif"))


def test_a_photo_of_an_iphone_becomes_one_that_every_browser_shows() -> None:
    stored = cleaned(HEIC_PHOTO)
    with Image.open(BytesIO(stored)) as after:
        assert (after.format, after.size, dict(after.getexif())) == ("JPEG", (64, 48), {})
        assert after.convert("1").histogram()[::255] == [64 * 48 // 2] * 2, "half of it is white, and half black"
    assert b"iPhone" not in stored


def colour_profile(colours: bytes) -> bytes:
    """The head of a colour profile: of which colours it is."""
    return bytes(16) + colours + bytes(108)


@pytest.mark.parametrize(
    ("mode", "colours", "is_kept"), [("CMYK", b"CMYK", False), ("RGB", b"RGB ", True), ("L", b"GRAY", True)]
)
def test_a_profile_of_other_colours_than_the_stored_ones_is_dropped(mode: str, colours: bytes, is_kept: bool) -> None:
    written = BytesIO()
    Image.new(mode, (64, 48)).save(written, "JPEG", icc_profile=colour_profile(colours))
    with Image.open(BytesIO(cleaned(written.getvalue()))) as after:
        assert after.info.get("icc_profile") == (colour_profile(colours) if is_kept else None)


def test_what_hangs_behind_a_picture_is_not_stored() -> None:
    assert b"MZ" not in cleaned(take_photo() + b"MZ\x90\x00" * 1000)


def test_a_large_photo_is_stored_at_half_its_size() -> None:
    with Image.open(BytesIO(cleaned(take_photo(6000, 4500)))) as after:
        assert after.size == (3000, 2250)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (take_photo(640, 480)[:-200], "broken_photo"),
        (take_photo(640, 480, "PNG")[:600], "broken_photo"),
        (HEIC_PHOTO[:500], "broken_photo"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF<script>", "broken_photo"),
        (b"%PDF-1.7 words", "broken_pdf"),
        (write_pdf(password="1234"), "locked_pdf"),
        (write_pdf(script="app.alert(1)"), "active_pdf"),
    ],
    ids=["jpeg", "png", "heic", "script", "pdf", "locked", "active"],
)
def test_what_is_refused_says_why(content: bytes, reason: str) -> None:
    assert clean_content(content, detect_media_type(content)) == RefusedFile(DocumentReason(reason))


def test_a_pdf_is_stored_byte_for_byte() -> None:
    sent = write_pdf()
    assert cleaned(sent) == sent


async def test_a_bomb_is_refused_before_it_goes_off() -> None:
    """144 million pixels in some kilobytes."""
    bomb = draw_bomb()
    assert len(bomb) < MEGABYTE // 10
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DocumentRejected, match="too_many_pixels"):
        await FilesCleanedHere().clean_file(bomb, "image/png")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 15 * MEGABYTE


async def test_files_are_opened_in_a_process_that_may_die() -> None:
    cleaner, sent = ProcessCleaner(), take_photo()
    try:
        assert await cleaner.clean_file(sent, "image/jpeg") == cleaned(sent) == cleaned(cleaned(sent))
        with pytest.raises(DocumentRejected, match="broken_photo"):
            await cleaner.clean_file(sent[:-50], "image/jpeg")
    finally:
        await cleaner.close()


async def test_a_file_that_takes_too_long_is_given_up() -> None:
    cleaner = ProcessCleaner(file_seconds=0.000_001)
    try:
        with pytest.raises(DocumentRejected, match="unreadable_document"):
            await cleaner.clean_file(take_photo(), "image/jpeg")
    finally:
        await cleaner.close()
