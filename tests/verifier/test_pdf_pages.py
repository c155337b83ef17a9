"""Documents as pictures: bounded in pages and size, damaged ones told apart."""

from io import BytesIO

import pytest
from PIL import Image

from verifier.pdf_pages import MAX_EDGE, MAX_PAGES, PdfError, pdf_pages


def document(pages: int, size: tuple[int, int] = (100, 140)) -> bytes:
    file = BytesIO()
    drawn = [Image.new("L", size, 10 * number) for number in range(pages)]
    drawn[0].save(file, "PDF", save_all=True, append_images=drawn[1:])
    return file.getvalue()


def huge() -> bytes:
    """A page of 200 inches, in a few hundred bytes."""
    return document(1).replace(b"/MediaBox [ 0 0 100", b"/MediaBox [ 0 0 14400")


def test_pages_are_drawn_at_three_hundred_to_the_inch() -> None:
    (page,) = pdf_pages(document(1))

    assert page.mode == "L"
    assert page.size == pytest.approx((100 * 300 / 72, 140 * 300 / 72), abs=1)


def test_only_the_first_pages_are_drawn() -> None:
    assert len(list(pdf_pages(document(MAX_PAGES + 3)))) == MAX_PAGES


@pytest.mark.parametrize("data", [document(1, (9000, 100)), huge()], ids=["wide", "claims to be"])
def test_a_page_of_any_size_is_drawn_within_bounds(data: bytes) -> None:
    (page,) = pdf_pages(data)

    assert max(page.size) <= MAX_EDGE + 1


@pytest.mark.parametrize("data", [b"%PDF-1.7", document(1)[:200], b"%PDF-" + bytes(1000)])
def test_a_damaged_document(data: bytes) -> None:
    with pytest.raises(PdfError, match="damaged"):
        list(pdf_pages(data))
