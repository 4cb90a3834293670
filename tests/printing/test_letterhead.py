"""A logo must be a picture of a sensible size, by what is in the file."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from domain.papers.document import Letterhead, Paragraphs
from printing.letterhead import LARGEST_LOGO, read_logo
from tests.support.printed_papers import LETTERHEAD, a_printout, pages_of, printing, text_of


def picture(kind: str) -> bytes:
    """A small red picture."""
    content = BytesIO()
    Image.new("RGB", (40, 40), "red").save(content, kind)
    return content.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_pictures_are_taken(tmp_path: Path, kind: str, media_type: str) -> None:
    path = tmp_path / "logo.bin"
    path.write_bytes(picture(kind))
    assert read_logo(path).startswith(f"data:{media_type};base64,")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg onload='x'/>", "neither PNG nor JPEG"),
        (b"", "neither"),
        (b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_LOGO), "larger than 512 KB"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=why):
        read_logo(path)


@pytest.mark.parametrize("name", ["missing.png", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"missing|directory"):
        read_logo(tmp_path / name)


async def test_each_paper_bears_what_the_letterhead_is_then() -> None:
    names = ["شهرداری یکم", "شهرداری دوم", "شهرداری سوم"]
    now = names[0]
    async with printing(bears=lambda: Letterhead(now)) as printer:
        for now in names:
            made = [printer.render_html(a_printout()), text_of(await printer.render_pdf(a_printout()))]
            assert [[name for name in names if name.split()[1] in one] for one in made] == [[now], [now]]


async def test_the_logo_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(picture("PNG"))
    made = Letterhead(LETTERHEAD.name, logo=read_logo(path))
    async with printing(bears=lambda: made) as printer:
        [page] = pages_of(await printer.render_pdf(a_printout(Paragraphs(("متن",)))))
    red = sum(count for count, colour in page.getcolors(1 << 20) or [] if colour == (255, 0, 0))
    assert red > 1000
