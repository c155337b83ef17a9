"""Printing: for whom, on which document, recorded before it is drawn, dead with its permit."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from issuer.audit_log import AuditEntry, verify_chain
from issuer.confirmation_slip import DocumentShown, SlipPage
from issuer.demonstration import drawn_portrait
from issuer.desk import Desk, Grounds
from issuer.errors import DeskError, PermitStateError, SlipFontError, UnknownPermitError
from issuer.issuance_errors import NotReadyError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.particulars import Particulars
from issuer.permit import Permit
from issuer.settings import Settings
from issuer.slip_pdf import SlipPress
from issuer.slips import PrintedSlip, Slips
from issuer.sql_register import SqlTransaction
from issuer.storage import IssuerStorage, IssuerTransaction
from keys.county_keys import CountyKeys, load_county_keys
from keys.jws import jwk_thumbprint, parse_jws
from keys.province import Province
from schemas.errors import ServiceError
from schemas.paper_slip import SLIP_TYP, SlipPayload, slip_payload, unpack_slip
from schemas.qr_markers import certificate_key
from schemas.status_list import INVALID, SUSPENDED
from schemas.strict_json import decode_object

LUCHENG = "330302"
BASE_URL = "https://permit.zj.example"
NOW = datetime(2026, 11, 25, 6, 20, tzinfo=UTC)
LI = Officer("li-3", LUCHENG, ALL_ROLES)
WANG = Officer("wang-2", LUCHENG, frozenset({Role.REGISTRAR}))
ZHAO = Officer("zhao-7", LUCHENG, frozenset({Role.AUDITOR, Role.ADMINISTRATOR}))
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
ID_CARD = DocumentShown.ID_CARD
PARTICULARS = Particulars(
    name="林样例",
    citizen_id_number="52000019920512000X",
    ethnic_group="01",
    registered_address="贵州省贵阳市示范路1号",
    residence_address="浙江省温州市鹿城区示范路1号",
    residence_registered_on=date(2026, 3, 2),
    portrait=drawn_portrait(hue=0.5),
)


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CountyKeys]:
    folder = tmp_path_factory.mktemp("keys")
    codes = (LUCHENG, OUHAI.county)
    Province(folder).initialise(
        issuer_url=BASE_URL, counties=codes, verifier_url="https://v.example", now=NOW
    )
    return {code: load_county_keys(folder, base_url=BASE_URL, county=code) for code in codes}


@pytest.fixture(scope="module")
def press() -> SlipPress:
    return SlipPress(Path(Settings().slip_font_dir))


@pytest.fixture
def slips(
    storage: IssuerStorage, time: Time, counties: dict[str, CountyKeys], press: SlipPress
) -> Slips:
    return Slips(storage, time, counties, press)


@pytest.fixture
def desk(storage: IssuerStorage, time: Time) -> Desk:
    return Desk(storage, time, allow_demo_ids=True)


@pytest.fixture
def granted(desk: Desk) -> Permit:
    return desk.grant(PARTICULARS, LI)


def entries(storage: IssuerStorage) -> list[AuditEntry]:
    with storage.reading() as register:
        return register.audit(LUCHENG)


def said(printed: PrintedSlip, counties: dict[str, CountyKeys]) -> SlipPayload:
    der = counties[LUCHENG].credential.chain[0]
    token = unpack_slip(printed.code, certificates={certificate_key(der): der})
    return slip_payload(decode_object(parse_jws(token, typ=SLIP_TYP).payload, max_bytes=4096))


def status_of(storage: IssuerStorage, payload: SlipPayload) -> int:
    reference = payload.status.status_list
    with storage.reading() as register:
        values = register.status_values(LUCHENG, int(reference.uri.rsplit("/", 1)[1]))
    return values.get(reference.idx, 0)


@pytest.mark.parametrize("shown", DocumentShown)
@pytest.mark.parametrize("officer", [LI, WANG], ids=["approver", "registrar"])
def test_r10_each_print_is_recorded(
    slips: Slips,
    granted: Permit,
    storage: IssuerStorage,
    counties: dict[str, CountyKeys],
    officer: Officer,
    shown: DocumentShown,
) -> None:
    printed = slips.print_slip(granted.number, officer, shown)

    entry = entries(storage)[-1]
    assert (entry.act, entry.actor, entry.at) == ("print_slip", officer.id, NOW)
    assert (entry.permit_number, entry.county) == (granted.number, LUCHENG)
    assert entry.details["shown"] == shown.value
    assert entry.details["slip"] == printed.slip_id == said(printed, counties).jti
    assert entry.role in ("registrar", "approver,registrar")
    assert printed.pdf.startswith(b"%PDF-")
    verify_chain(entries(storage))


def test_nothing_personal_is_in_the_log(
    slips: Slips, granted: Permit, storage: IssuerStorage
) -> None:
    slips.print_slip(granted.number, LI, ID_CARD)

    told = repr(entries(storage)[-1])
    for personal in ("林样例", "52000019920512000X", "000X", "示范路"):
        assert personal not in told


def test_each_slip_has_a_number_and_a_place_of_its_own(
    slips: Slips, granted: Permit, storage: IssuerStorage, counties: dict[str, CountyKeys]
) -> None:
    printed = [slips.print_slip(granted.number, LI, ID_CARD) for _ in range(5)]
    payloads = [said(one, counties) for one in printed]

    assert len({payload.jti for payload in payloads}) == 5
    assert len({payload.status.status_list for payload in payloads}) == 5
    details = [e.details for e in entries(storage) if e.act == "print_slip"]
    assert [d["status_index"] for d in details] == [
        str(payload.status.status_list.idx) for payload in payloads
    ]


def test_what_is_signed_is_the_register_and_the_countys(
    slips: Slips, granted: Permit, counties: dict[str, CountyKeys]
) -> None:
    payload = said(slips.print_slip(granted.number, LI, ID_CARD), counties)

    assert payload.iss == f"{BASE_URL}/{LUCHENG}"
    assert (payload.name, payload.citizen_id_tail) == ("林样例", "000X")
    assert payload.endorsement.usable_through == granted.usable_through
    assert payload.residence_address == PARTICULARS.residence_address


Order = Callable[[Desk, str], Permit]


@pytest.mark.parametrize(
    ("order", "value"),
    [
        (lambda d, n: d.suspend(n, LI, WHY), SUSPENDED),
        (lambda d, n: d.cancel(n, LI, WHY), INVALID),
    ],
    ids=["suspend", "cancel"],
)
def test_a_slip_dies_with_its_permit(
    slips: Slips,
    desk: Desk,
    granted: Permit,
    storage: IssuerStorage,
    counties: dict[str, CountyKeys],
    order: Order,
    value: int,
) -> None:
    payload = said(slips.print_slip(granted.number, LI, ID_CARD), counties)
    assert status_of(storage, payload) == 0

    order(desk, granted.number)

    assert status_of(storage, payload) == value


def lapse(desk: Desk, number: str, time: Time) -> None:
    time.now = NOW + timedelta(days=400)


UNUSABLE: list[tuple[str, Callable[[Desk, str, Time], object]]] = [
    ("endorsement has run out", lapse),
    ("suspended", lambda d, n, t: d.suspend(n, LI, WHY)),
    ("cancelled", lambda d, n, t: d.cancel(n, LI, WHY)),
]


@pytest.mark.parametrize(("why", "spoil"), UNUSABLE, ids=[why for why, _ in UNUSABLE])
def test_only_a_usable_permit_is_printed(
    slips: Slips,
    desk: Desk,
    granted: Permit,
    storage: IssuerStorage,
    time: Time,
    why: str,
    spoil: Callable[[Desk, str, Time], object],
) -> None:
    spoil(desk, granted.number, time)
    before = entries(storage)

    with pytest.raises(PermitStateError, match=why):
        slips.print_slip(granted.number, LI, ID_CARD)

    assert entries(storage) == before


def test_a_slip_after_a_late_endorsement(
    slips: Slips, desk: Desk, granted: Permit, time: Time, counties: dict[str, CountyKeys]
) -> None:
    time.now = NOW + timedelta(days=400)
    renewed = desk.endorse(granted.number, LI)

    payload = said(slips.print_slip(granted.number, LI, ID_CARD), counties)

    assert payload.endorsement.sequence == 2
    assert payload.endorsement.usable_through == renewed.usable_through


@pytest.mark.parametrize(
    ("number", "officer", "error"),
    [
        (None, ZHAO, DeskError),
        (None, Officer("li-3", LUCHENG, frozenset()), DeskError),
        (None, Officer("Li 3", LUCHENG, ALL_ROLES), DeskError),
        (None, OUHAI, DeskError),
        ("ZJ", LI, UnknownPermitError),
    ],
    ids=["auditor", "no role", "no id", "another county", "no permit"],
)
def test_who_may_not_print(
    slips: Slips,
    granted: Permit,
    storage: IssuerStorage,
    number: str | None,
    officer: Officer,
    error: type[ServiceError],
) -> None:
    before = entries(storage)

    with pytest.raises(error):
        slips.print_slip(number or granted.number, officer, ID_CARD)
    with pytest.raises(error):
        slips.print_again(number or granted.number, "7K3M-Q9TD-V2XA", officer)

    assert entries(storage) == before


def test_what_can_be_known_beforehand_leaves_no_record(
    storage: IssuerStorage,
    granted: Permit,
    time: Time,
    counties: dict[str, CountyKeys],
    press: SlipPress,
    tmp_path: Path,
) -> None:
    before = entries(storage)

    with pytest.raises(SlipFontError):
        Slips(storage, time, counties, SlipPress(tmp_path)).print_slip(granted.number, LI, ID_CARD)
    with pytest.raises(NotReadyError, match=LUCHENG):
        Slips(storage, time, {}, press).print_slip(granted.number, LI, ID_CARD)

    assert entries(storage) == before
    with storage.reading() as register:
        assert register.status_lists(LUCHENG) == []


# --- a crash, a jammed printer


class Jammed(SlipPress):
    """Gives up when it comes to drawing."""

    def pdf(self, page: SlipPage, *, code_svg: str, portrait: bytes, at: datetime) -> bytes:
        raise InterruptedError


def test_no_paper_without_a_record_and_a_recorded_slip_can_be_drawn_again(
    storage: IssuerStorage,
    slips: Slips,
    granted: Permit,
    time: Time,
    counties: dict[str, CountyKeys],
) -> None:
    jammed = Slips(storage, time, counties, Jammed(Path(Settings().slip_font_dir)))
    with pytest.raises(InterruptedError):
        jammed.print_slip(granted.number, WANG, DocumentShown.HOUSEHOLD_REGISTER)
    first = entries(storage)[-1]
    assert first.act == "print_slip"

    time.now += timedelta(hours=1)
    printed = slips.print_again(granted.number, first.details["slip"], LI)

    assert printed.slip_id == first.details["slip"]
    assert printed.printed_at == NOW, "the paper says when and for whom it was first printed"
    payload = said(printed, counties)
    assert str(payload.status.status_list.idx) == first.details["status_index"]
    again = entries(storage)[-1]
    assert (again.act, again.actor, again.at) == ("print_slip_again", "li-3", time.now)
    assert again.details == {"slip": printed.slip_id}


def test_a_print_that_is_not_committed_is_not_drawn(
    slips: Slips, granted: Permit, storage: IssuerStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, drawn = SqlTransaction.append_audit, []

    def then_fail(tx: IssuerTransaction, *arguments: object) -> None:
        whole(tx, *arguments)  # type: ignore[arg-type]
        raise InterruptedError

    monkeypatch.setattr(SqlTransaction, "append_audit", then_fail)
    monkeypatch.setattr(SlipPress, "pdf", lambda *_, **__: drawn.append(1))
    with pytest.raises(InterruptedError):
        slips.print_slip(granted.number, LI, ID_CARD)

    assert drawn == []
    assert "print_slip" not in [entry.act for entry in entries(storage)]
    with storage.reading() as register:
        assert register.status_lists(LUCHENG) == []


def renewed_address(storage: IssuerStorage, number: str) -> None:
    with storage.transaction() as tx:
        tx.replace_permit(replace(tx.permit(number), residence_address="示范路2号"))


def retired(storage: IssuerStorage, number: str) -> None:
    """As when a copy is replaced: the permit is usable, what was issued before is not."""
    with storage.transaction() as tx:
        tx.set_permit_status(number, INVALID)


CHANGES: list[tuple[str, Callable[[IssuerStorage, str, Time], None]]] = [
    ("the next day", lambda s, n, t: setattr(t, "now", NOW + timedelta(hours=10))),
    ("another address", lambda s, n, t: renewed_address(s, n)),
    ("a retired place", lambda s, n, t: retired(s, n)),
]


@pytest.mark.parametrize(("what", "change"), CHANGES, ids=[what for what, _ in CHANGES])
def test_what_no_longer_holds_is_not_printed_again(
    slips: Slips,
    granted: Permit,
    storage: IssuerStorage,
    time: Time,
    what: str,
    change: Callable[[IssuerStorage, str, Time], None],
) -> None:
    printed = slips.print_slip(granted.number, LI, ID_CARD)
    change(storage, granted.number, time)
    before = entries(storage)

    with pytest.raises(PermitStateError) as caught:
        slips.print_again(granted.number, printed.slip_id, LI)

    assert caught.value.remedy == "Print a new slip."
    assert entries(storage) == before


def test_a_slip_from_before_the_permit_changed_counties_is_not_printed_again(
    slips: Slips, granted: Permit, storage: IssuerStorage
) -> None:
    """Its place is in a list of the old county's; the new one has no list of that number."""
    printed = slips.print_slip(granted.number, LI, ID_CARD)
    with storage.transaction() as tx:
        tx.replace_permit(replace(granted, county=OUHAI.county))

    with pytest.raises(PermitStateError, match="has changed"):
        slips.print_again(granted.number, printed.slip_id, OUHAI)


def test_a_slip_of_another_permit_is_not_printed_again(
    slips: Slips, desk: Desk, granted: Permit
) -> None:
    other = desk.grant(replace(PARTICULARS, citizen_id_number="430000198506160017"), LI)
    printed = slips.print_slip(other.number, LI, ID_CARD)
    slips.print_slip(granted.number, LI, ID_CARD)

    for slip_id in (printed.slip_id, "7K3M-Q9TD-V2XA", ""):
        with pytest.raises(PermitStateError, match="no slip of this permit"):
            slips.print_again(granted.number, slip_id, LI)


def test_of_several_slips_the_one_asked_for_is_printed_again(
    slips: Slips, granted: Permit, counties: dict[str, CountyKeys]
) -> None:
    for printed in [slips.print_slip(granted.number, LI, ID_CARD) for _ in range(3)]:
        again = slips.print_again(granted.number, printed.slip_id, LI)
        assert said(again, counties) == said(printed, counties)


def test_a_suspended_permit_is_not_printed_again(slips: Slips, desk: Desk, granted: Permit) -> None:
    printed = slips.print_slip(granted.number, LI, ID_CARD)
    desk.suspend(granted.number, LI, WHY)

    with pytest.raises(PermitStateError, match="suspended"):
        slips.print_again(granted.number, printed.slip_id, LI)


async def test_many_counters_print_at_once(
    slips: Slips, granted: Permit, storage: IssuerStorage
) -> None:
    printed = await asyncio.gather(
        *(asyncio.to_thread(slips.print_slip, granted.number, LI, ID_CARD) for _ in range(8))
    )

    assert len({one.slip_id for one in printed}) == 8
    assert all(one.pdf.startswith(b"%PDF-") for one in printed)
    verify_chain(entries(storage))


def test_mass_acts_find_slips_by_their_key(
    slips: Slips, granted: Permit, counties: dict[str, CountyKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stolen key's slips must be found like its permits."""
    told: list[object] = []
    whole = SqlTransaction.allocate_status

    def listening(tx: SqlTransaction, *arguments: object, **named: object) -> object:
        told.append((named["signed_by"], named["expires_on"]))
        return whole(tx, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlTransaction, "allocate_status", listening)
    slips.print_slip(granted.number, LI, ID_CARD)

    key = jwk_thumbprint(counties[LUCHENG].credential.public_jwk())
    assert told == [(key, granted.usable_through)]
