"""HTTP calls of clients of every sort, and their answers: the rules of SOAP, both versions."""

import gzip
import zlib
from base64 import b64encode
from collections.abc import Mapping

import pytest
from backports import zstd

from channels.pishkhan_soap.http import LARGEST_WITH_FILE
from tests.channels.pishkhan_soap.envelopes import (
    MACHINERY,
    MEDIA,
    OURS,
    SOAP_11,
    SOAP_12,
    body,
    elements,
    envelope,
)
from tests.channels.pishkhan_soap.raw_client import chunked, request
from tests.channels.pishkhan_soap.soap_office import Office

VERSIONS = (SOAP_11, SOAP_12)
WSA = "http://www.w3.org/2005/08/addressing"
DECLARED = '<?xml version="1.0" encoding="{}"?>\n'


@pytest.mark.parametrize("action", ["", '""', '"urn:pishkhan:counter:1:Ping"', "urn:x:CancelRequest", "GetServices"])
async def test_the_body_decides_whatever_soap_action_says(office: Office, action: str) -> None:
    answer = await office.wire.post(office.signer.signed(body("Ping")), SOAPAction=action)
    assert answer.body.tag == f"{{{OURS}}}PingResponse"


@pytest.mark.parametrize(
    "media",
    [
        'application/soap+xml; charset=utf-8; action="urn:pishkhan:counter:1:Ping"',
        'application/soap+xml; action="urn:x:CancelRequest"',
        "application/soap+xml",
        "text/xml",
        "text/xml; charset=UTF-8",
        'text/xml; charset="utf-8"',
        "application/xml; charset=utf_8",
        "application/octet-stream",
        "nonsense",
        "",
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_the_envelope_decides_its_version(office: Office, media: str, version: str) -> None:
    answer = await office.wire.post(office.signer.signed(body("Ping"), version), Content_Type=media)
    assert answer.version == version
    assert answer.text("office") == "دفتر 1001"


async def test_who_asks_first_may_send(office: Office) -> None:
    content = office.signer.signed(body("Ping")).encode()
    async with office.wire.line() as line:
        await line.send(request(content, {"Expect": "100-continue"})[: -len(content)])
        assert (await line.head())[0] == 100
        await line.send(content)
        assert (await line.answer()).text("time")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": str(LARGEST_WITH_FILE + 1)},
        {"Content-Length": "10", "Content-Type": "multipart/related; boundary=x"},
    ],
)
async def test_who_asks_first_with_what_is_never_taken_is_told_at_once(office: Office, headers: dict[str, str]) -> None:
    async with office.wire.line() as line:
        await line.send(request(b"", {"Expect": "100-continue", **headers}))
        assert (await line.answer()).fault.code in {"too_large", "unsupported"}


async def test_chunks_and_compression_are_read(office: Office) -> None:
    signer, wire = office.signer, office.wire
    raw = signer.signed(body("Ping")).encode()
    in_chunks = request(b"", {"Transfer-Encoding": "chunked", "Content-Length": ""}) + chunked(raw, 7)
    assert (await wire.raw(in_chunks)).text("time")
    packed = gzip.compress(signer.signed(body("Ping")).encode())
    assert (await wire.post(packed, Content_Encoding="gzip")).text("time")
    packed = zlib.compress(signer.signed(body("Ping")).encode())
    assert (await wire.post(packed, Content_Encoding="deflate")).text("time")
    packed = zstd.compress(signer.signed(body("Ping")).encode())
    assert (await wire.post(packed, Content_Encoding="zstd")).text("time")
    for coding in ("gzip", "br", "zstd"):
        broken = await wire.post(b"not packed at all", Content_Encoding=coding)
        assert (broken.fault.code, broken.fault.field) == ("invalid_field", "body")


PLAIN = "text/xml"
ENCODINGS: Mapping[str, tuple[str, str, str]] = {
    # name → (declaration, codec, Content-Type)
    "bom": (DECLARED.format("utf-8"), "utf-8-sig", PLAIN),
    "space": (" \r\n\t" + DECLARED.format("utf-8"), "utf-8", PLAIN),
    "declared": (DECLARED.format("utf-8"), "utf-8", PLAIN),
    "single quotes": ("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>", "utf-8", PLAIN),
    "charset before declaration": (DECLARED.format("utf-16"), "utf-8", "text/xml; charset=utf-8"),
    "utf-16 with a mark": (DECLARED.format("utf-16"), "utf-16", PLAIN),
    "utf-16-le": (DECLARED.format("utf-16"), "utf-16-le", PLAIN),
    "utf-16-be": (DECLARED.format("utf-16"), "utf-16-be", PLAIN),
    "utf-16-be by charset": ("", "utf-16-be", "application/soap+xml; charset=utf-16"),
    "utf-16 after space": ("\r\n" + DECLARED.format("utf-16"), "utf-16-le", "text/xml; charset=utf-16le"),
    "windows-1256 by charset": ("", "cp1256", "text/xml; charset=windows-1256"),
    "windows-1256 declared": (DECLARED.format("windows-1256"), "cp1256", PLAIN),
    "latin with references": ("", "latin-1", "text/xml; charset=ISO-8859-1"),
    "utf-8 under the charset windows-1256": (DECLARED.format("utf-8"), "utf-8", "text/xml; charset=windows-1256"),
    "utf-8 under the charset iso-8859-1": ("", "utf-8", "text/xml; charset=ISO-8859-1"),
    "utf-8 under a charset that is none": ("", "utf-8", "text/xml; charset=persian"),
    "utf-8 that is declared as windows-1256": (DECLARED.format("windows-1256"), "utf-8", PLAIN),
}


@pytest.mark.parametrize("way", ENCODINGS)
async def test_every_encoding_of_theirs_is_read(office: Office, way: str) -> None:
    declaration, codec, media = ENCODINGS[way]
    # windows-1256 has no Persian ی: such clients send the Arabic letter, and what is shown has ours.
    said = elements(MACHINERY).replace("ی", "ي") if codec == "cp1256" else elements(MACHINERY)
    text = office.signer.signed(body("SubmitMachineryRequest").replace("</Submit", said + "</Submit"))
    content = (declaration + text).encode(codec, "xmlcharrefreplace")
    code = (await office.wire.post(content, Content_Type=media)).text("trackingCode")
    assert (await office.town.request(code)).fields["full_name"] == "آنه محمدی"


@pytest.mark.parametrize("charset", ["x-unknown", "utf-7", "utf-32", "idna", "punycode", "unicode_escape", "\xff"])
async def test_other_encodings_are_refused(office: Office, charset: str) -> None:
    """Unless it is UTF-8 all the same: those bytes are what no UTF-8 is."""
    message = office.signer.signed(body("Ping", call_id="é")).encode("latin-1")
    answer = await office.wire.post(message, Content_Type=f"text/xml; charset={charset}")
    assert (answer.fault.code, answer.fault.field) == ("invalid_field", "body")
    declared = DECLARED.format(charset) if charset.isascii() else DECLARED.format("x")
    answer = await office.wire.post(declared.encode() + message, Content_Type="text/xml")
    assert (answer.fault.code, answer.fault.field) == ("invalid_field", "body")


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</place>", f'</place><description {XSI} xsi:nil="true"/>'),
        ("</place>", f'</place><description {XSI} xsi:nil="1"></description>'),
        ("<place>", f'<place {XSI} xsi:nil="false">'),
        ("<place>", f'<place {XSI} {XS} xsi:type="xs:string">'),
        ("<hours>", f'<hours {XSI} {XS} xsi:type="xs:double">'),
        ("<citizen>", f'<citizen {XSI} xsi:type="anonymous">'),
        ("<place>", f'<place {XSI} xsi:schemaLocation="urn:pishkhan:counter:1 http://127.0.0.1:1/x.xsd">'),
        ("<machine>loader", "<machine>lo<!-- a comment -->ader"),
        ("<machine>loader", "<machine>lo<?a remark?>ader"),
        ("<machine>loader", "<machine><![CDATA[loader]]>"),
        ("<machine>loader", "<machine> \t\r\n loader\n "),
        ("<mobile>09121234567", "<mobile>  +989121234567 "),
        ("2026-11-25", "2026-11-25+03:30"),
        ("2026-11-25", " 2026-11-25Z "),
        ("<hours>4", "<hours>+4.0"),
        ("<hours>4", "<hours>04.50"),
        ("1001</officeCode>", " 1001 </officeCode>"),
    ],
)
async def test_harmless_habits_are_read(office: Office, old: str, new: str) -> None:
    said = body("SubmitMachineryRequest", MACHINERY)
    assert old in said
    answer = await office.wire.post(office.signer.signed(said.replace(old, new)))
    request_ = await office.town.request(answer.text("trackingCode"))
    assert request_.fields["items"][0]["machine"] == "loader"
    assert request_.mobile == "+989121234567"
    assert request_.fields["date"] == "2026-11-25"


PING = body("Ping")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("<place>خیابان امام", "<place>", "missing_field", "place"),
        ("<place>خیابان امام</place>", "<place/>", "missing_field", "place"),
        ("<place>خیابان امام</place>", "", "missing_field", "place"),
        ("<place>خیابان امام</place>", f'<place {XSI} xsi:nil="true"/>', "missing_field", "place"),
        ("<fullName>آنه محمدی", "<fullName>", "missing_field", "fullName"),
        ("<mobile>09121234567", "<mobile>", "missing_field", "mobile"),
        ("<date>2026-11-25", "<date>", "missing_field", "date"),
        ("<hours>4", "<hours>", "missing_field", "hours"),
        ("<machine>loader", "<machine>", "missing_field", "machine"),
        ("<hours>4</hours>", "", "missing_field", "hours"),
        ("<machine>loader", "<machine>digger", "unknown_kind", "machine"),
        ("<hours>4", "<hours>0.25", "invalid_field", "hours"),
        ("<start>08:00", "<start>8 o'clock", "invalid_field", "start"),
        ("<date>2026-11-25", "<date>1405/09/04", "invalid_field", "date"),
        ("<date>2026-11-25", "<date>2026-11-20", "invalid_field", "date"),
        ("<nationalCode>0499370899", "<nationalCode>0499370898", "invalid_field", "nationalCode"),
        ("<mobile>09121234567", "<mobile>Missing child element(s). Expected is ( {x}y ).", "invalid_field", "mobile"),
        ("<mobile>09121234567", "<mobile>The value '' is not expected", "invalid_field", "mobile"),
        ("<mobile>09121234567</mobile>", "<mobile>0912<b/></mobile>", "invalid_field", "mobile"),
        ("</place>", "</place><colour>red</colour>", "invalid_field", "colour"),
        ("</place>", '</place><colour xmlns="">red</colour>', "invalid_field", "colour"),
        ("</place>", '</place><a.b-c xmlns="urn:x">red</a.b-c>', "invalid_field", "a.b-c"),
        ("<place>", '<place colour="red">', "invalid_field", "place"),
        ("<citizen>", "<citizen>words", "invalid_field", "citizen"),
        ("<start>08:00</start>", "", "missing_field", "start"),
        ("</start>", "</start><start>09:00</start>", "invalid_field", "start"),
    ],
)
async def test_what_is_wrong_is_named(office: Office, old: str, new: str, code: str, field: str) -> None:
    said = body("SubmitMachineryRequest", MACHINERY)
    assert old in said
    fault = (await office.wire.post(office.signer.signed(said.replace(old, new)))).fault
    assert (fault.code, fault.field) == (code, field)
    assert office.count("requests") == 0


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("inner", "code", "field"),
    [
        (body("DropTables"), "unsupported", "Body"),
        (PING.replace(OURS, "urn:pishkhan:counter:2"), "unsupported", "Body"),
        (PING.replace(f' xmlns="{OURS}"', ""), "unsupported", "Body"),
        (PING + PING, "invalid_field", "body"),
        ("", "invalid_field", "body"),
        ("words", "invalid_field", "body"),
    ],
)
async def test_a_body_is_one_known_element(office: Office, version: str, inner: str, code: str, field: str) -> None:
    answer = await office.wire.post(office.signer.signed(inner, version), Content_Type=MEDIA[version])
    assert answer.version == version
    assert (answer.fault.code, answer.fault.field) == (code, field)


ADDRESSING = f'<a:To xmlns:a="{WSA}" s:mustUnderstand="{{}}" s:{{}}="{{}}">urn:x</a:To>'
WHOM = {SOAP_11: "actor", SOAP_12: "role"}
NEXT = {SOAP_11: "http://schemas.xmlsoap.org/soap/actor/next", SOAP_12: SOAP_12 + "/role/next"}


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_header_that_must_be_understood_and_is_not(office: Office, version: str) -> None:
    async def sent(must: str, role: str) -> tuple[str, str]:
        header = office.signer.security() + ADDRESSING.format(must, WHOM[version], role)
        answer = await office.wire.post(envelope(body("Ping"), header, version))
        assert answer.version == version
        return answer.code, "" if answer.status == 200 else answer.fault.reason

    for must, role in (("1", ""), ("true", ""), (" 1 ", NEXT[version])):
        assert await sent(must, role) == ("unsupported", "MustUnderstand")
    for must, role in (("0", ""), ("false", NEXT[version]), ("1", "urn:another:node")):
        assert await sent(must, role) == ("ok", "")


@pytest.mark.parametrize("media", MEDIA.values())
async def test_other_versions_are_refused_as_such(office: Office, media: str) -> None:
    answer = await office.wire.post(office.signer.signed(body("Ping"), "urn:soap:2.0"), Content_Type=media)
    assert (answer.fault.reason, answer.fault.code) == ("VersionMismatch", "unsupported")
    nothing = await office.wire.post("<Ping/>", Content_Type=media)
    assert (nothing.fault.code, nothing.fault.field) == ("invalid_field", "body")


async def test_mtom_is_refused_clearly(office: Office) -> None:
    media = 'multipart/related; type="application/xop+xml"; boundary=x; start-info="text/xml"'
    answer = await office.wire.post(b"--x\r\n\r\n<a/>\r\n--x--", Content_Type=media)
    assert answer.fault.code == "unsupported"
    assert "MTOM" in answer.fault.message


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"\0", b"<", b"<a>", b"<a></b>", b"words", b"<a>&x;</a>", b"\xff\xfe"]
)
async def test_what_is_no_xml_has_a_fault(office: Office, content: bytes) -> None:
    assert (await office.wire.post(content)).fault.code == "invalid_field"


async def test_a_connection_lives_on_after_a_fault(office: Office) -> None:
    async with office.wire.line() as line:
        for inner, code in ((body("Nothing"), "unsupported"), (body("Ping"), "ok"), ("<broken", "invalid_field")) * 2:
            await line.send(request(office.signer.signed(inner).encode()))
            assert (await line.answer()).code == code


async def test_other_methods_are_refused(office: Office) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await office.wire.raw(request(b"", method=method))).status == 405
    found = await office.wire.raw(request(b"", method="GET"))
    assert (found.status, found.headers["allow"]) == (405, "POST")
    head = await office.wire.raw(request(b"", method="HEAD"), bodiless=True)
    assert (head.status, head.headers["allow"]) == (405, "POST")
    wsdl = await office.wire.raw(request(b"", method="GET", path="/soap/pishkhan?WSDL"))
    assert wsdl.status == 200
    assert b'location="http://desk.example/soap/pishkhan"' in wsdl.content


@pytest.mark.parametrize("version", VERSIONS)
async def test_words_come_back_as_they_were_said(office: Office, version: str) -> None:
    place = "کوچه‌ی «رز» & <پلاک> 5 ]]> \"'"
    code = (await office.call("SubmitMachineryRequest", MACHINERY | {"place": place}, version)).text("trackingCode")
    told = await office.call("GetRequest", {"trackingCode": code}, version)
    assert place in [field.text for field in told.body.iter(f"{{{OURS}}}text")]
    moments = [str(told.text(name)) for name in ("createdAt", "updatedAt", "at")]
    assert moments == ["2026-11-24T10:00:00+03:30"] * 3


@pytest.mark.parametrize("letter", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff", "\r"])
async def test_no_stored_character_breaks_an_answer(office: Office, letter: str) -> None:
    code = await office.submitted()
    office.town.sql("UPDATE requests SET fields = json_set(fields, '$.place', ?)", f"خیابان{letter}امام")
    told = await office.call("GetRequest", {"trackingCode": code})
    texts = [field.text or "" for field in told.body.iter(f"{{{OURS}}}text")]
    assert any(text.startswith("خیابان") and text.endswith("امام") for text in texts)


@pytest.mark.parametrize("letter", ["&#0;", "&#11;", "&#xFFFE;", "&#xD800;", "\x0b", "\ufffe"])
async def test_characters_that_xml_forbids_are_refused(office: Office, letter: str) -> None:
    said = body("SubmitMachineryRequest", MACHINERY).replace("خیابان", letter)
    assert (await office.wire.post(office.signer.signed(said))).fault.field == "body"


async def test_no_file_has_a_name_or_content_that_breaks_an_answer(office: Office) -> None:
    code = await office.submitted()
    content = b64encode(b"%PDF-1.7 words").decode()
    values = {"trackingCode": code, "name": "letter", "content": content}
    assert (await office.call("AttachDocument", values)).code == "invalid_field"
