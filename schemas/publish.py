"""Writes the documents in ``published/``: ``python -m schemas.publish``.

Two texts for readers who do not run this code: the JSON Schema of a permit after its
disclosures were put back, made from the structs, and the type metadata that wallets show
names from [SD-JWT-VC §6]. A test holds the files against what this module makes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.permit_credential import (
    CLAIM_LABELS,
    CLAIM_PATHS,
    PASS_CLAIMS,
    PERMIT_VCT,
    RECORD,
    VISIBLE_LABELS,
    ClaimPath,
    PermitPayload,
    PermitRecord,
)

PUBLISHED: Final = Path(__file__).parent / "published"
SCHEMA_FILE: Final = "permit.schema.json"
TYPE_FILE: Final = "residence-permit.vct.json"

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LOCALES: Final = ("zh-CN", "en")
_RECORD_LABEL: Final = ("登记信息", "Registration record")


def permit_schema() -> dict[str, Any]:
    """JSON Schema of a processed permit: what is always visible, and what was disclosed."""
    parts, definitions = msgspec.json.schema_components(
        [PermitPayload, PermitRecord], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": _DIALECT,
        "$id": f"{PERMIT_VCT}:schema",
        "title": "Residence permit of Zhejiang, disclosures put back",
        "allOf": list(parts),
        "$defs": dict(sorted(definitions.items())),
    }


def type_metadata() -> dict[str, Any]:
    """Type metadata of the permit: names for people, and which claims can be withheld."""
    return {
        "vct": PERMIT_VCT,
        "name": "Residence permit of Zhejiang",
        "description": "Electronic residence permit, endorsed once a year; "
        "the pass is the same permit with fewer claims.",
        "display": [
            {"locale": "zh-CN", "name": "浙江省电子居住证", "description": "由县级公安机关签发"},
            {
                "locale": "en",
                "name": "Residence permit of Zhejiang",
                "description": "Issued by the county's public security authority",
            },
        ],
        "claims": list(_claims()),
    }


def documents() -> dict[str, str]:
    """The text of each published file, by name."""
    return {SCHEMA_FILE: _text(permit_schema()), TYPE_FILE: _text(type_metadata())}


def publish(directory: Path = PUBLISHED) -> None:
    """Write all documents, replacing those that are there."""
    directory.mkdir(exist_ok=True)
    for name, text in documents().items():
        (directory / name).write_text(text, encoding="utf-8")


def _claims() -> Iterator[dict[str, Any]]:
    for path, label in VISIBLE_LABELS.items():
        yield _claim(path, label, sd="never", mandatory=True)
    # Mandatory is what every copy holds, the pass included; it may still be withheld.
    for name, label in CLAIM_LABELS.items():
        yield _claim(CLAIM_PATHS[name], label, sd="always", mandatory=name in PASS_CLAIMS)
    yield _claim((RECORD,), _RECORD_LABEL, sd="always", mandatory=False)


def _claim(path: ClaimPath, label: tuple[str, str], *, sd: str, mandatory: bool) -> dict[str, Any]:
    display = [
        {"locale": locale, "label": text} for locale, text in zip(_LOCALES, label, strict=True)
    ]
    return {"path": list(path), "display": display, "mandatory": mandatory, "sd": sd}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    publish()
