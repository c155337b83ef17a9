"""Sentences that the scripts of the pages say, and one for every error a page can meet.

Each page carries them in its language, so that a script holds no sentence of its own. An
error is told by its code: what happened, and what to do next.
"""

from functools import lru_cache
from typing import Final

from holder_sim.web.wallet_language import LANGUAGES, WalletLanguage, catalogue


def N_(sentence: str) -> str:
    """Marks a sentence that is translated when it is used."""
    return sentence


SENTENCES: Final = {
    "locks_in": N_("Locks in {seconds} s"),
    "locked_for": N_("Locked after too many failed checks. Try again in {minutes} min."),
    "unmask": N_("Show"),
    "unmask_number": N_("Show the whole number"),
    "mask": N_("Hide"),
    "mask_number": N_("Hide the number"),
    "renewing": N_("Asking the issuing authority for new copies …"),
    "renewed": N_("New copies are here."),
    "not_renewed": N_("New copies could not be fetched now; the ones you have still work."),
    "copies_left": N_("{unused} of {copies} copies not shown yet"),
    "known_as_of": N_("State known as of {time}"),
    "state_usable": N_("Usable through {day}"),
    "state_endorsable": N_("Endorsement due: {days} days left, until {day}"),
    "state_endorsable_one": N_("Endorsement due: 1 day left, until {day}"),
    "state_endorsable_today": N_("Endorsement due: today is the last day"),
    "state_lapsed": N_("The last day of use was {day}. A late endorsement restores the permit."),
    "state_suspended": N_("Suspended by the issuing authority. Ask the police of your county."),
    "state_ended": N_("This permit has ended or was replaced. It no longer counts at any counter."),
    "advice_endorsable": N_(
        "Ask for it before the last day, so that the permit stays usable and your years of "
        "residence go on counting."
    ),
    "advice_lapsed": N_(
        "Ask for it now: the permit becomes usable again. Your years of residence count anew "
        "from the day of the late endorsement."
    ),
    "renews_in": N_("New code in {seconds} s"),
    "code_alt": N_("QR code with the permit, for the counter to scan"),
    "choose_one": N_("Choose at least one item."),
    "offer_reading": N_("Checking who makes the offer …"),
    "offer_fetching": N_("Fetching the permit; this can take some seconds …"),
    "offer_kept": N_("The permit is in your card pack."),
    "reading_picture": N_("Looking for a code in the picture …"),
    "picture_read": N_("The code was read."),
    "asking": N_("Reading the counter's request …"),
    "sending": N_("Sending …"),
    "sent": N_("Sent. The counter has it now."),
    "refused": N_("You said no. The counter was told so, and nothing else."),
    "no_claims": N_("Nothing but that the permit is good, and for which county"),
    "no_item": N_("The counter did not say what for."),
    "outcome_code": N_("Code shown on the screen"),
    "outcome_sent": N_("Sent"),
    "outcome_declined": N_("Not sent"),
    "any_counter": N_("Whoever scanned the code"),
    "removed": N_("The permit and its history are no longer on this device."),
    "nothing_found": N_("There is no such licence here. Try 居住证."),
}
"""By the name the scripts use; ``{…}`` is filled in there."""

ERRORS: Final = {
    "wallet_silent": (
        N_("The wallet's service on this device does not answer."),
        N_("Start it again, then reload this page."),
    ),
    "locked": (N_("The wallet is locked."), N_("Pass the face check again.")),
    "face_mismatch": (
        N_("The face check failed: this was not recognised as the holder."),
        N_("Look straight into the camera, in better light, and try again."),
    ),
    "too_many_failures": (
        N_("Too many face checks failed; the wallet has locked itself for a while."),
        N_("Wait, or go to the police counter with your ID card."),
    ),
    "busy": (N_("The wallet is fetching copies already."), N_("Try again in a moment.")),
    "nothing_to_show": (
        N_("No permit with these items is on this device."),
        N_("Choose fewer items, or add the permit first."),
    ),
    "not_packable": (
        N_("So many items do not fit into one code."),
        N_("Choose fewer items; the portrait can only be sent to a counter that asks for it."),
    ),
    "not_a_code_text": (
        N_("So many items do not fit into one code."),
        N_("Choose fewer items; the portrait can only be sent to a counter that asks for it."),
    ),
    "issuer_refused": (
        N_("The issuing authority said no."),
        N_("Check the transaction code. An offer works once: if it was used, ask for a new one."),
    ),
    "bad_issuer": (
        N_("The answer of the issuing authority makes no sense; nothing was kept."),
        N_("Try again later. If it happens again, tell the police counter."),
    ),
    "bad_credential": (
        N_("What came is not a genuine permit for you; nothing was kept."),
        N_("Tell the police counter."),
    ),
    "invalid_credential_offer": (
        N_("This is not an offer this wallet can use, or its transaction code is missing."),
        N_("Copy the whole link from the message, and type the code that came with it."),
    ),
    "unknown_issuer": (
        N_("Nobody in Zhejiang who may issue permits makes this offer; they were not even asked."),
        N_("Do not type your transaction code anywhere else. Tell the police counter."),
    ),
    "bad_trust_list": (
        N_("The province's list of authorities is missing or out of date."),
        N_("Connect to the network once and try again."),
    ),
    "bad_request": (
        N_("This request cannot be trusted, so it was not answered."),
        N_("Ask the counter to make a new one."),
    ),
    "invalid_request_object": (
        N_("This is not a request of a counter, or its time is over."),
        N_("Ask the counter to make a new one, and scan that."),
    ),
    "declined": (
        N_("No usable permit with what was asked for is on this device; the counter was told no."),
        N_("Open the permit and see whether it needs an endorsement or new copies."),
    ),
    "unreachable": (
        N_("The other side cannot be reached."),
        N_("Check the network and try again. Showing a code works without it."),
    ),
    "not_a_picture": (
        N_("This file is not a picture the wallet can read, or it is too large."),
        N_("Use a screenshot or a photograph (PNG, JPEG or WebP)."),
    ),
    "no_code_found": (
        N_("No code can be read in this picture."),
        N_("Take it again: closer, straight, in good light, with nothing but the code in it."),
    ),
    "several_codes": (
        N_("There is more than one code in this picture."),
        N_("Take it again with only one of them in it."),
    ),
    "not_a_wallet_link": (
        N_("This code is not for the wallet."),
        N_("Scan the code of the offer or of the counter; payment and health codes are others."),
    ),
    "sealed": (
        N_("What is kept on this device cannot be opened; it was changed or is another device's."),
        N_("Remove it under Lost phone, and add the permit again."),
    ),
    "bad_url": (
        N_("This link is cut short or leads to an address that is not taken."),
        N_("Copy it again, as a whole."),
    ),
    "no_such_request": (
        N_("This request is no longer open here."),
        N_("Read it again from the counter's code."),
    ),
    "too_large": (N_("That is too much at once."), N_("Send less.")),
    "invalid_request": (N_("The wallet does not understand this."), N_("Reload the page.")),
    "internal_error": (N_("This is the wallet's own fault."), N_("Try again.")),
}
"""What happened, and what to do, by the code of the error."""
OTHERWISE: Final = "internal_error"


def sentence(name: str, language: WalletLanguage, **values: object) -> str:
    """One of ``SENTENCES`` in ``language``, filled in."""
    return catalogue(language).gettext(SENTENCES[name]).format(**values)


@lru_cache(maxsize=len(LANGUAGES))
def words_for(language: WalletLanguage) -> dict[str, object]:
    """All of it in one language, as the pages carry it."""
    say = catalogue(language).gettext
    return {
        "language": language.tag,
        "say": {name: say(sentence) for name, sentence in SENTENCES.items()},
        "errors": {
            code: {"what": say(what), "remedy": say(remedy)}
            for code, (what, remedy) in ERRORS.items()
        },
    }
