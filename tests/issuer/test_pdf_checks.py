"""PDF documents: real ones are taken; those that act, are locked, cut off or bombs are not."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import pypdfium2 as pdfium
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from issuer import pdf_checks
from issuer.application_errors import (
    DocumentBombError,
    DocumentError,
    DocumentTooLargeError,
    DocumentUnreadableError,
    DocumentUnsafeError,
)
from issuer.pdf_checks import check_pdf

TAIL = b"\nxref\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
PAGE = b"3 0 obj << /Type /Page >> endobj\n"


def pdf(*objects: bytes, tail: bytes = TAIL) -> bytes:
    return b"%PDF-1.7\n" + PAGE + b"".join(objects) + tail


def stream(dictionary: bytes, content: bytes) -> bytes:
    return b"9 0 obj << %b >> stream\n%b\nendstream endobj\n" % (dictionary, content)


def deflated(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def packed_objects(content: bytes) -> bytes:
    return stream(b"/Type /ObjStm /Filter /FlateDecode", deflated(content))


def scanned(pages: int = 1) -> bytes:
    target = BytesIO()
    sheets = [Image.new("RGB", (90, 120), "white") for _ in range(pages)]
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:])
    return target.getvalue()


def typeset() -> bytes:
    made = typst.compile(BytesIO("= 租房合同\n示范 #pagebreak() 第二页".encode()).read())
    assert isinstance(made, bytes)
    return made


def rewritten() -> bytes:
    """As a reader saves it anew."""
    target = BytesIO()
    pdfium.PdfDocument(scanned(3)).save(target)
    return target.getvalue()


@pytest.mark.parametrize("make", [scanned, typeset, rewritten, lambda: scanned(100)])
def test_real_documents_are_taken(make: Callable[[], bytes]) -> None:
    check_pdf(make())


def test_pages_packed_with_other_objects_are_found() -> None:
    packed = packed_objects(b"<< /Type /Page >> " * 60)
    without = b"%PDF-1.7\n" + packed + TAIL

    check_pdf(without)
    with pytest.raises(DocumentTooLargeError, match="121 pages"):
        check_pdf(pdf(packed, packed))


@pytest.mark.parametrize("pages", [101, 5000])
def test_too_many_pages(pages: int) -> None:
    with pytest.raises(DocumentTooLargeError, match="more than 100") as refused:
        check_pdf(pdf(PAGE * (pages - 1)))
    assert refused.value.remedy


def test_a_file_without_a_page_is_no_document() -> None:
    with pytest.raises(DocumentUnreadableError, match="no page"):
        check_pdf(b"%PDF-1.7\n1 0 obj << /Type /Pages /Count 9 >> endobj" + TAIL)


@pytest.mark.parametrize(
    "act",
    [
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        b"/AA << /O << /S /Launch /F (cmd.exe) >> >>",
        b"/S /J#61vaScript",
        b"/S /#4a#61#76#61#53cript",
        b"/S/SubmitForm",
        b"/S /ImportData",
        b"/S /GoToR /F (\\\\host\\share)",
        b"/S /GoToE",
        b"/Type /EmbeddedFile",
        b"/Names << /EmbeddedFiles 5 0 R >>",
        b"/Subtype /RichMedia",
    ],
    ids=lambda act: act.decode("ascii"),
)
def test_what_acts_when_opened_is_refused_in_the_open_and_packed(act: bytes) -> None:
    for hidden in (b"4 0 obj << %b >> endobj\n" % act, packed_objects(b"<< %b >>" % act)):
        with pytest.raises(DocumentUnsafeError, match="acts when it is opened") as refused:
            check_pdf(pdf(hidden))
        assert "PDF" in refused.value.remedy
    not_deflated = stream(b"/Type/ObjStm", b"<< %b >>" % act)
    with pytest.raises(DocumentUnsafeError):
        check_pdf(pdf(not_deflated))


@pytest.mark.parametrize("form", [b"/XFA 5 0 R", b"/JS 5 0 R"])
def test_short_names_of_what_acts_are_looked_for_among_packed_objects(form: bytes) -> None:
    with pytest.raises(DocumentUnsafeError):
        check_pdf(pdf(packed_objects(b"<< %b >>" % form)))


@pytest.mark.parametrize(
    "harmless",
    [
        b"/S /URI /URI (https://example.org/launch)",
        b"/OpenAction [3 0 R /XYZ null null 0]",
        b"/S /GoTo /D (chapter)",
        b"/Title (JavaScript for beginners)",
        b"/LaunchPad true",
        b"/Type /Encryption",
    ],
)
def test_what_only_looks_like_it_is_taken(harmless: bytes) -> None:
    check_pdf(pdf(b"4 0 obj << %b >> endobj\n" % harmless))


@pytest.mark.parametrize(
    "dictionary",
    [
        b"/Type /ObjStm /Filter /LZWDecode",
        b"/Type /ObjStm /Filter [/ASCII85Decode /FlateDecode]",
        b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
        b"/Type /Obj#53tm /Filter /ASCIIHexDecode",
    ],
    ids=lambda dictionary: dictionary.decode("ascii"),
)
def test_objects_packed_so_that_nobody_can_look_are_refused(dictionary: bytes) -> None:
    with pytest.raises(DocumentUnsafeError, match="cannot be checked"):
        check_pdf(pdf(stream(dictionary, deflated(b"<< >>"))))


def test_objects_that_do_not_unpack_are_refused_and_other_streams_are_the_reader_s_trouble() -> (
    None
):
    broken = deflated(b"<< >>" * 100)[:-9]
    check_pdf(pdf(stream(b"/Filter /FlateDecode", broken)))
    with pytest.raises(DocumentUnsafeError, match="cannot be checked"):
        check_pdf(pdf(stream(b"/Type /ObjStm /Filter /FlateDecode", broken)))


def test_a_locked_file_is_refused() -> None:
    with pytest.raises(DocumentUnreadableError, match="password") as refused:
        check_pdf(pdf(tail=b"\ntrailer << /Encrypt 7 0 R >>\n%%EOF"))
    assert "without a password" in refused.value.remedy


@pytest.mark.parametrize("end", [200, 400, -8])
def test_a_file_that_is_cut_off_is_refused(end: int) -> None:
    with pytest.raises(DocumentUnreadableError, match="cut off"):
        check_pdf(scanned()[:end])
    with pytest.raises(DocumentUnreadableError, match="does not end"):
        check_pdf(pdf(b"9 0 obj << >> stream\nabc"))


def test_a_stream_that_unpacks_to_more_than_the_cap_is_a_bomb() -> None:
    bomb = stream(b"/Filter /FlateDecode", deflated(bytes(100_000_000)))
    check_pdf(pdf(bomb, bomb))
    with pytest.raises(DocumentBombError, match="256 MB"):
        check_pdf(pdf(bomb, bomb, bomb))


def test_bombs_that_break_off_count_too() -> None:
    """Each unpacks for long and then fails: together they must not cost more than the cap."""
    broken = deflated(bytes(100_000_000))[:-20]
    with pytest.raises(DocumentBombError):
        check_pdf(pdf(*[stream(b"/Filter /FlateDecode", broken)] * 60))


@pytest.mark.parametrize(
    "filters",
    [b"[/FlateDecode /FlateDecode]", b"[ /Fl /LZW ]", b"[/RunLengthDecode/FlateDecode]"],
)
def test_a_part_packed_twice_is_a_bomb(filters: bytes) -> None:
    twice = deflated(deflated(bytes(1000)))
    with pytest.raises(DocumentBombError, match="several times over"):
        check_pdf(pdf(stream(b"/Filter " + filters, twice)))


def test_objects_have_a_cap_of_their_own() -> None:
    with pytest.raises(DocumentUnsafeError):
        check_pdf(pdf(packed_objects(bytes(17 * 1024 * 1024))))


def test_a_giant_picture_inside_is_refused() -> None:
    giant = b"/Subtype /Image /Width 20000 /Height 20000 /Filter /DCTDecode"
    with pytest.raises(DocumentTooLargeError, match="20000 times 20000"):
        check_pdf(pdf(stream(giant, b"x")))


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_checks, "MAX_STREAMS", 10)
    check_pdf(pdf(*[stream(b"", b"")] * 10))
    with pytest.raises(DocumentBombError):
        check_pdf(pdf(*[stream(b"", b"")] * 11))


@pytest.mark.parametrize(
    "junk", [b"1 0 obj ", b"stream\n", b"/Type ", b"#4", b"<< /Filter [", b"endstream stream\n"]
)
def test_a_file_made_to_keep_us_busy_does_not(junk: bytes) -> None:
    """Taken or refused; were the search quadratic, this would go on for hours."""
    with suppress(DocumentError):
        check_pdf(pdf(junk * (5_000_000 // len(junk))))


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused_with_a_reason(data: bytes) -> None:
    try:
        check_pdf(b"%PDF-" + data)
    except DocumentError as refused:
        assert refused.detail  # noqa: PT017
        assert refused.remedy  # noqa: PT017


SCRIPT = deflated(b"7 0 << /S /JavaScript /JS (app.alert(1)) >>")
OBJECTS = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"


@pytest.mark.parametrize(
    ("dictionary", "keyword"),
    [
        pytest.param(b"/Type /ObjStm /N 1 /First 4 /Filter 8 0 R", b"stream\n", id="filter far"),
        pytest.param(
            b"/Type /ObjStm /N 1 /First 4 /Filter%x\n/FlateDecode", b"stream\n", id="comment"
        ),
        pytest.param(
            b"/Type%x\n/ObjStm /N 1 /First 4 /Filter /FlateDecode", b"stream\n", id="type's comment"
        ),
        pytest.param(
            b"/Type 8 0 R /N 1 /First 4 /Filter /FlateDecode", b"stream\n", id="type elsewhere"
        ),
        pytest.param(OBJECTS + b" /X (" + b"y" * 9000 + b")", b"stream\n", id="far above"),
        pytest.param(OBJECTS + b" /X (1 0 obj)", b"stream\n", id="cut by a string"),
        pytest.param(OBJECTS, b"stream \n", id="a blank behind the word"),
        pytest.param(OBJECTS, b"stream\r", id="another line end"),
        pytest.param(b"", b"stream\n", id="says nothing of itself"),
    ],
)
def test_what_a_part_says_of_itself_hides_nothing_in_it(dictionary: bytes, keyword: bytes) -> None:
    hidden = b"9 0 obj << %b >> %b%b\nendstream endobj\n" % (dictionary, keyword, SCRIPT)
    with pytest.raises(DocumentUnsafeError):
        check_pdf(pdf(hidden))


@pytest.mark.parametrize(
    "dictionary",
    [b"", b"/Filter /DCTDecode", b"/X (1 0 obj)", b"/Filter /FlateDecode"],
    ids=lambda dictionary: dictionary.decode("ascii"),
)
def test_a_bomb_is_one_whatever_it_is_called(dictionary: bytes) -> None:
    with pytest.raises(DocumentBombError, match="256 MB"):
        check_pdf(pdf(*[stream(dictionary, deflated(bytes(90_000_000)))] * 3))
    with pytest.raises(DocumentBombError, match="several times over"):
        check_pdf(pdf(stream(dictionary, deflated(deflated(bytes(1_000_000))))))


def test_a_name_across_two_pieces_is_found() -> None:
    long = bytes(256 * 1024 - 5) + b"/JavaScript"
    with pytest.raises(DocumentUnsafeError, match="JavaScript"):
        check_pdf(pdf(stream(b"/Filter /FlateDecode", deflated(long))))


def test_objects_in_the_open_begin_with_their_numbers() -> None:
    check_pdf(pdf(stream(b"/Type /ObjStm /N 1 /First 4", b"7 0 << >>")))
    with pytest.raises(DocumentUnsafeError, match="cannot be checked"):
        check_pdf(pdf(stream(b"/Type /ObjStm /N 1 /First 4", b"\x80\x0b\x60\x50")))
