// The one style sheet of the HTML report, for the day, for the night, for a narrow screen and for paper.

const light = `
  --page: #ffffff; --panel: #f5f7f9; --line: #cfd6dd; --text: #14191f; --quiet: #4f5a66; --link: #0b53a8;
  --good: #0f6b2f; --good-soft: #e5f4e9; --bad: #b0151d; --bad-soft: #fdeceb; --warn: #855000; --warn-soft: #fdf3dc;
  --bad-fill: #b0151d; --good-fill: #0f6b2f; --on-fill: #ffffff; --people: #b4540a; --machine: #3b6ea8; --idle: #d5dbe2; --series: #1f5fa8;
  --forbidden: #b0151d; --code: #eef1f4;`;
const dark = `
  --page: #0e1216; --panel: #171d23; --line: #36404a; --text: #e8ecf0; --quiet: #a7b1bc; --link: #84bdff;
  --good: #63d489; --good-soft: #10291a; --bad: #ff958d; --bad-soft: #341516; --warn: #f1bf5b; --warn-soft: #2d2209;
  --bad-fill: #a3161d; --good-fill: #0f6b2f; --on-fill: #ffffff; --people: #f0a052; --machine: #6ea5e6; --idle: #333d47; --series: #84bdff;
  --forbidden: #ff958d; --code: #1f262d;`;

/** All of it. It has nothing that has to be escaped, and its bytes are what the policy of the page names. */
export const reportStyle = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 4rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, dl, ul, figure, table { margin: 0; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 3rem 0 1rem; padding-top: 1rem; border-top: 2px solid var(--text); }
h3 { font-size: 1.0625rem; line-height: 1.35; margin: 1.5rem 0 0.5rem; }
h4 { display: inline; font-size: 1rem; font-weight: 500; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, .numbers td { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; }
h3 code, h4 code { font-weight: 600; }
time, .took, .numbers td { font-variant-numeric: tabular-nums; white-space: nowrap; }
small, .quiet { color: var(--quiet); font-size: 0.875rem; }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
.patterns { position: absolute; }

.verdict { padding: 1.25rem 1.5rem; border-radius: 10px; border: 3px solid var(--line); background: var(--panel); }
.verdict h1 { line-height: 1.1; font-size: 1.125rem; font-weight: 600; }
.verdict .word { display: block; font-size: clamp(2.25rem, 8vw, 4rem); font-weight: 800; letter-spacing: -0.02em; margin-bottom: 0.4rem; }
.verdict .aside { font-size: 0.5em; letter-spacing: 0; }
.verdict p { margin-top: 0.25rem; }
.verdict.good { background: var(--good-fill); border-color: var(--good-fill); color: var(--on-fill); }
.verdict.good.unchecked { background: var(--good-soft); border-color: var(--good); color: var(--good); border-style: dashed; }
.verdict.bad { background: var(--bad-fill); border-color: var(--bad-fill); color: var(--on-fill); }
.verdict.warn { background: var(--warn-soft); border-color: var(--warn); color: var(--warn); }
.band { margin-top: 0.75rem; padding: 0.7rem 1rem; border-radius: 8px; border-left: 8px solid var(--bad); background: var(--bad-soft); }
.band strong { color: var(--bad); }
.band.warn { border-color: var(--warn); background: var(--warn-soft); } .band.warn strong { color: var(--warn); }
.counts { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0; margin: 1rem 0; list-style: none; }
.counts li { padding: 0.2rem 0.7rem; border-radius: 99px; border: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.counts .good { color: var(--good); border-color: var(--good); } .counts .bad { color: var(--bad); border-color: var(--bad); }
.counts .warn { color: var(--warn); border-color: var(--warn); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 0.4rem 2rem; }
.facts.wide { grid-template-columns: 1fr; }
.facts div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.75rem; }
.facts dt, .meta dt { color: var(--quiet); font-size: 0.875rem; line-height: 1.7; }
.facts dd, .meta dd { margin: 0; unicode-bidi: isolate; }
.meta { display: flex; flex-wrap: wrap; gap: 0.15rem 1.5rem; font-size: 0.875rem; }
.meta div { display: flex; gap: 0.5rem; max-width: 100%; } .meta dt { flex: none; line-height: inherit; } .digests dt { flex: 0 1 auto; } .meta dd { min-width: 0; }
.digests { flex-direction: column; }
nav { margin-top: 1.5rem; border: solid var(--line); border-width: 1px 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; padding: 0.6rem 0; list-style: none; }

.badge { display: inline-block; padding: 0 0.5rem; border-radius: 5px; font-size: 0.8125rem; line-height: 1.55; font-weight: 700; white-space: nowrap;
  border: 1px solid currentcolor; color: var(--quiet); background: var(--page); }
.badge.good { color: var(--good); } .badge.warn { color: var(--warn); background: var(--warn-soft); }
.badge.bad { color: var(--on-fill); background: var(--bad-fill); border-color: var(--bad-fill); }
.card { padding: 0.9rem 1.1rem; margin: 0.75rem 0; border: 1px solid var(--line); border-left: 6px solid var(--line); border-radius: 8px; background: var(--panel); }
.card.bad { border-left-color: var(--bad); } .card.warn { border-left-color: var(--warn); }
.card h3 { margin-top: 0; } .card .meta { margin-top: 0.6rem; }
.accepted { color: var(--warn); font-weight: 600; }
.hint { margin-top: 0.3rem; color: var(--quiet); }
.steps { padding: 0; list-style: none; }
.steps li { padding: 0.3rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.steps { columns: 26rem 2; column-gap: 2rem; }

table { width: 100%; border-collapse: collapse; margin: 0.75rem 0; font-size: 0.875rem; }
.sights caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); font-weight: 400; unicode-bidi: isolate; }
th:last-child, td:last-child { padding-right: 0; }
thead th { overflow-wrap: normal; color: var(--quiet); font-weight: 600; border-bottom-color: var(--quiet); }
.sights { table-layout: fixed; } .sights thead th:nth-child(3) { width: 8rem; }
.deeds { table-layout: fixed; } .deeds thead th:first-child { width: 13.5rem; }
.missed { width: auto; } .missed td { padding-left: 1rem; }
.numbers tbody th { font-weight: 600; }

.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem 3rem; }
.pictures h3 { margin-top: 0; }
.lane { margin-bottom: 0.6rem; }
.lane-name { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: 0.9375rem; line-height: 1.35; }
svg.plan, svg.hands { display: block; width: 100%; height: 24px; overflow: visible; } svg.hands { height: 20px; }
.track { fill: var(--line); } .actual { fill: var(--machine); } .unclosed { fill: url(#unclosed-fill); } .late { fill: var(--people); }
.planned { fill: var(--text); } .t0 { fill: var(--bad); }
.people { fill: var(--people); } .machine { fill: var(--machine); } .both { fill: url(#both-fill); } .idle { fill: var(--idle); }
.key { display: inline-block; margin-right: 1rem; white-space: nowrap; } .swatch { vertical-align: -1px; overflow: visible; }
figcaption { color: var(--quiet); font-size: 0.8125rem; line-height: 1.45; margin-top: 0.4rem; }
.axis span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; }

.hold { display: grid; grid-template-columns: 17rem 1fr 1fr; gap: 0.25rem 2rem; padding: 1rem 0; }
.hold + .hold { border-top: 1px solid var(--line); } .hold > div { min-width: 0; } .hold > div:last-child { grid-column: span 2; }
.hold h3 { margin-top: 0; } .window + .window { margin-top: 1rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-top: 0.5rem; }
.plot { min-width: 0; padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
.plot figcaption { margin: 0 0 0.6rem; font-size: 0.9375rem; color: var(--text); } .plot figcaption p { color: var(--quiet); font-size: 0.875rem; }
.frame { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.25rem 0.5rem; }
.frame .axis { grid-column: 2; }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; color: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; line-height: 1; padding: 3px 0; }
svg.series, svg.marks { display: block; width: 100%; height: 9rem; background: var(--page); border: solid var(--line); border-width: 0 0 1px 1px; overflow: visible; }
svg.marks { height: 50px; }
.line { fill: none; stroke: var(--series); stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.dot, .held { fill: var(--series); } .missed { fill: var(--bad); }
.cross { fill: none; stroke: var(--bad); stroke-width: 2.5; } svg.at { overflow: visible; }
.limit { stroke: var(--forbidden); stroke-width: 1.5; stroke-dasharray: 6 4; } .forbidden { fill: var(--forbidden); opacity: 0.08; }
.limit-name { fill: var(--bad); font-size: 12px; font-weight: 600; paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
.lacking { padding: 0.6rem 0.9rem; border: 1px dashed var(--warn); border-radius: 6px; color: var(--warn); }

.phase { margin-top: 2rem; } .phase h3 { font-size: 1.1875rem; margin-bottom: 0.1rem; } .phase h3 + p { margin-bottom: 0.5rem; }
.step { border-top: 1px solid var(--line); }
.step:last-child { border-bottom: 1px solid var(--line); }
.step:target { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
summary { padding: 0.45rem 0.25rem; cursor: pointer; list-style-position: outside; margin-left: 1.1rem; }
summary:hover { background: var(--panel); }
summary .badge { min-width: 6.9rem; margin-right: 0.4rem; text-align: center; }
.severity { color: var(--quiet); font-size: 0.8125rem; font-style: italic; } .took { color: var(--quiet); font-size: 0.8125rem; float: right; padding-left: 1rem; }
.inside { padding: 0.1rem 0 1rem 1.4rem; } .inside .meta { margin: 0.4rem 0; }
.log-verdict { padding: 0.7rem 1rem; border-left: 8px solid var(--line); background: var(--panel); margin-bottom: 1rem; }
.commands { padding-left: 1.2rem; margin: 0.5rem 0; } .commands code { background: var(--code); padding: 0.1rem 0.35rem; border-radius: 4px; }

@media (max-width: 62rem), print {
  .numbers, .numbers td { font-size: 0.75rem; } .numbers td { white-space: normal; } .numbers td span { white-space: nowrap; } .numbers th, .numbers td { padding-right: 0.5rem; }
  .hold { grid-template-columns: 1fr; } .hold > div:last-child { grid-column: auto; }
}
@media (max-width: 40rem) {
  .facts div { grid-template-columns: 1fr; gap: 0; }
  .stacks, .stacks tbody, .stacks tr, .stacks th, .stacks td { display: block; } .stacks caption { display: block; }
  .stacks thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .stacks tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); } .stacks th, .stacks td { border: 0; padding: 0.1rem 0; }
  .stacks td:empty { display: none; }
  .stacks td::before { content: attr(data-name); display: inline-block; width: 7.5rem; color: var(--quiet); font-family: system-ui, sans-serif; }
  .deeds thead th:first-child { width: 38%; } .deeds time, .missed time { white-space: normal; }
  .sights.stacks th::before { content: attr(data-name); display: inline-block; width: 7.5rem; color: var(--quiet); }
  .digests div { flex-direction: column; gap: 0; }
  .inside { padding-left: 0.25rem; } summary .badge { min-width: 0; } .verdict { padding: 1rem; }
}
@page { size: A4; margin: 14mm 12mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .skip { display: none; }
  .verdict, .badge, .band, svg, .card, .plot { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; margin-left: 0; }
  .card, .plot, .lane, tr, .facts div, .window { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  h2 { margin-top: 1.5rem; } a { color: inherit; text-decoration: none; }
  .pictures { grid-template-columns: 1fr 1fr; gap: 1rem 1.5rem; } .plots { grid-template-columns: 1fr 1fr; }
}
`;
