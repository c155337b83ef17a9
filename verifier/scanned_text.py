"""What a scanner typed or somebody pasted, brought back to what the code says.

A desk scanner types a code as keystrokes. On their way caps lock or an input method changes
the letters' case or makes them full-width; what is typed is the same all the same, because
a code has capital letters and the 45 characters of base45 only. Spaces at the end count: a
code has them inside, never at its end. Nothing is guessed beyond that.
"""

import unicodedata
from typing import Final

MAX_TYPED: Final = 16_384
"""Characters that are looked at; the largest code holds 4,296."""
_STARTS: Final = ("ZJ1:", "ZJP1:")
_END: Final = ":"


def code_text(typed: str) -> str:
    """``typed`` as the code's text; what is no permit's or slip's code stays as it came."""
    text = typed[:MAX_TYPED].strip("\r\n\t \ufeff")
    plain = unicodedata.normalize("NFKC", text).upper()
    # Some scanners put a line break where a text is long; no code has one inside.
    joined = plain.replace("\r", "").replace("\n", "").replace("\t", "")
    return joined if joined.startswith(_STARTS) else text


def is_cut_off(text: str) -> bool:
    """Whether a permit's or slip's code ends before its end."""
    if not text.startswith(_STARTS):
        return False
    return not text.endswith(_END) or text in _STARTS
