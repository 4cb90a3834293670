"""Files that come in a chat are scanned for malware first; the person is told, and may send another one."""

from tests.domain.actions.conversations.test_chat_services import PHOTO, asked, documents
from tests.support.chat_person import Person
from tests.support.suspicious_scanner import MALWARE, SuspiciousScanner


async def test_malware_is_told_and_the_file_is_waited_for_again(anneh: Person) -> None:
    code = await asked(anneh)
    scanner = anneh.town.desk.malware_scanner = SuspiciousScanner(anneh.town.store)
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    assert "بدافزار پیدا شد" in (await anneh.sends(PHOTO + MALWARE)).text
    scanner.is_away = True
    assert "فعلاً نمی‌شود فایل گرفت" in (await anneh.sends(PHOTO)).text
    assert await documents(anneh, code) == []
    scanner.is_away = False
    await anneh.sends(PHOTO)
    assert len(await documents(anneh, code)) == 1
