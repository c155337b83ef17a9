"""Documents handed in, kept outside the database under the SHA-256 of their bytes.

A port, so that another store can stand there. What is put in has passed ``document_checks``,
so whoever takes it out knows its type; it is still served as a download and never inline.
The same bytes put twice are one document.
"""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from msgspec import Struct

from issuer.application_errors import UnknownDocumentError
from issuer.document_checks import JPEG, PDF, PNG, checked_type
from issuer.errors import StorageError
from keys.durable_file import sync_folder, write_durably

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_SUFFIXES: Final = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}


class StoredDocument(Struct, frozen=True):
    """A document that is kept."""

    sha256: str
    """Of its bytes, in small hexadecimal; its name in the store."""
    media_type: str
    """application/pdf, image/jpeg or image/png, by its content."""
    size: int
    """In bytes."""


class DocumentContent(Struct, frozen=True):
    """A document taken out."""

    data: bytes
    media_type: str


class DocumentStore(ABC):
    """The port; safe to share between threads. All methods block."""

    @abstractmethod
    def put(self, data: bytes) -> StoredDocument:
        """Keep a document; when this returns, loss of power does not take it.

        Raises:
            issuer.application_errors.DocumentError: it is not one that is taken.
            StorageError: it cannot be kept just now.
        """

    @abstractmethod
    def get(self, sha256: str) -> DocumentContent:
        """The document, exactly as it was put in.

        Raises:
            UnknownDocumentError: none has this digest.
            StorageError: what is kept under it is something else.
        """

    @abstractmethod
    def kept_before(self, then: datetime) -> Iterator[str]:
        """Digests of what was last put before ``then``, an aware instant."""

    @abstractmethod
    def discard(self, sha256: str) -> None:
        """Let go of a document; one that is not there is no fault."""


class FileDocumentStore(DocumentStore):
    """Files in a folder of its own, made when the first document comes. Mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> StoredDocument:
        media_type = checked_type(data)
        digest = sha256(data).hexdigest()
        path = self._path(digest, media_type)
        try:
            if path.is_file():
                os.utime(path)  # put anew: what is not in use yet must not look old
            else:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # A name of its own: two may hand in the same document at once.
                arriving = path.with_name(f"arriving-{token_hex(8)}")
                write_durably(arriving, data)
                arriving.replace(path)
                sync_folder(path.parent)
        except OSError as error:
            raise StorageError(
                "the document cannot be kept just now", remedy="Try again in a while."
            ) from error
        return StoredDocument(digest, media_type, len(data))

    def get(self, sha256: str) -> DocumentContent:
        path, media_type = self._found(sha256)
        return DocumentContent(_read_whole(path, sha256), media_type)

    def kept_before(self, then: datetime) -> Iterator[str]:
        for path in self._folder.glob("??/*"):
            known = _DIGEST.fullmatch(path.stem) and path.suffix in _SUFFIXES.values()
            if known and path.stat().st_mtime < then.timestamp():
                yield path.stem

    def discard(self, sha256: str) -> None:
        for media_type in _SUFFIXES:
            self._path(_checked(sha256), media_type).unlink(missing_ok=True)

    def _found(self, digest: str) -> tuple[Path, str]:
        for media_type in _SUFFIXES:
            path = self._path(_checked(digest), media_type)
            if path.is_file():
                return path, media_type
        raise _unknown()

    def _path(self, digest: str, media_type: str) -> Path:
        # Two digits of folder: no folder gets more files than a person can list.
        return self._folder / digest[:2] / f"{digest}{_SUFFIXES[media_type]}"


def _checked(digest: str) -> str:
    # Before it becomes part of a path.
    if not _DIGEST.fullmatch(digest):
        raise _unknown()
    return digest


def _read_whole(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StorageError("the document cannot be read just now") from error
    if sha256(data).hexdigest() != digest:
        raise StorageError(
            "a document was altered after it was handed in",
            remedy="Bring the file back from a backup, and find out who changed it.",
        )
    return data


def _unknown() -> UnknownDocumentError:
    return UnknownDocumentError("no document has this digest", remedy="Open the list again.")
