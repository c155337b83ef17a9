"""The rules, line by line: each R-line and each row of both tables of states, and its proof.

A row says what the rule is and proves it in short, through the services, on a register of its
own. Where a rule is about another room, or has more cases than fit here, the row also names the
test that has them; a test that is named and not there fails the row. Sources: [ZJ], [SC663].
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from PIL import Image

from holder_sim.errors import FaceMismatchError
from holder_sim.face_check import FaceCheck, Purpose, ScriptedMatcher
from holder_sim.settings import Settings as HolderSettings
from holder_sim.vault import Vault
from issuer.applicant_progress import Progress
from issuer.application import (
    Application,
    Channel,
    IdentityDocument,
    Kind,
    Material,
    Refused,
    Whose,
)
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.application_errors import DraftIncompleteError, WindowNotOpenError
from issuer.application_findings import weigh
from issuer.application_intake import ApplicationIntake
from issuer.application_queue import ApplicationQueue, QueueFilter
from issuer.application_record import ApplicationRecords
from issuer.cancel_cause import CancelCause
from issuer.confirmation_slip import DocumentShown
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.document_store import FileDocumentStore
from issuer.due_notices import queue_due_notices
from issuer.eligibility_facts import Basis
from issuer.errors import DeskError, NotEligibleError, PermitStateError, UnknownPermitError
from issuer.offers import Offers
from issuer.officer import Officer, Role
from issuer.outbox_storage import MessageState
from issuer.own_permits import OwnPermits
from issuer.particulars import Resident
from issuer.permit import Cancellation, Permit, Standing
from issuer.proposals import Proposals
from issuer.residence_register import ResidenceRegistration
from issuer.settings import Settings
from issuer.slip_pdf import SlipPress
from issuer.slips import Slips
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_lapse import lapse_unanswered
from keys.county_keys import counties_with_keys, load_county_keys
from keys.province import Province
from schemas.divisions import Area, county, covers
from schemas.endorsement_window import day_of
from schemas.status_list import INVALID, SUSPENDED

ISSUER_URL = "https://permit.example"
ROOT = Path(__file__).parents[2]
LUCHENG, RUIAN = "330302", "330381"
NOON = datetime(2025, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2025, 11, 23))
LIN, WU, XIAO, AYI = (
    PEOPLE[number]
    for number in (
        "52000019920512000X",
        "610000199507150003",
        "340000201506010003",
        "650000198801030013",
    )
)
LI = Officer("li-3", LUCHENG, frozenset({Role.APPROVER}))
CHEN = Officer("chen-5", LUCHENG, frozenset({Role.APPROVER}))
WANG = Officer("wang-2", LUCHENG, frozenset({Role.REGISTRAR}))
THERE = Officer("li-3", RUIAN, frozenset({Role.APPROVER}))
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
HOME, EMPTY = frozenset({Basis.STABLE_HOUSING}), frozenset[Basis]()
HERE = ResidenceRegistration(LIN.citizen_id_number, LUCHENG, "示范路1号", date(2025, 3, 2))


class World:
    """One register with every service on it, its time, and who lives where."""

    def __init__(self, storage: IssuerStorage, folder: Path) -> None:
        self.now, self.folder, self.storage = NOON, folder, storage
        self.documents = FileDocumentStore(folder / "documents")
        residences = StoredResidences(storage)
        known = {"allow_demo_ids": True}
        self.drafts = ApplicationDrafts(storage, self.documents, self.clock, **known)
        self.intake = ApplicationIntake(storage, self.clock, **known)
        self.applications = ApplicationDesk(storage, residences, self.clock, **known)
        self.records = ApplicationRecords(storage, residences, self.documents, self.clock)
        self.desk = Desk(storage, self.clock, **known)
        self.queue = ApplicationQueue(storage, self.clock)
        self.progress = Progress(storage, self.clock)
        self.proposals = Proposals(storage, self.clock)
        target = BytesIO()
        Image.new("L", (20, 30), 200).save(target, "PDF")
        self.lease = target.getvalue()
        self.register(HERE)

    def clock(self) -> datetime:
        return self.now

    def at(self, year: int, month: int, day: int) -> None:
        self.now = datetime(year, month, day, 4, 0, tzinfo=UTC)

    def register(self, *registrations: ResidenceRegistration) -> None:
        with self.storage.transaction() as tx:
            tx.put_registrations(registrations)

    def draft(
        self,
        kind: Kind = Kind.FIRST_PERMIT,
        place: str = LUCHENG,
        bases: frozenset[Basis] = HOME,
        person: Any = LIN,
        **form: Any,
    ) -> Application:
        draft = self.drafts.open(person, kind, Channel.APP)
        rests_on = kind in (Kind.FIRST_PERMIT, Kind.MOVE)
        start = Answers(county=place, bases=bases if rests_on else UNSET)
        self.drafts.save(draft.number, person, start, revision=draft.revision)
        held = self.drafts.commit(draft.number, person)
        if form:
            held = self.drafts.save(draft.number, person, Answers(**form), revision=held.revision)
        for basis in sorted(bases) if rests_on else ():
            held = self.drafts.attach(
                draft.number, person, basis, self.lease, "a.pdf", "温州市人民政府"
            )
        return held

    def apply(self, kind: Kind = Kind.FIRST_PERMIT, **about: Any) -> Application:
        person = about.get("person", LIN)
        return self.drafts.submit(self.draft(kind, **about).number, person)

    def permit(self) -> Permit:
        """Granted on 2025-11-23, with two copies out."""
        granted = self.applications.grant(self.apply().number, LI)
        with self.storage.transaction() as tx:
            tx.allocate_status(LUCHENG, granted.number, 2, expires_on=granted.usable_through)
        return granted

    def standing(self, number: str) -> Standing:
        with self.storage.reading() as register:
            return register.permit(number).standing_on(day_of(self.now))

    def held(self, number: str) -> Permit:
        with self.storage.reading() as register:
            return register.permit(number)

    def statuses(self) -> set[int]:
        with self.storage.reading() as register:
            return set(register.status_values(LUCHENG, 0).values())

    def acts(self) -> list[str]:
        with self.storage.reading() as register:
            return [entry.act for entry in register.audit(LUCHENG)]

    def messages(self, subject: str) -> list[str]:
        with self.storage.reading() as register:
            return [message.kind for message in register.messages_about(subject)]


@pytest.fixture
def world(storage: IssuerStorage, tmp_path: Path) -> World:
    return World(storage, tmp_path)


def r1(world: World) -> None:
    world.register(replace(HERE, registered_on=date(2025, 5, 24)))
    too_short = world.apply().number
    with pytest.raises(NotEligibleError, match="residence_too_short"):
        world.applications.grant(too_short, LI)
    world.intake.withdraw(too_short, LIN)
    world.at(2025, 11, 24)  # half a year is full today
    assert world.applications.grant(world.apply().number, LI).county == LUCHENG


def r2(world: World) -> None:
    world.register(
        replace(HERE, citizen_id_number=WU.citizen_id_number, registered_on=date(2025, 11, 20))
    )
    number = world.apply(bases=frozenset({Basis.TALENT_EXEMPT}), person=WU).number
    world.applications.second_opinion(number, LI)
    assert world.applications.confirm(number, CHEN).resident.name == WU.name


def r3(world: World) -> None:
    online = world.apply()
    number = at_the_counter(world, AYI).number
    entered = world.drafts.submit(number, AYI, officer=WANG)
    world.register(replace(HERE, citizen_id_number=WU.citizen_id_number))
    on_the_web = world.drafts.open(WU, Kind.FIRST_PERMIT, Channel.WEB)
    start = Answers(county=LUCHENG, bases=HOME)
    world.drafts.save(on_the_web.number, WU, start, revision=on_the_web.revision)
    world.drafts.commit(on_the_web.number, WU)
    third = world.drafts.submit(on_the_web.number, WU)
    numbers = [online.number, entered.number, third.number]
    assert [line.number for line in world.queue.lines(LI)] == numbers
    with world.storage.transaction() as tx:
        held = tx.application(online.number)
        found = set()
        for channel in Channel:
            tx.replace_application(replace(held, channel=channel))
            seen = weigh(tx, tx.application(held.number), [HERE], world.now).findings
            found.add(seen)
    assert len(found) == 1  # conditions do not depend on the channel


def at_the_counter(world: World, person: Any) -> Application:
    draft = world.drafts.open(person, Kind.FIRST_PERMIT, Channel.COUNTER, officer=WANG)
    start = Answers(county=LUCHENG, bases=HOME)
    world.drafts.save(draft.number, person, start, revision=draft.revision, officer=WANG)
    world.drafts.commit(draft.number, person, officer=WANG)
    return world.drafts.saw(
        draft.number, person, Whose.APPLICANT, IdentityDocument.ID_CARD, officer=WANG
    )


def r4(world: World) -> None:
    draft = world.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.APP)
    for too_early in (world.drafts.submit, world.drafts.commit):
        with pytest.raises(DraftIncompleteError):
            too_early(draft.number, LIN)
    begun = world.draft()
    assert world.drafts.open(LIN, Kind.FIRST_PERMIT, Channel.APP) == begun  # it survived
    assert world.drafts.submit(begun.number, LIN).number.startswith("SQ")


def r5(world: World) -> None:
    world.at(2025, 9, 27)  # a Saturday; the Sunday after it is a moved workday
    held = world.apply()
    deadline = held.deadline(date(2025, 9, 27))
    assert deadline is not None
    assert deadline.promised_on == date(2025, 9, 29)
    world.at(2025, 9, 30)
    (line,) = world.queue.lines(LI, QueueFilter(overdue=True))
    assert (line.number, line.stage) == (held.number, "submitted")  # flagged, not decided
    assert "2025-09-29" in world.progress.application(held.number, LIN).sentence_en


def r6(world: World) -> None:
    number = world.apply(contact_phone="13800138000").number
    permit = world.applications.grant(number, LI)
    assert world.messages(permit.number) == ["granted"]
    world.register(replace(HERE, citizen_id_number=AYI.citizen_id_number, ended_on=NOON.date()))
    refused = world.apply(person=AYI).number
    world.applications.refuse(refused, LI, WHY)
    assert world.messages(refused)[-1] == "refused"
    assert world.progress.application(refused, AYI).notices[-1].params["grounds"]


def r7(world: World) -> None:
    offers = Offers(world.storage, world.clock, Settings())
    own = OwnPermits(world.storage, offers, world.clock)
    number = world.permit().number
    with pytest.raises(UnknownPermitError):
        own.offer(number, AYI)  # whoever passed the identity check as somebody else
    assert own.offer(number, LIN).uri.startswith("openid-credential-offer://")


def r8(world: World) -> None:
    settings = HolderSettings(state_dir=str(world.folder / "wallet"))
    gate = FaceCheck(Vault(world.folder / "wallet"), ScriptedMatcher(), settings, world.clock)
    with pytest.raises(FaceMismatchError):
        gate.unlock(b"somebody else", Purpose.PRESENT)
    unlocked = gate.unlock(b"match", Purpose.PRESENT)
    world.now += timedelta(seconds=89)
    assert unlocked.fresh
    world.now += timedelta(seconds=1)
    assert not unlocked.fresh


def r9(world: World) -> None:
    draft = at_the_counter(world, XIAO)
    with pytest.raises(DeskError):
        world.drafts.submit(draft.number, XIAO)  # begun at the counter, where an officer acts
    submitted = world.drafts.submit(draft.number, XIAO, officer=WANG)
    assert [(seen.whose, seen.by) for seen in submitted.seen] == [(Whose.APPLICANT, "wang-2")]
    findings = world.records.record(submitted.number, LI).findings
    assert "guardian_required" in [finding.code for finding in findings]


def r10(world: World) -> None:
    permit = world.permit()
    folder = begun_in_lucheng(world).directory
    keys = {LUCHENG: load_county_keys(folder, base_url=ISSUER_URL, county=LUCHENG)}
    press = SlipPress(Path(Settings().slip_font_dir))
    slips = Slips(world.storage, world.clock, keys, press)
    slip = slips.print_slip(permit.number, WANG, DocumentShown.HOUSEHOLD_REGISTER)
    assert slip.pdf.startswith(b"%PDF-")
    with world.storage.reading() as register:
        entry = register.audit(LUCHENG)[-1]
    assert (entry.act, entry.actor) == ("print_slip", "wang-2")
    assert entry.details["shown"] == "household_register"


def begun_in_lucheng(world: World) -> Province:
    province = Province(world.folder / "keys")
    province.initialise(
        issuer_url=ISSUER_URL,
        counties=(LUCHENG,),
        verifier_url="https://counter.example",
        now=NOON,
    )
    return province


def r11(world: World) -> None:
    permit = county(world.permit().county)
    assert covers(Area.COUNTY, permit=permit, counter=county(LUCHENG))
    assert not covers(Area.COUNTY, permit=permit, counter=county(RUIAN))


def r12(world: World) -> None:
    permit = world.permit()
    world.at(2026, 10, 22)
    with pytest.raises(WindowNotOpenError, match="2026-10-23"):
        world.drafts.open(LIN, Kind.ENDORSEMENT, Channel.APP)
    world.at(2026, 10, 23)
    number = world.apply(Kind.ENDORSEMENT).number
    assert world.applications.grant(number, LI).usable_through == date(2027, 11, 23)
    assert world.held(permit.number).continuous_residence_since == HERE.registered_on


def r13(world: World) -> None:
    permit = world.permit()
    world.at(2027, 1, 15)
    assert world.standing(permit.number) is Standing.LAPSED
    world.applications.grant(world.apply(Kind.ENDORSEMENT).number, LI)
    assert world.standing(permit.number) is Standing.USABLE
    assert world.held(permit.number).continuous_residence_since == date(2027, 1, 15)


def r14(world: World) -> None:
    permit = world.permit()
    of_the_person = set(Resident.__struct_fields__)
    assert of_the_person == {
        *("name", "sex", "ethnic_group", "birthdate", "citizen_id_number"),
        *("portrait", "registered_address"),
    }
    assert (permit.residence_address, permit.county) == (HERE.address, LUCHENG)
    assert permit.issued_on == NOON.date()


def r15(world: World) -> None:
    permit = world.permit()
    with pytest.raises(NotEligibleError, match="duplicate_permit"):
        world.applications.grant(world.apply().number, LI)
    world.applications.grant(world.apply(Kind.REPLACEMENT, statement="手机丢失").number, LI)
    assert world.statuses() == {INVALID}
    assert world.standing(permit.number) is Standing.USABLE


def r16(world: World) -> None:
    held = world.apply()
    world.records.record(held.number, LI)
    world.records.document(held.number, held.materials[0].sha256, WANG)
    assert world.acts() == ["apply", "look", "look_at_document"]
    for stranger in (THERE, replace(LI, roles=frozenset({Role.ADMINISTRATOR}))):
        with pytest.raises(DeskError):
            world.records.record(held.number, stranger)
    with pytest.raises(Exception, match="no ground failed"):
        world.applications.refuse(held.number, LI, WHY)  # an offence, so it is not possible


def r17(world: World) -> None:
    """Both sides in one process: in goes an application, out come permit, status and notice."""
    permit = world.permit()
    world.desk.suspend(permit.number, LI, WHY)
    assert world.statuses() == {SUSPENDED}
    assert world.messages(permit.number) == ["granted", "suspended"]


def r18(world: World) -> None:
    folder = world.folder / "keys"
    province = Province(folder)
    province.initialise(
        issuer_url="https://p.example",
        counties=(LUCHENG,),
        verifier_url="https://v.example",
        now=NOON,
    )
    assert counties_with_keys(folder) == (LUCHENG,)
    province.add_county(RUIAN, issuer_url="https://p.example", now=NOON)
    assert counties_with_keys(folder) == (LUCHENG, RUIAN)
    elsewhere = "330106"  # Hangzhou, where it has not begun
    world.register(replace(HERE, county=elsewhere))
    number = world.apply(place=elsewhere).number
    with pytest.raises(NotEligibleError, match="pilot_not_open"):
        world.applications.grant(number, replace(LI, county=elsewhere))


def r19(world: World) -> None:
    typed = set(Answers.__struct_fields__)
    assert not typed & {"name", "citizen_id_number", "birthdate", "sex", "ethnic_group"}
    permit = world.permit()
    for name in ("name", "citizen_id_number", "birthdate", "sex", "ethnic_group", "portrait"):
        assert getattr(permit.resident, name) == getattr(LIN, name)


def r20(world: World) -> None:
    words = re.compile(r"\b(?:fee|fees|price|payment|invoice|yuan|缴费)\b")
    paid = [
        path.name
        for kind in ("*.py", "*.html", "*.po", "*.typ")
        for path in (ROOT / "issuer").rglob(kind)
        if words.search(path.read_text("utf-8"))
    ]
    assert paid == []
    assert world.permit().number


def a_submit(world: World) -> None:
    draft = world.draft()
    assert (draft.stage, world.drafts.submit(draft.number, LIN).stage) == ("draft", "submitted")


def a_supplement(world: World) -> None:
    number = world.apply().number
    world.at(2025, 11, 24)
    assert world.applications.request_supplement(number, WANG, ["租房合同"]).stage == (
        "needs_supplement"
    )
    world.at(2025, 12, 1)
    kept = world.documents.put(world.lease)
    lease = Material(Basis.STABLE_HOUSING, kept.sha256, media_type=kept.media_type)
    supplied = world.intake.supplement(number, LIN, [lease])
    deadline = supplied.deadline(date(2025, 12, 1))
    assert supplied.stage == "submitted"
    assert deadline is not None
    assert deadline.promised_on == date(2025, 12, 3)  # stopped from the 24th to the 1st


def a_grant(world: World) -> None:
    number = world.apply().number
    permit = world.applications.grant(number, LI)
    with world.storage.reading() as register:
        assert register.application(number).stage == "granted"
        assert register.permits() == [permit]


def a_refuse(world: World) -> None:
    world.register(replace(HERE, registered_on=date(2025, 11, 1), county=RUIAN))
    world.register(replace(HERE, ended_on=date(2025, 11, 1)))
    refused = world.applications.refuse(world.apply().number, LI, WHY)
    assert isinstance(refused.state, Refused)
    assert [finding.code for finding in refused.state.grounds] == ["wrong_jurisdiction"]


def a_withdraw(world: World) -> None:
    assert world.intake.withdraw(world.apply().number, LIN).stage == "withdrawn"
    number = world.apply().number
    world.applications.request_supplement(number, WANG, ["x"])
    assert world.intake.withdraw(number, LIN).stage == "withdrawn"


def a_abandon(world: World) -> None:
    assert world.drafts.abandon(world.draft().number, LIN).stage == "abandoned"


def a_lapse(world: World) -> None:
    number = world.apply().number
    world.applications.request_supplement(number, WANG, ["x"])
    world.now += timedelta(days=31)
    (closed,) = lapse_unanswered(world.storage, world.clock)
    assert (closed.number, closed.stage) == (number, "lapsed")


def p_grant(world: World) -> None:
    permit = world.permit()
    assert world.standing(permit.number) is Standing.USABLE
    assert permit.endorsement.sequence == 1
    assert permit.usable_through == date(2026, 11, 23)


def p_endorse(world: World) -> None:
    number = world.permit().number
    world.at(2026, 11, 1)
    assert not Settings().auto_endorse  # somebody decides, unless a county has set otherwise
    assert world.desk.endorse(number, LI).usable_through == date(2027, 11, 23)
    assert world.statuses() == set()  # old copies stay good until they are replaced


def p_lapse(world: World) -> None:
    number = world.permit().number
    for days, notices in ((30, 1), (29, 0), (7, 1), (1, 1)):
        world.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC) - timedelta(days=days)
        assert sum(queue_due_notices(world.storage, world.now).values()) == notices
    world.now = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert world.standing(number) is Standing.USABLE
    world.now += timedelta(seconds=1)  # midnight in Shanghai; nobody acted
    assert world.standing(number) is Standing.LAPSED
    assert world.statuses() == set()


def p_endorse_late(world: World) -> None:
    number = world.permit().number
    world.at(2027, 1, 15)
    world.desk.endorse(number, LI)
    assert world.standing(number) is Standing.USABLE
    assert world.held(number).continuous_residence_since == date(2027, 1, 15)


def p_suspend(world: World) -> None:
    number = world.permit().number
    world.desk.suspend(number, LI, WHY)
    assert (world.standing(number), world.statuses()) == (Standing.SUSPENDED, {SUSPENDED})


def p_restore(world: World) -> None:
    number = world.permit().number
    world.desk.suspend(number, LI, WHY)
    with pytest.raises(PermitStateError, match="who suspended"):
        world.desk.restore(number, LI, WHY)
    world.desk.restore(number, CHEN, WHY)
    assert (world.standing(number), world.statuses()) == (Standing.USABLE, set())


def p_revoke(world: World) -> None:
    number = world.permit().number
    proposal = world.proposals.propose_revocation(number, LI, WHY)
    assert world.standing(number) is Standing.USABLE
    with pytest.raises(Exception, match="another"):
        world.proposals.confirm(proposal.id, LI)
    world.proposals.confirm(proposal.id, CHEN)
    assert (world.standing(number), world.statuses()) == (Standing.REVOKED, {INVALID})


def p_cancel(world: World) -> None:
    number = world.permit().number
    world.desk.suspend(number, LI, WHY)
    with world.storage.transaction() as tx:
        tx.put_contact(LIN.citizen_id_number, "13800138000")
    ended = world.desk.cancel(number, LI, WHY, cause=CancelCause.DEATH)
    assert isinstance(ended.order, Cancellation)
    assert ended.order.cause is CancelCause.DEATH
    assert (world.standing(number), world.statuses()) == (Standing.CANCELLED, {INVALID})
    with pytest.raises(PermitStateError, match="ended for good"):
        world.desk.restore(number, CHEN, WHY)
    with world.storage.reading() as register:
        assert {m.state for m in register.messages_about(number)} == {MessageState.NO_PHONE}
        assert register.audit(LUCHENG)[-1].details["cause"] == "death"


def p_replace(world: World) -> None:
    permit = world.permit()
    assert world.desk.replace(permit.number, LI, WHY) == permit
    assert world.statuses() == {INVALID}
    world.register(replace(HERE, address="示范路9号"))
    changed = world.applications.grant(world.apply(Kind.CHANGE_OF_DATA).number, LI)
    assert changed == replace(permit, residence_address="示范路9号")


def p_move(world: World) -> None:
    permit = world.permit()
    world.at(2026, 6, 1)
    world.register(
        replace(HERE, county=RUIAN, address="示范路3号", registered_on=date(2025, 12, 1))
    )
    moved = world.applications.grant(world.apply(Kind.MOVE, place=RUIAN).number, THERE)
    assert (world.standing(permit.number), world.standing(moved.number)) == (
        Standing.CANCELLED,
        Standing.USABLE,
    )
    assert moved.county == RUIAN
    assert world.statuses() == {INVALID}


class Row(NamedTuple):
    """A rule, its proof here, and the tests that have more of it."""

    rule: str
    proof: Callable[[World], None]
    more: tuple[str, ...] = ()


ELIGIBILITY = "tests/issuer/test_eligibility.py"
CHANGES = "tests/issuer/test_permit_changes.py"
STEPS = "tests/issuer/test_application_steps.py::test_the_table_of_states"
ROWS: Final[dict[str, Row]] = {
    "R-1": Row(
        "half a year, and one of three conditions",
        r1,
        (f"{ELIGIBILITY}::test_r1_half_a_year_is_full_on_its_day",),
    ),
    "R-2": Row(
        "investors and talents, as a government determined",
        r2,
        (f"{ELIGIBILITY}::test_r2_exempt_people_need_neither_half_year_nor_condition",),
    ),
    "R-3": Row("three channels, one queue", r3),
    "R-4": Row(
        "steps in order, commitment first, drafts survive",
        r4,
        ("tests/issuer/test_hand_in_checks.py::test_r4_the_first_step_that_is_still_to_be_done",),
    ),
    "R-5": Row(
        "two working days, late is flagged",
        r5,
        (
            "tests/issuer/test_application_queue.py::test_r5_the_most_pressing_comes_first_and_what_waits_for_its_applicant_last",
        ),
    ),
    "R-6": Row("a message on decision, progress at any time", r6),
    "R-7": Row(
        "added by search or from the list, after the identity check",
        r7,
        ("tests/holder_sim/web/test_wallet_pages.py::test_both_ways_lead_to_a_permit",),
    ),
    "R-8": Row(
        "every showing after a check that is fresh",
        r8,
        ("tests/holder_sim/test_face_check.py::test_a_check_holds_for_ninety_seconds",),
    ),
    "R-9": Row(
        "at the counter, for those without a phone",
        r9,
        ("tests/issuer/test_application_drafts.py::test_r9_for_a_child_both_persons_are_seen",),
    ),
    "R-10": Row(
        "a slip on a document shown, each print recorded",
        r10,
        ("tests/issuer/test_slips.py::test_r10_each_print_is_recorded",),
    ),
    "R-11": Row(
        "services within the county",
        r11,
        ("tests/verifier/checks/test_jurisdiction.py::test_where_it_holds",),
    ),
    "R-12": Row("asked for in the month before each full year", r12),
    "R-13": Row(
        "missed: suspended; late: restored, the count anew",
        r13,
        (f"{CHANGES}::test_r12_r13_in_time_is_who_asked_in_time",),
    ),
    "R-14": Row(
        "ten contents",
        r14,
        (
            "tests/issuer/test_credential.py::test_the_full_permit_holds_all_fourteen_claims_each_hidden",
        ),
    ),
    "R-15": Row("one permit a person, replaced and corrected", r15),
    "R-16": Row("each look recorded, nobody more than needed", r16),
    "R-17": Row("in go applications, out come permits and status", r17),
    "R-18": Row(
        "counties switched on one by one",
        r18,
        ("tests/keys/test_province.py::test_one_more_county_is_switched_on",),
    ),
    "R-19": Row("identity from the check, never typed", r19),
    "R-20": Row("free of charge", r20),
    "application: draft -> submitted": Row("submit", a_submit, (STEPS,)),
    "application: submitted -> needs_supplement -> submitted": Row(
        "asked once, the clocks stand still", a_supplement, (STEPS,)
    ),
    "application: submitted -> granted": Row("grant", a_grant, (STEPS,)),
    "application: submitted -> refused": Row(
        "refuse, naming each ground that failed", a_refuse, (STEPS,)
    ),
    "application: -> withdrawn": Row("taken back before the decision", a_withdraw, (STEPS,)),
    "application: draft -> abandoned": Row("given up", a_abandon, (STEPS,)),
    "application: needs_supplement -> lapsed": Row("not answered (ours)", a_lapse, (STEPS,)),
    "permit: grant": Row("first endorsement with it", p_grant),
    "permit: endorse in the window": Row(
        "another year",
        p_endorse,
        (
            "tests/issuer/test_automatic_endorsement.py::test_where_registration_and_ground_still_stand",
        ),
    ),
    "permit: usable_through passes": Row(
        "lapsed by the calendar, told 30, 7 and 1 days before", p_lapse
    ),
    "permit: endorse late": Row("usable again, the count anew", p_endorse_late),
    "permit: suspend": Row("ordered, status value 2", p_suspend),
    "permit: restore": Row("by another officer, value 0", p_restore),
    "permit: revoke": Row("by two officers, value 1, final", p_revoke),
    "permit: cancel": Row("without fault, value 1, final", p_cancel),
    "permit: replace": Row(
        "copies retired, all else stays",
        p_replace,
        (
            f"{CHANGES}::test_a_replacement_ends_every_copy_and_nothing_else",
            f"{CHANGES}::test_copies_that_were_replaced_stay_dead_and_later_ones_are_good",
        ),
    ),
    "permit: move": Row(
        "cancelled there, granted here, at once",
        p_move,
        (f"{CHANGES}::test_a_move_ends_the_permit_there_and_grants_one_here",),
    ),
}


@pytest.mark.parametrize("line", ROWS)
def test_each_rule_holds(world: World, line: str) -> None:
    row = ROWS[line]
    for named in row.more:
        path, _, name = named.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), named
    row.proof(world)


def test_no_line_is_left_out() -> None:
    assert [line for line in ROWS if line.startswith("R-")] == [f"R-{n}" for n in range(1, 21)]
    others = [line for line in ROWS if not line.startswith("R-")]
    assert others == [
        "application: draft -> submitted",
        "application: submitted -> needs_supplement -> submitted",
        "application: submitted -> granted",
        "application: submitted -> refused",
        "application: -> withdrawn",
        "application: draft -> abandoned",
        "application: needs_supplement -> lapsed",
        "permit: grant",
        "permit: endorse in the window",
        "permit: usable_through passes",
        "permit: endorse late",
        "permit: suspend",
        "permit: restore",
        "permit: revoke",
        "permit: cancel",
        "permit: replace",
        "permit: move",
    ]
