"""The acts on one permit: each has a page that says what follows, and a form that does it.

What is possible is decided by the services; what a page offers is ``permit_act_view``'s. A
refusal is shown on the same page with what was typed, beside the permit as it is now: whoever
comes second to another officer sees what that one did.
"""

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from msgspec import Struct

from issuer.cancel_cause import CAUSE_NAMES, CancelCause
from issuer.confirmation_slip import DOCUMENT_NAMES, DocumentShown
from issuer.desk import Desk, Grounds
from issuer.errors import PermitStateError
from issuer.offers import CreatedOffer, Offers
from issuer.officer import Officer
from issuer.permit_brief import brief_of
from issuer.permit_records import PermitRecords
from issuer.proposals import Proposals
from issuer.slips import PrintedSlip, Slips
from issuer.web.desk_permit_pages import WORDS
from issuer.web.desk_permit_view import order_line
from issuer.web.desk_words import LEGAL_BASES
from issuer.web.error_sentences import N_
from issuer.web.form_once import new_name
from issuer.web.offer_picture import offer_picture
from issuer.web.page_errors import explain, translated
from issuer.web.page_forms import AnswerMissingError, Form
from issuer.web.page_rendering import render
from issuer.web.page_sessions import say
from issuer.web.permit_act_view import OfferedAct, PermitAct, acts_offered
from issuer.web.typed_grounds import typed_grounds
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import ServiceError

_PICTURE: Final = N_("QR code of the offer, for the camera of the holder's wallet")


class PermitServices(Struct, frozen=True):
    """Whose acts these pages are a face of."""

    desk: Desk
    proposals: Proposals
    offers: Offers
    slips: Slips


class Doing(Struct, frozen=True):
    """One act, asked for by a form."""

    services: PermitServices
    number: str
    officer: Officer
    form: Form

    @property
    def grounds(self) -> Grounds:
        """Reason and legal basis. Raises ``AnswerMissingError``."""
        return typed_grounds(self.form)

    @property
    def cause(self) -> CancelCause:
        """Why a permit ends. Raises ``AnswerMissingError``."""
        chosen = self.form.text("cause")
        if chosen not in set(CancelCause):
            raise AnswerMissingError("cause", N_("Choose why the permit ends."))
        return CancelCause(chosen)


class PermitActController(Controller):
    """Pages and forms of the acts."""

    path = "/permits/{number:str}"

    @get("/{act:str}", sync_to_thread=True)
    def ask(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        act: FromPath[str],
        officer: NamedDependency[Officer],
        permit_records: NamedDependency[PermitRecords],
        clock: NamedDependency[Clock],
    ) -> Response[str]:
        """What follows from the act, and the form that does it."""
        return _page(request, number, act, officer, permit_records, clock)

    @post("/{act:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def act(
        self,
        request: Request[Any, Any, Any],
        number: FromPath[str],
        act: FromPath[str],
        sent: NamedDependency[Form],
        officer: NamedDependency[Officer],
        permit_services: NamedDependency[PermitServices],
        permit_records: NamedDependency[PermitRecords],
        clock: NamedDependency[Clock],
    ) -> Response[Any]:
        """Done, or the page again with the reason why not."""
        try:
            asked = _named(act)
            return _DO[asked](request, Doing(permit_services, number, officer, sent))
        except ServiceError as error:
            return _page(
                request, number, act, officer, permit_records, clock, given=sent, error=error
            )


def _page(
    request: Request[Any, Any, Any],
    number: str,
    act: str,
    officer: Officer,
    permit_records: PermitRecords,
    clock: Clock,
    *,
    given: Form | None = None,
    error: ServiceError | None = None,
) -> Response[str]:
    state = permit_records.state(number, officer)
    today = day_of(clock())
    offered = acts_offered(state.permit, officer, today, proposed=state.proposed)
    return render(
        request,
        "desk_permit_act.html",
        status_code=error.http_status if error else HTTP_200_OK,
        offered=_offered(offered, _named(act), error),
        line=brief_of(state.permit, today),
        order=order_line(state.permit.order),
        given=_typed(given),
        documents=tuple(DOCUMENT_NAMES.items()),
        causes=tuple(CAUSE_NAMES.items()),
        bases=LEGAL_BASES,
        problem=explain(request, error) if error else None,
        once=new_name(),
        **WORDS,
    )


def _named(act: str) -> PermitAct:
    try:
        return PermitAct(act)
    except ValueError as error:
        raise PermitStateError(
            "there is no such act on a permit", remedy="Go back to the permit."
        ) from error


def _offered(
    offered: tuple[OfferedAct, ...], act: PermitAct, error: ServiceError | None
) -> OfferedAct | None:
    """The act as it is offered now; after a refusal perhaps not any more."""
    for choice in offered:
        if choice.act is act:
            return choice
    if error is None:
        raise PermitStateError(
            "this act is not possible on this permit, or not yours",
            remedy="Go back to the permit: it shows what is.",
        )
    return None


def _typed(given: Form | None) -> dict[str, str]:
    names = ("reason", "legal_basis", "shown", "cause")
    return {name: given.text(name) if given else "" for name in names}


def _back(
    act: Callable[[Doing], object], sentence: str
) -> Callable[[Request[Any, Any, Any], Doing], Response[Any]]:
    """An act after which the permit's page says ``sentence``, a msgid."""

    def done(request: Request[Any, Any, Any], doing: Doing) -> Response[Any]:
        act(doing)
        say(request, sentence)
        return Redirect(f"/desk/permits/{doing.number}", status_code=HTTP_303_SEE_OTHER)

    return done


def _propose(request: Request[Any, Any, Any], doing: Doing) -> Response[Any]:
    made = doing.services.proposals.propose_revocation(doing.number, doing.officer, doing.grounds)
    say(request, N_("Proposed. Another officer decides about it."))
    return Redirect(f"/desk/proposals/{made.id}", status_code=HTTP_303_SEE_OTHER)


def _offer(request: Request[Any, Any, Any], doing: Doing) -> Response[Any]:
    created: CreatedOffer = doing.services.offers.create(
        doing.number, officer=doing.officer, by_reference=True
    )
    picture = offer_picture(created.uri, translated(request, _PICTURE))
    return render(
        request, "desk_permit_offer.html", number=doing.number, offer=created, picture=picture
    )


def _slip(_: Request[Any, Any, Any], doing: Doing) -> Response[Any]:
    shown = doing.form.text("shown")
    if shown not in set(DocumentShown):
        raise AnswerMissingError("shown", N_("Choose the document that was shown to you."))
    slips = doing.services.slips
    return _paper(slips.print_slip(doing.number, doing.officer, DocumentShown(shown)))


def _slip_again(_: Request[Any, Any, Any], doing: Doing) -> Response[Any]:
    slips = doing.services.slips
    return _paper(slips.print_again(doing.number, doing.form.text("slip"), doing.officer))


def _paper(slip: PrintedSlip) -> Response[bytes]:
    return Response(
        slip.pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="slip-{slip.slip_id}.pdf"',
            "Cache-Control": "no-store",
        },
    )


_DO: Final[dict[PermitAct, Callable[[Request[Any, Any, Any], Doing], Response[Any]]]] = {
    PermitAct.ENDORSE: _back(
        lambda d: d.services.desk.endorse(d.number, d.officer), N_("The permit was endorsed.")
    ),
    PermitAct.SUSPEND: _back(
        lambda d: d.services.desk.suspend(d.number, d.officer, d.grounds),
        N_("The permit is suspended by order."),
    ),
    PermitAct.RESTORE: _back(
        lambda d: d.services.desk.restore(d.number, d.officer, d.grounds),
        N_("The order was lifted."),
    ),
    PermitAct.REPLACE: _back(
        lambda d: d.services.desk.replace(d.number, d.officer, d.grounds),
        N_("The permit was replaced; all old copies are void."),
    ),
    PermitAct.CANCEL: _back(
        lambda d: d.services.desk.cancel(d.number, d.officer, d.grounds, cause=d.cause),
        N_("The permit was cancelled."),
    ),
    PermitAct.PROPOSE_REVOCATION: _propose,
    PermitAct.OFFER: _offer,
    PermitAct.SLIP: _slip,
    PermitAct.SLIP_AGAIN: _slip_again,
}
