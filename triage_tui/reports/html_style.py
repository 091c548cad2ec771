"""How the page of a report looks: on a screen, light or dark, on a phone, and on paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --card: #ffffff; --soft: #eef0f4; --line: #d9dde5;
  --text: #1c212b; --quiet: #4b5360; --link: #0a51a8;
  --bad: #ab1230; --bad-soft: #fbe9ec; --warn: #7d4700; --warn-soft: #fbf0dc;
  --good: #12632f; --good-soft: #e3f3e8;
  --came: #2f6fc4; --went: #2c8a4f; --urgent: #c3203f; --night: #e9ebf1;
  --p1: #b3162f; --p1-on: #ffffff; --p2: #9a4f00; --p2-on: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1217; --card: #161a21; --soft: #20242b; --line: #2e3440;
    --text: #dfe3ea; --quiet: #a8b0be; --link: #7cb7ff;
    --bad: #ff8593; --bad-soft: #35171d; --warn: #ffc069; --warn-soft: #33260f;
    --good: #7ddb96; --good-soft: #12291a;
    --came: #5a9cf2; --went: #5fcf80; --urgent: #ff6b7d; --night: #1c2029;
    --p1: #ff8593; --p1-on: #24060b; --p2: #ffc069; --p2-on: #251600;
  }
}
* { box-sizing: border-box; min-width: 0; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
.page { max-width: 1120px; margin: 0 auto; padding: 32px 24px 48px; }
a { color: var(--link); text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 20px; line-height: 1.3; letter-spacing: -0.005em; }
h3 { font-size: 15px; line-height: 1.4; }
.quiet, .utc { color: var(--quiet); }
.utc { white-space: nowrap; }
.eyebrow { color: var(--quiet); font-weight: 600; }
.when { margin-top: 4px; }
.people { display: flex; flex-wrap: wrap; gap: 4px 28px; margin-top: 16px; }
.people div { display: flex; gap: 8px; }
.people dt { color: var(--quiet); }
.people dd { font-weight: 600; }
.verdict {
  display: flex; gap: 12px; align-items: baseline; margin-top: 20px; padding: 16px 20px;
  border-radius: 10px; border-left: 5px solid var(--bad); background: var(--bad-soft);
  font-size: 19px; line-height: 1.4; font-weight: 600;
}
.verdict span { flex: none; color: var(--bad); }
.verdict.calm { border-color: var(--good); background: var(--good-soft); }
.verdict.calm span { color: var(--good); }
.verdict.unsure { border-color: var(--warn); background: var(--warn-soft); }
.verdict.unsure span { color: var(--warn); }
.doubt { margin-top: 6px; color: var(--quiet); font-size: 14px; }
.flow { display: flex; flex-wrap: wrap; gap: 1px; margin-top: 16px; overflow: hidden;
  border: 1px solid var(--line); border-radius: 10px; background: var(--line); }
.flow div { display: flex; flex-direction: column; justify-content: space-between; flex: 1 1 110px;
  padding: 10px 16px; background: var(--card); }
.flow dt { color: var(--quiet); font-size: 13px; line-height: 1.3; }
.flow dd { white-space: nowrap; font-size: 26px; line-height: 1.3; font-weight: 650; }
.flow .none dd { color: var(--quiet); font-weight: 400; }
.flow .ends { background: var(--soft); }
.flow small { font-size: 14px; font-weight: 600; color: var(--quiet); }
nav ul { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 16px; list-style: none; }
nav a {
  display: block; padding: 4px 11px; border: 1px solid var(--line); border-radius: 999px;
  background: var(--card); color: var(--text); text-decoration: none; font-size: 13px;
}
nav a:hover { border-color: var(--link); color: var(--link); }
nav b, .count { color: var(--quiet); font-weight: 600; }
.part { margin-top: 36px; scroll-margin-top: 12px; }
.part > h2 { display: flex; gap: 10px; align-items: baseline; padding-bottom: 8px;
  border-bottom: 2px solid var(--line); }
.part > p { margin-top: 8px; }
.card { margin-top: 14px; padding: 14px 18px; border: 1px solid var(--line); border-radius: 10px;
  background: var(--card); }
.card h3 { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
.card .remark { color: var(--quiet); font-size: 14px; }
.empty { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 8px 14px;
  margin-top: 14px; }
.empty div { padding: 8px 14px; border: 1px dashed var(--line); border-radius: 8px; }
.empty h3 { display: inline; font-weight: 500; }
.empty p { display: inline; color: var(--quiet); }
.empty .remark { display: block; font-size: 13px; }
.known { padding: 0 7px; border: 1px solid currentColor; border-radius: 999px; color: var(--warn);
  font-size: 12px; line-height: 18px; font-weight: 600; white-space: nowrap; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin-top: 8px; }
th { text-align: left; font-weight: 600; }
thead th { padding: 4px 12px 4px 0; color: var(--quiet); font-size: 13px;
  border-bottom: 1px solid var(--line); }
.cases td, .cases tbody th { padding: 8px 12px 8px 0; vertical-align: top; }
.cases tbody tr + tr > * { border-top: 1px solid var(--line); }
.cases tbody th { font-weight: 400; }
.cases .p { width: 76px; } .cases .s { width: 120px; } .cases .a { width: 130px; }
.cases .w { width: 172px; padding-right: 0; }
.key { display: inline-block; max-width: 100%; margin-right: 8px; font-weight: 650; }
.title { font-weight: 500; }
.why { color: var(--quiet); font-size: 14px; }
.note { margin-top: 6px; padding: 6px 10px; border-left: 3px solid var(--link);
  border-radius: 0 6px 6px 0; background: var(--soft); white-space: pre-line; font-size: 14px; }
.note b { color: var(--link); }
.w .utc { font-size: 13px; }
.by { display: block; font-size: 13px; color: var(--quiet); }
.nobody { color: var(--warn); font-weight: 600; }
.chip { display: inline-block; min-width: 36px; max-width: 100%; padding: 0 7px; border-radius: 6px;
  border: 1px solid var(--line); background: var(--soft); color: var(--text); text-align: center;
  font-size: 13px; line-height: 22px; font-weight: 650; }
.chip.p1 { background: var(--p1); color: var(--p1-on); border-color: var(--p1); }
.chip.p2 { background: var(--p2); color: var(--p2-on); border-color: var(--p2); }
.chip.low { background: none; color: var(--quiet); font-weight: 500; }
summary { margin-top: 10px; padding: 4px 0; color: var(--link); cursor: pointer; font-weight: 600;
  font-size: 14px; }
.left { margin-top: 8px; color: var(--quiet); }
.charts { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 14px;
  grid-auto-flow: row dense; margin-top: 14px; align-items: stretch; }
.charts > * { grid-column: span 4; margin-top: 0; }
.charts > .wide { grid-column: span 8; }
.charts > .half { grid-column: span 6; }
.charts > .tall { grid-row: span 2; }
svg { display: block; width: 100%; height: auto; margin-top: 10px; overflow: visible; }
svg text { fill: var(--text); font-size: 13px; font-family: inherit; }
svg .axis { fill: var(--quiet); }
svg .mid { text-anchor: middle; font-weight: 600; }
svg .hangs { dominant-baseline: hanging; }
svg .rule { stroke: var(--quiet); stroke-width: 1; }
svg .mark { fill: var(--text); }
svg .track { fill: var(--soft); } svg .night { fill: var(--night); }
svg .came, svg .bar { fill: var(--came); } svg .went { fill: var(--went); }
svg .urgent, svg .p1, svg .over { fill: var(--urgent); }
svg .p2 { fill: var(--warn); } svg .calm { fill: var(--went); }
svg.gauge { height: 34px; }
.bars { margin-top: 6px; }
.bars th, .bars td { padding: 3px 0; font-weight: 400; font-size: 14px; line-height: 1.35; }
.bars th { width: 40%; padding-right: 12px; color: var(--quiet); }
.bars.short th { width: 28%; }
.bars svg { height: 12px; margin: 0; }
.bars .n { width: 64px; padding-left: 12px; text-align: right; font-weight: 600;
  white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 6px; list-style: none;
  color: var(--quiet); font-size: 13px; }
.legend li::before { content: ""; display: inline-block; width: 10px; height: 10px;
  margin-right: 6px; border-radius: 2px; background: var(--came); }
.legend .went::before { background: var(--went); }
.legend .urgent::before { background: var(--urgent); }
.legend .night::before { background: var(--night); border: 1px solid var(--line); }
.stats { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 6px 0 14px; }
.stats:last-child { margin-bottom: 0; }
.stats dt { color: var(--quiet); font-size: 13px; }
.stats dd { font-size: 19px; line-height: 1.3; font-weight: 650; }
.big { font-size: 24px; line-height: 1.3; font-weight: 650; margin-top: 6px; }
.big small { font-size: 14px; font-weight: 400; color: var(--quiet); }
.plain td, .plain tbody th { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line);
  font-weight: 400; vertical-align: top; }
.plain tbody th { white-space: normal; }
thead th.n { width: 76px; }
.plain .n { text-align: right; padding-right: 0; white-space: nowrap; }
.plain td.n + .n, .plain th.n + .n { padding-left: 12px; }
.plain tbody tr:last-child > * { border-bottom: 0; }
.notes p { white-space: pre-line; margin-top: 4px; }
.signed { display: none; }
footer { margin-top: 36px; padding-top: 14px; border-top: 2px solid var(--line); }
footer ul { padding-left: 18px; color: var(--quiet); font-size: 14px; }
footer h2 { font-size: 15px; }
@media (max-width: 900px) {
  .charts > *, .charts > .half { grid-column: span 6; }
  .charts > .wide, .glance > * { grid-column: span 12; }
}
@media (max-width: 640px) {
  .page { padding: 20px 16px 32px; }
  h1 { font-size: 24px; }
  .utc { white-space: normal; }
  .verdict { padding: 12px 14px; font-size: 17px; }
  .flow { display: grid; grid-template-columns: repeat(2, 1fr); }
  .flow div { padding: 8px 14px; }
  .flow .ends:last-child:nth-child(odd) { grid-column: span 2; }
  .card { padding: 12px 14px; }
  .charts > *, .charts > .half, .charts > .wide { grid-column: span 12; }
  nav a { padding: 8px 14px; font-size: 14px; }
  svg text { font-size: 25px; }
  svg.dense .mid { display: none; }
  .cases, .cases tbody { display: block; }
  .cases thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .cases tr { display: grid; grid-template-columns: fit-content(45%) 1fr fit-content(70%);
    gap: 2px 10px; padding: 10px 0; }
  .cases tbody tr + tr { border-top: 1px solid var(--line); }
  .cases tbody tr + tr > * { border-top: 0; }
  .cases td, .cases tbody th { padding: 0; width: auto; }
  .cases .p { grid-area: 1 / 1; width: auto; } .cases .w { grid-area: 1 / 2 / 2 / 4; width: auto;
    text-align: right; font-size: 14px; }
  .cases .c { grid-area: 2 / 1 / 3 / 4; }
  .cases .s { grid-area: 3 / 1 / 4 / 3; width: auto; font-size: 14px; }
  .cases .a { grid-area: 3 / 3; width: auto; font-size: 14px; text-align: right; }
  .by { display: inline; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --soft: #f1f1f4; --line: #bbb; --text: #000; --quiet: #444;
    --link: #000; --bad: #8a0f26; --bad-soft: #fff; --warn: #6a3c00; --warn-soft: #fff;
    --good: #0d4d24; --good-soft: #fff; --came: #4a7fc8; --went: #3f9a60; --urgent: #b01a38;
    --night: #eee; --p1: #000; --p1-on: #fff; --p2: #444; --p2-on: #fff;
  }
  @page { margin: 14mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10.5pt; }
  .page { max-width: none; padding: 0; }
  nav, summary { display: none; }
  details::details-content { content-visibility: visible; display: block; }
  .part { margin-top: 20pt; }
  .card { padding: 8pt 10pt; }
  .flow div { flex-basis: 60px; padding: 5pt 7pt; }
  .flow dt { font-size: 8.5pt; }
  .flow dd { font-size: 15pt; }
  .cases .p { width: 60px; } .cases .s { width: 84px; } .cases .a { width: 92px; }
  .cases .w { width: 100px; }
  h2, h3, thead { break-after: avoid; }
  tr, .verdict, .flow, .charts > *, .empty div { break-inside: avoid; }
  .signed { display: flex; gap: 40pt; margin-top: 30pt; }
  .signed p { flex: 1; border-top: 1px solid #000; padding-top: 4pt; }
}
""".strip()
"""A page may have no other: its policy names this text by its digest."""
