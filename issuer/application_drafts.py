"""Drafts: an application from its first page to the moment it is handed in.

A draft is kept at every step, so it survives leaving the page; a person has one of a kind, on
whichever device or counter it is gone on with. Steps come in the order in which people are
asked [ZJ]: county and ground, commitment, form, documents, submit. Each form says from which
revision it was made: where the draft was changed meanwhile nothing is overwritten.

An officer who enters it at the counter is named in every act, and each is written down; an
applicant's own acts are from the submission on.
"""

from collections.abc import Callable
from datetime import datetime

from issuer import application_steps as steps
from issuer.application import Application, Channel, Draft, IdentityDocument, Kind, Material, Whose
from issuer.application_checks import checked_materials, permit_held
from issuer.application_intake import (
    actor_at,
    actor_for,
    hand_in,
    own_application,
    refuse_second,
    write_down,
)
from issuer.document_store import DocumentStore
from issuer.draft_changes import (
    Answers,
    answered,
    committed,
    gone_on_with,
    new_draft,
    with_seen,
    without_document,
)
from issuer.eligibility_facts import Basis
from issuer.errors import DeskError
from issuer.hand_in_checks import check_place, check_started, permit_it_is_about
from issuer.identity_check import VerifiedIdentity
from issuer.officer import Officer
from issuer.storage import IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.endorsement_window import day_of

__all__ = ["Answers", "ApplicationDrafts"]

_Change = Callable[[Application, datetime], Application]


class ApplicationDrafts:
    """Applications on their way in. All methods block.

    A draft is found by its own number and, once submitted, by its receipt's; for anybody but
    its applicant it is as if there were none. Every method raises ``UnknownApplicationError``
    for such a number, and ``DeskError`` for an officer who may not.

    Args:
        storage: the register.
        documents: where documents are kept.
        clock: gives ``now``.
        allow_demo_ids: whether invented citizen numbers are taken.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        documents: DocumentStore,
        clock: Clock,
        *,
        allow_demo_ids: bool = False,
    ) -> None:
        self._storage = storage
        self._documents = documents
        self._clock = clock
        self._allow_demo_ids = allow_demo_ids

    def open(
        self,
        identity: VerifiedIdentity,
        kind: Kind,
        channel: Channel,
        *,
        officer: Officer | None = None,
    ) -> Application:
        """The person's draft of this kind, to be gone on with here, or a new one.

        What the identity check says now replaces what it said when it was begun.

        Raises:
            ApplicationStateError: one of this kind has been submitted and waits, or the kind
                does not fit the officer's county.
            NoPermitError, WindowNotOpenError: there is no permit it could be about, or not yet.
        """
        person = identity.citizen_id_number
        with self._storage.transaction() as tx:
            now = self._clock()
            mine = tx.applications_of(person)
            held = permit_it_is_about(kind, permit_held(tx.permits_of(person)), today=day_of(now))
            known = held.county if held and kind is not Kind.MOVE else ""
            place = officer.county if officer else known
            actor = actor_at(place, channel, officer)
            if place:
                check_place(kind, place, held)
            begun = [a for a in mine if a.kind is kind and isinstance(a.state, Draft)]
            if begun:
                there = officer.county if officer else begun[0].county
                draft = gone_on_with(begun[0], identity, channel, there)
                tx.replace_application(draft)
            else:
                refuse_second(tx, identity, kind)
                draft = new_draft(identity, kind, channel, place, held, mine)
                tx.add_application(draft)
            if officer:
                write_down(tx, draft, "open_draft", actor, now, {"kind": kind.value})
        return draft

    def held(
        self, number: str, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """The applicant's own, whatever its state."""
        with self._storage.reading() as register:
            found = own_application(register, number, identity)
            actor_for(found, officer)
        return found

    def save(
        self,
        number: str,
        identity: VerifiedIdentity,
        answers: Answers,
        *,
        revision: int,
        officer: Officer | None = None,
    ) -> Application:
        """The draft with these answers; ``revision`` is the one the form was made from.

        Raises:
            StaleFormError: the draft was changed meanwhile; nothing of it was overwritten.
            DraftIncompleteError: answers of the form before the commitment.
            ApplicationStateError: no draft any more, or the county does not fit the kind.
            schemas.errors.InputError: a county, guardian, number or statement that is none.
        """

        def saved(draft: Application, now: datetime) -> Application:
            return answered(draft, answers, revision=revision, today=day_of(now))

        return self._revised(number, identity, officer, "save_draft", saved)

    def commit(
        self, number: str, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """The commitment to the present text of ``commitment_text``, given now.

        Raises:
            DraftIncompleteError: before county and ground are chosen.
        """
        return self._revised(number, identity, officer, "commit_draft", committed)

    def saw(
        self,
        number: str,
        identity: VerifiedIdentity,
        whose: Whose,
        document: IdentityDocument,
        *,
        officer: Officer,
    ) -> Application:
        """Which document of a person the officer saw at the counter [SC663 §9]."""

        def seen(draft: Application, now: datetime) -> Application:
            return with_seen(draft, whose, document, by=officer.id, at=now)

        return self._revised(number, identity, officer, "see_document", seen)

    def attach(
        self,
        number: str,
        identity: VerifiedIdentity,
        basis: Basis | None,
        data: bytes,
        filename: str,
        government: str = "",
        *,
        whose: Whose | None = None,
        officer: Officer | None = None,
    ) -> Application:
        """A document added, for a ground or of a person; the same file twice is one.

        Raises:
            DraftIncompleteError: before the commitment.
            ApplicationStateError: no draft any more, or too many documents.
            issuer.application_errors.DocumentError: the file is not taken.
            ParticularsError: it is for neither, or for both.
        """
        check_started(steps.revise(self.held(number, identity, officer=officer)), "documents")
        # Outside the transaction: writing a file durably takes its time.
        kept = self._documents.put(data)
        (material,) = checked_materials(
            [Material(basis, kept.sha256, government, kept.media_type, filename, whose)]
        )
        return self._revised(
            number, identity, officer, "attach_document", lambda d, _: steps.attach(d, material)
        )

    def detach(
        self,
        number: str,
        identity: VerifiedIdentity,
        sha256: str,
        *,
        officer: Officer | None = None,
    ) -> Application:
        """A document taken out again. Raises ``UnknownDocumentError``."""
        return self._revised(
            number, identity, officer, "detach_document", lambda d, _: without_document(d, sha256)
        )

    def submit(
        self, number: str, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """Handed in, with its receipt number; a second time gives what was handed in.

        Raises:
            ApplicationStateError, DeskError: as ``application_intake.hand_in``.
        """
        with self._storage.transaction() as tx:
            now = self._clock()
            draft = own_application(tx, number, identity)
            if draft.submitted_at is not None:
                actor_for(draft, officer)
                return draft
            actor = actor_at(draft.county, draft.channel, officer)
            return hand_in(tx, draft, actor, now, allow_demo_ids=self._allow_demo_ids)

    def abandon(
        self, number: str, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """Given up, its documents with it. Raises ``ApplicationStateError`` once submitted."""
        return self._revised(
            number, identity, officer, "abandon_draft", lambda d, now: steps.abandon(d, at=now)
        )

    def _revised(
        self,
        number: str,
        identity: VerifiedIdentity,
        officer: Officer | None,
        act: str,
        change: _Change,
    ) -> Application:
        with self._storage.transaction() as tx:
            now = self._clock()
            draft = own_application(tx, number, identity)
            revised = change(draft, now)
            if revised.county != draft.county:
                _check_county(tx, revised, officer)
            tx.replace_application(revised)
            if officer is not None:
                # Only one that was opened at the counter: elsewhere its applicant acts alone.
                actor = actor_at(revised.county, revised.channel, officer)
                write_down(tx, revised, act, actor, now, {"kind": revised.kind.value})
        return revised


def _check_county(tx: IssuerTransaction, draft: Application, officer: Officer | None) -> None:
    if officer is not None and draft.county != officer.county:
        raise DeskError(
            f"at a counter of county {officer.county} one applies in that county",
            remedy="Come to a counter of the county you live in, or apply online.",
        )
    if draft.kind is not Kind.FIRST_PERMIT and draft.county:
        permits = tx.permits_of(draft.applicant.citizen_id_number)
        check_place(draft.kind, draft.county, permit_held(permits))
