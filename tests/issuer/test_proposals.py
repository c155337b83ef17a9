"""Revoking with four eyes at two times: until the second officer acts, nothing has changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from issuer.audit_log import verify_chain
from issuer.desk import Desk, Grounds
from issuer.errors import DeskError, PermitStateError, ProposalStateError, UnknownProposalError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit, Revocation
from issuer.proposal import ProposalStage
from issuer.proposals import Proposals
from issuer.storage import IssuerStorage
from schemas.status_list import INVALID

LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
OUHAI = Officer("chen-5", "330304", ALL_ROLES)
REGISTRAR = Officer("wang-2", "330302", frozenset({Role.REGISTRAR}))
WHY = Grounds(reason="示范原因", legal_basis="示范条例第一条")
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.fixture
def proposals(storage: IssuerStorage) -> Proposals:
    return Proposals(storage, lambda: NOW)


@pytest.fixture
def desk(storage: IssuerStorage) -> Desk:
    return Desk(storage, lambda: NOW)


def test_proposed_by_one_and_confirmed_by_another(
    proposals: Proposals, storage: IssuerStorage, permit: Permit
) -> None:
    with storage.transaction() as tx:
        tx.allocate_status(permit.county, permit.number, 1, expires_on=permit.usable_through)

    proposed = proposals.propose_revocation(permit.number, LI, WHY)

    with storage.reading() as register:
        assert register.permit(permit.number) == permit
        assert register.notices(permit.number) == []
    assert proposals.proposals(CHEN) == [proposed]

    confirmed = proposals.confirm(proposed.id, CHEN)

    with storage.reading() as register:
        order = register.permit(permit.number).order
        entries = register.audit(permit.county)
        assert set(register.status_values(permit.county, 0).values()) == {INVALID}
        assert [notice.kind for notice in register.notices(permit.number)] == ["revoked"]
    verify_chain(entries)
    assert order == Revocation("li-3", "chen-5", WHY.reason, WHY.legal_basis, NOW)
    assert confirmed.stage is ProposalStage.CONFIRMED
    assert [(entry.act, entry.actor, entry.permit_number) for entry in entries] == [
        ("propose_revocation", "li-3", permit.number),
        ("revoke", "chen-5", permit.number),
    ]
    assert all(entry.details["proposal"] == proposed.id for entry in entries)
    assert all(entry.details["legal_basis"] == WHY.legal_basis for entry in entries)
    assert proposals.proposals(CHEN) == []
    assert proposals.proposals(CHEN, open_only=False) == [confirmed]


@pytest.mark.parametrize("by", [CHEN, LI], ids=["another", "who proposed"])
def test_rejected_the_permit_stays_as_it_is(
    proposals: Proposals, storage: IssuerStorage, permit: Permit, by: Officer
) -> None:
    proposed = proposals.propose_revocation(permit.number, LI, WHY)

    rejected = proposals.reject(proposed.id, by, "证据不足")

    with storage.reading() as register:
        assert register.permit(permit.number) == permit
        entry = register.audit(permit.county)[-1]
    assert (entry.act, entry.actor) == ("reject_revocation", by.id)
    assert entry.details == {"reason": "证据不足", "proposal": proposed.id}
    assert rejected.reason_against == "证据不足"
    # And it may be proposed anew.
    assert proposals.propose_revocation(permit.number, CHEN, WHY).id > proposed.id


Attempt = Callable[[Proposals, str, str], object]


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        pytest.param(lambda p, n, i: p.confirm(i, LI), ProposalStateError, id="the same officer"),
        pytest.param(
            lambda p, n, i: p.propose_revocation(n, CHEN, WHY), ProposalStateError, id="twice"
        ),
        pytest.param(lambda p, n, i: p.confirm(i, OUHAI), DeskError, id="another county confirms"),
        pytest.param(lambda p, n, i: p.reject(i, OUHAI, "r"), DeskError, id="rejects"),
        pytest.param(lambda p, n, i: p.proposal(i, OUHAI), DeskError, id="looks"),
        pytest.param(lambda p, n, i: p.confirm(i, REGISTRAR), DeskError, id="a registrar"),
        pytest.param(
            lambda p, n, i: p.propose_revocation(n, REGISTRAR, WHY), DeskError, id="proposes"
        ),
        pytest.param(
            lambda p, n, i: p.propose_revocation(n, OUHAI, WHY), DeskError, id="not its county"
        ),
        pytest.param(
            lambda p, n, i: p.propose_revocation(n, LI, Grounds("", "b")), DeskError, id="no reason"
        ),
        pytest.param(lambda p, n, i: p.reject(i, CHEN, "a\nb"), DeskError, id="two lines"),
        pytest.param(lambda p, n, i: p.confirm("TY", CHEN), UnknownProposalError, id="unknown"),
    ],
)
def test_what_is_refused_changes_nothing(
    proposals: Proposals,
    storage: IssuerStorage,
    permit: Permit,
    attempt: Attempt,
    error: type[Exception],
) -> None:
    proposed = proposals.propose_revocation(permit.number, LI, WHY)
    with storage.reading() as register:
        before = register.audit(permit.county)

    with pytest.raises(error):
        attempt(proposals, permit.number, proposed.id)

    with storage.reading() as register:
        assert register.audit(permit.county) == before
        assert register.permit(permit.number) == permit
    assert proposals.proposal(proposed.id, REGISTRAR) == proposed


def test_a_permit_that_ended_is_not_proposed_and_one_that_ends_meanwhile_is_not_revoked(
    proposals: Proposals, desk: Desk, permit: Permit
) -> None:
    proposed = proposals.propose_revocation(permit.number, LI, WHY)
    desk.cancel(permit.number, CHEN, WHY)

    with pytest.raises(PermitStateError):
        proposals.confirm(proposed.id, CHEN)
    proposals.reject(proposed.id, CHEN, "已注销")
    with pytest.raises(PermitStateError, match="nothing to revoke"):
        proposals.propose_revocation(permit.number, LI, WHY)


def test_two_who_decide_at_once_one_wins_and_the_other_is_told(
    proposals: Proposals, storage: IssuerStorage, permit: Permit
) -> None:
    proposed = proposals.propose_revocation(permit.number, LI, WHY)
    deciders = [Officer(f"officer-{n}", "330302", ALL_ROLES) for n in range(6)]

    def decide(officer: Officer) -> str:
        try:
            proposals.confirm(proposed.id, officer)
        except ProposalStateError as error:
            return error.detail
        return "won"

    with ThreadPoolExecutor(6) as pool:
        told = sorted(pool.map(decide, deciders))

    assert told == ["nobody can confirm a proposal that is confirmed already"] * 5 + ["won"]
    with storage.reading() as register:
        entries = register.audit(permit.county)
    assert [entry.act for entry in entries] == ["propose_revocation", "revoke"]
