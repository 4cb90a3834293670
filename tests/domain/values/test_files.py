"""Type of a file, by its own bytes."""

import pytest

from domain.values.errors import DocumentRejected, TooLarge
from domain.values.files import MAX_DOCUMENT_BYTES, detect_media_type
from tests.support.tables import each_row


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00", "image/heic"),
        (b"%PDF-1.4\n%\xe2\xe3", "application/pdf"),
        (b"%PDF-" + b"x" * (MAX_DOCUMENT_BYTES - 5), "application/pdf"),
    ],
)
def test_photos_and_pdf_are_known(content: bytes, media_type: str) -> None:
    assert detect_media_type(content) == media_type


@each_row(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"GIF89a",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypisom",
        b"\n%PDF-1.4",
        b"PK\x03\x04",
    ],
)
def test_everything_else_is_rejected(content: bytes) -> None:
    with pytest.raises(DocumentRejected):
        detect_media_type(content)


def test_seven_megabytes_are_the_limit_which_is_told() -> None:
    with pytest.raises(TooLarge, match="document:document") as refused:
        detect_media_type(b"%PDF-" + b"x" * (MAX_DOCUMENT_BYTES - 4))
    assert refused.value.params == {"most": "۷"}


def test_an_empty_file_is_named_as_such() -> None:
    with pytest.raises(DocumentRejected, match="empty_file"):
        detect_media_type(b"")
