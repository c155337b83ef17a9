"""The card and the history in the words of a page, so that scripts hold no words of their own."""

from typing import Any, Final

from msgspec import Struct

from holder_sim.permit_view import PermitState, PermitView
from holder_sim.showing_history import Outcome, Showing
from holder_sim.web.wallet_language import WalletLanguage
from holder_sim.web.wallet_wording import (
    asker,
    claim_label,
    claim_text,
    clock_time,
    day,
    instant,
    place,
    said,
)
from holder_sim.web.wallet_words import sentence
from schemas.endorsement_window import SHANGHAI

_TONES: Final = {
    PermitState.USABLE: "good",
    PermitState.ENDORSABLE: "warn",
    PermitState.LAPSED: "bad",
    PermitState.SUSPENDED: "bad",
    PermitState.ENDED: "bad",
}


class Row(Struct, frozen=True):
    """One claim on a page."""

    name: str
    label: str
    text: str


class CardFace(Struct, frozen=True, kw_only=True):
    """The card, worded."""

    name: str
    place: str
    number: str
    number_masked: str
    front: tuple[Row, ...]
    rows: tuple[Row, ...]
    state: PermitState
    tone: str
    band: str
    """What the holder can do today, in one sentence."""
    copies: str
    known: str
    """Since when the state is known; empty where it was never asked."""
    advice: str
    """What to do about the endorsement; empty where nothing is to be done."""
    portal: str
    """Where it is asked for; empty where we do not know."""
    has_portrait: bool


class ShownRow(Struct, frozen=True, kw_only=True):
    """One entry of the history, worded."""

    day: str
    time: str
    who: str
    item: str
    case_number: str
    outcome: Outcome
    outcome_text: str
    claims: tuple[str, ...]


def card_face(view: PermitView, language: WalletLanguage, *, portal: str) -> CardFace:
    """The card in the words of the page."""
    advised = view.state in (PermitState.ENDORSABLE, PermitState.LAPSED)
    known = view.standing_as_of
    return CardFace(
        name=view.name or "",
        place=place(view.place, language),
        number=view.number or "",
        number_masked=view.number_masked or "",
        front=_rows(_front(view), language),
        rows=_rows(_back(view), language),
        state=view.state,
        tone=_TONES[view.state],
        band=_band(view, language),
        copies=sentence("copies_left", language, unused=view.unused, copies=view.copies),
        known=sentence("known_as_of", language, time=instant(known, language)) if known else "",
        advice=sentence(f"advice_{view.state.value}", language) if advised else "",
        portal=portal,
        has_portrait=view.has_portrait,
    )


def _front(view: PermitView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("sex", "ethnic_group", "birthdate")}


def _back(view: PermitView) -> dict[str, Any]:
    names = (
        "residence_address",
        "registered_address",
        "issuing_authority",
        "date_of_issuance",
        "continuous_residence_since",
        "permit_number",
    )
    return {name: getattr(view, name) for name in names}


def _rows(values: dict[str, Any], language: WalletLanguage) -> tuple[Row, ...]:
    return tuple(
        Row(name, claim_label(name, language), claim_text(name, value, language))
        for name, value in values.items()
        if value is not None
    )


def _band(view: PermitView, language: WalletLanguage) -> str:
    name = f"state_{view.state.value}"
    if view.state is PermitState.ENDORSABLE and view.days_left < 2:
        name += "_one" if view.days_left else "_today"
    through = day(view.usable_through, language)
    return sentence(name, language, day=through, days=view.days_left)


def shown_row(entry: Showing, language: WalletLanguage) -> ShownRow:
    """An entry of the history in the words of the page."""
    by_code = entry.outcome is Outcome.CODE
    return ShownRow(
        day=day(entry.began_at.astimezone(SHANGHAI).date(), language),
        time=clock_time(entry.began_at),
        who=sentence("any_counter", language) if by_code else asker(entry.verifier),
        item=said((entry.item, entry.item_en), language),
        case_number=entry.case_number,
        outcome=entry.outcome,
        outcome_text=sentence(f"outcome_{entry.outcome.value}", language),
        claims=tuple(claim_label(name, language) for name in entry.claims),
    )
