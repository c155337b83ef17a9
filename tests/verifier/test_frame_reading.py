"""Frames read one after another in a process that stays, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import qrcode
from PIL import Image
from qrcode.image.pil import PilImage

from schemas.errors import TooLargeError
from verifier.frame_reading import (
    MAX_FRAME_BYTES,
    MAX_WAITING,
    BusyError,
    Frame,
    FrameReader,
    answer_frames,
    seen_on,
)


def code_of(text: str) -> Image.Image:
    drawing = qrcode.QRCode(box_size=5, border=4, image_factory=PilImage)
    drawing.add_data(text)
    drawing.make()
    file = BytesIO()
    drawing.make_image(image_factory=PilImage).save(file, kind="PNG")
    return Image.open(file).convert("L")


def frame(*codes: Image.Image) -> bytes:
    """A camera's frame with these side by side."""
    whole = Image.new("L", (1280, 720), 140)
    for number, code in enumerate(codes):
        whole.paste(code, (60 + number * 600, 60))
    file = BytesIO()
    whole.save(file, "JPEG", quality=85)
    return file.getvalue()


def half_of(code: Image.Image) -> Image.Image:
    """As if a thumb lay on it."""
    covered = code.copy()
    covered.paste(90, (code.width // 4, code.height // 4, code.width, code.height * 3 // 4))
    return covered


CODE = code_of("ZJ1:ABC:")
SHOWN = [
    (frame(CODE), Frame("code", "ZJ1:ABC:")),
    (frame(), Frame("nothing")),
    (frame(CODE, code_of("https://example.org")), Frame("several")),
    (frame(CODE, CODE), Frame("code", "ZJ1:ABC:")),
    (frame(half_of(code_of("A" * 300))), Frame("unclear")),
    (b"no picture", Frame("nothing")),
]


@pytest.fixture
async def reader() -> AsyncIterator[FrameReader]:
    made = FrameReader(frames=4)
    yield made
    await made.close()


@pytest.mark.parametrize(("data", "seen"), SHOWN)
def test_what_is_on_a_frame(data: bytes, seen: Frame) -> None:
    assert seen_on(data) == seen


async def test_frames_are_answered_in_their_order_across_processes(reader: FrameReader) -> None:
    for data, seen in SHOWN:
        assert await reader.read(data) == seen


async def test_frames_of_several_cameras_are_not_mixed_up(reader: FrameReader) -> None:
    read = await asyncio.gather(*(reader.read(data) for data, _ in SHOWN))

    assert read == [seen for _, seen in SHOWN]


async def test_one_that_takes_too_long_shows_nothing_and_the_next_is_read() -> None:
    hasty = FrameReader(frame_s=0.001)
    assert await hasty.read(SHOWN[0][0]) == Frame("nothing")
    hasty._frame_s = 10
    assert (await hasty.read(SHOWN[0][0])).seen == "code"
    await hasty.close()


async def test_one_whose_page_has_gone_spoils_no_other(reader: FrameReader) -> None:
    await reader.read(SHOWN[1][0])
    gone = asyncio.create_task(reader.read(SHOWN[0][0]))
    await asyncio.sleep(0)  # it has begun, and nothing can have answered it yet
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    assert await reader.read(SHOWN[2][0]) == SHOWN[2][1]


async def test_a_reader_that_died_is_begun_anew(reader: FrameReader) -> None:
    await reader.read(SHOWN[1][0])
    assert reader._child is not None
    reader._child.kill()
    await reader._child.wait()

    read = [await reader.read(SHOWN[0][0]) for _ in range(2)]
    assert read[-1] == SHOWN[0][1]


async def test_more_bytes_than_a_frame_has(reader: FrameReader) -> None:
    with pytest.raises(TooLargeError):
        await reader.read(bytes(MAX_FRAME_BYTES + 1))


async def test_more_cameras_than_can_be_read_are_told_so(reader: FrameReader) -> None:
    waiting = [asyncio.create_task(reader.read(SHOWN[1][0])) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await reader.read(SHOWN[1][0])

    assert {frame.seen for frame in await asyncio.gather(*waiting)} == {"nothing"}


def test_the_child_ends_when_nothing_comes() -> None:
    data, target = SHOWN[0][0], BytesIO()
    answer_frames(BytesIO(len(data).to_bytes(4) + data), target)

    assert target.getvalue()[4:] == b'{"seen":"code","text":"ZJ1:ABC:"}'
