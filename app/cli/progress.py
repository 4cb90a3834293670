"""A progress bar on a terminal's standard error; nowhere else, so that programs read what commands say."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(task_name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show how many of `total` rows are behind (None: not known); yields the function to call with that number."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415 - not needed where no terminal is
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task_id = progress.add_task(task_name, total=total)
        yield lambda rows_done: progress.update(task_id, completed=rows_done)
