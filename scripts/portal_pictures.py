"""Make the pictures of the portal in `docs/images` of those that the browser tests take (`make pictures`).

    python -m scripts.portal_pictures FROM TO

A picture is cut where a reader has seen enough, and stored in few colours, so that it stays small.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

PICTURES: Mapping[str, str] = {
    "portal-home": "machinery-home-desk",
    "portal-home-phone": "machinery-home-phone",
    "portal-service": "machinery-service-desk",
    "portal-service-phone": "machinery-service-phone",
    "portal-track": "machinery-track-desk",
    "portal-code-phone": "taxi_leave-code-phone",
    "portal-form": "machinery-machines-desk",
    "portal-form-phone": "machinery-refused-phone",
    "portal-summary-phone": "machinery-summary-phone",
    "portal-done-phone": "machinery-sent-phone",
    "portal-own-phone": "machinery-list-phone",
    "portal-request-phone": "machinery-question-phone",
    "portal-pay-phone": "machinery-pay-phone",
    "portal-request-done-phone": "machinery-done-phone",
    "portal-print": "request-print",
}
"""The picture in the documentation → the one that a test takes: service, moment of its walk, size."""

MOST_PIXELS_HIGH = 1400
COLOURS = 128


def make_picture(source: Path, target: Path) -> None:
    """Cut and store a picture."""
    with Image.open(source) as picture:
        cut = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, MOST_PIXELS_HIGH)))
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> None:
    """Make them all."""
    source_folder, target_folder = map(Path, sys.argv[1:])
    for target_name, source_name in PICTURES.items():
        make_picture(source_folder / f"{source_name}.png", target_folder / f"{target_name}.png")


if __name__ == "__main__":
    main()
