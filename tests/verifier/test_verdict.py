"""How findings add up to a verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.divisions import county
from verifier.verdict import (
    CheckResult,
    Failed,
    Finding,
    Passed,
    Unknown,
    Verdict,
    conclude,
    failed,
    unknown,
)


@pytest.mark.parametrize(
    ("results", "kind", "reason"),
    [
        ([Passed()], "accepted", None),
        ([Passed(), Passed()], "accepted", None),
        ([Passed(), failed("b")], "refused", "b"),
        ([failed("a"), failed("b")], "refused", "a"),
        ([unknown("a"), failed("b")], "refused", "b"),  # a failure outweighs ignorance
        ([Passed(), unknown("b"), unknown("c")], "cannot_say", "b"),
        ([], "cannot_say", "nothing_checked"),
    ],
)
def test_conclude(results: list[CheckResult], kind: str, reason: str | None) -> None:
    findings = [Finding(f"check {number}", result) for number, result in enumerate(results)]

    assert conclude(findings) == (kind, reason)


results = st.one_of(
    st.just(Passed()),
    st.builds(Failed, st.text(min_size=1)),
    st.builds(Unknown, st.text(min_size=1)),
)


@given(st.lists(results, min_size=1))
def test_accepted_needs_every_check(answers: list[CheckResult]) -> None:
    kind, reason = conclude([Finding("check", answer) for answer in answers])

    assert (kind == "accepted") == all(isinstance(answer, Passed) for answer in answers)
    assert (kind == "refused") == any(isinstance(answer, Failed) for answer in answers)
    assert (reason is None) == (kind == "accepted")


@pytest.mark.parametrize("answer", [Passed(), failed("a"), unknown("a")])
def test_an_answer_has_no_truth_value(answer: CheckResult) -> None:
    with pytest.raises(TypeError):
        bool(answer)


def test_a_verdict_has_no_truth_value() -> None:
    verdict = Verdict(
        kind="refused", reason="a", findings=(), item="x", counter_county=county("330302")
    )
    with pytest.raises(TypeError):
        bool(verdict)
