"""Plots as SVG by hand: no library, no script, colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from evals.statistics import Interval

WIDTH = 720
_LABEL = 170
_ROW = 30
_VALUES = 150  # room for the figures on the right


@dataclass(frozen=True)
class Estimate:
    """One line of a forest plot: a difference, its interval, and a class that gives its colour."""

    label: str
    value: float
    interval: Interval | None
    tone: str = "plain"
    means: tuple[float, float] | None = None  # before and after
    margin: float | None = None  # where it is another than the plot's


def forest(rows: Sequence[Estimate], margin: float | None = None) -> str:
    """Differences with their intervals around nought; ``margin`` draws the line that may not be crossed."""
    margins = [r.margin or margin or 0.0 for r in rows]
    reach = max([0.1, *(abs(x) for r in rows for x in _ends(r)), *(m * 1.4 for m in margins)]) * 1.08
    height = _ROW * len(rows) + 34

    def x(value: float) -> float:
        return _LABEL + (value + reach) / (2 * reach) * (WIDTH - _LABEL - _VALUES)

    parts = [_line(x(0), 6, x(0), height - 26, "axis")]
    if margin is not None:
        tops = [_ROW * n + 22 - _ROW / 2 for n in range(len(rows))]
        parts += [_line(x(-m), y, x(-m), y + _ROW, "margin") for m, y in zip(margins, tops, strict=True)]
        parts += [_text(x(-margin), height - 10, f"−{margin:g}", "tick", "middle")]
    parts += [_text(x(t), height - 10, _signed(t), "tick", "middle") for t in _ticks(reach, margin)]
    for n, row in enumerate(rows):
        parts += _forest_row(row, _ROW * n + 22, x)
    return _svg(height, parts, "Differences with 95 % intervals")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−") if abs(value) > 1e-9 else "0"


def _ends(row: Estimate) -> tuple[float, ...]:
    return (row.value, row.interval.low, row.interval.high) if row.interval else (row.value,)


def _ticks(reach: float, margin: float | None) -> list[float]:
    step = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0) if reach / s <= 3.2 or s == 1.0)
    ticks = [n * step for n in range(-3, 4) if abs(n * step) < reach]
    return [t for t in ticks if margin is None or abs(t + margin) > reach * 0.12]


def _forest_row(row: Estimate, y: float, at: Callable[[float], float]) -> list[str]:
    parts = [_text(_LABEL - 14, y + 4, row.label, "label", "end")]
    if row.interval:
        parts.append(_line(at(row.interval.low), y, at(row.interval.high), y, f"reach {row.tone}"))
    parts.append(f'<circle class="dot {row.tone}" cx="{at(row.value):.1f}" cy="{y}" r="5"/>')
    parts.append(_text(WIDTH - 4, y + 4, f"{row.value:+.3f}".replace("-", "−"), "value", "end"))
    if row.means:
        parts.append(_text(WIDTH - 62, y + 4, "{:.2f} → {:.2f}".format(*row.means), "tick", "end"))
    return parts


def bars(rows: Sequence[tuple[str, float, float, Interval | None]]) -> str:
    """Means from 0 to 1 with their intervals, and the share that passed: a bar, a line across its end, a mark."""
    height = _ROW * len(rows) + 10
    span = WIDTH - _LABEL - 70
    parts = []
    for n, (label, mean, passed, interval) in enumerate(rows):
        y = _ROW * n + 18
        low, high = (interval.low, interval.high) if interval else (mean, mean)
        parts += [
            _text(_LABEL - 14, y + 4, label, "label", "end"),
            f'<rect class="track" x="{_LABEL}" y="{y - 6}" width="{span}" height="12" rx="6"/>',
            f'<rect class="bar" x="{_LABEL}" y="{y - 6}" width="{max(2.0, span * mean):.1f}" height="12" rx="6"/>',
            _line(_LABEL + span * low, y, _LABEL + span * high, y, "whisker"),
            f'<circle class="passed" cx="{_LABEL + span * passed:.1f}" cy="{y}" r="4"/>',
            _text(WIDTH - 4, y + 4, f"{mean:.2f}", "value", "end"),
        ]
    return _svg(height, parts, "Mean scores, and the share of messages that passed")


def scatter(points: Sequence[tuple[float, float, str, str]], across: str) -> str:
    """Score against length: ``points`` are x, y (0 to 1), a class for the colour, and what to say on hovering."""
    height, left, bottom = 300, 44, 34
    most = max([10.0, *(p[0] for p in points)]) * 1.04

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x / most * (WIDTH - left - 14), (height - bottom) - y * (height - bottom - 12)

    parts = []
    for y in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts += [
            _line(left, at(0, y)[1], WIDTH - 10, at(0, y)[1], "grid"),
            _text(left - 8, at(0, y)[1] + 4, f"{y:g}", "tick", "end"),
        ]
    step = next(s for s in (5, 10, 20, 25, 50, 100, 250, 1000) if most / s <= 8 or s == 1000)
    parts += [_text(at(x, 0)[0], height - 14, str(x), "tick", "middle") for x in range(0, int(most) + 1, step)]
    parts.append(_text(WIDTH - 10, height, across, "tick", "end"))
    for x, y, tone, said in points:
        cx, cy = at(x, y)
        parts.append(
            f'<circle class="point {tone}" cx="{cx:.1f}" cy="{cy:.1f}" r="4"><title>{escape(said)}</title></circle>'
        )
    return _svg(height + 6, parts, "Score against length")


def stack(parts: Sequence[tuple[str, int]]) -> str:
    """One bar cut into named shares."""
    total, x, drawn = max(1, sum(n for _, n in parts)), 0.0, []
    for name, count in parts:
        width = WIDTH * count / total
        if not count:
            continue
        drawn.append(
            f'<rect class="share {escape(name)}" x="{x:.1f}" y="0" width="{max(1.0, width - 2):.1f}" height="26" '
            f'rx="5"><title>{escape(name)}: {count}</title></rect>'
        )
        if width > 90:
            drawn.append(_text(x + width / 2, 18, f"{name} {count / total:.0%}", "on", "middle"))
        x += width
    return _svg(28, drawn, "Who wrote the messages")


def histogram(values: Sequence[float], unit: str, bins: int = 24) -> str:
    """How often which value, with the median and the 95th percentile marked."""
    if not values:
        return ""
    height, bottom, ordered = 150, 24, sorted(values)
    most = max(ordered[-1], 1e-6)
    counts = [0] * bins
    for value in ordered:
        counts[min(bins - 1, int(value / most * bins))] += 1
    step, tallest = WIDTH / bins, max(counts)
    parts = []
    for n, count in enumerate(counts):
        tall = (height - bottom - 18) * count / tallest
        if count:
            top = height - bottom - tall
            parts.append(
                f'<rect class="bar" x="{n * step + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" height="{tall:.1f}" '
                f'rx="2"><title>{count}</title></rect>'
            )
    for share, name in ((0.5, "median"), (0.95, "95 %")):
        value = ordered[min(len(ordered) - 1, int(share * len(ordered)))]
        x = min(WIDTH - 4, value / most * WIDTH)
        anchor = "end" if x > WIDTH - 130 else "start"
        parts += [
            _line(x, 14, x, height - bottom, "margin"),
            _text(
                x + (-5 if anchor == "end" else 5),
                12 if share > 0.5 else 26,
                f"{name} {value:.3g} {unit}",
                "tick",
                anchor,
            ),
        ]
    parts += [_text(0, height - 6, "0", "tick", "start"), _text(WIDTH, height - 6, f"{most:.3g} {unit}", "tick", "end")]
    return _svg(height, parts, f"Distribution in {unit}")


def _svg(height: float, parts: Sequence[str], name: str) -> str:
    inner = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(name)}">{inner}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
