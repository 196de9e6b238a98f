"""Rows of measurements, their gates, and the table that compares the two."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# p50 of the bare view where the gates were set: a slower machine is held to their multiple of its own.
GATES_BARE_MS = 0.40


@dataclass(frozen=True, slots=True)
class Gate:
    """What a row is held to; None where nothing is asked. Times in milliseconds, rate per second.

    Only `pinned`, the number of queries that the tests pin as well, fails a run; all else says "over".
    """

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    rate: float | None = None
    queries: int | None = None
    pinned: int | None = None

    def words(self) -> str:
        parts = []
        if self.p50 is not None:
            limits = [limit for limit in (self.p50, self.p95) if limit is not None]
            parts.append("≤ " + " / ".join(f"{limit:g}" for limit in limits) + " ms")
        elif self.p95 is not None:
            parts.append(f"p95 ≤ {self.p95:g} ms")
        if self.p99 is not None:
            parts.append(f"p99 ≤ {self.p99:g} ms")
        if self.rate is not None:
            parts.append(f"≥ {self.rate:g}/s")
        if self.queries is not None:
            parts.append(f"≤ {self.queries} q")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `times` are milliseconds, one per repetition; `failure` is what must never happen."""

    name: str
    times: Sequence[float]
    gate: Gate = Gate()
    queries: int | None = None
    rate: float | None = None
    note: str = ""
    failure: str = ""
    # p50 of this process's own CPU time: what is left when others keep the machine busy.
    cpu: float | None = None
    # p50 of the bare view at the same time, in milliseconds; None where a comparison says nothing.
    bare: float | None = None

    @property
    def p50(self) -> float:
        return percentile(self.times, 50)

    @property
    def p95(self) -> float:
        return percentile(self.times, 95)

    @property
    def p99(self) -> float:
        return percentile(self.times, 99)

    @property
    def broken(self) -> str:
        """What fails the run: more queries than pinned, or a rule that was broken. Timings never do."""
        if self.failure:
            return self.failure
        if self.gate.pinned is not None and self.queries is not None and self.queries > self.gate.pinned:
            return f"{self.queries} queries, pinned at {self.gate.pinned}"
        return ""

    @property
    def verdict(self) -> str:
        return self._verdict(1)

    @property
    def verdict_by_ratio(self) -> str:
        """The verdict with every time limit as that multiple of the bare view which it was where it was set.

        Only for what is timed in this process: how long a bare view took there over HTTP, nobody wrote down.
        """
        return self._verdict(self.bare / GATES_BARE_MS) if self.bare and self.cpu is not None else ""

    def _verdict(self, factor: float) -> str:
        if self.broken:
            return "FAILED"
        gate = self.gate
        limits = [(self.p50, gate.p50), (self.p95, gate.p95), (self.p99, gate.p99)]
        is_over = any(limit is not None and value > limit * factor for value, limit in limits)
        if gate.rate is not None and self.rate is not None and self.rate < gate.rate:
            is_over = True
        if gate.queries is not None and self.queries is not None and self.queries > gate.queries:
            is_over = True
        return "over" if is_over else ("ok" if gate.words() else "")


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest measured time that at least `share` percent of all do not exceed (nearest rank)."""
    if not times:
        return math.nan
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def table(rows: Sequence[Row]) -> str:
    """The rows as text; "× bare" is how many times as long as a bare view with one query, timed in between.

    The last column is the gate as a multiple of that view, see GATES_BARE_MS.
    """
    head = ("what", "p50", "p95", "p99", "cpu", "per s", "queries", "gate", "", "× bare", "so")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = []
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if column in {0, 7, 8, 10} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
        if not number:
            text.append("  ".join("-" * width for width in widths))
    notes = [f"{row.name}: {words}" for row in rows if (words := row.broken or row.note)]
    return "\n".join([*text, "", *notes])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        _ms(row.p50),
        _ms(row.p95),
        _ms(row.p99) if len(row.times) >= 100 else "",
        "" if row.cpu is None else _ms(row.cpu),
        f"{row.rate:.0f}" if row.rate is not None else "",
        "" if row.queries is None else str(row.queries),
        row.gate.words(),
        row.verdict,
        f"{row.p50 / row.bare:.1f}" if row.bare else "",
        row.verdict_by_ratio,
    )


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def write_json(path: str, rows: Sequence[Row], about: dict[str, object]) -> None:
    """All of it for comparing runs: times in milliseconds, rates per second."""
    found = [
        {
            "name": row.name,
            "p50_ms": round(row.p50, 3),
            "p95_ms": round(row.p95, 3),
            "p99_ms": round(row.p99, 3),
            "cpu_ms": round(row.cpu, 3) if row.cpu is not None else None,
            "measured": len(row.times),
            "per_second": round(row.rate, 1) if row.rate is not None else None,
            "queries": row.queries,
            "gate": {name: limit for name, limit in asdict(row.gate).items() if limit is not None},
            "verdict": row.verdict,
            "verdict_by_ratio": row.verdict_by_ratio,
            "times_bare": round(row.p50 / row.bare, 2) if row.bare else None,
            "note": row.note,
        }
        for row in rows
    ]
    content = {**about, "rows": found}
    Path(path).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
