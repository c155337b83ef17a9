"""Reading a picture in a process of its own, which is ended when it takes too long.

A few kilobytes can draw thousands of corners of codes, and a reader that tries how they
fit together is busy for minutes. Neither a time limit nor a way to stop it is part of the
reader, and in our own process it would hold up every other counter meanwhile.
"""

import asyncio
import contextlib
import os
import sys

from verifier.qr_reader import (
    MAX_BYTES,
    NoCodeFoundError,
    NotAPictureError,
    PictureTooLargeError,
    SeveralCodesError,
    UnclearCodeError,
    UnreadablePictureError,
    read_codes,
)

READING_S = 10.0
"""Seconds a picture may take, the start of the process included; a photograph needs two."""
AT_ONCE = 2
"""Pictures read side by side; each may hold some 250 MB."""
_KINDS = {
    kind.code: kind
    for kind in (
        NoCodeFoundError,
        NotAPictureError,
        PictureTooLargeError,
        SeveralCodesError,
        UnclearCodeError,
    )
}


class PictureReader:
    """Reads one picture after another. One object a process."""

    def __init__(self, *, reading_s: float = READING_S, at_once: int = AT_ONCE) -> None:
        self._reading_s = reading_s
        self._at_once = asyncio.Semaphore(at_once)

    async def read(self, data: bytes) -> str:
        """As ``read_codes``; a picture that takes too long counts as one without a code.

        Raises:
            NotAPictureError, PictureTooLargeError, NoCodeFoundError, SeveralCodesError.
        """
        if len(data) > MAX_BYTES:
            return read_codes(data)  # refused by its length, before anything is started
        async with self._at_once:
            answer = await self._in_child(data)
        kind, _, rest = answer.partition("\n")
        if kind == "text":
            return rest
        if kind not in _KINDS:
            raise NotAPictureError(
                "the reader gave up on this picture", remedy="Take the picture again."
            )
        detail, _, remedy = rest.partition("\n")
        raise _KINDS[kind](detail, remedy=remedy)

    async def _in_child(self, data: bytes) -> str:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            async with asyncio.timeout(self._reading_s):
                answer, _ = await child.communicate(data)
        except TimeoutError as error:
            raise NoCodeFoundError(
                f"no code was found in this picture within {self._reading_s} s",
                remedy="Take the picture again, with nothing but the code in it.",
            ) from error
        finally:
            # Also when whoever asked has gone: nobody would wait for it.
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        return answer.decode("utf-8", "replace")


def main() -> None:
    """The child: a picture comes in, a kind and its words go out."""
    try:
        answer = f"text\n{read_codes(sys.stdin.buffer.read(MAX_BYTES + 1))}"
    except UnreadablePictureError as error:
        answer = f"{error.code}\n{error.detail}\n{error.remedy}"
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
