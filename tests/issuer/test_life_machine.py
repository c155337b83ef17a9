"""Permits and applications live through random acts, officers and days, and keep their laws.

A machine does what officers, applicants and the calendar can do, in any order, allowed or not,
on a register in a file. After each step it compares what is with what was: an act that is
refused leaves no trace, an act that is done changes only what is of the officer's county, and
only along the tables of states. At the end each audit chain is whole and each notice has its act.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from issuer.application import Application, Channel, Kind, Material
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import ApplicationDrafts
from issuer.application_intake import ApplicationIntake, Request
from issuer.audit_log import AuditEntry, verify_chain
from issuer.automatic_endorsement import endorse_automatically
from issuer.campaign import Due
from issuer.campaigns import Campaigns
from issuer.cancel_cause import CancelCause
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.document_store import FileDocumentStore
from issuer.due_notices import queue_due_notices
from issuer.eligibility_facts import EXEMPTIONS, Basis
from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.officer import Officer, Role
from issuer.permit import Cancellation, Permit, Revocation, Standing, Suspension
from issuer.proposals import Proposals
from issuer.residence_register import ResidenceRegistration
from issuer.storage import StatusEntry
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_lapse import lapse_unanswered
from schemas.divisions import county
from schemas.endorsement_window import day_of, endorsed_through, next_window
from schemas.errors import ServiceError
from schemas.status_list import INVALID, SUSPENDED, VALID

# Two districts of one unit, and a city of another.
COUNTIES: Final = ("330302", "330304", "330381")
START: Final = datetime(2028, 2, 29, 4, 0, tzinfo=UTC)
PEOPLE: Final = [
    demonstration_identities(today=date(2028, 2, 29))[number]
    for number in ("52000019920512000X", "650000198801030013")
]
ROLES: Final = {"li-3": Role.APPROVER, "chen-5": Role.APPROVER, "wang-2": Role.REGISTRAR}
"""Officers of the same names in each county: they are not the same officers."""
WHY: Final = Grounds(reason="示范原因", legal_basis="示范条例")
LEASE: Final = Material(Basis.STABLE_HOUSING, "ab" * 32)
TALENT: Final = Material(Basis.TALENT_EXEMPT, "cd" * 32, "温州市人民政府")

STEPS: Final[dict[str, set[str]]] = {
    "draft": {"abandoned"},
    "submitted": {"needs_supplement", "granted", "refused", "withdrawn"},
    "needs_supplement": {"submitted", "withdrawn", "lapsed"},
}
"""What can follow in one act; nothing follows on all others. A draft is submitted under
another number."""
ACT_OF: Final = {
    "granted": "grant",
    "moved": "grant",
    "endorsed": "endorse",
    "suspended": "suspend",
    "restored": "restore",
    "revoked": "revoke",
    "cancelled": "cancel",
    "replaced": "replace",
    "changed": "change",
    "submitted": "apply",
    "supplement_wanted": "ask_supplement",
    "refused": "refuse_application",
    "endorsement_refused": "refuse_application",
    "lapsed": "lapse",
}
ACROSS: Final = {"move_away", "hand_over"}
"""Entries in the chain of the county that loses a permit."""

some = st.integers(0, 11)
"""Which of those that are there; counted around."""
officers = st.sampled_from(["li-3", "chen-5"] * 4 + ["wang-2"])
strangers = st.sampled_from([""] * 5 + list(COUNTIES))
"""Whose officer tries it; mostly that of the county it belongs to."""
people = st.sampled_from(PEOPLE)


class Seen:
    """The whole register at one moment."""

    def __init__(self, storage: SqlIssuerStorage) -> None:
        with storage.reading() as register:
            self.permits = {held.number: held for held in register.permits()}
            self.applications = {held.number: held for held in register.applications()}
            self.entries: list[AuditEntry] = register.audit()
            self.batches = [batch for place in COUNTIES for batch in register.batches(place)]
            self.proposals = [one for place in COUNTIES for one in register.proposals(place)]
            self.values = {
                (place, number, idx): value
                for place in COUNTIES
                for number in register.status_lists(place)
                for idx, value in register.status_values(place, number).items()
            }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


class Life(RuleBasedStateMachine):
    """Everything that can happen, and what must never."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.folder = Path(mkdtemp(prefix="life-"))
        copyfile(self.template, self.folder / "register.sqlite")
        self.storage = SqlIssuerStorage(f"sqlite:///{self.folder}/register.sqlite")
        self.watcher = sqlite3.connect(self.folder / "register.sqlite")
        self.residences = StoredResidences(self.storage)
        documents = FileDocumentStore(self.folder / "documents")
        known = {"allow_demo_ids": True}
        self.desk = Desk(self.storage, self.clock, **known)
        self.intake = ApplicationIntake(self.storage, self.clock, **known)
        self.drafts = ApplicationDrafts(self.storage, documents, self.clock, **known)
        self.applications = ApplicationDesk(self.storage, self.residences, self.clock, **known)
        self.proposals = Proposals(self.storage, self.clock)
        self.campaigns = Campaigns(self.storage, self.residences, self.clock)
        self.mass_acts = MassActs(self.storage, self.clock)
        self.copies: list[tuple[str, str, StatusEntry]] = []
        self.retired: set[tuple[str, str, StatusEntry]] = set()
        for person in PEOPLE:
            self.register(person, COUNTIES[0], date(2027, 3, 2))
        self.seen = Seen(self.storage)
        self.applies(PEOPLE[0], Kind.FIRST_PERMIT, "", exempt=False)
        self.granted(0, "li-3", "")
        self.a_wallet_fetches_a_copy(0)

    def teardown(self) -> None:
        by_county = {place: self.audit(place) for place in COUNTIES}
        for entries in by_county.values():
            verify_chain(entries)
        acts = Counter((e.permit_number, e.act) for found in by_county.values() for e in found)
        told: Counter[tuple[str, str]] = Counter()
        with self.storage.reading() as register:
            for number in (*self.seen.permits, *self.seen.applications):
                kinds = [notice.kind for notice in register.notices(number)]
                kinds += [notice.kind for notice in register.application_notices(number)]
                told.update((number, ACT_OF[kind]) for kind in kinds if kind in ACT_OF)
        for key in set(acts) | set(told):
            if key[1] in ACT_OF.values():
                assert acts[key] == told[key], key
        self.watcher.close()
        self.storage.close()
        rmtree(self.folder)

    def clock(self) -> datetime:
        return self.now

    def commits(self) -> int:
        """A number that changes with what others commit: cheaper than to look at everything."""
        return int(self.watcher.execute("PRAGMA data_version").fetchone()[0])

    def audit(self, place: str) -> list[AuditEntry]:
        with self.storage.reading() as register:
            return register.audit(place)

    def register(self, person: Any, place: str, since: date, until: date | None = None) -> None:
        held = ResidenceRegistration(person.citizen_id_number, place, f"示范路{place}号", since)
        with self.storage.transaction() as tx:
            tx.put_registrations([replace(held, ended_on=until)])

    def attempt(self, act: Callable[[], object], officer: Officer | None = None) -> None:
        """Do it if it can be done, and look at what became of everything."""
        before, commits = self.seen, self.commits()
        self.now += timedelta(seconds=1)
        try:
            act()
        except ServiceError:
            if self.commits() != commits:
                assert Seen(self.storage) == before, "a refused act left a trace"
            return
        after = self.seen = Seen(self.storage)
        entries = [entry for entry in after.entries if entry not in before.entries]
        for number, permit in after.permits.items():
            was = before.permits.get(number, permit)
            if was != permit:
                self.permit_went_on(was, permit, entries)
            if officer and permit != before.permits.get(number):
                lost = {entry.permit_number for entry in entries if entry.act == "move_away"}
                assert officer.county in (was.county, permit.county) or number in lost
        for number, held in after.applications.items():
            earlier = before.applications.get(number, held)
            if earlier != held:
                self.application_went_on(earlier, held, entries)
        self.written_down(entries, officer)

    def written_down(self, entries: list[AuditEntry], officer: Officer | None) -> None:
        for entry in entries:
            assert officer is None or entry.county == officer.county or entry.act in ACROSS
            if entry.act in ("replace", "change"):
                mine = [copy for copy in self.copies if copy[0] == entry.permit_number]
                self.retired.update(mine)

    def permit_went_on(self, was: Permit, now: Permit, entries: list[AuditEntry]) -> None:
        assert not was.ended, "what has ended for good has changed"
        assert (was.number, was.issued_on) == (now.number, now.issued_on)
        assert now.endorsements[: len(was.endorsements)] == was.endorsements
        assert now.usable_through >= was.usable_through
        assert now.continuous_residence_since >= was.continuous_residence_since
        assert county(was.county).unit == county(now.county).unit
        acts = {entry.act: entry for entry in entries if entry.permit_number == now.number}
        if isinstance(was.order, Suspension):
            assert now.county == was.county, "handed over from under an order"
            if now.order is None:
                assert acts["restore"].actor != was.order.by
        if isinstance(now.order, Suspension) and was.order is None:
            assert acts["suspend"].actor == now.order.by
        if isinstance(now.order, Revocation):
            assert now.order.proposed_by != now.order.confirmed_by
        if isinstance(now.order, Cancellation):
            assert now.order.cause is not None

    def application_went_on(
        self, was: Application, now: Application, entries: list[AuditEntry]
    ) -> None:
        if was.stage == now.stage:
            assert was.open, "what is decided has changed"
            return
        assert now.stage in STEPS[was.stage], f"{was.stage} -> {now.stage}"
        if now.stage == "granted" and now.kind is Kind.MOVE and now.bases & EXEMPTIONS:
            (entry,) = (e for e in entries if e.act == "grant_application")
            assert entry.details["proposed_by"] not in ("", entry.actor)

    @invariant()
    def one_of_each(self) -> None:
        is_open = Counter(
            (held.applicant.citizen_id_number, held.kind)
            for held in self.seen.applications.values()
            if held.open
        )
        live = Counter(
            held.resident.citizen_id_number for held in self.seen.permits.values() if not held.ended
        )
        assert all(number == 1 for number in (*is_open.values(), *live.values()))

    @invariant()
    def windows_follow_one_another(self) -> None:
        for permit in self.seen.permits.values():
            through = last_on = permit.issued_on
            for place, made in enumerate(permit.endorsements):
                assert made.sequence == place + 1
                assert made.usable_through == endorsed_through(permit.issued_on, made.on)
                if place:
                    assert made.on >= next_window(permit.issued_on, through).opens_on > last_on
                through, last_on = made.usable_through, made.on
            assert next_window(permit.issued_on, through).closes_on == through

    @invariant()
    def every_copy_says_what_the_permit_is(self) -> None:
        for copy in self.copies:
            number, place, entry = copy
            order = self.seen.permits[number].order
            right = {Suspension: SUSPENDED, type(None): VALID}.get(type(order), INVALID)
            value = self.seen.values.get((place, entry.list_number, entry.idx), VALID)
            assert value == (INVALID if copy in self.retired else right)

    def permit(self, which: int) -> str:
        # Those that can still change, as long as there are any.
        live = [number for number, held in self.seen.permits.items() if not held.ended]
        return self.pick(live or list(self.seen.permits), which)

    def place_of(self, number: str) -> str:
        return self.seen.permits[number].county if number in self.seen.permits else COUNTIES[0]

    def application(self, which: int) -> Application:
        # From the newest: the others are decided.
        held = list(self.seen.applications.values())[::-1]
        held = [one for one in held if one.open] or held
        return held[which % len(held)] if held else self.nobody

    @staticmethod
    def pick(numbers: list[str], which: int) -> str:
        return numbers[-1 - which % len(numbers)] if numbers else "ZJ"

    nobody: ClassVar[Application] = Application(
        number="SQ",
        kind=Kind.FIRST_PERMIT,
        channel=Channel.APP,
        county=COUNTIES[0],
        applicant=PEOPLE[0],
        bases=frozenset(),
    )

    def officer(self, name: str, stranger: str, place: str) -> Officer:
        return Officer(name, stranger or place, frozenset({ROLES[name]}))

    @rule(days=st.sampled_from([0, 1, 31, 180, 335, 365]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(person=people, there=st.sampled_from(COUNTIES), left=st.booleans())
    def lives_elsewhere(self, person: Any, there: str, left: bool) -> None:
        today = day_of(self.now)
        for place in COUNTIES if left else ():
            self.register(person, place, date(2027, 3, 2), today)
        self.register(person, there, today - timedelta(days=200))

    @rule(person=people, kind=st.sampled_from(Kind), place=strangers, exempt=st.booleans())
    def applies(self, person: Any, kind: Kind, place: str, exempt: bool) -> None:
        held = [
            permit
            for permit in self.seen.permits.values()
            if permit.resident.citizen_id_number == person.citizen_id_number and not permit.ended
        ]
        paper = TALENT if exempt else LEASE
        request = Request(
            kind=kind if held else Kind.FIRST_PERMIT,
            channel=Channel.APP,
            county=place or (held[0].county if held else COUNTIES[0]),
            bases=frozenset({Basis.TALENT_EXEMPT if exempt else Basis.STABLE_HOUSING}),
            materials=(paper,),
            commitment=commitment_at(self.now),
        )
        self.attempt(lambda: self.intake.submit(request, person))

    @rule(person=people, there=st.sampled_from(COUNTIES), name=officers, stranger=strangers)
    def moves(self, person: Any, there: str, name: str, stranger: str) -> None:
        self.lives_elsewhere(person, there, left=True)
        for kind in (Kind.CHANGE_OF_DATA, Kind.MOVE):
            self.applies(person, kind, there, exempt=False)
        self.granted(0, name, stranger)

    @rule(person=people, name=officers)
    def asks_for_a_second_permit(self, person: Any, name: str) -> None:
        for _ in range(2):
            self.applies(person, Kind.FIRST_PERMIT, "", exempt=False)
            self.granted(0, name, "")

    @rule(name=officers, which=some)
    def replaced_with_a_copy_out(self, name: str, which: int) -> None:
        self.a_wallet_fetches_a_copy(which)
        self.permit_acts(which, name, "", CancelCause.DEATH, "replace")
        self.permit_acts(which, name, "", CancelCause.DEATH, "suspend")
        self.permit_acts(
            which, "chen-5" if name == "li-3" else "li-3", "", CancelCause.DEATH, "restore"
        )

    @rule(person=people, kind=st.sampled_from(Kind), which=some)
    def keeps_a_draft(self, person: Any, kind: Kind, which: int) -> None:
        self.attempt(lambda: self.drafts.open(person, kind, Channel.APP))
        drafts = [held for held in self.seen.applications.values() if held.stage == "draft"]
        if drafts and which % 2:
            given_up = drafts[which % len(drafts)]
            self.attempt(lambda: self.drafts.abandon(given_up.number, given_up.applicant))

    @rule(which=some, does=st.sampled_from(["withdraw", "supplement"]))
    def applicant_acts(self, which: int, does: str) -> None:
        number, person = self.application(which).number, self.application(which).applicant
        acts: dict[str, Callable[[], object]] = {
            "withdraw": lambda: self.intake.withdraw(number, person),
            "supplement": lambda: self.intake.supplement(number, person, [LEASE]),
        }
        self.attempt(acts[does])

    @rule(which=some, name=officers, stranger=strangers)
    def granted(self, which: int, name: str, stranger: str) -> None:
        held = self.application(which)
        officer = self.officer(name, stranger, held.county)
        self.attempt(lambda: self.applications.grant(held.number, officer), officer)

    @rule(
        which=some,
        name=officers,
        stranger=strangers,
        does=st.sampled_from(["ask", "second", "confirm", "confirm", "disagree", "refuse"]),
    )
    def application_acts(self, which: int, name: str, stranger: str, does: str) -> None:
        desk, held = self.applications, self.application(which)
        officer, number = self.officer(name, stranger, held.county), held.number
        acts: dict[str, Callable[[], object]] = {
            "ask": lambda: desk.request_supplement(number, officer, ["示范"]),
            "second": lambda: desk.second_opinion(number, officer),
            "confirm": lambda: desk.confirm(number, officer),
            "disagree": lambda: desk.disagree(number, officer, WHY),
            "refuse": lambda: desk.refuse(number, officer, WHY),
        }
        self.attempt(acts[does], officer)

    @rule(
        which=some,
        name=officers,
        stranger=strangers,
        cause=st.sampled_from(CancelCause),
        does=st.sampled_from(["suspend", "restore", "replace"] * 2 + ["endorse", "cancel"]),
    )
    def permit_acts(
        self, which: int, name: str, stranger: str, cause: CancelCause, does: str
    ) -> None:
        desk, number = self.desk, self.permit(which)
        officer = self.officer(name, stranger, self.place_of(number))
        acts: dict[str, Callable[[], object]] = {
            "endorse": lambda: desk.endorse(number, officer),
            "suspend": lambda: desk.suspend(number, officer, WHY),
            "restore": lambda: desk.restore(number, officer, WHY),
            "replace": lambda: desk.replace(number, officer, WHY),
            "cancel": lambda: desk.cancel(number, officer, WHY, cause=cause),
        }
        self.attempt(acts[does], officer)

    @rule(which=some, one=officers, other=officers, stranger=strangers)
    def revoked(self, which: int, one: str, other: str, stranger: str) -> None:
        if which % 3:
            return  # it ends everything
        number = self.permit(which)
        place = self.place_of(number)
        by = {
            "proposed_by": self.officer(one, "", place),
            "confirmed_by": self.officer(other, stranger, place),
        }
        revoke = self.desk.revoke
        self.attempt(lambda: revoke(number, **by, grounds=WHY), by["confirmed_by"])

    @rule(
        which=some,
        name=officers,
        late=st.sampled_from([-30, -1, 0, 1, 40]),
        way=st.sampled_from(["asked", "automatic", "desk", "campaign", "none"]),
        stranger=strangers,
    )
    def a_year_goes_by(self, which: int, name: str, late: int, way: str, stranger: str) -> None:
        permit = self.seen.permits.get(self.permit(which))
        if permit is None or permit.ended:
            return
        then = max(day_of(self.now), permit.usable_through + timedelta(days=late))
        self.now = datetime(then.year, then.month, then.day, 4, 0, tzinfo=UTC)
        officer = self.officer(name, "", permit.county)
        person = next(
            one for one in PEOPLE if one.citizen_id_number == permit.resident.citizen_id_number
        )
        if way in ("asked", "automatic"):
            self.applies(person, Kind.ENDORSEMENT, "", exempt=False)
        if way == "asked":
            self.granted(0, name, "")
        elif way == "automatic":
            self.calendar("automatic")
        elif way == "desk":
            self.attempt(lambda: self.desk.endorse(permit.number, officer), officer)
        elif way == "campaign":
            self.attempt(lambda: self.campaigns.start(officer, Due.BOTH), officer)
            self.batch_acts(0, name, stranger, "run")

    @rule(name=officers, by=officers, undone=st.booleans(), stranger=strangers)
    def a_cohort_is_suspended(self, name: str, by: str, undone: bool, stranger: str) -> None:
        self.batch_begins(1, name, Due.BOTH, by)
        for does in ("confirm", "run mass act"):
            self.batch_acts(0, "chen-5" if name == "li-3" else "li-3", stranger, does)
        if undone:
            self.batch_acts(0, name, "", "undo")
            self.batch_acts(0, by, "", "confirm")
            self.batch_acts(0, name, "", "run mass act")

    @rule(
        which=some,
        name=officers,
        stranger=strangers,
        does=st.sampled_from(["propose", "confirm", "reject"]),
    )
    def proposal_acts(self, which: int, name: str, stranger: str, does: str) -> None:
        number = self.permit(which)
        proposed = self.pick([held.id for held in self.seen.proposals], which)
        officer = self.officer(name, stranger, self.place_of(number))
        acts: dict[str, Callable[[], object]] = {
            "propose": lambda: self.proposals.propose_revocation(number, officer, WHY),
            "confirm": lambda: self.proposals.confirm(proposed, officer),
            "reject": lambda: self.proposals.reject(proposed, officer, "示范"),
        }
        self.attempt(acts[does], officer)

    @rule(which=some, name=officers, due=st.sampled_from(Due), by=st.sampled_from(sorted(ROLES)))
    def batch_begins(self, which: int, name: str, due: Due, by: str) -> None:
        officer = self.officer(name, "", self.place_of(self.permit(which)))
        acts: list[Callable[[], object]] = [
            lambda: self.campaigns.start(officer, due),
            lambda: self.mass_acts.propose(Criteria(officer=by), WHY, officer),
        ]
        self.attempt(acts[which % 2], officer)

    @rule(
        which=some,
        name=officers,
        stranger=strangers,
        does=st.sampled_from(["run", "run mass act", "confirm", "undo"] * 2 + ["stop", "reject"]),
    )
    def batch_acts(self, which: int, name: str, stranger: str, does: str) -> None:
        number = self.pick([batch.id for batch in self.seen.batches], which)
        officer = self.officer(name, stranger, number[2:8])
        acts: dict[str, Callable[[], object]] = {
            "run": lambda: self.campaigns.run(number, officer),
            "stop": lambda: self.campaigns.stop(number, officer),
            "run mass act": lambda: self.mass_acts.run(number, officer),
            "confirm": lambda: self.mass_acts.confirm(number, officer),
            "reject": lambda: self.mass_acts.reject(number, officer, "示范"),
            "undo": lambda: self.mass_acts.undo_propose(number, WHY, officer),
        }
        self.attempt(acts[does], officer)

    @rule(what=st.sampled_from(["lapse", "due", "automatic"]))
    def calendar(self, what: str) -> None:
        jobs: dict[str, Callable[[], object]] = {
            "lapse": lambda: lapse_unanswered(self.storage, self.clock),
            "due": lambda: queue_due_notices(self.storage, self.now),
            "automatic": lambda: endorse_automatically(self.storage, self.residences, self.clock),
        }
        self.attempt(jobs[what])

    @rule(which=some)
    def a_wallet_fetches_a_copy(self, which: int) -> None:
        permit = self.seen.permits.get(self.permit(which))
        if permit is None or permit.standing_on(day_of(self.now)) is not Standing.USABLE:
            return
        with self.storage.transaction() as tx:
            entries = tx.allocate_status(
                permit.county, permit.number, 1, expires_on=permit.usable_through
            )
        self.copies += [(permit.number, permit.county, entry) for entry in entries]


def test_permits_and_applications_keep_their_laws(migrated_register: Path) -> None:
    Life.template = migrated_register
    bounded = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Life, settings=bounded)
