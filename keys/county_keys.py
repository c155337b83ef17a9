"""The two signing keys of one county's issuer, as the issuer service loads them."""

from pathlib import Path

from msgspec import Struct

from keys.certificates import identifiers_of
from keys.signing_key import FileSigningKey, MissingKeyError, SigningKey


class CountyKeys(Struct, frozen=True):
    """Who signs for a county."""

    issuer: str
    """Credential issuer identifier: ``iss`` of permits."""
    credential: SigningKey
    """Signs permits."""
    status: SigningKey
    """Signs status lists."""


def load_county_keys(directory: Path, *, base_url: str, county: str) -> CountyKeys:
    """The keys that ``python -m keys init`` or ``add-county`` made for a county.

    Args:
        directory: the folder of keys.
        base_url: what the issuer is reached under, without the county.
        county: six-digit code [GBT2260].

    Raises:
        keys.signing_key.MissingKeyError: there are none, naming the command that makes them,
            or their certificates are made out to another address: nobody would believe
            what they sign for this one.
    """
    folder = directory / "issuers" / county
    issuer = f"{base_url}/{county}"
    credential = FileSigningKey.load(folder / "credential")
    status = FileSigningKey.load(folder / "status")
    for key in (credential, status):
        if issuer not in identifiers_of(key.chain[0]):
            raise MissingKeyError(
                f"the keys in {folder} are not certified for {issuer}",
                remedy="Set the address they were made for, or make keys for this one with: "
                f"python -m keys init --issuer-url {base_url} --county {county}",
            )
    return CountyKeys(issuer=issuer, credential=credential, status=status)


def counties_with_keys(directory: Path) -> tuple[str, ...]:
    """Codes of the counties that have keys in ``directory``, in order."""
    return tuple(sorted(path.parent.name for path in directory.glob("issuers/*/issuer.txt")))
