"""What granting each kind of application does to permits, copies, offers and grants."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Granted, Kind, Material, Refused
from issuer.application_desk import ApplicationDesk
from issuer.application_errors import NoPermitError, SecondOpinionError
from issuer.application_intake import ApplicationIntake, Request
from issuer.audit_log import AuditEntry, verify_chain
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.eligibility_facts import Basis
from issuer.errors import NotEligibleError, PermitStateError
from issuer.issuance_secrets import digest_of
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit, Standing
from issuer.permit_changes import AUTOMATIC, Decision, carry_out
from issuer.proposals import Proposals
from issuer.residence_register import ResidenceRegistration
from issuer.sql_register import SqlTransaction
from issuer.storage import Grant, IssuerStorage, IssuerTransaction, Offer
from issuer.stored_residences import StoredResidences
from schemas.endorsement_window import day_of
from schemas.status_list import INVALID, SUSPENDED

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LI, RUIAN = Officer("li-3", "330302", ALL_ROLES), Officer("chen-5", "330381", ALL_ROLES)
OUHAI = Officer("chen-1", "330304", ALL_ROLES)
LIN = demonstration_identities(today=TODAY)["52000019920512000X"]
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 3, 2))
THERE = replace(HERE, county="330381", address="瑞安示范路2号", registered_on=date(2026, 4, 1))
WHY = Grounds(reason="示范原因", legal_basis="示范条例")
REQUEST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
    commitment=commitment_at(NOW),
)


class Town:
    """A county with its services and a clock that a test sets."""

    def __init__(self, storage: IssuerStorage) -> None:
        self.storage = storage
        self.now = NOW
        residences = StoredResidences(storage)
        self.intake = ApplicationIntake(storage, self.clock, allow_demo_ids=True)
        self.applications = ApplicationDesk(storage, residences, self.clock, allow_demo_ids=True)
        self.desk = Desk(storage, self.clock, allow_demo_ids=True)

    def clock(self) -> datetime:
        return self.now

    def at(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)

    def register(self, *registrations: ResidenceRegistration) -> None:
        with self.storage.transaction() as tx:
            tx.put_registrations(registrations)

    def apply(self, kind: Kind, **changes: Any) -> Application:
        bases = REQUEST.bases if kind in (Kind.FIRST_PERMIT, Kind.MOVE, Kind.ENDORSEMENT) else ()
        wanted = replace(REQUEST, kind=kind, bases=frozenset(bases), **changes)
        return self.intake.submit(wanted, LIN)

    def entries(self, county: str = "330302") -> list[AuditEntry]:
        with self.storage.reading() as register:
            found = register.audit(county)
        verify_chain(found)
        return found

    def statuses(self, county: str = "330302") -> list[int]:
        with self.storage.reading() as register:
            return list(register.status_values(county, 0).values())

    def notices(self, number: str) -> list[str]:
        with self.storage.reading() as register:
            return [notice.kind for notice in register.notices(number)]


@pytest.fixture
def town(storage: IssuerStorage) -> Town:
    made = Town(storage)
    made.register(HERE)
    return made


@pytest.fixture
def permit(town: Town) -> Permit:
    """Granted today on an application, with three copies out, an open offer and a live grant."""
    granted = town.applications.grant(town.apply(Kind.FIRST_PERMIT).number, LI)
    with town.storage.transaction() as tx:
        tx.allocate_status("330302", granted.number, 3, expires_on=granted.usable_through)
        tx.add_offer(
            Offer("r", granted.number, "330302", digest_of("code"), None, ("a",), NOW.replace(2027))
        )
        tx.add_grant(
            Grant(
                id="g",
                permit_number=granted.number,
                county="330302",
                configuration_ids=("a",),
                access_digest=digest_of("access"),
                access_expires_at=NOW.replace(2027),
                refresh_digest=digest_of("refresh"),
                refresh_family_digest=None,
                expires_at=NOW.replace(2028),
            )
        )
    return granted


def copies_are_dead(town: Town) -> bool:
    with town.storage.reading() as register:
        offer = register.offer_by_code(digest_of("code"))
        grant = register.grant_by_access_token(digest_of("access"))
    assert offer is not None
    assert grant is not None
    return (offer.state, grant.state) == ("dead", "dead") and town.statuses() == [INVALID] * 3


def everything(town: Town) -> tuple[object, ...]:
    with town.storage.reading() as register:
        return (
            register.applications(),
            register.permits(),
            register.audit(),
            [register.notices(held.number) for held in register.permits()],
            register.status_values("330302", 0),
            register.offer_by_code(digest_of("code")),
        )


def test_an_endorsement_in_the_window(town: Town, permit: Permit) -> None:
    town.at(date(2027, 11, 1))
    endorsed = town.applications.grant(town.apply(Kind.ENDORSEMENT, materials=()).number, LI)

    assert endorsed.usable_through == date(2028, 11, 23)
    assert endorsed.continuous_residence_since == HERE.registered_on
    assert endorsed.number == permit.number
    assert town.statuses() == []  # copies stay good and renew themselves
    assert town.notices(permit.number) == ["granted", "endorsed"]
    entry = town.entries()[-2]
    assert (entry.act, entry.permit_number, entry.role) == (
        "endorse",
        permit.number,
        "approver",
    )
    assert entry.details["late"] == "no"


@pytest.mark.parametrize(
    ("asked", "decided", "through", "since", "late"),
    [
        ("2027-11-23", "2027-11-25", "2028-11-23", "2026-03-02", "no"),  # asked on the last day
        ("2027-11-24", "2027-11-26", "2028-11-23", "2027-11-26", "yes"),  # a day late
        ("2028-10-22", "2028-10-25", "2029-11-23", "2028-10-25", "yes"),  # late into the next
    ],
)
def test_r12_r13_in_time_is_who_asked_in_time(
    town: Town, permit: Permit, asked: str, decided: str, through: str, since: str, late: str
) -> None:
    town.at(date.fromisoformat(asked))
    number = town.apply(Kind.ENDORSEMENT, materials=()).number
    town.at(date.fromisoformat(decided))
    endorsed = town.applications.grant(number, LI)

    assert endorsed.usable_through == date.fromisoformat(through)
    assert endorsed.continuous_residence_since == date.fromisoformat(since)
    assert endorsed.standing_on(day_of(town.now)) is Standing.USABLE
    assert town.entries()[-2].details["late"] == late


def test_a_refused_endorsement_leaves_the_permit_through_its_last_day(
    town: Town, permit: Permit
) -> None:
    town.at(date(2027, 11, 1))
    number = town.apply(Kind.ENDORSEMENT, materials=()).number
    town.register(replace(HERE, ended_on=date(2027, 10, 1)))
    with pytest.raises(NotEligibleError, match="no_longer_eligible, no_residence_registration"):
        town.applications.grant(number, LI)
    refused = town.applications.refuse(number, LI, WHY)

    assert isinstance(refused.state, Refused)
    assert [ground.code for ground in refused.state.grounds] == [
        "no_longer_eligible",
        "no_residence_registration",
    ]
    with town.storage.reading() as register:
        held = register.permit(permit.number)
        (*_, notice) = register.application_notices(number)
    assert held == permit
    assert held.standing_on(date(2027, 11, 23)) is Standing.USABLE
    assert held.standing_on(date(2027, 11, 24)) is Standing.LAPSED
    assert notice.kind == "endorsement_refused"


def test_who_was_endorsed_meanwhile_is_not_endorsed_twice(town: Town, permit: Permit) -> None:
    town.at(date(2027, 11, 1))
    number = town.apply(Kind.ENDORSEMENT, materials=()).number
    town.desk.endorse(permit.number, LI)

    with pytest.raises(NotEligibleError, match="window_not_open"):
        town.applications.grant(number, LI)


def test_a_replacement_ends_every_copy_and_nothing_else(town: Town, permit: Permit) -> None:
    number = town.apply(Kind.REPLACEMENT, materials=(), statement="手机丢失").number
    replaced = town.applications.grant(number, LI)

    assert replaced == permit
    assert copies_are_dead(town)
    assert town.notices(permit.number) == ["granted", "replaced"]
    assert town.entries()[-2].details == {"reason": "手机丢失", "application": number}
    with town.storage.reading() as register:
        assert register.application(number).state == Granted(NOW, "li-3", permit.number)


def test_copies_that_were_replaced_stay_dead_and_later_ones_are_good(
    town: Town, permit: Permit
) -> None:
    town.applications.grant(town.apply(Kind.REPLACEMENT, materials=()).number, LI)
    with town.storage.transaction() as tx:
        places = tx.allocate_status("330302", permit.number, 1, expires_on=TODAY)
    new = places[0].idx
    with town.storage.reading() as register:
        assert new not in register.status_values("330302", 0)
    town.desk.suspend(permit.number, LI, WHY)
    with town.storage.reading() as register:
        values = register.status_values("330302", 0)
        assert values.pop(new) == SUSPENDED
        assert list(values.values()) == [INVALID] * 3
    town.desk.restore(permit.number, replace(LI, id="wang-2"), WHY)

    assert town.statuses() == [INVALID] * 3


def test_the_desk_replaces_without_an_application_too(town: Town, permit: Permit) -> None:
    assert town.desk.replace(permit.number, LI, WHY) == permit
    assert copies_are_dead(town)
    assert town.entries()[-1].act == "replace"
    assert town.entries()[-1].details["reason"] == WHY.reason


def test_a_change_inside_the_county_corrects_the_address(town: Town, permit: Permit) -> None:
    town.register(replace(HERE, address="示范路9号", registered_on=date(2026, 11, 20)))
    changed = town.applications.grant(town.apply(Kind.CHANGE_OF_DATA, materials=()).number, LI)

    assert changed == replace(permit, residence_address="示范路9号")
    assert copies_are_dead(town)
    assert town.notices(permit.number) == ["granted", "changed"]
    entry = town.entries()[-2]
    assert entry.details["changed"] == "residence_address"
    assert entry.details["reported"] == "in_time"


def test_another_district_of_the_same_city_takes_the_permit_over(
    town: Town, permit: Permit
) -> None:
    moved = replace(HERE, county="330304", address="瓯海示范路3号", registered_on=date(2026, 10, 1))
    town.register(replace(HERE, ended_on=date(2026, 10, 1)), moved)
    number = town.apply(Kind.CHANGE_OF_DATA, county="330304", materials=()).number
    changed = town.applications.grant(number, OUHAI)

    assert (changed.number, changed.county) == (permit.number, "330304")
    assert changed.residence_address == "瓯海示范路3号"
    for name in ("issued_on", "endorsements", "continuous_residence_since"):
        assert getattr(changed, name) == getattr(permit, name)
    assert copies_are_dead(town)
    here, there = town.entries()[-1], town.entries("330304")[-2]
    assert (here.act, here.details["to_county"]) == ("hand_over", "330304")
    assert (there.act, there.details["from_county"]) == ("change", "330302")
    assert there.details["reported"] == "late"  # noted, and no obstacle
    town.desk.suspend(permit.number, OUHAI, WHY)  # its officers decide about it now


def test_a_name_that_the_register_changed_is_put_right(town: Town, permit: Permit) -> None:
    married = replace(LIN, name="林示范")
    wanted = replace(REQUEST, kind=Kind.CHANGE_OF_DATA, bases=frozenset(), materials=())
    number = town.intake.submit(wanted, married).number
    changed = town.applications.grant(number, LI)

    assert changed.resident == replace(permit.resident, name="林示范")
    assert "reported" not in town.entries()[-2].details


def test_where_nothing_has_changed_nothing_is_changed(town: Town, permit: Permit) -> None:
    number = town.apply(Kind.CHANGE_OF_DATA, materials=()).number

    with pytest.raises(NotEligibleError, match="nothing_changed"):
        town.applications.grant(number, LI)


def test_a_move_ends_the_permit_there_and_grants_one_here(town: Town, permit: Permit) -> None:
    town.register(THERE)
    number = town.apply(Kind.MOVE, county="330381").number
    granted = town.applications.grant(number, RUIAN)

    with town.storage.reading() as register:
        old = register.permit(permit.number)
        standing = [p.standing_on(TODAY) for p in register.permits_of(LIN.citizen_id_number)]
        assert register.application(number).permit_number == permit.number
    assert sorted(standing) == [Standing.CANCELLED, Standing.USABLE]
    assert (granted.county, granted.issued_on) == ("330381", TODAY)
    assert granted.residence_address == THERE.address
    assert old.order is not None
    assert town.statuses() == [INVALID] * 3
    assert town.notices(granted.number) == ["moved"]
    assert [entry.act for entry in town.entries()] == [
        "apply",
        "grant",
        "grant_application",
        "move_away",
    ]
    assert town.entries()[-1].actor == "chen-5"
    assert town.entries()[-1].details == {
        "to_county": "330381",
        "to_permit": granted.number,
        "application": number,
    }
    assert [entry.act for entry in town.entries("330381")] == [
        "apply",
        "grant",
        "grant_application",
    ]


def test_half_a_year_begins_anew_at_the_new_place(town: Town, permit: Permit) -> None:
    town.register(replace(THERE, registered_on=date(2026, 9, 1)))
    number = town.apply(Kind.MOVE, county="330381").number

    with pytest.raises(NotEligibleError, match="residence_too_short"):
        town.applications.grant(number, RUIAN)
    town.applications.refuse(number, RUIAN, WHY)
    with town.storage.reading() as register:
        assert register.permits() == [permit]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
def test_an_order_stands_in_the_way_of_all_of_them(town: Town, permit: Permit, kind: Kind) -> None:
    town.register(THERE)
    town.at(date(2027, 11, 1))
    county, by = ("330381", RUIAN) if kind is Kind.MOVE else ("330302", LI)
    number = town.apply(kind, county=county).number
    town.desk.suspend(permit.number, LI, WHY)

    with pytest.raises(NotEligibleError, match="permit_suspended"):
        town.applications.grant(number, by)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
def test_a_permit_that_ended_meanwhile(town: Town, permit: Permit, kind: Kind) -> None:
    town.register(THERE)
    town.at(date(2027, 11, 1))
    county, by = ("330381", RUIAN) if kind is Kind.MOVE else ("330302", LI)
    number = town.apply(kind, county=county).number
    town.desk.cancel(permit.number, LI, WHY)

    with pytest.raises(NotEligibleError, match="permit_ended"):
        town.applications.grant(number, by)
    assert isinstance(town.applications.refuse(number, by, WHY).state, Refused)
    with pytest.raises(NoPermitError):
        town.apply(kind, county=county)


ATTEMPTS: dict[Kind, Callable[[Town], tuple[str, Officer]]] = {
    Kind.REPLACEMENT: lambda t: (t.apply(Kind.REPLACEMENT).number, LI),
    Kind.CHANGE_OF_DATA: lambda t: (t.apply(Kind.CHANGE_OF_DATA, county="330304").number, OUHAI),
    Kind.MOVE: lambda t: (t.apply(Kind.MOVE, county="330381").number, RUIAN),
}


@pytest.mark.parametrize("kind", ATTEMPTS)
@pytest.mark.parametrize("broken", ["append_audit", "add_notice", "replace_application"])
def test_what_fails_at_any_step_has_not_happened(
    town: Town, permit: Permit, kind: Kind, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register(THERE, replace(HERE, county="330304", address="瓯海示范路3号"))
    number, officer = ATTEMPTS[kind](town)
    whole = getattr(SqlTransaction, broken)

    def then_fail(tx: IssuerTransaction, *arguments: object) -> None:
        whole(tx, *arguments)
        raise InterruptedError

    before = everything(town)
    monkeypatch.setattr(SqlTransaction, broken, then_fail)
    with pytest.raises(InterruptedError):
        town.applications.grant(number, officer)

    assert everything(town) == before


def test_without_an_officer_only_what_a_setting_allows(town: Town, permit: Permit) -> None:
    town.at(date(2027, 11, 1))
    endorsement = town.apply(Kind.ENDORSEMENT, materials=())
    decision = Decision(endorsement, [HERE], None, town.now, True)
    with town.storage.transaction() as tx:
        assert carry_out(tx, decision).endorsement.by == AUTOMATIC
    first = replace(endorsement, kind=Kind.FIRST_PERMIT)
    with (
        pytest.raises(Exception, match="granted by officers"),
        town.storage.transaction() as tx,
    ):
        carry_out(tx, replace(decision, application=first))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST_PERMIT])
def test_carried_out_the_permit_s_own_state_counts_whatever_was_found(
    town: Town, permit: Permit, kind: Kind
) -> None:
    town.register(THERE)
    town.at(date(2027, 11, 1))
    county, by = ("330381", RUIAN) if kind is Kind.MOVE else ("330302", LI)
    decision = Decision(town.apply(kind, county=county), [HERE, THERE], by, town.now, True)
    town.desk.suspend(permit.number, LI, WHY)
    with (
        pytest.raises(PermitStateError, match="suspended by order"),
        town.storage.transaction() as tx,
    ):
        carry_out(tx, decision)
    town.desk.cancel(permit.number, LI, WHY)
    with pytest.raises(PermitStateError, match="ended"), town.storage.transaction() as tx:
        carry_out(tx, decision)


NEXT_DISTRICT = replace(HERE, county="330304", address="示范路5号")


def hand_over(town: Town) -> None:
    """The permit comes to the next district of the unit; it is endorsable in 2027."""
    town.register(replace(HERE, ended_on=day_of(town.now)), NEXT_DISTRICT)
    town.applications.grant(town.apply(Kind.CHANGE_OF_DATA, county="330304").number, OUHAI)


@pytest.mark.parametrize("kind", [Kind.ENDORSEMENT, Kind.REPLACEMENT])
def test_what_a_county_has_handed_over_it_neither_endorses_nor_replaces(
    town: Town, permit: Permit, kind: Kind
) -> None:
    town.at(date(2027, 11, 1))
    waiting = town.apply(kind, materials=())
    hand_over(town)
    town.register(HERE)  # somebody may be registered in both
    before = town.statuses("330302")

    with pytest.raises(NotEligibleError, match="other_county"):
        town.applications.grant(waiting.number, LI)
    decision = Decision(waiting, [HERE, NEXT_DISTRICT], LI, town.now, True)
    with pytest.raises(PermitStateError, match="330304 by now"), town.storage.transaction() as tx:
        carry_out(tx, decision)
    refused = town.applications.refuse(waiting.number, LI, WHY)
    assert isinstance(refused.state, Refused)
    assert refused.state.grounds[0].code == "other_county"
    assert town.statuses("330302") == before


def test_an_application_about_a_permit_that_ended_does_not_touch_the_next_one(
    town: Town, permit: Permit
) -> None:
    waiting = town.apply(Kind.REPLACEMENT)
    town.register(THERE)
    town.at(date(2027, 6, 1))
    moved = town.applications.grant(town.apply(Kind.MOVE, county="330381").number, RUIAN)
    with town.storage.transaction() as tx:
        tx.allocate_status("330381", moved.number, 1, expires_on=moved.usable_through)

    with pytest.raises(NotEligibleError, match="permit_ended"):
        town.applications.grant(waiting.number, LI)
    with pytest.raises(PermitStateError, match="ended"), town.storage.transaction() as tx:
        carry_out(tx, Decision(waiting, [HERE], LI, town.now, True))
    assert town.statuses("330381") == []


def test_nobody_moves_on_from_under_a_proposal_to_revoke(town: Town, permit: Permit) -> None:
    proposals = Proposals(town.storage, town.clock)
    proposed = proposals.propose_revocation(permit.number, LI, WHY)
    town.register(THERE, NEXT_DISTRICT)
    town.at(date(2027, 6, 1))
    there = town.apply(Kind.MOVE, county="330381").number
    next_door = town.apply(Kind.CHANGE_OF_DATA, county="330304").number
    for number, officer in ((there, RUIAN), (next_door, OUHAI)):
        with pytest.raises(PermitStateError, match=proposed.id):
            town.applications.grant(number, officer)

    proposals.reject(proposed.id, LI, "示范原因")
    assert town.applications.grant(next_door, OUHAI).county == "330304"


def test_two_officers_look_at_an_exemption_again_where_somebody_moves_to(
    town: Town, permit: Permit
) -> None:
    paper = Material(Basis.TALENT_EXEMPT, "cd" * 32, "瑞安市人民政府")
    exempt = {"bases": frozenset({Basis.TALENT_EXEMPT}), "materials": (paper,)}
    with town.storage.transaction() as tx:
        (granted,) = tx.applications_of(LIN.citizen_id_number)
        tx.replace_application(replace(granted, **exempt))
    town.register(replace(THERE, registered_on=day_of(town.now)))
    number = town.intake.submit(
        replace(REQUEST, kind=Kind.MOVE, county="330381", **exempt), LIN
    ).number

    with pytest.raises(SecondOpinionError):
        town.applications.grant(number, RUIAN)
