"""The folder of keys: whole or not there, one number higher each time, old certificates kept."""

import contextlib
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from keys.certificates import Role, certificate_from_pem, is_of_role
from keys.errors import ChainError, SignatureError, TrustListError
from keys.jws import parse_jws, sign_jws, verify_jws, x5c_header
from keys.province import TRUST_LIST_DAYS, Province, authority_names
from keys.signing_key import (
    FileSigningKey,
    MissingKeyError,
    SigningKey,
    SoftwareSigningKey,
    new_signing_key,
)
from keys.trust_list import (
    TrustList,
    read_trust_list,
    trusted_credential_key,
    trusted_status_key,
)
from keys.x5c import trusted_leaf
from schemas.divisions import UnknownCountyError, county
from schemas.endpoint_url import UrlError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ISSUER_URL, VERIFIER_URL = "https://permit.example", "https://counter.example"
LUCHENG, OUHAI = "330302", "330304"
TYP = "dc+sd-jwt"


def made(
    folder: Path, counties: tuple[str, ...] = (LUCHENG, OUHAI), now: datetime = NOW
) -> Province:
    province = Province(folder)
    province.initialise(
        issuer_url=ISSUER_URL, counties=counties, verifier_url=VERIFIER_URL, now=now
    )
    return province


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return made(tmp_path / "keys")


def published(province: Province, at: datetime = NOW, held: int = 0) -> TrustList:
    """The list as a counter reads it."""
    token = (province.directory / "trust-list.jwt").read_text()
    return read_trust_list(token, root=province.root, at=at, held_sequence=held)


def permit_by(key: SigningKey) -> str:
    return sign_jws(b"{}", typ=TYP, key=key, x5c=x5c_header(key))


def check_permit(province: Province, token: str, at: datetime, code: str = LUCHENG) -> None:
    """As a counter checks who signed."""
    entry = published(province, at).issuer(f"{ISSUER_URL}/{code}", on=TODAY)
    jws = parse_jws(token, typ=TYP)
    verify_jws(jws, trusted_credential_key(jws, entry, at=at))


def key_of(province: Province, name: str, code: str = LUCHENG) -> FileSigningKey:
    return FileSigningKey.load(province.directory / "issuers" / code / name)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_published_list_names_every_county(province: Province) -> None:
    trust_list = published(province)
    assert trust_list == province.held_trust_list()
    assert (trust_list.sequence, trust_list.iat) == (1, int(NOW.timestamp()))
    assert trust_list.exp - trust_list.iat == TRUST_LIST_DAYS * 86400
    assert [entry.counties for entry in trust_list.issuers] == [(LUCHENG,), (OUHAI,)]
    assert trust_list.anchors_of_verifiers() == (province.root,)
    entry = trust_list.issuer(f"{ISSUER_URL}/{LUCHENG}", on=TODAY)
    assert (entry.name_zh, entry.name_en) == authority_names(county(LUCHENG))
    assert (entry.valid_from, entry.valid_until) == (date(2021, 6, 7), date(2029, 11, 22))


def test_what_each_county_signs_is_believed_of_that_county_only(province: Province) -> None:
    token = permit_by(key_of(province, "credential"))
    check_permit(province, token, NOW)
    with pytest.raises(ChainError):
        check_permit(province, token, NOW, code=OUHAI)


def test_permits_and_status_lists_have_different_keys(province: Province) -> None:
    entry = published(province).issuer(f"{ISSUER_URL}/{LUCHENG}", on=TODAY)
    credential = parse_jws(permit_by(key_of(province, "credential")), typ=TYP)
    status = parse_jws(permit_by(key_of(province, "status")), typ=TYP)
    trusted_credential_key(credential, entry, at=NOW)
    trusted_status_key(status, entry, at=NOW)
    with pytest.raises(ChainError):
        trusted_credential_key(status, entry, at=NOW)
    with pytest.raises(ChainError):
        trusted_status_key(credential, entry, at=NOW)


def test_the_verifier_s_certificate_names_its_host(province: Province) -> None:
    key = FileSigningKey.load(province.directory / "verifier" / "request")
    leaf = trusted_leaf(key.chain, anchors=[province.root], at=NOW)
    assert leaf.san_dns == ("counter.example",)
    assert leaf.san_uris == (VERIFIER_URL,)


def test_keys_are_for_their_owner_only(province: Province) -> None:
    for path in (province.directory, *province.directory.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_dir():
            assert mode == 0o700, path
        elif path.suffix == ".key":
            assert mode == 0o600, path


def test_a_slash_at_the_end_of_an_address_is_dropped_and_a_county_twice_is_one(
    tmp_path: Path,
) -> None:
    province = Province(tmp_path)
    province.initialise(
        issuer_url=f"{ISSUER_URL}/",
        counties=(LUCHENG, LUCHENG),
        verifier_url=f"{VERIFIER_URL}/",
        now=NOW,
    )
    assert [i.issuer for i in published(province).issuers] == [f"{ISSUER_URL}/{LUCHENG}"]


def test_keys_are_never_written_over(province: Province) -> None:
    before = contents(province.directory)
    with pytest.raises(FileExistsError):
        made(province.directory)
    assert contents(province.directory) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"counties": (LUCHENG, "999999")}, UnknownCountyError),
        ({"issuer_url": "http://permit.example"}, UrlError),
        ({"verifier_url": "counter.example"}, UrlError),
    ],
)
def test_what_can_be_refused_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, str], error: type[Exception]
) -> None:
    asked = {"issuer_url": ISSUER_URL, "counties": (LUCHENG,), "verifier_url": VERIFIER_URL}
    with pytest.raises(error):
        Province(tmp_path / "keys").initialise(**asked | change, now=NOW)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_the_key_for_bundles_is_for_nothing_else(province: Province) -> None:
    key = FileSigningKey.load(province.directory / "verifier" / "bundle")

    leaf = trusted_leaf(key.chain, anchors=[province.root], at=NOW)

    assert [role for role in Role if is_of_role(leaf.subject, role)] == [Role.BUNDLE]


def test_a_folder_made_before_gets_its_key_for_bundles_once(province: Province) -> None:
    for ending in (".key", ".pem"):
        (province.directory / "verifier" / f"bundle{ending}").unlink()

    with pytest.raises(UrlError):
        province.add_bundle_key(verifier_url="counter.example", now=NOW)
    province.add_bundle_key(verifier_url=VERIFIER_URL + "/", now=NOW)

    assert FileSigningKey.load(province.directory / "verifier" / "bundle").chain
    with pytest.raises(FileExistsError):
        province.add_bundle_key(verifier_url=VERIFIER_URL, now=NOW)


def test_one_more_county_is_switched_on(province: Province) -> None:
    province.add_county("330326", issuer_url=ISSUER_URL + "/", now=NOW)

    listed = published(province, held=1)
    assert listed.sequence == 2
    assert listed.issuer(f"{ISSUER_URL}/330326", on=TODAY).counties == ("330326",)
    check_permit(province, permit_by(key_of(province, "credential", "330326")), NOW, "330326")


def test_a_county_is_switched_on_once(province: Province) -> None:
    before = contents(province.directory)

    with pytest.raises(FileExistsError):
        province.add_county(LUCHENG, issuer_url=ISSUER_URL, now=NOW)
    with pytest.raises(UnknownCountyError):
        province.add_county("999999", issuer_url=ISSUER_URL, now=NOW)
    with pytest.raises(UrlError):
        province.add_county("330326", issuer_url="http://permit.example", now=NOW)

    assert contents(province.directory) == before


def test_a_county_that_was_half_made_is_made_anew(province: Province) -> None:
    province.add_county("330326", issuer_url=ISSUER_URL, now=NOW)
    (province.directory / "issuers" / "330326" / "issuer.txt").unlink()

    province.add_county("330326", issuer_url=ISSUER_URL, now=NOW)

    check_permit(province, permit_by(key_of(province, "credential", "330326")), NOW, "330326")


def test_each_list_has_a_higher_number_and_the_older_is_refused(province: Province) -> None:
    first = (province.directory / "trust-list.jwt").read_text()
    assert province.publish_trust_list(now=NOW).sequence == 2
    assert published(province, held=1).sequence == 2
    with pytest.raises(TrustListError, match="older than 2"):
        read_trust_list(first, root=province.root, at=NOW, held_sequence=2)
    assert not list(province.directory.glob("*.new"))


def test_a_list_holds_for_the_days_it_is_given(province: Province) -> None:
    trust_list = province.publish_trust_list(now=NOW, days=3)
    assert trust_list.exp - trust_list.iat == 3 * 86400


def test_after_a_rotation_permits_of_both_keys_are_good(province: Province) -> None:
    before = key_of(province, "credential")
    old_permit, later = permit_by(before), NOW + timedelta(days=10)
    province.rotate(LUCHENG, now=later)
    after = key_of(province, "credential")
    assert after.public_jwk() != before.public_jwk()
    assert published(province, later, held=1).sequence == 2
    check_permit(province, old_permit, later)
    check_permit(province, permit_by(after), later)
    # Other counties and the status key are as before.
    check_permit(province, permit_by(key_of(province, "credential", OUHAI)), later, code=OUHAI)


def test_the_old_key_is_gone_and_its_certificate_kept(province: Province) -> None:
    before = key_of(province, "credential")
    province.rotate(LUCHENG, now=NOW)
    folder = province.directory / "issuers" / LUCHENG
    (retired,) = (folder / "retired").iterdir()
    assert certificate_from_pem(retired.read_bytes()) == before.chain[0]
    private = before.export_private()
    assert all(private not in data for data in contents(province.directory).values())
    assert sorted(p.name for p in folder.glob("*.key")) == ["credential.key", "status.key"]


def test_several_rotations_keep_all_certificates(province: Province) -> None:
    chains = [key_of(province, "credential").chain[0]]
    for _ in range(3):
        province.rotate(LUCHENG, now=NOW)
        chains.append(key_of(province, "credential").chain[0])
    assert set(chains) <= set(published(province).certificates().values())


def test_an_old_certificate_leaves_the_list_at_its_end(province: Province) -> None:
    old = key_of(province, "credential").chain[0]
    province.rotate(LUCHENG, now=NOW + timedelta(days=400))
    assert old in published(province, NOW + timedelta(days=400)).certificates().values()
    at_the_end = NOW + timedelta(days=3 * 365)
    province.publish_trust_list(now=at_the_end)
    assert old not in province.held_trust_list().certificates().values()


def test_a_withdrawn_certificate_is_believed_no_more(province: Province) -> None:
    old_permit = permit_by(key_of(province, "credential"))
    province.rotate(LUCHENG, now=NOW)
    (retired,) = (province.directory / "issuers" / LUCHENG / "retired").iterdir()
    retired.unlink()
    province.publish_trust_list(now=NOW)
    with pytest.raises(ChainError, match="does not name this certificate"):
        check_permit(province, old_permit, NOW)


def test_a_rotation_that_stopped_half_way_can_be_run_again(province: Province) -> None:
    old_permit = permit_by(key_of(province, "credential"))
    folder = province.directory / "issuers" / LUCHENG
    (folder / "next.key").write_bytes(b"half written")
    (folder / "credential.key").write_bytes((folder / "status.key").read_bytes())
    province.rotate(LUCHENG, now=NOW)
    check_permit(province, old_permit, NOW)
    check_permit(province, permit_by(key_of(province, "credential")), NOW)
    assert not list(folder.glob("next*"))


@pytest.mark.parametrize("step", range(1, 6))
def test_a_rotation_killed_before_any_file_takes_its_name_loses_nothing(
    province: Province, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Five files take their names: retired, key, certificate, list; the fifth never comes."""
    old_permit = permit_by(key_of(province, "credential"))
    replace, done = Path.replace, 0

    def killed(path: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == step:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with contextlib.suppress(KeyboardInterrupt):
            province.rotate(LUCHENG, now=NOW)
    assert done == min(step, 4)
    check_permit(province, old_permit, NOW)  # the list of before, or the new one

    province.rotate(LUCHENG, now=NOW)
    check_permit(province, old_permit, NOW)
    check_permit(province, permit_by(key_of(province, "credential")), NOW)


def test_half_a_retired_certificate_stops_no_later_rotation(province: Province) -> None:
    """Written aside first: only whole files have the name that lists are made from."""
    province.rotate(LUCHENG, now=NOW)
    retired = province.directory / "issuers" / LUCHENG / "retired"
    (retired / "0123456789abcdef.pem.new").write_bytes(b"-----BEGIN CERT")

    assert province.publish_trust_list(now=NOW).sequence == 3


def test_a_county_without_keys_cannot_be_rotated(province: Province) -> None:
    before = contents(province.directory)
    with pytest.raises(MissingKeyError, match="no usable certificate"):
        province.rotate("330303", now=NOW)
    assert contents(province.directory) == before


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_a_certificate_that_cannot_be_read_says_what_to_do(
    province: Province, content: bytes
) -> None:
    (province.directory / "root.pem").write_bytes(content)
    with pytest.raises(MissingKeyError, match="no usable certificate at"):
        _ = province.root


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    province = Province(tmp_path)
    for ask in (
        lambda: province.root,
        province.held_trust_list,
        lambda: province.publish_trust_list(now=NOW),
        lambda: province.rotate(LUCHENG, now=NOW),
    ):
        with pytest.raises(MissingKeyError) as caught:
            ask()
        assert "python -m keys init" in caught.value.remedy


def test_a_key_outside_the_folder_is_no_county_s(province: Province) -> None:
    chain = key_of(province, "credential").chain
    stranger = SoftwareSigningKey(new_signing_key().private, chain)
    with pytest.raises(SignatureError):
        check_permit(province, permit_by(stranger), NOW)
