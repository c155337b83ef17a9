"""Published documents: up to date, and true to the structs and paths."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.permit_credential import CLAIM_PATHS, PASS_CLAIMS, PERMIT_VCT, PROTECTED_CLAIMS
from schemas.publish import PUBLISHED, documents, permit_schema, publish, type_metadata


@pytest.fixture(scope="module")
def claims() -> dict[tuple[str, ...], dict[str, Any]]:
    listed: list[dict[str, Any]] = type_metadata()["claims"]
    return {tuple(claim["path"]): claim for claim in listed}


def test_the_published_files_are_what_the_code_makes() -> None:
    """If this fails: ``python -m schemas.publish``, and look at the difference."""
    published = {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.iterdir()}

    assert published == documents()


def test_publishing_writes_every_document(tmp_path: Path) -> None:
    (tmp_path / "permit.schema.json").write_text("old", encoding="utf-8")

    publish(tmp_path)

    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == documents()


def test_each_path_is_described_once(claims: dict[tuple[str, ...], dict[str, Any]]) -> None:
    """[OID4VCI Appendix B.3] and the type metadata's rules forbid repeated paths."""
    assert len(type_metadata()["claims"]) == len(claims)
    assert set(CLAIM_PATHS.values()) <= claims.keys()


def test_what_can_be_withheld_always_is_and_the_rest_never(
    claims: dict[tuple[str, ...], dict[str, Any]],
) -> None:
    for path, claim in claims.items():
        assert claim["sd"] == ("never" if path[0] in PROTECTED_CLAIMS else "always")


def test_mandatory_is_what_the_pass_and_the_full_permit_both_hold(
    claims: dict[tuple[str, ...], dict[str, Any]],
) -> None:
    withheld = {path for path, claim in claims.items() if claim["sd"] == "always"}
    mandatory = {path for path in withheld if claims[path]["mandatory"]}

    assert mandatory == {CLAIM_PATHS[name] for name in PASS_CLAIMS}
    assert all(claims[path]["mandatory"] for path in claims.keys() - withheld)


def test_every_claim_has_a_label_in_chinese_and_english(
    claims: dict[tuple[str, ...], dict[str, Any]],
) -> None:
    for claim in claims.values():
        assert [shown["locale"] for shown in claim["display"]] == ["zh-CN", "en"]
        assert all(shown["label"] for shown in claim["display"])


def test_the_type_metadata_names_the_type_of_the_credential() -> None:
    metadata = type_metadata()

    assert metadata["vct"] == PERMIT_VCT
    assert [shown["locale"] for shown in metadata["display"]] == ["zh-CN", "en"]
    assert all(shown["name"] for shown in metadata["display"])


def test_the_schema_requires_what_is_visible_and_nothing_that_can_be_withheld() -> None:
    definitions = permit_schema()["$defs"]

    assert set(definitions["PermitPayload"]["required"]) <= PROTECTED_CLAIMS
    assert definitions["PermitRecord"]["required"] == []
    assert definitions["RecordClaims"]["required"] == []


def test_every_claim_path_leads_somewhere_in_the_schema() -> None:
    definitions = permit_schema()["$defs"]
    for path in CLAIM_PATHS.values():
        place = definitions["PermitRecord"]
        for name in path:
            place = place["properties"][name]
            if "$ref" in place:
                place = definitions[place["$ref"].removeprefix("#/$defs/")]
        assert place["type"] in ("string", "boolean")


def test_every_reference_in_the_schema_is_defined() -> None:
    schema = permit_schema()
    text = json.dumps(schema)

    for name in schema["$defs"]:
        assert f'"#/$defs/{name}"' in text
    assert text.count('"$ref": ') == text.count('"$ref": "#/$defs/')
