"""Mass acts: two officers suspend a cohort, two officers undo it, and nothing else changes."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer.audit_log import verify_chain
from issuer.batch import Outcome, Stage
from issuer.desk import Desk, Grounds
from issuer.errors import (
    BatchStateError,
    CriteriaError,
    DeskError,
    PermitStateError,
    UnknownBatchError,
)
from issuer.mass_act import Criteria, MassAct
from issuer.mass_acts import MassActs
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.particulars import Resident
from issuer.permit import Cancellation, Permit, Suspension, grant
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import Clock
from schemas.civil_id import Sex
from schemas.status_list import INVALID, SUSPENDED, VALID

LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
WU = Officer("wu-4", "330302", ALL_ROLES)
OUHAI = Officer("chen-5", "330304", ALL_ROLES)
REGISTRAR = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
WRONG = Grounds(reason="查无实据", legal_basis="示范条例第二条")
BY_WANG = Criteria(officer="wang-2")


def ticking() -> Clock:
    """A clock of which no two looks agree."""
    ticks = count()
    return lambda: datetime(2026, 12, 1, 4, tzinfo=UTC) + timedelta(seconds=next(ticks))


@pytest.fixture
def clock() -> Clock:
    return ticking()


@pytest.fixture
def acts(storage: IssuerStorage, clock: Clock) -> MassActs:
    return MassActs(storage, clock)


@pytest.fixture
def desk(storage: IssuerStorage, clock: Clock) -> Desk:
    return Desk(storage, clock)


def add(storage: IssuerStorage, like: Permit, makers: list[str]) -> list[str]:
    """A permit granted by each of them, with two copies in wallets."""
    made = [
        replace(
            like,
            number=f"ZJ{n}",
            resident=replace(like.resident, citizen_id_number=f"{n:018d}"),
            endorsements=(replace(like.endorsement, by=maker),),
        )
        for n, maker in enumerate(makers, start=1)
    ]
    with storage.transaction() as tx:
        for one in made:
            tx.add_permit(one)
            tx.allocate_status(one.county, one.number, 2, expires_on=one.usable_through)
    return [one.number for one in made]


@pytest.fixture
def numbers(storage: IssuerStorage, permit: Permit) -> list[str]:
    """Five permits that wang-2 granted, and one that zhao-7 did."""
    return add(storage, permit, ["wang-2"] * 5 + ["zhao-7"])


def standing(storage: IssuerStorage) -> dict[str, object]:
    """Everything of the permits and their copies that a mass act could change."""
    with storage.reading() as register:
        return {
            "permits": register.permits(),
            "values": register.status_values("330302", 0),
        }


def suspend_all(acts: MassActs) -> MassAct:
    proposed = acts.propose(BY_WANG, WHY, LI)
    acts.confirm(proposed.id, CHEN)
    return acts.run(proposed.id, WU, batch_size=2)


def undo_all(acts: MassActs, act: MassAct) -> MassAct:
    undo = acts.undo_propose(act.id, WRONG, CHEN)
    acts.undo_confirm(undo.id, LI)
    return acts.run(undo.id, WU, batch_size=2)


def test_a_cohort_is_suspended_as_the_desk_does(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    act = suspend_all(acts)

    with storage.reading() as register:
        permits = [register.permit(number) for number in numbers]
        entries = register.audit("330302")
        kinds = [[n.kind for n in register.notices(number)] for number in numbers]
        values = register.status_values("330302", 0)
    verify_chain(entries)
    assert act.stage is Stage.FINISHED
    for one in permits[:5]:
        assert isinstance(one.order, Suspension)
        assert (one.order.by, one.order.reason) == ("chen-5", WHY.reason)
    assert permits[5].order is None
    assert list(values.values()) == [SUSPENDED] * 10
    assert kinds == [["suspended"]] * 5 + [[]]
    assert [entry.act for entry in entries] == [
        "propose_mass_act",
        "confirm_mass_act",
        *["suspend"] * 5,
        "finish_batch",
    ]
    assert entries[0].details["cohort_officer"] == "wang-2"
    assert entries[2].details == {
        "reason": WHY.reason,
        "legal_basis": WHY.legal_basis,
        "batch": act.id,
        "run_by": "wu-4",
        "proposed_by": "li-3",
    }
    assert {entry.actor for entry in entries[2:7]} == {"chen-5"}


def test_suspended_and_undone_every_permit_is_as_before(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    before = standing(storage)

    undo = undo_all(acts, suspend_all(acts))

    assert standing(storage) == before
    assert acts.counts(undo.id, LI).done == 5
    with storage.reading() as register:
        entries = register.audit("330302")
    verify_chain(entries)
    restored = [entry for entry in entries if entry.act == "restore"]
    assert {(entry.actor, entry.details["batch"]) for entry in restored} == {("li-3", undo.id)}
    assert acts.mass_acts(LI)[1].undone_by == undo.id


def test_the_undo_leaves_what_others_did_before_and_meanwhile(
    acts: MassActs, desk: Desk, storage: IssuerStorage, numbers: list[str]
) -> None:
    desk.suspend(numbers[0], WU, WHY)  # before
    act = suspend_all(acts)
    desk.restore(numbers[1], LI, WRONG)
    desk.suspend(numbers[1], CHEN, WHY)  # alike, but another order
    desk.restore(numbers[2], LI, WRONG)
    desk.revoke(numbers[3], proposed_by=LI, confirmed_by=CHEN, grounds=WHY)
    others = standing(storage)["permits"]
    assert isinstance(others, list)

    undo = undo_all(acts, act)

    with storage.reading() as register:
        after = register.permits()
        values = sorted(register.status_values("330302", 0).values())
    changed = [one.number for one, other in zip(after, others, strict=True) if one != other]
    assert changed == [numbers[4]]
    assert acts.counts(act.id, LI).left_out == {}
    assert acts.counts(act.id, LI).total == 4  # who was suspended before is no part of it
    assert acts.counts(undo.id, LI).left_out == {Outcome.ENDED: 1, Outcome.OTHER_ORDER: 2}
    assert values == [INVALID] * 2 + [SUSPENDED] * 4


def test_an_undo_of_half_a_run_stops_it_and_restores_that_half(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    before = standing(storage)
    proposed = acts.propose(BY_WANG, WHY, LI)
    acts.confirm(proposed.id, CHEN)
    undo = acts.undo_propose(proposed.id, WRONG, CHEN)

    def confirm_soon(done: int, total: int) -> None:
        if done == 2 and not acts.mass_act(proposed.id, LI).undone_by:
            acts.undo_confirm(undo.id, LI)

    stopped = acts.run(proposed.id, WU, batch_size=2, progress=confirm_soon)
    ran = acts.run(undo.id, WU)

    assert (stopped.stage, ran.stage) == (Stage.STOPPED, Stage.FINISHED)
    assert (acts.counts(proposed.id, LI).done, acts.counts(undo.id, LI).done) == (2, 2)
    assert standing(storage) == before
    with pytest.raises(BatchStateError, match="stopped"):
        acts.run(proposed.id, WU)


def test_the_preview_counts_and_puts_nothing_down(
    acts: MassActs, desk: Desk, storage: IssuerStorage, numbers: list[str]
) -> None:
    desk.suspend(numbers[0], LI, WHY)
    desk.cancel(numbers[1], LI, WHY)
    before = standing(storage)

    found = acts.preview(BY_WANG, LI)

    assert (found.count, found.sample) == (3, tuple(numbers[2:5]))
    assert found.left_out == {Outcome.SUSPENDED: 1, Outcome.ENDED: 1}
    assert standing(storage) == before
    assert acts.mass_acts(LI) == []


def test_a_permit_that_ended_after_the_proposal_is_passed_over(
    acts: MassActs, desk: Desk, storage: IssuerStorage, numbers: list[str]
) -> None:
    proposed = acts.propose(BY_WANG, WHY, LI)
    desk.cancel(numbers[0], LI, WHY)
    desk.suspend(numbers[1], LI, WHY)
    acts.confirm(proposed.id, CHEN)
    acts.run(proposed.id, LI)

    counts = acts.counts(proposed.id, LI)

    assert (counts.done, counts.left_out) == (3, {Outcome.ENDED: 1, Outcome.SUSPENDED: 1})


Attempt = Callable[[MassActs, str], object]


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        pytest.param(lambda a, i: a.confirm(i, LI), BatchStateError, id="the same officer"),
        pytest.param(lambda a, i: a.run(i, LI), BatchStateError, id="not confirmed"),
        pytest.param(lambda a, i: a.undo_propose(i, WHY, LI), BatchStateError, id="nothing done"),
        pytest.param(lambda a, i: a.undo_confirm(i, CHEN), BatchStateError, id="no undo"),
        pytest.param(lambda a, i: a.confirm(i, REGISTRAR), DeskError, id="a registrar confirms"),
        pytest.param(lambda a, i: a.confirm(i, OUHAI), DeskError, id="another county confirms"),
        pytest.param(lambda a, i: a.reject(i, OUHAI, "r"), DeskError, id="another county rejects"),
        pytest.param(lambda a, i: a.reject(i, CHEN, ""), DeskError, id="no reason"),
        pytest.param(lambda a, i: a.mass_act(i, OUHAI), DeskError, id="another county looks"),
        pytest.param(lambda a, i: a.preview(BY_WANG, REGISTRAR), DeskError, id="previews"),
        pytest.param(lambda a, i: a.propose(BY_WANG, WHY, REGISTRAR), DeskError, id="proposes"),
        pytest.param(lambda a, i: a.run(i, REGISTRAR), DeskError, id="a registrar runs"),
        pytest.param(
            lambda a, i: a.propose(BY_WANG, Grounds("r", " "), LI), DeskError, id="no legal basis"
        ),
        pytest.param(lambda a, i: a.preview(Criteria(), LI), CriteriaError, id="no criterion"),
        pytest.param(lambda a, i: a.propose(Criteria(), WHY, LI), CriteriaError, id="everybody"),
        pytest.param(
            lambda a, i: a.propose(Criteria(officer="nobody"), WHY, LI),
            BatchStateError,
            id="an empty cohort",
        ),
        pytest.param(lambda a, i: a.confirm("PL", CHEN), UnknownBatchError, id="no such act"),
    ],
)
def test_what_is_refused_changes_nothing(
    acts: MassActs,
    storage: IssuerStorage,
    numbers: list[str],
    attempt: Attempt,
    error: type[Exception],
) -> None:
    proposed = acts.propose(BY_WANG, WHY, LI)
    before = standing(storage)

    with pytest.raises(error):
        attempt(acts, proposed.id)

    assert standing(storage) == before
    assert acts.mass_act(proposed.id, LI) == proposed


def test_an_undo_needs_two_officers_of_whom_none_suspended(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    act = suspend_all(acts)
    before = standing(storage)
    undo = acts.undo_propose(act.id, WRONG, LI)

    for officer, words in ((LI, "two officers"), (CHEN, "who suspended")):
        for confirm in (acts.confirm, acts.undo_confirm):
            with pytest.raises(BatchStateError, match=words):
                confirm(undo.id, officer)
    assert standing(storage) == before

    acts.confirm(undo.id, WU)  # by either name
    with pytest.raises(BatchStateError, match="undone by"):
        acts.undo_propose(act.id, WRONG, LI)
    with pytest.raises(BatchStateError, match="not undone"):
        acts.undo_propose(undo.id, WRONG, LI)


def test_of_one_mass_act_one_undo_waits_at_a_time(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    act = suspend_all(acts)
    undo = acts.undo_propose(act.id, WRONG, LI)
    with storage.reading() as register:
        before = (register.batches("330302"), register.audit("330302"))

    for officer in (LI, WU):
        with pytest.raises(BatchStateError, match=f"undo {undo.id} waits"):
            acts.undo_propose(act.id, WRONG, officer)
    with storage.reading() as register:
        assert (register.batches("330302"), register.audit("330302")) == before

    acts.reject(undo.id, WU, "再查")
    assert acts.undo_propose(act.id, WRONG, WU).undoes == act.id


def test_a_proposal_rejected_stays_rejected(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    proposed = acts.propose(BY_WANG, WHY, LI)

    rejected = acts.reject(proposed.id, LI, "选错了人")

    assert rejected.stage is Stage.REJECTED
    with storage.reading() as register:
        entry = register.audit("330302")[-1]
    assert (entry.act, entry.details) == ("reject_mass_act", {"reason": "选错了人"})
    with pytest.raises(BatchStateError, match="rejected"):
        acts.confirm(proposed.id, CHEN)


def test_keys_that_signed_are_listed(
    acts: MassActs, storage: IssuerStorage, numbers: list[str]
) -> None:
    key = "k" * 43
    with storage.transaction() as tx:
        tx.allocate_status("330302", numbers[5], 1, expires_on=date(2027, 1, 1), signed_by=key)

    assert acts.signing_keys(REGISTRAR) == {"": 12, key: 1}
    assert acts.preview(Criteria(signing_key=key), LI).sample == (numbers[5],)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IssuerStorage]:
    """One register for all examples of a property; each takes numbers of its own."""
    folder = tmp_path_factory.mktemp("mass-acts")
    opened = SqlIssuerStorage(f"sqlite:///{folder}/register.sqlite")
    yield opened
    opened.close()


# What another officer does to one permit, before the mass act or between it and its undo.
DEEDS: dict[str, Callable[[Desk, str], object]] = {
    "nothing": lambda desk, number: None,
    "suspend": lambda desk, number: desk.suspend(number, WU, WHY),
    "restore": lambda desk, number: desk.restore(number, LI, WRONG),
    "cancel": lambda desk, number: desk.cancel(number, WU, WHY),
}
STATUS = {Suspension: SUSPENDED, Cancellation: INVALID, type(None): VALID}
examples = count(1)
time = ticking()
fates = st.tuples(st.booleans(), st.sampled_from(sorted(DEEDS)), st.sampled_from(sorted(DEEDS)))


@given(
    people=st.lists(fates, min_size=1, max_size=8).filter(
        lambda people: any(
            chosen and before in {"nothing", "restore"} for chosen, before, _ in people
        )
    ),
    portion=st.integers(1, 4),
)
@settings(max_examples=60)
def test_after_suspension_and_undo_all_is_as_before_or_as_others_left_it(
    shared: IssuerStorage, people: list[tuple[bool, str, str]], portion: int
) -> None:
    example = next(examples)
    maker = f"wang-{example}"
    numbers = [f"ZJ{example}-{n}" for n in range(len(people))]
    for number, (chosen, _, _) in zip(numbers, people, strict=True):
        put(shared, number, maker if chosen else "zhao-7")
    acts, desk = MassActs(shared, time), Desk(shared, time)

    do_all(desk, numbers, [before for _, before, _ in people])
    at_first = permits_and_values(shared, numbers)
    act = acts.propose(Criteria(officer=maker), WHY, LI)
    acts.confirm(act.id, CHEN)
    acts.run(act.id, LI, batch_size=portion)
    do_all(desk, numbers, [meanwhile for _, _, meanwhile in people])
    at_the_end = permits_and_values(shared, numbers)
    undo = acts.undo_propose(act.id, WRONG, CHEN)
    acts.confirm(undo.id, LI)
    acts.run(undo.id, LI, batch_size=portion)

    for number, (chosen, before, meanwhile) in zip(numbers, people, strict=True):
        touched = chosen and before in {"nothing", "restore"}
        as_before = touched and meanwhile in {"nothing", "suspend"}
        expected = (at_first if as_before else at_the_end)[number]
        assert permits_and_values(shared, [number])[number] == expected


def put(storage: IssuerStorage, number: str, maker: str) -> None:
    """A permit with one copy in a wallet."""
    on = date(2026, 11, 23)
    made = grant(
        number=number,
        county="330302",
        resident=Resident(
            name="张示范",
            citizen_id_number="33010019900101001X",
            sex=Sex.MALE,
            birthdate=date(1990, 1, 1),
            ethnic_group="01",
            registered_address="示范省示范市1号",
            portrait=b"\xff\xd8\xff",
        ),
        residence_address="示范路1号",
        registered_on=on,
        on=on,
        by=maker,
    )
    with storage.transaction() as tx:
        tx.add_permit(made)
        tx.allocate_status("330302", number, 1, expires_on=made.usable_through)


def do_all(desk: Desk, numbers: list[str], deeds: list[str]) -> None:
    for number, deed in zip(numbers, deeds, strict=True):
        with suppress(PermitStateError):
            DEEDS[deed](desk, number)


def permits_and_values(storage: IssuerStorage, numbers: list[str]) -> dict[str, tuple[Permit, int]]:
    """Each permit, and the status value of all its copies, which has to go with its order."""
    with storage.reading() as register:
        permits = register.permits_numbered(numbers)
        values = {p.number: p.status_value for p in register.cohort("330302", Criteria())}
    assert all(values[n] == STATUS[type(held.order)] for n, held in permits.items())
    return {number: (held, values[number]) for number, held in permits.items()}
