"""Sending a bundle to somebody who has an older one: only what changed.

Each line behind the manifest stands for one part, whole or as one of these:

    (empty)                 the part of this name as the reader has it
    =N:TEXT,N:TEXT,…        the same, with these of its blocks of 64 characters replaced

A status list that was merely signed anew differs from the last in its times and its
signature, so some 600 characters go where the whole list may have 400 000. Whether what
comes out is right is not asked here: every line is held to its signed digest.
"""

from collections.abc import Mapping

from verifier.bundle_errors import BundleBaseMissingError, BundleSpoiltError, BundleTooLargeError
from verifier.bundle_manifest import MAX_BUNDLE_BYTES, Part, Signed, digest, write_lines

BLOCK = 64
"""Characters of a block: fewer would find more alike, for more marks between them."""
MARK = "="
"""Begins a line of blocks; no token and no base64url begins with it."""


def delta_of(signed: Signed, lines: tuple[str, ...], base: Mapping[str, str]) -> bytes:
    """A bundle for a reader who holds the parts ``base``, by name."""
    changes = (
        _change(line, base.get(part.name))
        for part, line in zip(signed.manifest.parts, lines, strict=True)
    )
    return write_lines(signed.token, tuple(changes))


def _change(line: str, before: str | None) -> str:
    if before is None or len(before) != len(line):
        return line
    if before == line:
        return ""
    changed = [
        f"{at // BLOCK}:{line[at : at + BLOCK]}"
        for at in range(0, len(line), BLOCK)
        if line[at : at + BLOCK] != before[at : at + BLOCK]
    ]
    written = MARK + ",".join(changed)
    return written if len(written) < len(line) else line


def restored(signed: Signed, lines: tuple[str, ...], base: Mapping[str, str]) -> tuple[str, ...]:
    """The lines of the whole bundle; one too many or too few is left for others to see.

    Raises:
        BundleBaseMissingError: a line builds on a part that is not held, or not as it was.
        BundleSpoiltError, BundleTooLargeError: what stands there is no change.
    """
    parts = signed.manifest.parts
    whole: list[str] = []
    size = 0
    for part, line in zip(parts, lines, strict=False):
        is_whole = line and not line.startswith(MARK)
        whole.append(line if is_whole else _rebuilt(part, line, base.get(part.name)))
        size += len(whole[-1])
        if size > MAX_BUNDLE_BYTES:
            raise BundleTooLargeError(f"the bundle has more than {MAX_BUNDLE_BYTES} bytes.")
    return (*whole, *lines[len(parts) :])


def _rebuilt(part: Part, line: str, before: str | None) -> str:
    if before is None:
        raise BundleBaseMissingError("the bundle leaves out parts that are not held here.")
    now = _applied(line, before)
    if digest(now) != part.sha256:
        raise BundleBaseMissingError("the bundle builds on another one than is held here.")
    return now


def _applied(line: str, before: str) -> str:
    if not line:
        return before
    blocks = [before[at : at + BLOCK] for at in range(0, len(before), BLOCK)]
    for change in line.removeprefix(MARK).split(","):
        number, _, text = change.partition(":")
        # Plain digits only: int() takes more, and no place but a written one is reached.
        if not (number.isascii() and number.isdigit() and len(number) <= 8):
            raise BundleSpoiltError("a line of the bundle is no list of changes.")
        at = int(number)
        if at >= len(blocks) or len(text) != len(blocks[at]):
            raise BundleSpoiltError("a line of the bundle changes what is not there.")
        blocks[at] = text
    return "".join(blocks)
