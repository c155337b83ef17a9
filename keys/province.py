"""The folder of keys: made once, rotated, and the trust list signed from what is in it.

    root.key root.pem                          the provincial root
    trust-list-signer.key .pem                 signs trust-list.jwt
    issuers/<county>/credential.key .pem       signs that county's permits
    issuers/<county>/status.key .pem           signs its status lists
    issuers/<county>/retired/*.pem             earlier credential certificates, until their end
    issuers/<county>/issuer.txt                its credential issuer identifier
    verifier/request.key .pem                  signs a verifier's requests
    verifier/bundle.key .pem                   signs bundles for counters without network
    trust-list.jwt                             what wallets and verifiers read

For a demonstration everything lies in one folder. In service the root is kept off line,
each county holds its own, and only certificates travel.
"""

import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec

from keys.certificates import Role, certificate_from_pem, issue_certificate, new_root, valid_until
from keys.durable_file import sync_folder, write_durably
from keys.jws import parse_jws
from keys.signing_key import (
    HOW_TO_MAKE,
    FileSigningKey,
    MissingKeyError,
    make_private_folder,
    new_signing_key,
    write_key,
)
from keys.trust_list import (
    COUNTER_AUDIENCE,
    MAX_TRUST_LIST_BYTES,
    TRUST_LIST_TYP,
    TrustedIssuer,
    TrustList,
    encode_all,
    sign_trust_list,
)
from schemas.divisions import County, county
from schemas.endorsement_window import day_of
from schemas.endpoint_url import check_https_url
from schemas.permit_credential import PERMIT_VCT

PROVINCE = "Zhejiang (demonstration)"
POLICE = "Public security authorities of Zhejiang (demonstration)"
COUNTERS = "Counters of Zhejiang (demonstration)"
TRUST_LIST_DAYS = 30
"""How long a trust list holds, in days: the longest a counter may go without a new one."""


class Province:
    """The keys in one folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def initialise(
        self, *, issuer_url: str, counties: Sequence[str], verifier_url: str, now: datetime
    ) -> None:
        """Make root, trust list signer, verifier key, and a pair of keys for each county.

        Everything that can be refused is refused before the first file is written.

        Raises:
            FileExistsError: keys are there already.
            schemas.divisions.UnknownCountyError: a code is no county's.
            schemas.endpoint_url.UrlError: an address that wallets would not take.
        """
        named = dict.fromkeys(county(code) for code in counties)
        issuer_url, verifier_url = issuer_url.rstrip("/"), verifier_url.rstrip("/")
        for url in (issuer_url, verifier_url):
            check_https_url(url, identifier=True)
        root_key = new_signing_key()
        write_key(self.directory / "root", root_key, (new_root(root_key, name=PROVINCE, now=now),))
        self._certify("trust-list-signer", Role.TRUST_LIST, PROVINCE, issuer_url, now)
        self._certify("verifier/request", Role.VERIFIER, COUNTERS, verifier_url, now)
        self.add_bundle_key(verifier_url=verifier_url, now=now)
        for each in named:
            self._certify_county(each, f"{issuer_url}/{each.code}", now)
        self.publish_trust_list(now=now)

    def add_county(self, code: str, *, issuer_url: str, now: datetime) -> None:
        """A pair of keys for one more county, trusted from now on.

        Counties are switched on one by one, each with its authority and keys [ZJ].

        Raises:
            FileExistsError: the county has keys here.
            MissingKeyError: there is no root in the folder yet.
            schemas.divisions.UnknownCountyError, schemas.endpoint_url.UrlError: nothing was
                made.
        """
        each, issuer_url = county(code), issuer_url.rstrip("/")
        check_https_url(issuer_url, identifier=True)
        self._certify_county(each, f"{issuer_url}/{each.code}", now)
        self.publish_trust_list(now=now)

    def add_bundle_key(self, *, verifier_url: str, now: datetime) -> None:
        """A key for the verifier that makes bundles for counters without network.

        Raises:
            FileExistsError: there is one already.
            MissingKeyError: there is no root in the folder yet.
            schemas.endpoint_url.UrlError: nothing was made.
        """
        verifier_url = verifier_url.rstrip("/")
        check_https_url(verifier_url, identifier=True)
        self._certify("verifier/bundle", Role.BUNDLE, COUNTERS, verifier_url, now)

    def _certify_county(self, each: County, identifier: str, now: datetime) -> None:
        stem = f"issuers/{each.code}"
        if not (self.directory / stem / "issuer.txt").exists():
            # Left by a run that was stopped half way: nothing was ever published of it.
            shutil.rmtree(self.directory / stem, ignore_errors=True)
        for role in (Role.CREDENTIAL, Role.STATUS):
            self._certify(f"{stem}/{role.value}", role, POLICE, identifier, now, each.name_en)
        # Last, because a folder without it is no county's: half a pair is never published.
        write_durably(self.directory / stem / "issuer.txt", identifier.encode("ascii"))

    def rotate(self, code: str, *, now: datetime) -> None:
        """A new credential key for a county; the old certificate stays trusted to its end.

        Stopped half way, it is run again: the old certificate is put aside first, and the new
        pair is complete and on disk before it takes the old one's place.

        Raises:
            MissingKeyError: the county has no keys here.
        """
        each = county(code)
        folder = self.directory / "issuers" / each.code
        old = self._certificate(f"issuers/{each.code}/credential")
        identifier = (folder / "issuer.txt").read_text(encoding="ascii")
        retired = folder / "retired"
        make_private_folder(retired)
        pem = (folder / "credential.pem").read_bytes()
        write_durably(retired / f"{sha256(old).hexdigest()[:16]}.pem", pem)
        for suffix in (".key", ".pem"):
            (folder / f"next{suffix}").unlink(missing_ok=True)
        stem = f"issuers/{each.code}/next"
        self._certify(stem, Role.CREDENTIAL, POLICE, identifier, now, each.name_en)
        for suffix in (".key", ".pem"):
            (folder / f"next{suffix}").replace(folder / f"credential{suffix}")
        sync_folder(folder)
        self.publish_trust_list(now=now)

    def publish_trust_list(self, *, now: datetime, days: int = TRUST_LIST_DAYS) -> TrustList:
        """Sign the trust list of what is in the folder, one number higher than the last."""
        root = self._certificate("root")
        trust_list = TrustList(
            sequence=self._last_sequence() + 1,
            iat=int(now.timestamp()),
            exp=int((now + timedelta(days=days)).timestamp()),
            counter_audience=COUNTER_AUDIENCE,
            issuers=tuple(self._entry(path, root, now) for path in self._county_folders()),
            verifier_anchors=encode_all([root]),
        )
        token = sign_trust_list(
            trust_list, FileSigningKey.load(self.directory / "trust-list-signer")
        )
        # Readers never meet half a list, and no number is given twice after a power cut.
        write_durably(self.directory / "trust-list.jwt", token.encode("ascii"))
        return trust_list

    def held_trust_list(self) -> TrustList:
        """The last list that was signed here, unverified: it is our own.

        Raises:
            MissingKeyError: none was signed here.
        """
        try:
            token = (self.directory / "trust-list.jwt").read_text(encoding="ascii")
        except FileNotFoundError as error:
            detail = f"there is no trust list in {self.directory}"
            raise MissingKeyError(detail, remedy=HOW_TO_MAKE) from error
        jws = parse_jws(token, typ=TRUST_LIST_TYP, max_bytes=MAX_TRUST_LIST_BYTES)
        return msgspec.json.decode(jws.payload, type=TrustList)

    def _entry(self, folder: Path, root: bytes, now: datetime) -> TrustedIssuer:
        each = county(folder.name)
        name_zh, name_en = authority_names(each)
        current = self._certificate(f"issuers/{each.code}/credential")
        old = [certificate_from_pem(p.read_bytes()) for p in sorted(folder.glob("retired/*.pem"))]
        good = [current, *(der for der in old if valid_until(der) > now and der != current)]
        return TrustedIssuer(
            issuer=(folder / "issuer.txt").read_text(encoding="ascii"),
            name_zh=name_zh,
            name_en=name_en,
            anchor=encode_all([root])[0],
            credential_certificates=encode_all(good),
            status_certificates=encode_all([self._certificate(f"issuers/{each.code}/status")]),
            counties=(each.code,),
            credential_types=(PERMIT_VCT,),
            valid_from=date(2021, 6, 7),  # the day the service began [ZJ]
            valid_until=day_of(valid_until(current)),
        )

    def _certify(
        self, stem: str, role: Role, name: str, identifier: str, now: datetime, locality: str = ""
    ) -> None:
        key = new_signing_key()
        certificate = issue_certificate(
            root=self._certificate("root"),
            root_key=FileSigningKey.load(self.directory / "root"),
            public=key,
            role=role,
            name=name,
            identifier=identifier,
            now=now,
            locality=locality,
        )
        write_key(self.directory / stem, key, (certificate,))

    def _certificate(self, stem: str) -> bytes:
        path = self.directory / f"{stem}.pem"
        try:
            return certificate_from_pem(path.read_bytes())
        except (OSError, ValueError) as error:
            detail = f"no usable certificate at {path}"
            raise MissingKeyError(detail, remedy=HOW_TO_MAKE) from error

    @property
    def root(self) -> bytes:
        """DER of the provincial root, which wallets and verifiers pin.

        Raises:
            MissingKeyError: there is none here.
        """
        return self._certificate("root")

    def _county_folders(self) -> list[Path]:
        return sorted(path.parent for path in self.directory.glob("issuers/*/issuer.txt"))

    def _last_sequence(self) -> int:
        path = self.directory / "trust-list.jwt"
        return self.held_trust_list().sequence if path.exists() else 0


def authority_names(each: County) -> tuple[str, str]:
    """The issuing authority of a county, Chinese and English; marked as a demonstration."""
    return (
        f"{each.city_name_zh}{each.name_zh}公安机关(演示)",
        f"Public security authority of {each.name_en} (demonstration)",
    )
