"""Codes of version 1 as they were once written: wallets in use must go on being understood.

Nothing here is packed anew: how well a text is squeezed may change, what it means may not.
"""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from schemas.presentation_qr import certificate_key, unpack

VECTORS = json.loads((Path(__file__).parent / "vectors" / "presentation_qr_1.json").read_bytes())
CERTIFICATES = {certificate_key(der): der for der in map(b64decode, VECTORS["certificates"])}


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda vector: vector["note"])
def test_a_code_of_version_1_means_what_it_meant(vector: dict[str, str]) -> None:
    assert unpack(vector["code"], certificates=CERTIFICATES) == vector["presentation"]
