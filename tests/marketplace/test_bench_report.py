"""What the bench says of its figures: over a gate in milliseconds, over it as a multiple of a bare view, or broken."""

import pytest

from beautydrop.marketplace.bench.report import GATES_BARE_MS, Gate, Row, percentile, table


def test_a_slower_machine_is_held_to_the_multiple_of_its_own_bare_view():
    gate = Gate(p50=8, p95=15)
    within = Row("page", [20.0] * 20, gate, cpu=18.0, bare=GATES_BARE_MS * 3)
    assert (within.verdict, within.verdict_by_ratio) == ("over", "ok")
    beyond = Row("page", [20.0] * 20, gate, cpu=18.0, bare=GATES_BARE_MS * 2)
    assert (beyond.verdict, beyond.verdict_by_ratio) == ("over", "over")
    fast = Row("page", [7.0] * 20, gate, cpu=6.0, bare=GATES_BARE_MS / 2)
    assert (fast.verdict, fast.verdict_by_ratio) == ("ok", "over")


def test_nothing_is_said_by_ratio_of_what_other_processes_answer():
    assert Row("over HTTP", [50.0] * 20, Gate(p95=60), rate=100, bare=10.0).verdict_by_ratio == ""
    assert Row("no gate", [50.0] * 20, cpu=1.0, bare=1.0).verdict_by_ratio == ""


@pytest.mark.parametrize(("queries", "broken"), [(4, ""), (5, "5 queries, pinned at 4")])
def test_more_queries_than_pinned_fail_the_run_and_time_never_does(queries, broken):
    row = Row("page", [500.0] * 20, Gate(p50=8, queries=6, pinned=4), queries=queries, cpu=400.0, bare=0.4)
    assert row.broken == broken
    assert row.verdict == ("FAILED" if broken else "over")
    assert row.name in table([row])


def test_percentiles_are_times_that_were_measured():
    assert percentile([3.0, 1.0, 2.0, 4.0], 50) == 2.0
    assert percentile([3.0, 1.0, 2.0, 4.0], 95) == 4.0
