"""Whether a line that is to be booked was booked before, by whatever file."""

from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import UnitOfWork


async def find_booked_line(uow: UnitOfWork, line: FileLine) -> LineOutcome | None:
    """Return `KNOWN` or `OTHER_NUMBER` where another line with its number was booked; None: there is none.

    It is asked while the number is held (`serialise_lines`), so that two files cannot both find none.
    """
    known_lines = await uow.settlement.find_known_lines(line.source, {line.reference})
    booked_lines = [
        known
        for known in known_lines.get(line.reference, ())
        if known.is_booked and (known.file_id, known.line_number) != (line.file_id, line.line_number)
    ]
    if not booked_lines:
        return None
    payment = (line.bill_id, line.payment_id, line.amount)
    is_same = any((known.bill_id, known.payment_id, known.amount) == payment for known in booked_lines)
    return LineOutcome.KNOWN if is_same else LineOutcome.OTHER_NUMBER
