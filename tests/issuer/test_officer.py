"""Who may do what: every act of every service by every role, and none of it in another county.

The pages and commands are not asked here: what they show or hide is a convenience. A new method
that takes an officer belongs into the table; a test below finds it.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from argon2.profiles import CHEAPEST

import issuer
from issuer.application import Channel, IdentityDocument, Kind, Material, SeenDocument, Whose
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import ApplicationDrafts
from issuer.application_intake import ApplicationIntake, Request
from issuer.application_queue import ApplicationQueue
from issuer.application_record import ApplicationRecords
from issuer.audit_reports import AuditFilter, AuditReports
from issuer.audit_verification import AuditVerification
from issuer.campaign import Due
from issuer.campaign_left_out import CampaignLeftOut
from issuer.campaign_runner import CampaignRunner
from issuer.campaigns import Campaigns
from issuer.commitment_text import commitment_at
from issuer.confirmation_slip import DocumentShown
from issuer.counter_desk import CounterDesk
from issuer.county_counts import CountyNumbers
from issuer.demonstration import PEOPLE, demonstration_particulars, drawn_portrait
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Desk, Grounds
from issuer.document_store import FileDocumentStore
from issuer.draft_changes import Answers
from issuer.eligibility import Basis
from issuer.errors import DeskError
from issuer.identity_check import SimulatedIdentityCheck
from issuer.mass_act import Criteria
from issuer.mass_acts import MassActs
from issuer.offers import Offers
from issuer.officer import ALL_ROLES, Officer, Role, check_ids, require
from issuer.officer_account import AccountName
from issuer.officers import Officers
from issuer.passwords import Passwords
from issuer.permit_records import Chosen, PermitRecords
from issuer.proposals import Proposals
from issuer.residence_register import ResidenceRegistration
from issuer.second_officers import SecondOfficers
from issuer.settings import Settings
from issuer.slip_pdf import SlipPress
from issuer.slips import Slips
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_documents import GivenDocument, SupplementDocuments
from schemas.errors import ServiceError

LUCHENG, OUHAI = "330302", "330304"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
IDENTITIES = demonstration_identities(today=TODAY)
LIN, WU = IDENTITIES["52000019920512000X"], IDENTITIES["610000199507150003"]
LI = Officer("li-3", LUCHENG, ALL_ROLES)
STRANGER = Officer("hu-1", OUHAI, ALL_ROLES)
WHY = Grounds("示范原因", "示范条例第一条")
HOUSING = frozenset({Basis.STABLE_HOUSING})
A, R, D, N = Role.APPROVER, Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR
COUNTER, READERS, DECIDERS = {A, R}, {A, R, D}, {A}
LEASE = GivenDocument(drawn_portrait(hue=0.1), "lease.png", Basis.STABLE_HOUSING)
LEASE_DIGEST: Final = sha256(LEASE.data).hexdigest()
WITHOUT_ROLE: Final = "this needs the role"


class Scene:
    """A county with a permit, an application, a draft and batches, and every service."""

    def __init__(self, folder: Path) -> None:
        self.storage = SqlIssuerStorage(f"sqlite:///{folder}/register.sqlite")
        storage, clock = self.storage, lambda: NOW
        documents = FileDocumentStore(folder / "documents")
        residences = StoredResidences(storage)
        self.desk = Desk(storage, clock, allow_demo_ids=True)
        self.intake = ApplicationIntake(storage, clock, allow_demo_ids=True)
        self.drafts = ApplicationDrafts(storage, documents, clock, allow_demo_ids=True)
        self.applications = ApplicationDesk(storage, residences, clock, allow_demo_ids=True)
        self.records = ApplicationRecords(storage, residences, documents, clock)
        self.queue = ApplicationQueue(storage, clock)
        self.campaigns = Campaigns(storage, residences, clock)
        self.mass_acts = MassActs(storage, clock)
        self.proposals = Proposals(storage, clock)
        self.permits = PermitRecords(storage, clock)
        self.left_out = CampaignLeftOut(storage, residences, clock)
        self.runner = CampaignRunner(self.campaigns, self.mass_acts)
        self.second = SecondOfficers(storage, allow_demo_ids=True)
        self.numbers = CountyNumbers(storage, self.queue, self.permits, clock)
        self.audit = AuditReports(storage, {}, clock)
        self.verification = AuditVerification(storage, folder / "no-root.pem", clock)
        self.slips = Slips(storage, clock, {}, SlipPress(folder))
        self.offers = Offers(storage, clock, Settings())
        check = SimulatedIdentityCheck(IDENTITIES)
        self.counter = CounterDesk(storage, check, clock)
        self.supplements = SupplementDocuments(self.intake, documents)
        self.officers = Officers(storage, clock, Passwords(CHEAPEST))
        self._prepare()

    def _prepare(self) -> None:
        person = next(p for p in PEOPLE if p.county == LUCHENG and p.name != LIN.name)
        with self.storage.transaction() as tx:
            tx.put_registrations(
                ResidenceRegistration(number, LUCHENG, "示范路1号", date(2026, 1, 2))
                for number in (LIN.citizen_id_number, person.citizen_id_number)
            )
        self.particulars = demonstration_particulars(person, house=1, on=TODAY)
        self.permit = self.desk.grant(self.particulars, LI).number
        lease = Material(Basis.STABLE_HOUSING, "ab" * 32)
        commitment = commitment_at(NOW)
        self.request = Request(
            channel=Channel.COUNTER,
            county=LUCHENG,
            bases=HOUSING,
            materials=(lease,),
            commitment=commitment,
            seen=(SeenDocument(Whose.APPLICANT, IdentityDocument.ID_CARD, "li-3", NOW),),
        )
        self.application = self.intake.submit(self.request, LIN, officer=LI).number
        self.draft = self._draft()
        self.proposal = self.proposals.propose_revocation(self.permit, LI, WHY).id
        self.act = self.mass_acts.propose(Criteria(officer="li-3"), WHY, LI).id
        later = Campaigns(
            self.storage, StoredResidences(self.storage), lambda: NOW + timedelta(days=350)
        )
        self.campaign = later.start(LI).id
        self.officer, _ = self.officers.add(AccountName(LUCHENG, "wu-4"), "吴", {R}, by=None)

    def _draft(self) -> str:
        draft = self.drafts.open(WU, Kind.FIRST_PERMIT, Channel.COUNTER, officer=LI)
        number, answers = draft.number, Answers(bases=HOUSING)
        self.drafts.save(number, WU, answers, revision=draft.revision, officer=LI)
        self.drafts.commit(number, WU, officer=LI)
        self.drafts.attach(number, WU, Basis.STABLE_HOUSING, LEASE.data, LEASE.filename, officer=LI)
        return number

    def begin_campaign(self, officer: Officer) -> None:
        self.runner.begin_campaign(self.campaign, officer)
        self.runner.wait(self.campaign)

    def begin_mass_act(self, officer: Officer) -> None:
        self.runner.begin_mass_act(self.act, officer)
        self.runner.wait(self.act)

    @property
    def revision(self) -> int:
        """Of the draft, so that no form is too old."""
        with self.storage.reading() as register:
            return register.application(self.draft).revision

    def everything(self) -> tuple[object, ...]:
        with self.storage.reading() as register:
            return (
                register.permits(),
                register.applications(),
                register.accounts(),
                register.audit(),
            )


class Row(NamedTuple):
    """Who may, the act, and whether it is about a record of one county."""

    allowed: set[Role]
    act: Callable[[Scene, Officer], object]
    of_a_record: bool = True


WU_4 = AccountName(LUCHENG, "wu-4")
DRAFTS: Final[dict[str, Row]] = {
    "ApplicationDrafts.open": Row(
        COUNTER,
        lambda s, o: s.drafts.open(WU, Kind.FIRST_PERMIT, Channel.COUNTER, officer=o),
        of_a_record=False,
    ),
    "ApplicationDrafts.held": Row(COUNTER, lambda s, o: s.drafts.held(s.draft, WU, officer=o)),
    "ApplicationDrafts.save": Row(
        COUNTER,
        lambda s, o: s.drafts.save(
            s.draft, WU, Answers(bases=HOUSING), revision=s.revision, officer=o
        ),
    ),
    "ApplicationDrafts.commit": Row(COUNTER, lambda s, o: s.drafts.commit(s.draft, WU, officer=o)),
    "ApplicationDrafts.saw": Row(
        COUNTER,
        lambda s, o: s.drafts.saw(
            s.draft, WU, Whose.APPLICANT, IdentityDocument.ID_CARD, officer=o
        ),
    ),
    "ApplicationDrafts.attach": Row(
        COUNTER,
        lambda s, o: s.drafts.attach(
            s.draft, WU, Basis.STABLE_HOUSING, LEASE.data, LEASE.filename, officer=o
        ),
    ),
    "ApplicationDrafts.detach": Row(
        COUNTER, lambda s, o: s.drafts.detach(s.draft, WU, LEASE_DIGEST, officer=o)
    ),
    # Given up before it is handed in: afterwards it could not be.
    "ApplicationDrafts.abandon": Row(
        COUNTER, lambda s, o: s.drafts.abandon(s.draft, WU, officer=o)
    ),
    "ApplicationDrafts.submit": Row(COUNTER, lambda s, o: s.drafts.submit(s.draft, WU, officer=o)),
}

APPLICATIONS: Final[dict[str, Row]] = {
    "ApplicationIntake.submit": Row(
        COUNTER, lambda s, o: s.intake.submit(s.request, LIN, officer=o)
    ),
    "ApplicationIntake.supplement": Row(
        COUNTER,
        lambda s, o: s.intake.supplement(s.application, LIN, s.request.materials, officer=o),
    ),
    "ApplicationIntake.withdraw": Row(
        COUNTER, lambda s, o: s.intake.withdraw(s.application, LIN, officer=o)
    ),
    "ApplicationDesk.request_supplement": Row(
        COUNTER, lambda s, o: s.applications.request_supplement(s.application, o, ["租房合同"])
    ),
    "ApplicationDesk.findings": Row(
        READERS, lambda s, o: s.applications.findings(s.application, o)
    ),
    "ApplicationDesk.grant": Row(DECIDERS, lambda s, o: s.applications.grant(s.application, o)),
    "ApplicationDesk.second_opinion": Row(
        DECIDERS, lambda s, o: s.applications.second_opinion(s.application, o)
    ),
    "ApplicationDesk.confirm": Row(DECIDERS, lambda s, o: s.applications.confirm(s.application, o)),
    "ApplicationDesk.disagree": Row(
        DECIDERS, lambda s, o: s.applications.disagree(s.application, o, WHY)
    ),
    "ApplicationDesk.refuse": Row(
        DECIDERS, lambda s, o: s.applications.refuse(s.application, o, WHY)
    ),
    "ApplicationQueue.lines": Row(READERS, lambda s, o: s.queue.lines(o), of_a_record=False),
    "ApplicationQueue.counts": Row(READERS, lambda s, o: s.queue.counts(o), of_a_record=False),
    "ApplicationRecords.record": Row(READERS, lambda s, o: s.records.record(s.application, o)),
    "ApplicationRecords.document": Row(
        READERS, lambda s, o: s.records.document(s.application, "ab" * 32, o)
    ),
    "CounterDesk.identify": Row(
        COUNTER,
        lambda s, o: s.counter.identify(LIN.citizen_id_number, IdentityDocument.ID_CARD, o),
        of_a_record=False,
    ),
    "CounterDesk.person": Row(COUNTER, lambda s, o: s.counter.person(LIN, o), of_a_record=False),
    "SupplementDocuments.hand_in": Row(
        COUNTER, lambda s, o: s.supplements.hand_in(s.application, LIN, [LEASE], officer=o)
    ),
}
PERMITS: Final[dict[str, Row]] = {
    "Desk.grant": Row(DECIDERS, lambda s, o: s.desk.grant(s.particulars, o), of_a_record=False),
    "Desk.endorse": Row(DECIDERS, lambda s, o: s.desk.endorse(s.permit, o)),
    "Desk.suspend": Row(DECIDERS, lambda s, o: s.desk.suspend(s.permit, o, WHY)),
    "Desk.restore": Row(DECIDERS, lambda s, o: s.desk.restore(s.permit, o, WHY)),
    "Desk.replace": Row(DECIDERS, lambda s, o: s.desk.replace(s.permit, o, WHY)),
    "Desk.look": Row(READERS, lambda s, o: s.desk.look(s.permit, o)),
    "Desk.revoke": Row(
        DECIDERS, lambda s, o: s.desk.revoke(s.permit, proposed_by=LI, confirmed_by=o, grounds=WHY)
    ),
    "Desk.cancel": Row(DECIDERS, lambda s, o: s.desk.cancel(s.permit, o, WHY)),
    "Offers.create": Row(
        COUNTER, lambda s, o: s.offers.create(s.permit, officer=o, by_reference=False)
    ),
    "PermitRecords.listed": Row(
        READERS, lambda s, o: s.permits.listed(o, Chosen.ALL), of_a_record=False
    ),
    "PermitRecords.counts": Row(READERS, lambda s, o: s.permits.counts(o), of_a_record=False),
    "PermitRecords.found": Row(
        READERS, lambda s, o: s.permits.found(s.permit, o), of_a_record=False
    ),
    "PermitRecords.record": Row(READERS, lambda s, o: s.permits.record(s.permit, o)),
    "PermitRecords.state": Row(READERS, lambda s, o: s.permits.state(s.permit, o)),
    "Proposals.propose_revocation": Row(
        DECIDERS, lambda s, o: s.proposals.propose_revocation(s.permit, o, WHY)
    ),
    "Proposals.confirm": Row(DECIDERS, lambda s, o: s.proposals.confirm(s.proposal, o)),
    "Proposals.reject": Row(DECIDERS, lambda s, o: s.proposals.reject(s.proposal, o, "不成立")),
    "Proposals.proposals": Row(READERS, lambda s, o: s.proposals.proposals(o), of_a_record=False),
    "Proposals.proposal": Row(READERS, lambda s, o: s.proposals.proposal(s.proposal, o)),
    "Slips.print_slip": Row(
        COUNTER, lambda s, o: s.slips.print_slip(s.permit, o, DocumentShown.ID_CARD)
    ),
    "Slips.print_again": Row(COUNTER, lambda s, o: s.slips.print_again(s.permit, "1", o)),
}
BATCHES: Final[dict[str, Row]] = {
    "BatchDesk.counts": Row(READERS, lambda s, o: s.campaigns.counts(s.campaign, o)),
    "BatchDesk.items": Row(READERS, lambda s, o: s.campaigns.items(s.campaign, o)),
    "Campaigns.preview": Row(DECIDERS, lambda s, o: s.campaigns.preview(o), of_a_record=False),
    "Campaigns.start": Row(DECIDERS, lambda s, o: s.campaigns.start(o), of_a_record=False),
    "Campaigns.campaigns": Row(READERS, lambda s, o: s.campaigns.campaigns(o), of_a_record=False),
    "Campaigns.campaign": Row(READERS, lambda s, o: s.campaigns.campaign(s.campaign, o)),
    "Campaigns.run": Row(DECIDERS, lambda s, o: s.campaigns.run(s.campaign, o)),
    "Campaigns.stop": Row(DECIDERS, lambda s, o: s.campaigns.stop(s.campaign, o)),
    "CampaignLeftOut.listed": Row(
        DECIDERS, lambda s, o: s.left_out.listed(o, Due.BOTH, limit=9), of_a_record=False
    ),
    "CampaignRunner.begin_campaign": Row(DECIDERS, lambda s, o: s.begin_campaign(o)),
    "CampaignRunner.begin_mass_act": Row(DECIDERS, lambda s, o: s.begin_mass_act(o)),
    "MassActs.preview": Row(
        DECIDERS, lambda s, o: s.mass_acts.preview(Criteria(officer="li-3"), o), of_a_record=False
    ),
    "MassActs.signing_keys": Row(
        READERS, lambda s, o: s.mass_acts.signing_keys(o), of_a_record=False
    ),
    "MassActs.propose": Row(
        DECIDERS,
        lambda s, o: s.mass_acts.propose(Criteria(officer="li-3"), WHY, o),
        of_a_record=False,
    ),
    "MassActs.confirm": Row(DECIDERS, lambda s, o: s.mass_acts.confirm(s.act, o)),
    "MassActs.reject": Row(DECIDERS, lambda s, o: s.mass_acts.reject(s.act, o, "不成立")),
    "MassActs.undo_propose": Row(DECIDERS, lambda s, o: s.mass_acts.undo_propose(s.act, WHY, o)),
    "MassActs.undo_confirm": Row(DECIDERS, lambda s, o: s.mass_acts.undo_confirm(s.act, o)),
    "MassActs.run": Row(DECIDERS, lambda s, o: s.mass_acts.run(s.act, o)),
    "MassActs.mass_acts": Row(READERS, lambda s, o: s.mass_acts.mass_acts(o), of_a_record=False),
    "MassActs.mass_act": Row(READERS, lambda s, o: s.mass_acts.mass_act(s.act, o)),
}
ACCOUNTS: Final[dict[str, Row]] = {
    "AuditReports.page": Row({D}, lambda s, o: s.audit.page(o, AuditFilter()), of_a_record=False),
    "AuditVerification.verify": Row({D}, lambda s, o: s.verification.verify(o), of_a_record=False),
    "CountyNumbers.counts": Row(READERS, lambda s, o: s.numbers.counts(o, 4), of_a_record=False),
    "SecondOfficers.deciding": Row(
        READERS, lambda s, o: s.second.deciding(o, without=()), of_a_record=False
    ),
    "SecondOfficers.ids": Row(READERS, lambda s, o: s.second.ids(o), of_a_record=False),
    "AuditReports.export": Row({D}, lambda s, o: list(s.audit.export(o)), of_a_record=False),
    "Officers.accounts": Row({D, N}, lambda s, o: s.officers.accounts(LUCHENG, by=o)),
    "Officers.account": Row({D, N}, lambda s, o: s.officers.account(WU_4, by=o)),
    "Officers.add": Row(
        {N}, lambda s, o: s.officers.add(AccountName(LUCHENG, f"n-{o.id}"), "新", {R}, by=o)
    ),
    "Officers.change_roles": Row({N}, lambda s, o: s.officers.change_roles(WU_4, {R}, by=o)),
    "Officers.disable": Row({N}, lambda s, o: s.officers.disable(WU_4, by=o)),
    "Officers.enable": Row({N}, lambda s, o: s.officers.enable(WU_4, by=o)),
    "Officers.reset_password": Row({N}, lambda s, o: s.officers.reset_password(WU_4, by=o)),
    "Officers.forget_passkeys": Row({N}, lambda s, o: s.officers.forget_passkeys(WU_4, by=o)),
}
TABLE: Final = {**DRAFTS, **APPLICATIONS, **PERMITS, **BATCHES, **ACCOUNTS}
ASKED_OF_ANOTHER: Final = {
    "Issuance.create_offer": "Offers.create",
}
"""Methods that only pass the officer on, and the act in the table that they come to."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """In which everything may happen."""
    made = Scene(tmp_path_factory.mktemp("scene"))
    yield made
    made.storage.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """In which nothing ever happens."""
    made = Scene(tmp_path_factory.mktemp("untouched"))
    yield made
    made.storage.close()


@pytest.mark.parametrize("name", TABLE)
def test_only_the_roles_of_the_table_may(scene: Scene, name: str) -> None:
    row = TABLE[name]
    assert refused_for_its_role(scene, row.act, set()), "without any role"
    # Those first who may not: the others change what is there.
    for role in sorted(Role, key=lambda role: role in row.allowed):
        assert refused_for_its_role(scene, row.act, {role}) is (role not in row.allowed), role


def refused_for_its_role(
    scene: Scene, act: Callable[[Scene, Officer], object], roles: set[Role]
) -> bool:
    """Other refusals are the act's own business: too early, or done already."""
    officer = Officer(f"of-{len(roles)}-{'-'.join(sorted(roles))}"[:20], LUCHENG, frozenset(roles))
    try:
        act(scene, officer)
    except ServiceError as error:
        return WITHOUT_ROLE in str(error)
    return False


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.of_a_record])
def test_no_record_of_another_county_is_acted_on_or_seen(untouched: Scene, name: str) -> None:
    before = untouched.everything()

    with pytest.raises(DeskError, match=f"of county {LUCHENG}, the officer of {OUHAI}"):
        TABLE[name].act(untouched, STRANGER)

    assert untouched.everything() == before


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.of_a_record])
def test_what_is_listed_is_of_the_officer_s_own_county(scene: Scene, name: str) -> None:
    try:
        seen = TABLE[name].act(scene, STRANGER)
    except ServiceError:
        return
    for of_lucheng in (scene.permit, scene.application, scene.proposal):
        assert of_lucheng not in repr(seen)


def test_the_table_has_every_method_that_takes_an_officer() -> None:
    assert found_methods() - ASKED_OF_ANOTHER.keys() == TABLE.keys()


def found_methods() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(issuer.__path__, "issuer."):
        if module.name in {"issuer.__main__", "issuer.cli"} or module.ispkg:
            continue
        for name, service in inspect.getmembers(import_module(module.name), inspect.isclass):
            if service.__module__ != module.name:
                continue
            found |= {
                f"{name}.{method}"
                for method, function in vars(service).items()
                if inspect.isfunction(function)
                and not method.startswith("_")
                and takes_an_officer(function)
            }
    return found


def takes_an_officer(function: Callable[..., Any]) -> bool:
    kinds = [p.annotation for p in inspect.signature(function).parameters.values()]
    return any(kind in (Officer, Officer | None) for kind in kinds)


@pytest.mark.parametrize(
    ("officer_id", "is_one"),
    [
        ("li-3", True),
        ("0", True),
        ("a" * 20, True),
        ("a" * 21, False),
        ("", False),
        ("LI-3", False),
        ("-li", False),
        ("li 3", False),
        ("li-3\n", False),
        ("李", False),
    ],
)
def test_each_officer_has_one_spelling(officer_id: str, is_one: bool) -> None:
    officer = Officer(officer_id, LUCHENG, ALL_ROLES)
    if is_one:
        check_ids([officer])
        return
    for act in (lambda: check_ids([officer]), lambda: require(officer, ALL_ROLES)):
        with pytest.raises(DeskError, match="1 to 20 small letters"):
            act()


def test_the_roles_that_count_are_named() -> None:
    both = Officer("li-3", LUCHENG, frozenset({Role.APPROVER, Role.REGISTRAR}))

    assert require(both, frozenset(COUNTER)) == "approver,registrar"
    assert require(both, frozenset(DECIDERS)) == "approver"
    with pytest.raises(DeskError, match="this needs the role auditor"):
        require(both, frozenset({Role.AUDITOR}))
