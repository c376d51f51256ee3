"""The teacher's page: one HTML file that needs nothing else and runs nothing."""

import html
import statistics

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 70em;
       margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
table { border-collapse: collapse; font-size: 90%; }
th { text-align: left; border-bottom: 2px solid #9aa5b1; }
th, td { padding: .25em .9em .25em 0; vertical-align: top; }
.numbers :is(td, th):not(:first-child) { text-align: right;
       font-variant-numeric: tabular-nums; }
tr:nth-child(even) td { background: #f5f7fa; }
.quiet { color: #5f6b7a; } .bad { color: #b3261e; } .good { color: #2e7d32; }
.scroll { overflow-x: auto; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report):
    """The page of a `Report` as text."""
    totals = report.totals()
    shares = [score / points for score, points in totals.values() if points]
    parts = [
        f"<h1>{_text(report.unit)}</h1>",
        f"<p>{_summary(totals, shares)}</p>",
        _histogram(shares),
        "<h2>Exercises and mistakes</h2>",
        _exercises(report),
        "<h2>Needs manual review</h2>",
        "<p class=quiet>Nobody lost a point for what is listed here, except where an "
        "answer was handed to the very function that was asked for.</p>",
        _rows(("what", "who"), _gather(report.odd())),
        "<h2>Could not be read, or was repaired</h2>",
        _rows(("what", "who"), _gather(report.list_failed())),
        "<h2>Handed in nothing</h2>",
        _absent(report.absent()),
        "<h2>Limits that were met</h2>",
        _rows(("what", "who"), _gather(report.list_limited())),
        "<h2>The slowest</h2>",
        _rows(
            ("student", "notebook", "seconds"),
            [(s, n, f"{seconds:.2f}") for s, n, seconds in report.slow()],
        ),
        "<h2>Everybody</h2>",
        _everybody(report),
    ]
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name=viewport content="width=device-width">'
        f"<title>{html.escape(report.unit)}</title><style>{_STYLE}</style></head><body>"
        f"{''.join(parts)}</body></html>"
    )


def _summary(totals, shares):
    if not shares:
        return "No submission has been graded."
    points = max(points for _, points in totals.values())
    mean, median = statistics.fmean(shares), statistics.median(shares)
    return (
        f"{len(totals)} students, {points:g} points; mean {mean:.0%}, "
        f"median {median:.0%}, {sum(s == 1 for s in shares)} with every point."
    )


def _histogram(shares, bars=10):
    counts = [0] * bars
    for share in shares:
        counts[min(bars - 1, int(share * bars))] += 1
    most, width, height = max(counts, default=0) or 1, 72, 120
    drawn = []
    for place, count in enumerate(counts):
        tall = round(height * count / most)
        left = place * width
        drawn.append(
            f'<rect x="{left + 3}" y="{height - tall + 16}" width="{width - 6}" '
            f'height="{tall}" fill="#3e7cb1"/>'
            f'<text x="{left + width / 2}" y="{height - tall + 12}" '
            f'text-anchor="middle">{count or ""}</text>'
            f'<text x="{left + width / 2}" y="{height + 34}" text-anchor="middle" '
            f'fill="#5f6b7a">{place * 100 // bars}–{(place + 1) * 100 // bars} %</text>'
        )
    return (
        f'<svg width="{bars * width}" height="{height + 40}" font-size="12" role="img" '
        f'aria-label="How many students have which share of the points">'
        f"{''.join(drawn)}</svg>"
    )


def _exercises(report):
    means, mistakes, rows = report.means(), report.mistakes(), []
    for name, marks in report.exercises.items():
        told = ", ".join(f"{what} ({count})" for what, count in mistakes[name])
        right = sum(mark.outcome == "right" for _, mark in marks)
        rows.append((name, f"{means[name]:.0%}", f"{right} of {len(marks)}", told))
    return _rows(("exercise", "mean", "right", "mistakes met"), rows)


def _everybody(report):
    ids = report.grade_ids()
    rows = []
    for student, standing in report.standings.items():
        marks = {n: m for r in report.students[student] for n, m in r.marks.items()}
        scores = [_score(marks.get(n), standing.exercises.get(n)) for n in ids]
        late = f"−{standing.penalty:g}" if standing.penalty else ""
        score = f"{standing.score:g}" if standing.handed_in else "nothing handed in"
        rows.append((student, score, late, *scores))
    return _rows(("student", "score", "late", *ids), rows, numbers=True)


def _absent(names):
    if not names:
        return "<p class=quiet>Nobody, of those who are known.</p>"
    return f"<p>{'; '.join(map(_text, names))}</p>"


def _gather(rows):
    """[(student, what)] -> [(what, students)], a row for each thing that was found."""
    found: dict = {}
    for student, what in rows:
        found.setdefault(what, []).append(student)
    return list(found.items())


def _score(mark, counted):
    if counted is None or (mark is None and not counted):
        return ""
    if mark is not None and mark.score is None and not counted:
        return "to be graded by hand"
    return f"{counted:g}"


def _rows(heads, rows, numbers=False):
    if not rows:
        return "<p class=quiet>Nothing.</p>"
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    kind = " class=numbers" if numbers else ""
    return (
        f"<div class=scroll><table{kind}><thead><tr>"
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value):
    """One text, or several names."""
    return "; ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _text(value):
    """Isolated, so that marks of direction in it turn nothing that follows."""
    return f"<bdi>{html.escape(str(value)[:500])}</bdi>"
