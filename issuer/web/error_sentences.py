"""What errors say to people who read no English details: a sentence and a remedy for each code.

Msgids; their Chinese stands in ``locales``. In English the error's own detail is shown, which
names what was found.
"""

from typing import Final


def N_(msgid: str) -> str:
    """Marks a msgid for extraction."""
    return msgid


GENERAL: Final = N_("The service cannot do this just now.")
TRY_AGAIN: Final = N_("Nothing was lost. Try again in a while.")
READ_AGAIN: Final = N_("Look at the present state and decide again.")
ASK_COLLEAGUE: Final = N_("Ask an officer of that county, or one who has the role.")

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "application_state": (
        N_("The application's state does not allow this now."),
        READ_AGAIN,
    ),
    "audit_log_broken": (
        N_("The audit log is not as it was written."),
        N_("Keep the database as it is, and compare it with its backups."),
    ),
    "busy": (GENERAL, TRY_AGAIN),
    "bad_criteria": (
        N_("What was chosen cannot be looked for like this."),
        N_("Correct the field, or choose another condition."),
    ),
    "bad_particulars": (
        N_("Something that was filled in cannot be right."),
        N_("Go back, correct it and send the form again."),
    ),
    "bad_password": (
        N_("This password is not taken."),
        N_("Choose one of 12 to 128 characters that neither repeats the old one nor your id."),
    ),
    "batch_state": (
        N_("Its state does not allow this now, or another officer has to do it."),
        READ_AGAIN,
    ),
    "bad_statement": (
        N_("What was written is longer than 200 characters, or has several lines."),
        N_("Shorten it to one line."),
    ),
    "bad_phone_number": (
        N_("This is not a mainland mobile number."),
        N_("Give eleven digits that begin with 13 to 19, or leave the field empty."),
    ),
    "bad_citizen_id_number": (
        N_("This citizen identification number cannot be right."),
        N_("Compare it with the ID card, the last character included."),
    ),
    "document_bomb": (
        N_("The file unpacks to far more than a document should, so it was not taken."),
        N_("Photograph or scan the document again."),
    ),
    "document_too_large": (
        N_("The file is too large."),
        N_("A document has at most 10 MB. Photograph it with a lower resolution."),
    ),
    "document_type": (
        N_("The file is neither PDF nor JPEG nor PNG."),
        N_("Save it in one of these formats, or photograph the document."),
    ),
    "document_unreadable": (
        N_("The file is damaged, cut off or locked by a password."),
        N_("Photograph or scan the document again."),
    ),
    "document_unsafe": (
        N_("The file carries scripts or other files inside, so it was not taken."),
        N_("Photograph or scan the document again."),
    ),
    "draft_incomplete": (
        N_("A step of the application is still to be done."),
        N_("Go back to your draft: it opens at that step."),
    ),
    "identity_check_failed": (
        N_("The identity check was not passed."),
        N_("Try again, or come to the counter with the ID card."),
    ),
    "identity_check_locked": (
        N_("There were too many identity checks that were not passed."),
        N_("Wait before you try again, or come to the counter with the ID card."),
    ),
    "not_allowed_at_desk": (N_("This officer may not do this."), ASK_COLLEAGUE),
    "not_eligible": (
        N_("A ground is not fulfilled, so nothing was granted."),
        READ_AGAIN,
    ),
    "credential_request_denied": (
        N_("The permit cannot be added to a wallet now."),
        N_("Look under progress for how its use can be restored."),
    ),
    "not_ready": (
        N_("Something that this needs is not set up here."),
        N_("Tell whoever keeps the service."),
    ),
    "passkey_copied": (
        N_("The counter of this device went back: there may be a copy of it."),
        N_("Tell an administrator of your county, who takes the passkeys off."),
    ),
    "passkey_refused": (
        N_("The passkey was not accepted."),
        N_("Load the page anew and try again."),
    ),
    "permit_ended": (
        N_("There is no permit that this could be about."),
        N_("Apply for a first permit."),
    ),
    "permit_state": (N_("The permit's state does not allow this now."), READ_AGAIN),
    "sign_in_refused": (
        N_("Name or password is not right, or the account is locked for now."),
        N_("Try again later, or have an administrator of your county give you a new password."),
    ),
    "proposal_state": (
        N_("The proposal was decided, or you may not decide it."),
        READ_AGAIN,
    ),
    "second_opinion_needed": (
        N_("Two officers decide about an exemption."),
        N_("One proposes, another approver confirms."),
    ),
    "slip_font_missing": (
        N_("The slip cannot be drawn: a character or a font is missing here."),
        N_("Tell whoever runs the service; nothing was printed."),
    ),
    "stale_form": (
        N_("The draft was changed elsewhere after this form was opened."),
        N_("What was saved is kept. Look at it once more, and fill in what is missing."),
    ),
    "store_full": (
        N_("The service has too much to do just now."),
        TRY_AGAIN,
    ),
    "store_unavailable": (GENERAL, TRY_AGAIN),
    "storage_failed": (GENERAL, TRY_AGAIN),
    "too_many_attempts": (
        N_("This was tried too often."),
        N_("Wait before you try again, or come to the counter with the ID card."),
    ),
    "too_many_files": (
        N_("These are more files than one form takes, so none of them was handed in."),
        N_("Go back and send them in several turns, ten at most in each."),
    ),
    "unknown_application": (
        N_("No application of yours has this number."),
        N_("Compare it with the receipt."),
    ),
    "unknown_batch": (
        N_("No campaign or mass act has this number."),
        N_("Open the list again."),
    ),
    "unknown_county": (N_("Choose a county of the list."), ""),
    "unknown_document": (N_("There is no such document."), N_("Open the list again.")),
    "unknown_officer": (
        N_("The county has no officer of this id."),
        N_("Open the list again."),
    ),
    "unknown_proposal": (N_("There is no such proposal."), N_("Open the list again.")),
    "unknown_permit": (N_("No permit has this number."), N_("Compare it with the permit.")),
    "window_not_open": (
        N_("The endorsement window is not open yet."),
        N_("It opens one month before each full year from the day of issue."),
    ),
}
"""Code of the error to sentence and remedy."""

STATUS_SENTENCES: Final[dict[int, tuple[str, str]]] = {
    400: (
        N_("The form could not be read."),
        N_("Go back, fill it in again and send it once more."),
    ),
    403: (
        N_("The form is too old, or was not sent from this site."),
        N_("Go back, load the page again and send the form once more."),
    ),
    404: (
        N_("There is no page at this address."),
        N_("Compare the address, or begin at the start page."),
    ),
    405: (
        N_("This address does not take what was sent."),
        N_("Begin at the start page."),
    ),
    413: (
        N_("What was sent is too large."),
        N_("A document has at most 10 MB, and several together 32 MB."),
    ),
    500: (
        N_("The service failed; the fault has been recorded."),
        N_("Nothing that was saved is lost. Try again in a while."),
    ),
}
"""HTTP status to sentence and remedy, for what the framework refuses."""
