"""Mass acts of a county: previewed, proposed by one officer, confirmed by another, run, undone.

The permits are those of the proposal. Each is suspended as at the desk, in the name of the
officer who confirmed: status value, audit entry and notice of its own. The undo restores those
permits that are still under the very order that the mass act gave, and no others: who was
suspended by somebody else before or since stays so, and who was revoked meanwhile too. All
methods block; days are Asia/Shanghai. Sources: [ZJ], [SC663 §18, §20].
"""

from datetime import datetime

from issuer.batch import Outcome, Preview, Stage, batch_id, preview_of
from issuer.batches import (
    PORTION,
    BatchDesk,
    Portion,
    Progress,
    batch_for,
    no_progress,
    record_batch,
    run_batch,
)
from issuer.campaign_storage import Batch
from issuer.desk import Grounds, word_of, words_of
from issuer.errors import BatchStateError, UnknownBatchError
from issuer.mass_act import (
    Criteria,
    MassAct,
    checked,
    confirm,
    confirm_undo,
    expect_undoable,
    reject,
)
from issuer.mass_act_turns import cohort_of, restore_each, suspend_each
from issuer.officer import DECIDERS, READERS, Officer, require
from issuer.storage import IssuerTransaction
from schemas.endorsement_window import day_of


class MassActs(BatchDesk):
    """The mass acts, for officers of their counties."""

    def preview(self, criteria: Criteria, officer: Officer) -> Preview:
        """What a mass act would come to now; nothing is put down. Raises ``CriteriaError``."""
        require(officer, DECIDERS)
        with self._storage.reading() as register:
            return preview_of(*cohort_of(register, officer.county, checked(criteria)))

    def signing_keys(self, officer: Officer) -> dict[str, int]:
        """How many copies each key of the county signed, by thumbprint [RFC7638].

        Under the empty thumbprint are copies from before it was written down.
        """
        require(officer, READERS)
        with self._storage.reading() as register:
            return register.signing_keys(officer.county)

    def propose(self, criteria: Criteria, grounds: Grounds, officer: Officer) -> MassAct:
        """A mass suspension put down with its permits; another officer confirms.

        Raises:
            CriteriaError: the criteria choose no cohort.
            BatchStateError: the cohort has no permit that could be suspended.
            DeskError: the officer may not, or reason or legal basis is missing.
        """
        require(officer, DECIDERS)
        words = words_of(grounds)
        with self._storage.transaction() as tx:
            now = self._clock()
            numbers, left_out = cohort_of(tx, officer.county, checked(criteria))
            if not numbers:
                raise BatchStateError("no permit that could be suspended belongs to this cohort")
            act = MassAct(
                id=_next_id(tx, officer.county, now),
                county=officer.county,
                criteria=criteria,
                proposed_by=officer.id,
                proposed_at=now,
                reason=words["reason"],
                legal_basis=words["legal_basis"],
            )
            tx.add_batch(act)
            tx.add_batch_items(act.id, numbers)
            details = words | _in_words(criteria) | {"permits": str(len(numbers))}
            details |= {f"left_{name}": str(number) for name, number in left_out.items()}
            record_batch(tx, act, "propose_mass_act", officer, now, details)
        return act

    def confirm(self, act_id: str, officer: Officer) -> MassAct:
        """Decided by another officer; ``run`` carries it out.

        Raises:
            BatchStateError: no proposal any more, or this officer may not be the second one.
        """
        require(officer, DECIDERS)
        with self._storage.transaction() as tx:
            now = self._clock()
            act = _mass_act(batch_for(tx, act_id, officer))
            if act.undoes:
                return _confirm_undo(tx, act, officer, now)
            confirmed = confirm(act, by=officer.id, at=now)
            tx.replace_batch(confirmed)
            details = confirmed.words | {"proposed_by": confirmed.proposed_by}
            record_batch(tx, confirmed, "confirm_mass_act", officer, now, details)
        return confirmed

    def reject(self, act_id: str, officer: Officer, reason: str) -> MassAct:
        """A proposal refused, or taken back by who made it. Raises ``BatchStateError``."""
        require(officer, DECIDERS)
        details = {"reason": word_of("reason", reason)}
        with self._storage.transaction() as tx:
            now = self._clock()
            rejected = reject(_mass_act(batch_for(tx, act_id, officer)), at=now)
            tx.replace_batch(rejected)
            record_batch(tx, rejected, "reject_mass_act", officer, now, details)
        return rejected

    def undo_propose(self, act_id: str, grounds: Grounds, officer: Officer) -> MassAct:
        """The undo of a confirmed mass act, itself a mass act, for another officer to confirm.

        Raises:
            BatchStateError: it was not confirmed, is undone, or is an undo; or its undo waits
                for a second officer already.
        """
        require(officer, DECIDERS)
        words = words_of(grounds)
        with self._storage.transaction() as tx:
            now = self._clock()
            undone = _mass_act(batch_for(tx, act_id, officer))
            expect_undoable(undone)
            _refuse_second_undo(tx, undone)
            undo = MassAct(
                id=_next_id(tx, officer.county, now),
                county=officer.county,
                criteria=None,
                undoes=undone.id,
                proposed_by=officer.id,
                proposed_at=now,
                reason=words["reason"],
                legal_basis=words["legal_basis"],
            )
            tx.add_batch(undo)
            details = words | {"undoes": undone.id}
            record_batch(tx, undo, "propose_undo", officer, now, details)
        return undo

    def undo_confirm(self, undo_id: str, officer: Officer) -> MassAct:
        """The undo decided; ``run`` carries it out. What waits of the undone act is stopped.

        Raises:
            BatchStateError: as ``confirm``; or the officer is the one who suspended.
        """
        require(officer, DECIDERS)
        with self._storage.transaction() as tx:
            undo = _mass_act(batch_for(tx, undo_id, officer))
            if not undo.undoes:
                raise BatchStateError("this is no undo", remedy="Confirm it as a mass act.")
            return _confirm_undo(tx, undo, officer, self._clock())

    def run(
        self,
        act_id: str,
        officer: Officer,
        *,
        batch_size: int = PORTION,
        progress: Progress = no_progress,
    ) -> MassAct:
        """Every permit that waits has its turn, ``batch_size`` in one transaction.

        May be killed at any moment, run again, and run several times at once. Raises as
        ``issuer.batches.run_batch``.
        """
        self.mass_act(act_id, officer)
        ran = run_batch(
            self._storage,
            self._clock,
            act_id,
            officer,
            prepare=lambda batch, _: _turns(_mass_act(batch), officer),
            portion_size=batch_size,
            progress=progress,
        )
        return _mass_act(ran)

    def mass_acts(self, officer: Officer) -> list[MassAct]:
        """Those of the officer's county with their undos, the latest first."""
        require(officer, READERS)
        with self._storage.reading() as register:
            held = register.batches(officer.county)
        return [batch for batch in held if isinstance(batch, MassAct)]

    def mass_act(self, act_id: str, officer: Officer) -> MassAct:
        """One of them.

        Raises:
            UnknownBatchError: no mass act has this number.
            DeskError: it is another county's.
        """
        require(officer, READERS)
        with self._storage.reading() as register:
            return _mass_act(batch_for(register, act_id, officer))


def _confirm_undo(tx: IssuerTransaction, undo: MassAct, officer: Officer, now: datetime) -> MassAct:
    undone = _mass_act(batch_for(tx, undo.undoes, officer))
    confirmed, undone = confirm_undo(undo, undone, by=officer.id, at=now)
    done = tx.batch_items(undone.id, limit=tx.batch_counts(undone.id).total, outcome=Outcome.DONE)
    tx.replace_batch(undone)
    tx.replace_batch(confirmed)
    tx.add_batch_items(confirmed.id, [item.permit_number for item in done])
    details = confirmed.words | {
        "undoes": undone.id,
        "proposed_by": confirmed.proposed_by,
        "permits": str(len(done)),
    }
    record_batch(tx, confirmed, "confirm_undo", officer, now, details)
    return confirmed


def _refuse_second_undo(tx: IssuerTransaction, undone: MassAct) -> None:
    for batch in tx.batches(undone.county):
        same = isinstance(batch, MassAct) and batch.undoes == undone.id
        if same and batch.stage is Stage.PROPOSED:
            raise BatchStateError(
                f"its undo {batch.id} waits for a second officer already",
                remedy="Confirm that one, or reject it.",
            )


def _turns(act: MassAct, officer: Officer) -> Portion:
    return restore_each(act, officer) if act.undoes else suspend_each(act, officer)


def _next_id(tx: IssuerTransaction, county: str, now: datetime) -> str:
    year = day_of(now).year
    return batch_id(county, year, tx.next_batch_serial(county, year))


def _in_words(criteria: Criteria) -> dict[str, str]:
    """The criteria that are given, for the audit log."""
    given = {name: getattr(criteria, name) for name in criteria.__struct_fields__}
    return {f"cohort_{name}": str(value) for name, value in given.items() if value}


def _mass_act(batch: Batch) -> MassAct:
    if not isinstance(batch, MassAct):
        raise UnknownBatchError("this is no mass act", remedy="It is among the campaigns.")
    return batch
