"""Sentences that the scripts of the counter's page say, and one for every error it can meet.

The page carries them in its language, so that a script holds no sentence of its own. An
error is told by its code: what happened, and what the clerk does next.
"""

from functools import lru_cache
from typing import Any, Final

from verifier.web.counter_language import LANGUAGES, CounterLanguage, catalogue


def N_(sentence: str) -> str:
    """Marks a sentence that is translated when it is used."""
    return sentence


WORDS: Final = {
    "accepted": N_("Accepted"),
    "refused": N_("Refused"),
    "cannot_say": N_("Cannot say"),
    "checking": N_("Checking …"),
    "ready": N_("Ready for the next person"),
    "clears_in": N_("Clears in {seconds} s"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "unknown": N_("could not be checked"),
    "portrait": N_("Portrait on the permit"),
    "checked_at": N_("Checked at {time}"),
    "sound_on": N_("Sound is on"),
    "sound_off": N_("Sound is off"),
    "camera_starting": N_("Opening the camera …"),
    "camera_reading": N_("The camera is reading: {width} × {height}, {rate} a second"),
    "camera_paused": N_("The camera pauses while the page is not in sight."),
    "camera_unclear": N_(
        "There is a code, but it cannot be read: closer, brighter screen, fingers off, hold still."
    ),
    "camera_several": N_("Several codes are in sight: show one at a time."),
    "camera_same": N_("This is the code just checked. Take the phone away, then show the next."),
    "camera_dark": N_("It is too dark: turn the phone's screen brighter, or switch on a light."),
    "camera_small": N_(
        "This camera gives only {width} × {height}; dense codes need 1280 × 720. Choose another "
        "camera, or hold the phone so that the code fills the picture."
    ),
    "camera_refused": N_(
        "The browser may not use the camera. Allow it at the left of the address bar, then press "
        "Open the camera. Until then: scanner, pasted text or a picture."
    ),
    "camera_absent": N_(
        "No camera was found. Plug one in and press Open the camera. Until then: scanner, pasted "
        "text or a picture."
    ),
    "camera_busy": N_("Another program holds the camera. Close it, then press Open the camera."),
    "camera_insecure": N_(
        "Browsers give the camera only to pages under https or on this machine. Ask the "
        "administrator for the https address. Until then: scanner, pasted text or a picture."
    ),
    "camera_number": N_("Camera {number}"),
    "wedge_took": N_("The scanner typed {count} characters."),
    "request_making": N_("Making a request …"),
    "request_ends_in": N_("Ends in {time}"),
    "request_over": N_("The request has ended without an answer. Make a new one."),
    "request_declined": N_("The holder said no, or the wallet could not answer. Nothing was sent."),
    "request_alt": N_("QR code with the request, for a wallet to scan"),
}
"""By the name the scripts use; ``{…}`` is filled in there."""

COUNTER_ERRORS: Final = {
    "verifier_silent": (
        N_("The verifier does not answer."),
        N_("Check the network; the page tries again with the next scan."),
    ),
    "counter_not_set_up": (
        N_("This browser is not set up as a counter."),
        N_("An administrator sets it up: press Settings."),
    ),
    "permit_not_needed": (
        N_("This service does not need the residence permit."),
        N_("Do not ask for it. Serve the person on the identity card."),
    ),
    "unknown_item": (
        N_("This counter does not offer this service any more."),
        N_("Choose another, or ask the administrator."),
    ),
    "bad_case": (
        N_("Case number and purpose are needed, each one line of at most 80 characters."),
        N_("Fill in both, then scan again."),
    ),
    "not_a_picture": (
        N_("This file is neither a picture (PNG, JPEG) nor a PDF, or it is damaged or locked."),
        N_("Take a picture of the code, or let it be scanned."),
    ),
    "picture_too_large": (
        N_("This picture is too large."),
        N_("Take it again with fewer pixels, or cut out the code."),
    ),
    "too_large": (
        N_("This is more than one code can hold, or a file of more than 8 MB."),
        N_("Send only the code."),
    ),
    "bad_encoding": (N_("This is not a text."), N_("Copy the code once more.")),
    "busy": (N_("Many cameras are being read just now."), N_("The page goes on by itself.")),
    "too_many_sessions": (
        N_("As many requests are open as this verifier holds."),
        N_("Try again in a moment, or scan the code instead."),
    ),
    "unknown_session": (N_("This request is no longer known."), N_("Make a new one.")),
    "not_your_session": (N_("This request belongs to another counter."), N_("Make a new one.")),
    "store_unavailable": (
        N_("It cannot be told whether a code was used before."),
        N_("Accept none until the administrator has looked at the verifier."),
    ),
    "store_full": (
        N_("It cannot be told whether a code was used before."),
        N_("Accept none until the administrator has looked at the verifier."),
    ),
    "wrong_pin": (N_("This is not the administrator's PIN."), N_("Ask the administrator.")),
    "pin_locked": (
        N_("Too many wrong PINs; none is compared for a while."),
        N_("Wait, then ask the administrator."),
    ),
    "pin_not_set": (
        N_("No administrator's PIN is set on this verifier."),
        N_("On the verifier's machine: python -m verifier counter-pin"),
    ),
    "bad_counter": (
        N_("The counter is not complete: it needs an office and at least one service."),
        N_("Fill in what is missing."),
    ),
    "unknown_county": (N_("No county of Zhejiang has this code."), N_("Choose one in the list.")),
    "foreign_page": (
        N_("This page was reached under a name that is not the verifier's own."),
        N_("Open it by the address that the administrator gave you."),
    ),
    "invalid_request": (
        N_("There is nothing here, or it cannot be used in this way."),
        N_("Go back to the counter."),
    ),
    "internal_error": (N_("This is our fault."), N_("Try again; the page stays ready.")),
}
"""What happened and what to do, by the error's code."""

OTHERWISE: Final = "internal_error"


@lru_cache(maxsize=len(LANGUAGES))
def words_for(language: CounterLanguage) -> dict[str, Any]:
    """All of it in ``language``, as a page carries it."""
    gettext = catalogue(language).gettext
    return {
        "language": language.tag,
        "say": {name: gettext(sentence) for name, sentence in WORDS.items()},
        "errors": {
            code: {"what": gettext(what), "remedy": gettext(remedy)}
            for code, (what, remedy) in COUNTER_ERRORS.items()
        },
    }


def error_words(code: str, language: CounterLanguage) -> tuple[str, str]:
    """What happened and what to do, for an error that a page shows by itself."""
    gettext = catalogue(language).gettext
    what, remedy = COUNTER_ERRORS.get(code, COUNTER_ERRORS[OTHERWISE])
    return gettext(what), gettext(remedy)
