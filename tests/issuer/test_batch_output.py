"""What is said about batches: a bar that follows the work, and every reason in two languages."""

from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from issuer.batch import BatchItem, Counts, Outcome, Preview
from issuer.batch_output import progress_bar, say_counts, say_items, say_preview


def test_the_bar_goes_to_where_the_work_is() -> None:
    @click.command()
    def work() -> None:
        with progress_bar("permits") as progress:
            for done in (0, 3, 10):
                progress(done, 10)

    assert CliRunner().invoke(work).exit_code == 0


def test_a_preview_says_how_many_and_why_not_others(capsys: pytest.CaptureFixture[str]) -> None:
    say_preview(Preview(12, {Outcome.SUSPENDED: 2}, ("P1", "P2")))

    assert capsys.readouterr().out.splitlines() == [
        "12 permits",
        "  2 left out, suspended: The permit is suspended by order. 已被责令中止使用。",
        "  P1",
        "  P2",
        "  … and 10 more",
    ]


def test_counts_and_items_have_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    say_counts(Counts(1, 2, {Outcome.ENDED: 3}))
    say_items(
        [
            BatchItem("P1", Outcome.DONE, datetime(2026, 11, 23, 4, tzinfo=UTC)),
            BatchItem("P2", None, None),
        ]
    )

    assert capsys.readouterr().out.splitlines() == [
        "  2 of 6 done, 1 waiting",
        "  3 left out, ended: The permit has ended. 居住证已终止。",
        "  P1  done  2026-11-23 04:00:00Z",
        "  P2  waiting  -",
    ]
