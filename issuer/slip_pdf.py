"""A confirmation slip as a PDF of one A4 page, its fonts embedded.

Typesetting is done by typst, which reads the Noto CJK collection directly and embeds the
characters used. No word of the page becomes markup: words go in as JSON, pictures as bytes.
A character that no font draws would come out as an empty box, so such a page is refused.

Blocks for some 0.2 s, the first time in a process 0.1 s longer; asynchronous callers go
through ``asyncio.to_thread``.
"""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

import typst
from PIL import Image, ImageFont, UnidentifiedImageError

from issuer.confirmation_slip import SlipPage
from issuer.errors import SlipFontError

FAMILY: Final = "Noto Sans CJK SC"
PACKAGE: Final = "fonts-noto-cjk"
"""Where Debian has the family."""
TEMPLATE: Final = Path(__file__).with_name("confirmation_slip.typ")
MAX_PORTRAIT_PIXELS: Final = 4_000_000
"""A few kilobytes can hold a huge picture; at 25 by 35 mm half a million is plenty."""
# What the library itself says of a picture of many more pixels, as soon as it reads the size.
_NO_PICTURE: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_NO_CHARACTER: Final = "\U0010ffff"
"""Never a character, so no font has it: it shows how a missing one is drawn."""
_PROBE_POINTS: Final = 24
"""Size at which two characters are told apart."""


class SlipPress:
    """Prints. Safe to share between threads; fonts are looked up once."""

    def __init__(self, font_dir: Path) -> None:
        self._font_dir = font_dir
        self._lock = Lock()
        self._fonts: typst.Fonts | None = None
        self._template = TEMPLATE.read_bytes()

    def refuse_undrawable(self, page: SlipPage) -> None:
        """Tell before anything is recorded that ``page`` could not be printed whole.

        Raises:
            SlipFontError: the family is not there, or a character is in no font of the folder.
        """
        missing = page.characters()
        for path, index in self._faces():
            if not missing:
                return
            face = ImageFont.truetype(path, _PROBE_POINTS, index=index)
            box = bytes(face.getmask(_NO_CHARACTER))
            missing = {one for one in missing if bytes(face.getmask(one)) == box}
        if missing:
            # Which one is not said: a rare character in a name is as good as the name.
            raise SlipFontError(
                f"{len(missing)} of the characters to be printed is in no font of the folder",
                remedy="Put a font that has it into the folder that ISSUER_SLIP_FONT_DIR names.",
            )

    def pdf(self, page: SlipPage, *, code_svg: str, portrait: bytes, at: datetime) -> bytes:
        """The page.

        Args:
            page: its words.
            code_svg: the drawn code.
            portrait: as the register has it; what cannot be drawn is left out and said so.
            at: when it was printed, aware.

        Raises:
            SlipFontError: the family is not there.
        """
        compiler = typst.Compiler(
            self._template,
            root=str(TEMPLATE.parent),
            font_paths=self._loaded(),
            ignore_system_fonts=True,
        )
        made = compiler.compile(
            format="pdf",
            pdf_standards="ua-1",  # read aloud in the order of the page; fonts all embedded
            sys_inputs={
                "words": page.json(),
                "portrait": json.dumps(list(_drawable(portrait))),
                "code": code_svg,
            },
            timestamp=int(at.timestamp()),
        )
        assert isinstance(made, bytes)  # noqa: S101 - one document, no output file
        return made

    def _loaded(self) -> typst.Fonts:
        with self._lock:
            if self._fonts is None:
                found = typst.Fonts(
                    include_system_fonts=False,
                    include_embedded_fonts=False,
                    font_paths=[self._font_dir],
                )
                if FAMILY not in found.families():
                    raise SlipFontError(
                        f"the font family {FAMILY} is not in {self._font_dir}",
                        remedy=f"Install the package {PACKAGE}, or name the folder that has it"
                        " with ISSUER_SLIP_FONT_DIR.",
                    )
                self._fonts = found
            return self._fonts

    def _faces(self) -> list[tuple[str, int]]:
        """Files and places in them, the page's own family first: others only help out."""
        fonts = self._loaded().fonts()
        ordered = sorted(fonts, key=lambda font: (font.family != FAMILY, font.weight, font.family))
        return [(font.path, font.index) for font in ordered if font.path is not None]


def _drawable(portrait: bytes) -> bytes:
    """The portrait written anew, so that the typesetter never meets a stranger's bytes."""
    try:
        with Image.open(BytesIO(portrait), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PORTRAIT_PIXELS:
                return b""
            target = BytesIO()
            kind = "PNG" if picture.format == "PNG" else "JPEG"
            picture.convert("RGB").save(target, format=kind, quality=92)
    except (*_NO_PICTURE, UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return b""
    return target.getvalue()
