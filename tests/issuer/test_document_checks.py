"""What a file may be, by its content alone, and that it is nothing besides."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from issuer.application_errors import (
    DocumentError,
    DocumentTooLargeError,
    DocumentTypeError,
    DocumentUnsafeError,
)
from issuer.document_checks import JPEG, MAX_DOCUMENT_BYTES, PDF, PNG, checked_type


def made(kind: str) -> bytes:
    target = BytesIO()
    Image.effect_noise((60, 80), 40).convert("RGB").save(target, kind)
    return target.getvalue()


def archive() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as opened:
        opened.writestr("a.txt", "demonstration")
    return target.getvalue()


FILES = {PDF: made("PDF"), JPEG: made("JPEG"), PNG: made("PNG")}
PICTURES = {JPEG: FILES[JPEG]}
PAGES = [b"<html>", b"<SCRIPT src=x>", b"<!DOCTYPE html>", b"<svg onload=x>", b"<?php x"]


@pytest.mark.parametrize("media_type", FILES)
def test_the_type_is_that_of_the_content(media_type: str) -> None:
    assert checked_type(FILES[media_type]) == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04",
        b"GIF89a" + bytes(50),
        b"RIFF\x00\x00\x00\x00WEBP",
        b" %PDF-1.7",  # not at the beginning
        b"\xff\xd8",
        "示范".encode(),
    ],
    ids=repr,
)
def test_everything_else_is_refused_whatever_its_name_says(data: bytes) -> None:
    with pytest.raises(DocumentTypeError) as refused:
        checked_type(data)
    assert "PDF" in refused.value.remedy


def test_ten_megabytes_and_no_more() -> None:
    filled = FILES[JPEG] + bytes(MAX_DOCUMENT_BYTES - len(FILES[JPEG]))

    assert checked_type(filled) == JPEG
    with pytest.raises(DocumentTooLargeError, match="10 MB"):
        checked_type(filled + b"\0")


@pytest.mark.parametrize("page", PAGES, ids=repr)
def test_a_page_in_a_picture_is_refused_wherever_it_lies(page: bytes) -> None:
    picture = FILES[JPEG]
    comment = b"\xff\xfe" + (len(page) + 2).to_bytes(2, "big") + page
    for polyglot in (picture + page, picture[:2] + comment + picture[2:]):
        with pytest.raises(DocumentUnsafeError, match="another format"):
            checked_type(polyglot)


@pytest.mark.parametrize("page", PAGES, ids=repr)
def test_a_page_at_the_beginning_of_a_pdf_is_refused(page: bytes) -> None:
    head, rest = FILES[PDF][:9], FILES[PDF][9:]
    with pytest.raises(DocumentUnsafeError):
        checked_type(head + b"\n% " + page + b"\n" + rest)


def test_a_contract_about_web_pages_is_a_document_all_the_same() -> None:
    head, tail = FILES[PDF][:-30], FILES[PDF][-30:]

    assert checked_type(head + b"\n% " + bytes(1024) + b"<html>\n" + tail) == PDF


@pytest.mark.parametrize("media_type", [PDF, JPEG])
def test_an_archive_behind_a_document_is_refused(media_type: str) -> None:
    with pytest.raises(DocumentUnsafeError):
        checked_type(FILES[media_type] + archive())


def test_a_pdf_inside_a_picture_is_refused() -> None:
    with pytest.raises(DocumentUnsafeError):
        checked_type(FILES[JPEG] + FILES[PDF])


def test_bytes_that_only_begin_like_an_archive_s_end_do_no_harm() -> None:
    assert checked_type(FILES[JPEG] + b"PK\x05\x06") == JPEG
    assert checked_type(FILES[JPEG] + b"PK\x05\x06" + bytes(16) + b"\xff\xff" + b"x" * 9) == JPEG


@given(st.binary(max_size=300), st.sampled_from([b"", *(data[:8] for data in FILES.values())]))
def test_any_bytes_are_refused_with_a_reason_and_a_remedy(data: bytes, start: bytes) -> None:
    with pytest.raises(DocumentError) as refused:
        checked_type(start + data)
    assert refused.value.detail
    assert refused.value.remedy
