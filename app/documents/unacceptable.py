"""Error raised for a file of strangers that is not taken."""

from domain.values.reasons import DocumentReason


class UnacceptableFileError(Exception):
    """A file that is not taken, for a reason of `DocumentRejected`."""

    def __init__(self, reason: DocumentReason) -> None:
        super().__init__(reason)
        self.reason = reason
