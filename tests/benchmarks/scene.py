"""What is measured: one permit of fourteen claims, issued, shown and checked for real."""

import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from holder_sim.held_credential import HeldCopy
from holder_sim.presentation_client import present
from issuer.credential import build_credential
from issuer.permit import Permit, Resident, grant
from keys.province import Province
from keys.signing_key import FileSigningKey, SoftwareSigningKey, new_signing_key
from keys.trust_list import COUNTER_AUDIENCE, TrustList
from schemas.base64url import b64url_encode
from schemas.civil_id import Sex
from schemas.permit_credential import CLAIM_PATHS, FULL_CONFIGURATION
from schemas.status_list import StatusReference

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
# An address of the length one would have; nothing listens there, nothing is sent.
ISSUER_URL = "https://permit.zj.example"
LUCHENG = "330302"
PORTRAIT = b"\xff\xd8\xff" + bytes(9000)
"""As large as a portrait is; what is in it does not matter to any figure."""


@dataclass
class Scene:
    """Keys, a permit, a holder."""

    trust_list: TrustList
    credential_key: FileSigningKey
    status_key: FileSigningKey
    holder: SoftwareSigningKey
    permit: Permit

    @property
    def issuer(self) -> str:
        return f"{ISSUER_URL}/{LUCHENG}"

    def issue(self, configuration: str = FULL_CONFIGURATION) -> str:
        return build_credential(
            self.permit,
            configuration=configuration,
            issuer=self.issuer,
            key=self.credential_key,
            holder_jwk=self.holder.public_jwk(),
            status=StatusReference(idx=734_211, uri=f"{self.issuer}/status/1"),
            now=NOW,
        )

    def present(
        self, names: Sequence[str], configuration: str = FULL_CONFIGURATION, nonce: str = ""
    ) -> str:
        copy = HeldCopy(
            configuration,
            self.issue(configuration),
            b64url_encode(self.holder.export_private()),
        )
        return present(
            copy,
            [CLAIM_PATHS[name] for name in names],
            audience=COUNTER_AUDIENCE,
            nonce=nonce or secrets.token_urlsafe(16),
            now=NOW,
        )


def build() -> Scene:
    """Make everything anew."""
    with tempfile.TemporaryDirectory() as folder:
        province = Province(Path(folder))
        province.initialise(
            issuer_url=ISSUER_URL,
            counties=[LUCHENG],
            verifier_url="https://counter.zj.example",
            now=NOW,
        )
        resident = Resident(
            name="阿依样·示例江",
            citizen_id_number="650000198801030013",
            sex=Sex.MALE,
            birthdate=date(1988, 1, 3),
            ethnic_group="05",
            registered_address="新疆维吾尔自治区乌鲁木齐市示范路1号",
            portrait=PORTRAIT,
        )
        permit = grant(
            number="ZJ3303022026000001X",
            county=LUCHENG,
            resident=resident,
            residence_address="浙江省温州市鹿城区示范街道示范路2号3幢401室",
            registered_on=date(2026, 3, 2),
            on=date(2026, 11, 25),
            by="officer",
        )
        folder_of_county = Path(folder) / "issuers" / LUCHENG
        return Scene(
            trust_list=province.held_trust_list(),
            credential_key=FileSigningKey.load(folder_of_county / "credential"),
            status_key=FileSigningKey.load(folder_of_county / "status"),
            holder=new_signing_key(),
            permit=permit,
        )
