"""Batches: what became of a permit has words in both languages, and numbers sort by age."""

from issuer.batch import (
    OUTCOME_SENTENCES,
    SAMPLE_SIZE,
    Counts,
    Outcome,
    batch_id,
    preview_of,
)


def test_each_outcome_has_a_sentence_in_both_languages() -> None:
    assert set(OUTCOME_SENTENCES) == set(Outcome)
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in OUTCOME_SENTENCES.values())


def test_counts_add_up_to_all() -> None:
    assert Counts(1, 2, {Outcome.ENDED: 3, Outcome.LAPSED: 4}).total == 10


def test_a_preview_shows_the_first_few() -> None:
    numbers = [f"P{n:02d}" for n in range(30)]

    assert preview_of(numbers, {}).sample == tuple(numbers[:SAMPLE_SIZE])
    assert (preview_of(numbers, {}).count, preview_of([], {}).sample) == (30, ())


def test_numbers_sort_as_they_were_given_out() -> None:
    given = [batch_id("330302", 2026, serial) for serial in (1, 2, 10, 9_999_999)]

    assert given == sorted(given)
    assert given[0] == "PL33030220260000001"
    assert max(map(len, given)) <= 20  # the width of the column in the audit log
