"""The contract of DocumentStore, run against every adapter."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from issuer.application_errors import DocumentTypeError, UnknownDocumentError
from issuer.document_store import DocumentContent, DocumentStore, FileDocumentStore, StoredDocument
from issuer.errors import StorageError


def made(kind: str, shade: int = 0) -> bytes:
    target = BytesIO()
    Image.new("L", (20, 30), shade).save(target, kind)
    return target.getvalue()


DOCUMENTS = {"application/pdf": made("PDF"), "image/jpeg": made("JPEG"), "image/png": made("PNG")}


@pytest.fixture(params=["files"])
def store(tmp_path: Path) -> DocumentStore:
    return FileDocumentStore(tmp_path / "documents")


@pytest.mark.parametrize("media_type", DOCUMENTS)
def test_what_is_put_in_comes_out_the_same(store: DocumentStore, media_type: str) -> None:
    data = DOCUMENTS[media_type]
    kept = store.put(data)

    assert kept == StoredDocument(sha256(data).hexdigest(), media_type, len(data))
    assert store.get(kept.sha256) == DocumentContent(data, media_type)


def test_the_same_bytes_twice_are_one_document(store: DocumentStore) -> None:
    data = DOCUMENTS["image/png"]
    later = datetime.now(UTC) + timedelta(days=1)

    assert store.put(data) == store.put(data)
    assert list(store.kept_before(later)) == [sha256(data).hexdigest()]


def test_what_is_no_document_is_not_kept(store: DocumentStore) -> None:
    with pytest.raises(DocumentTypeError):
        store.put(b"<html>")

    assert list(store.kept_before(datetime.now(UTC) + timedelta(days=1))) == []


@pytest.mark.parametrize("digest", ["ab" * 32, "", "..", "../../etc/passwd", "AB" * 32, "ab" * 33])
def test_an_unknown_digest_is_told_as_such(store: DocumentStore, digest: str) -> None:
    store.put(DOCUMENTS["image/png"])

    with pytest.raises(UnknownDocumentError):
        store.get(digest)


def test_what_was_put_lately_is_not_among_the_old(store: DocumentStore) -> None:
    digest = store.put(DOCUMENTS["application/pdf"]).sha256

    assert list(store.kept_before(datetime.now(UTC) - timedelta(days=1))) == []
    assert list(store.kept_before(datetime.now(UTC) + timedelta(days=1))) == [digest]


def test_what_is_discarded_is_gone_and_may_come_again(store: DocumentStore) -> None:
    digest = store.put(DOCUMENTS["image/jpeg"]).sha256
    store.discard(digest)
    store.discard(digest)

    with pytest.raises(UnknownDocumentError):
        store.get(digest)
    assert store.put(DOCUMENTS["image/jpeg"]).sha256 == digest
    assert store.get(digest).media_type == "image/jpeg"


def test_many_who_put_the_same_at_once_all_succeed(store: DocumentStore) -> None:
    data = [made("PNG", shade) for shade in range(4)] * 10
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(store.put, data))

    assert {held.sha256 for held in kept} == {sha256(one).hexdigest() for one in data}
    for held, one in zip(kept, data, strict=True):
        assert store.get(held.sha256).data == one


def test_what_is_put_anew_is_not_old_any_more(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path / "documents")
    digest = store.put(DOCUMENTS["image/png"]).sha256
    (path,) = (tmp_path / "documents").glob("??/*")
    os.utime(path, (0, 0))
    yesterday = datetime.now(UTC) - timedelta(days=1)

    assert list(store.kept_before(yesterday)) == [digest]
    store.put(DOCUMENTS["image/png"])
    assert list(store.kept_before(yesterday)) == []


def test_a_file_that_was_altered_is_noticed(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path / "documents")
    digest = store.put(DOCUMENTS["application/pdf"]).sha256
    (path,) = (tmp_path / "documents").glob("??/*")
    path.write_bytes(DOCUMENTS["application/pdf"].replace(b"PDF", b"pdf", 1))

    with pytest.raises(StorageError, match="altered"):
        store.get(digest)


def test_a_digest_leads_nowhere_outside_the_folder(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path / "a" / "documents")
    store.put(DOCUMENTS["application/pdf"])
    outside = tmp_path / "secret.pdf"
    outside.write_bytes(b"secret")

    for act in (store.get, store.discard):
        with pytest.raises(UnknownDocumentError):
            act("../secret")
    assert outside.read_bytes() == b"secret"


def test_files_are_for_the_service_alone(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path / "documents")
    store.put(DOCUMENTS["application/pdf"])
    (path,) = (tmp_path / "documents").glob("??/*")

    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_crash_on_the_way_leaves_nothing_that_passes_for_a_document(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path / "documents")
    digest = store.put(DOCUMENTS["image/png"]).sha256
    (path,) = (tmp_path / "documents").glob("??/*")
    path.with_name("arriving-0123456789abcdef").write_bytes(b"half")

    assert list(store.kept_before(datetime.now(UTC) + timedelta(days=1))) == [digest]


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("in the way")

    with pytest.raises(StorageError, match="cannot be kept"):
        FileDocumentStore(tmp_path / "documents").put(DOCUMENTS["image/png"])
