"""Every code that a sentence is for exists, and those that people meet have one."""

import pkgutil
from importlib import import_module
from typing import Final

import issuer
from issuer.web.error_sentences import GENERAL, N_, SENTENCES, STATUS_SENTENCES
from schemas.errors import ServiceError

MET: Final = {
    "application_state",
    "bad_citizen_id_number",
    "bad_phone_number",
    "document_too_large",
    "document_type",
    "draft_incomplete",
    "identity_check_failed",
    "identity_check_locked",
    "stale_form",
    "too_many_attempts",
    "unknown_application",
    "window_not_open",
}


def codes() -> set[str]:
    """The codes of every error there is."""
    for module in pkgutil.walk_packages(issuer.__path__, "issuer."):
        if "__main__" not in module.name and "migrations" not in module.name:
            import_module(module.name)
    found: set[str] = set()
    pending = [ServiceError]
    while pending:
        error = pending.pop()
        found.add(error.code)
        pending.extend(error.__subclasses__())
    return found


def test_no_sentence_is_for_a_code_that_is_gone() -> None:
    assert set(SENTENCES) - codes() == set()


def test_what_people_meet_is_said_in_words() -> None:
    assert set(SENTENCES) >= MET
    assert all(sentence.endswith((".", "?")) for sentence, _ in SENTENCES.values())
    assert {400, 403, 404, 405, 413, 500} <= set(STATUS_SENTENCES)
    assert N_(GENERAL) == GENERAL
