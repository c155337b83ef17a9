"""The link in a picture: an offer or a counter's request, photographed or as a screenshot.

The picture is read by a process of its own, which is ended when it takes too long: a few
kilobytes can draw so many corners of codes that a reader tries for minutes. Of what is read
only a link for a wallet is passed on; a web address or a payment code is not repeated.
"""

import asyncio
import contextlib
import os
import sys
from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image

from holder_sim.errors import (
    NoCodeError,
    NotALinkError,
    NotAPictureError,
    PictureRefusedError,
    SeveralCodesError,
)
from schemas.openid4vci import OFFER_SCHEME
from schemas.openid4vp import WALLET_SCHEMES

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 16_000_000
"""A phone's photograph has 12 million."""
READING_S: Final = 10.0
"""Seconds a picture may take, the start of the process included."""
_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_SCHEMES: Final = frozenset({OFFER_SCHEME}) | frozenset(WALLET_SCHEMES)
_KINDS: Final = {
    kind.code: kind for kind in (NotAPictureError, NoCodeError, SeveralCodesError, NotALinkError)
}


async def read_link(data: bytes, *, reading_s: float = READING_S) -> str:
    """The one link for a wallet in a picture.

    Raises:
        NotAPictureError, NoCodeError, SeveralCodesError, NotALinkError.
    """
    if len(data) > MAX_BYTES:
        raise NotAPictureError(
            f"the picture has {len(data)} bytes, at most {MAX_BYTES} are taken",
            remedy="Take a screenshot of the code instead.",
        )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        async with asyncio.timeout(reading_s):
            answer, _ = await child.communicate(data)
    except TimeoutError as error:
        raise NoCodeError(f"no code was found within {reading_s:g} s") from error
    finally:
        # Also when whoever asked has gone: nobody would wait for it.
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    kind, _, rest = answer.decode("utf-8", "replace").partition("\n")
    if kind == "link":
        return rest
    raise _KINDS.get(kind, NotAPictureError)(rest or "the reader gave up on this picture")


def link_in(data: bytes) -> str:
    """As ``read_link``, in this process and for as long as it takes."""
    found = zxingcpp.read_barcodes(
        _picture(data),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        try_invert=True,
    )
    texts = {code.text.strip() for code in found if code.valid}
    if not texts:
        raise NoCodeError("no QR code can be read in this picture")
    links = {text for text in texts if text.partition("://")[0].lower() in _SCHEMES}
    if len(links) > 1:
        raise SeveralCodesError(f"{len(links)} different codes for a wallet are in this picture")
    if not links:
        raise NotALinkError("the code in this picture is not for a wallet")
    return links.pop()


def _picture(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise NotAPictureError(f"{width} x {height} pixels are more than are taken")
            coloured = picture.convert("RGBA")
            # On white where it is transparent, as screenshots often are.
            flat = Image.new("RGB", picture.size, "white")
            flat.paste(coloured, mask=coloured.getchannel("A"))
            return flat
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPictureError("neither PNG nor JPEG nor WebP, or damaged") from error


def main() -> None:
    """The child: a picture comes in, a kind and its words go out."""
    try:
        answer = f"link\n{link_in(sys.stdin.buffer.read(MAX_BYTES + 1))}"
    except PictureRefusedError as error:
        answer = f"{error.code}\n{error.detail}"
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
