"""Texts, files and frames of a counter, and who may not send them."""

from io import BytesIO
from typing import Any

import pytest
import qrcode
from qrcode.image.pil import PilImage

from verifier.frame_reading import MAX_FRAME_BYTES
from verifier.scanned_text import MAX_TYPED

CHECKS, PICTURES, FRAMES = (f"/counter/api/{name}" for name in ("checks", "pictures", "frames"))
LOOK = {"item": "identity_look"}


def picture(text: str) -> bytes:
    drawing = qrcode.QRCode(box_size=4, border=4, image_factory=PilImage)
    drawing.add_data(text)
    drawing.make()
    file = BytesIO()
    drawing.make_image(image_factory=PilImage).save(file, kind="PNG")
    return file.getvalue()


async def test_a_text_a_file_and_a_frame(desk_http: Any) -> None:
    text = "https://example.org/menu"
    by_text = await desk_http.post(CHECKS, json=LOOK | {"text": text})
    by_file = await desk_http.post(PICTURES, data=LOOK, files={"file": ("a.png", picture(text))})
    frame = await desk_http.post(FRAMES, content=picture(text))

    for answer in (by_text, by_file):
        assert answer.status_code == 200, answer.text
        assert (answer.json()["kind"], answer.json()["foreign"]) == ("refused", "address")
        assert answer.headers["cache-control"] == "no-store"
    assert frame.json() == {"seen": "code", "text": text}


async def test_the_answer_is_in_the_language_of_the_page(desk_http: Any) -> None:
    answer = await desk_http.post(
        CHECKS, json=LOOK | {"text": "WXP://f2f0"}, headers={"accept-language": "zh-CN"}
    )
    assert "付款码" in answer.json()["checks"][0]["text"]


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"item": "library_card", "text": ""}, 404, "unknown_item"),
        ({"item": "driving_licence", "text": "x"}, 409, "permit_not_needed"),
        ({"item": "compulsory_education", "text": "x"}, 400, "bad_case"),
        ({"item": "identity_look"}, 400, "invalid_request"),
        ({"item": "identity_look", "text": "x" * (MAX_TYPED + 1)}, 400, "invalid_request"),
        ({"item": "identity_look", "text": "x" * 200_000}, 413, "too_large"),
    ],
)
async def test_what_is_not_taken(
    desk_http: Any, sent: dict[str, str], status: int, error: str
) -> None:
    answer = await desk_http.post(CHECKS, json=sent)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_county_in_the_call_counts_for_nothing(desk_http: Any) -> None:
    answer = await desk_http.post(
        CHECKS + "?county=330326", json=LOOK | {"text": "x", "county": "330326"}
    )
    assert answer.status_code == 200


async def test_files_and_frames_have_their_bounds(desk_http: Any) -> None:
    no_picture = await desk_http.post(PICTURES, data=LOOK, files={"file": ("a.png", b"GIF89a")})
    too_large = await desk_http.post(FRAMES, content=bytes(MAX_FRAME_BYTES + 1))
    no_frame = await desk_http.post(FRAMES, content=b"no picture")

    assert (no_picture.status_code, no_picture.json()["error"]) == (400, "not_a_picture")
    assert (too_large.status_code, too_large.json()["error"]) == (413, "too_large")
    assert no_frame.json()["seen"] == "nothing"


async def test_a_browser_that_is_no_counter_gets_nothing(counter_http: Any) -> None:
    for answer in (
        await counter_http.post(CHECKS, json=LOOK | {"text": "x"}),
        await counter_http.post(PICTURES, data=LOOK, files={"file": ("a.png", b"x")}),
        await counter_http.post(FRAMES, content=b"x"),
        await counter_http.post("/counter/api/requests/", json=LOOK),
    ):
        assert (answer.status_code, answer.json()["error"]) == (403, "counter_not_set_up")
