"""Documents served as they are."""

import json
from pathlib import Path

import pytest

from issuer.issuance_errors import NotReadyError
from issuer.public_documents import PublicDocuments
from schemas.permit_credential import PERMIT_VCT


def test_the_permits_type_is_the_published_one(tmp_path: Path) -> None:
    assert json.loads(PublicDocuments(tmp_path).permit_type().content)["vct"] == PERMIT_VCT


def test_the_trust_list_is_read_anew_each_time(tmp_path: Path) -> None:
    documents = PublicDocuments(tmp_path)
    file = tmp_path / "trust-list.jwt"

    with pytest.raises(NotReadyError, match="no trust list"):
        documents.trust_list()
    file.write_text("one.two.three\n")
    first = documents.trust_list()
    file.write_text("one.two.four\n")
    second = documents.trust_list()

    assert (first.content, second.content) == ("one.two.three", "one.two.four")
    assert first.entity_tag != second.entity_tag
