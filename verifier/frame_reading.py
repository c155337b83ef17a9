"""Reading a camera's frames, one after another, in a process that stays.

A picture that somebody hands in gets a process of its own (``picture_reading.py``). Several
frames a second cannot: starting one costs more than reading. So one process reads them all,
and is ended and begun anew when a frame takes too long, when it dies, and every so many
frames, so that nothing piles up in it. Frames of all counters take turns; each page has one
frame on its way and sends the next when it has the answer, so the rate fits what this machine
can read, whatever it is.
"""

import asyncio
import contextlib
import os
import sys
from typing import BinaryIO, Final, Literal

import msgspec
from msgspec import Struct

from schemas.errors import TooLargeError
from verifier.qr_reader import (
    NoCodeFoundError,
    SeveralCodesError,
    UnclearCodeError,
    UnreadablePictureError,
    read_codes,
)

MAX_FRAME_BYTES: Final = 2 * 1024 * 1024
"""A frame of 1920x1080 as JPEG has some 300 kB."""
FRAME_S: Final = 3.0
"""Seconds a frame may take; one of 1280x720 takes 0.05."""
FRAMES_A_PROCESS: Final = 5_000
MAX_WAITING: Final = 32
"""Frames that may wait for their turn; a page is told to slow down beyond."""
_LENGTH_BYTES: Final = 4

Seen = Literal["nothing", "unclear", "several", "code"]


class BusyError(TooLargeError):
    """More frames are waiting than can be read in a moment."""

    code = "busy"
    http_status = 503


class Frame(Struct, frozen=True):
    """What is on a frame."""

    seen: Seen
    text: str = ""
    """Of the code, where there is one."""


class FrameReader:
    """Reads frames; leave it with ``close``. One object a process, in one event loop."""

    def __init__(self, *, frame_s: float = FRAME_S, frames: int = FRAMES_A_PROCESS) -> None:
        self._frame_s = frame_s
        self._frames = frames
        self._left = 0
        self._waiting = 0
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, data: bytes) -> Frame:
        """What is on this frame (JPEG or PNG); one that cannot be read shows nothing.

        Raises:
            TooLargeError: more bytes than a frame has.
            BusyError: too many are waiting.
        """
        if len(data) > MAX_FRAME_BYTES:
            raise TooLargeError(f"a frame has at most {MAX_FRAME_BYTES} bytes")
        if self._waiting >= MAX_WAITING:
            raise BusyError("many cameras are being read", remedy="Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._in_child(data)
        finally:
            self._waiting -= 1

    async def _in_child(self, data: bytes) -> Frame:
        answered = False
        try:
            async with asyncio.timeout(self._frame_s):
                child = await self._running()
                answer = await _ask(child, data)
            answered = True
            self._left -= 1
            return answer
        except (TimeoutError, OSError, asyncio.IncompleteReadError, msgspec.DecodeError):
            return Frame("nothing")
        finally:
            # Also when whoever asked has gone: half an answer would be taken for the next.
            if not answered or self._left <= 0:
                await self.close()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            self._left = self._frames
        return self._child

    async def close(self) -> None:
        """End the process; the next frame begins another."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.communicate()


async def _ask(child: asyncio.subprocess.Process, data: bytes) -> Frame:
    if child.stdin is None or child.stdout is None:
        raise OSError("the reader was started without pipes")
    child.stdin.write(len(data).to_bytes(_LENGTH_BYTES) + data)
    await child.stdin.drain()
    length = int.from_bytes(await child.stdout.readexactly(_LENGTH_BYTES))
    return msgspec.json.decode(await child.stdout.readexactly(length), type=Frame)


def seen_on(data: bytes) -> Frame:
    """What is on a frame; blocks."""
    try:
        return Frame("code", read_codes(data))
    except UnclearCodeError:
        return Frame("unclear")
    except SeveralCodesError:
        return Frame("several")
    except (NoCodeFoundError, UnreadablePictureError):
        return Frame("nothing")


def answer_frames(source: BinaryIO, target: BinaryIO) -> None:
    """The child: frames come in, what is on them goes out, until nothing comes."""
    while head := source.read(_LENGTH_BYTES):
        answer = msgspec.json.encode(seen_on(source.read(int.from_bytes(head))))
        target.write(len(answer).to_bytes(_LENGTH_BYTES) + answer)
        target.flush()


if __name__ == "__main__":
    answer_frames(sys.stdin.buffer, sys.stdout.buffer)
