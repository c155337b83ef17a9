"""The slip on paper: rendered, looked at by machine, and scanned from the rendered page."""

import random
import re
import shutil
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from issuer.confirmation_slip import DocumentShown, Printing, SlipPage, slip_page
from issuer.demonstration import drawn_portrait
from issuer.errors import SlipFontError
from issuer.particulars import (
    MAX_ADDRESS_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_PORTRAIT_BYTES,
    Resident,
)
from issuer.permit import Permit, grant
from issuer.settings import Settings
from issuer.slip_code import drawn_code
from issuer.slip_pdf import SlipPress
from schemas.base64url import b64url_encode
from schemas.civil_id import Sex

FONTS = Path(Settings().slip_font_dir)
AT = datetime(2026, 11, 25, 6, 20, tzinfo=UTC)
CODE = "ZJP1:" + "".join(random.Random(1).choices("0123456789ABCDEFGHIJKLMNOP", k=210)) + ":"
SHORT = ("林样例", "贵州省贵阳市示范路1号", "浙江省温州市鹿城区示范街道示范路1号")
LONG = (
    ("𠮷阿卜杜热西提·麦麦提吐尔逊江示范" * 3)[:MAX_NAME_CHARACTERS],
    ("新疆维吾尔自治区乌鲁木齐市天山区示范街道示范路" * 9)[:MAX_ADDRESS_CHARACTERS],
    ("浙江省丽水市景宁畲族自治县示范街道示范路2号3幢401室" * 9)[:MAX_ADDRESS_CHARACTERS],
)
WIDTH_MM, HEIGHT_MM = 210, 297


@cache
def press() -> SlipPress:
    return SlipPress(FONTS)


def permit_of(
    name: str, registered: str, residence: str, *, portrait: bytes, county: str = "330302"
) -> Permit:
    resident = Resident(
        name=name,
        citizen_id_number="65000019880103001X",
        sex=Sex.MALE,
        birthdate=date(1988, 1, 3),
        ethnic_group="47",
        registered_address=registered,
        portrait=portrait,
    )
    return grant(
        number="ZJ330302202600000012",
        county=county,
        resident=resident,
        residence_address=residence,
        registered_on=date(2026, 3, 2),
        on=date(2026, 11, 23),
        by="li-3",
    )


def page_of(permit: Permit, *, officer: str = "li-3", demo: bool = False) -> SlipPage:
    printing = Printing("7K3M-Q9TD-V2XA", AT, officer, DocumentShown.HOUSEHOLD_REGISTER)
    return slip_page(permit, printing, key_thumbprint=b64url_encode(bytes(range(32))), demo=demo)


@cache
def printed(
    words: tuple[str, str, str] = SHORT,
    *,
    county: str = "330302",
    officer: str = "li-3",
    demo: bool = False,
    portrait: bytes = drawn_portrait(hue=0.5),
    code: str = CODE,
) -> bytes:
    permit = permit_of(*words, portrait=portrait, county=county)
    page = page_of(permit, officer=officer, demo=demo)
    svg = drawn_code(code).svg
    return press().pdf(page, code_svg=svg, portrait=permit.resident.portrait, at=AT)


def text_of(pdf: bytes) -> str:
    """The page's text, with nothing between what was broken into lines."""
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s", "", document[0].get_textpage().get_text_range())


def rendered(pdf: bytes, *, dpi: int = 150) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()
    return picture


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize(
    ("words", "county", "officer"),
    [(SHORT, "330302", "li-3"), (LONG, "331127", "a-very-long-officers-id-of-32-xyz")],
    ids=["usual", "everything as long as it may be"],
)
def test_it_is_one_page_with_every_word(
    words: tuple[str, str, str], county: str, officer: str
) -> None:
    pdf = printed(words, county=county, officer=officer)
    document, text = pypdfium2.PdfDocument(pdf), text_of(pdf)

    assert len(document) == 1
    assert [round(mm * 25.4 / 72) for mm in document[0].get_size()] == [WIDTH_MM, HEIGHT_MM]
    for said in (*words, "浙江省居住证确认单", "**************001X", "7K3M-Q9TD-V2XA"):
        assert said in text


def test_nothing_lies_over_anything_else() -> None:
    """With everything as long as it may be: the last sentence ends above the foot."""
    page = pypdfium2.PdfDocument(printed(LONG, county="331127", officer="x" * 32))[0]
    words = page.get_textpage()

    def where(text: str) -> tuple[float, float]:
        """Lowest and highest point, in points from the bottom of the page."""
        index, _ = words.search(text).get_next()
        boxes = [words.get_charbox(at) for at in range(index, index + len(text))]
        return min(box[1] for box in boxes), max(box[3] for box in boxes)

    assert where("to the authority.")[0] > where("经办人员")[1] + 6
    assert where("Scan to check")[0] > where("打印时间")[1] + 6
    assert where("打印时间")[0] > 0


def test_a_name_outside_the_bmp_is_drawn_not_boxed() -> None:
    """Two characters that a font without them would draw alike."""
    strip = (100, 290, 500, 370)  # pixels at 150 dpi, where the name stands
    drawn = {
        rendered(printed((name, *SHORT[1:]))).crop(strip).tobytes()
        for name in ("𠮷示范", "𠀋示范", "吉示范")
    }

    assert len(drawn) == 3
    assert "𠮷示范" in text_of(printed(("𠮷示范", *SHORT[1:])))


def test_every_font_is_embedded() -> None:
    """Where a viewer had to find one, the page could look different on another machine."""
    pdf = printed(LONG)

    assert len(re.findall(rb"/FontFile3", pdf)) >= 2  # regular and bold
    assert b"NotoSansCJKsc" in pdf
    assert len(pdf) < 200_000, "the characters used, not whole fonts of 20 MB"


@pytest.mark.parametrize("dpi", [110, 150, 300])
def test_the_code_is_read_off_the_rendered_page(dpi: int) -> None:
    assert scanned(rendered(printed(), dpi=dpi)) == [CODE]


def test_the_finest_code_is_read_off_the_rendered_page() -> None:
    fine = "ZJP1:" + "".join(random.Random(2).choices("0123456789ABCDEFGHIJ $%*", k=964)) + ":"

    assert scanned(rendered(printed(code=fine))) == [fine]


def test_a_careless_photograph_will_do() -> None:
    """Crooked, a little out of focus, grey light on one side, few pixels."""
    page = rendered(printed(), dpi=170)
    photo = page.rotate(7, expand=True, fillcolor="#777777", resample=Image.Resampling.BICUBIC)
    photo = photo.filter(ImageFilter.GaussianBlur(1.2)).convert("L")
    light = Image.linear_gradient("L").rotate(90).resize(photo.size)
    dimmed = Image.blend(photo, light, 0.3)
    stream = BytesIO()
    dimmed.save(stream, "JPEG", quality=60)

    assert scanned(Image.open(stream)) == [CODE]


def test_only_a_demonstration_wears_the_ribbon() -> None:
    assert "演示DEMO" in text_of(printed(demo=True))
    assert "演示" not in text_of(printed())


@pytest.mark.parametrize(
    ("portrait", "drawn"),
    [
        (drawn_portrait(hue=0.3), True),
        (b"\xff\xd8\xff", False),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), False),
        (b"", False),
    ],
    ids=["a picture", "no JPEG", "no PNG", "nothing"],
)
def test_a_portrait_that_cannot_be_drawn_is_said_to_be_missing(
    portrait: bytes, drawn: bool
) -> None:
    assert ("照片见登记" in text_of(printed(portrait=portrait))) == (not drawn)


def huge_png(side: int) -> bytes:
    stream = BytesIO()
    Image.new("1", (side, side)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def boastful_jpeg() -> bytes:
    """Says in its first bytes that it has four thousand million pixels."""
    stream = BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "JPEG")
    frame = stream.getvalue().index(b"\xff\xc0") + 5
    return stream.getvalue()[:frame] + b"\xff\x00" * 2 + stream.getvalue()[frame + 4 :]


@pytest.mark.parametrize(
    "portrait",
    # Those above 89 and 178 million pixels are refused by the library, in ways of its own.
    [huge_png(9_000), huge_png(10_000), huge_png(16_000), boastful_jpeg()],
    ids=["81 million", "100 million", "256 million", "4000 million"],
)
def test_a_huge_picture_in_few_bytes_is_not_unpacked(portrait: bytes) -> None:
    assert len(portrait) <= MAX_PORTRAIT_BYTES
    assert "照片见登记" in text_of(printed(portrait=portrait))


def test_the_portrait_is_no_larger_than_allowed() -> None:
    """25 by 35 mm: the only picture on the page that is made of pixels."""
    page = pypdfium2.PdfDocument(printed())[0]
    pictures = [o for o in page.get_objects() if isinstance(o, pypdfium2.PdfImage)]
    left, bottom, right, top = pictures[0].get_bounds()

    assert len(pictures) == 1
    assert (right - left) * 25.4 / 72 <= 29  # the frame cuts off what stands beyond it
    assert (top - bottom) * 25.4 / 72 <= 35.1


def test_words_are_never_markup() -> None:
    odd = ("林样例", "示范路#(1+1)*号*_@<x>", '浙江省\\"$x$"#read("/etc/passwd")')

    text = text_of(printed(odd))

    assert odd[1] in text
    assert odd[2] in text


def test_two_prints_of_one_slip_are_the_same_bytes() -> None:
    permit = permit_of(*SHORT, portrait=drawn_portrait(hue=0.5))
    args = {"code_svg": drawn_code(CODE).svg, "portrait": permit.resident.portrait, "at": AT}

    assert press().pdf(page_of(permit), **args) == press().pdf(page_of(permit), **args)  # type: ignore[arg-type]


def test_nobody_is_named_in_the_files_own_particulars() -> None:
    document = pypdfium2.PdfDocument(printed())

    assert document.get_metadata_dict()["Title"] == "浙江省居住证确认单"
    assert "林样例" not in str(document.get_metadata_dict())


def test_without_the_fonts_it_says_what_to_install(tmp_path: Path) -> None:
    page = page_of(permit_of(*SHORT, portrait=b""))

    for act in (
        lambda: SlipPress(tmp_path).refuse_undrawable(page),
        lambda: SlipPress(tmp_path / "nowhere").pdf(page, code_svg="", portrait=b"", at=AT),
    ):
        with pytest.raises(SlipFontError) as caught:
            act()
        assert "fonts-noto-cjk" in caught.value.remedy
        assert "ISSUER_SLIP_FONT_DIR" in caught.value.remedy


@pytest.mark.parametrize("name", ["林样例", "𠮷示范", "阿依样·示例江"])
def test_what_the_fonts_have_can_be_drawn(name: str) -> None:
    press().refuse_undrawable(page_of(permit_of(name, *SHORT[1:], portrait=b"")))


def test_a_character_in_no_font_is_noticed_beforehand_and_not_repeated() -> None:
    rare = "\U0003134a"  # the last of plane 3 that is given out
    page = page_of(permit_of(f"林{rare}", *SHORT[1:], portrait=b""))

    with pytest.raises(SlipFontError) as caught:
        press().refuse_undrawable(page)

    assert rare not in str(caught.value)
    assert "31" not in caught.value.detail


def test_one_weight_of_the_family_is_enough_to_know_it(tmp_path: Path) -> None:
    shutil.copy(FONTS / "NotoSansCJK-Regular.ttc", tmp_path)

    SlipPress(tmp_path).refuse_undrawable(page_of(permit_of(*SHORT, portrait=b"")))
