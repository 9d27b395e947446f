/** Ink on paper has at least 4.5 : 1 in both schemes (WCAG AA); what a colour says, a line says too. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fbfaf7; --box: #ffffff; --ink: #22252b; --soft: #595f6b; --rule: #dcd9d1;
  --link: #0b57a4; --sure: #dceafa; --sure-line: #2f6fb5; --unsure: #fbeccb; --unsure-line: #95650a; --nil-line: #6f7582;
  --bar: #e7e5df; --shadow: 0 1px 2px #0002, 0 8px 28px #0003; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #16181d; --box: #20242b; --ink: #e3e5ea; --soft: #a3abb9;
  --rule: #363b45; --link: #8fc0f5; --sure: #1d3a5c; --sure-line: #7db2ec; --unsure: #45360f; --unsure-line: #dcae4a;
  --nil-line: #9098a6; --bar: #343a45; --shadow: 0 1px 2px #0006, 0 8px 28px #000a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 5rem; max-width: 46rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
header h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
header p, footer { margin: .35rem 0 0; color: var(--soft); font-size: .875rem; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; margin: 1.1rem 0 0; padding: .8rem 0 0; border-top: 1px solid var(--rule);
  list-style: none; color: var(--soft); font-size: .875rem; }
article { margin-top: 2.75rem; }
h2 { margin: 0 0 .5rem; color: var(--soft); font-size: .8125rem; font-weight: 600; letter-spacing: .02em; overflow-wrap: anywhere; }
article:only-of-type h2 { display: none; }
.text { position: relative; white-space: pre-wrap; overflow-wrap: break-word;
  font: 1.1875rem/1.75 Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, 'Noto Serif', 'Liberation Serif', serif; }
.surface { border-radius: 3px; padding: .06em .12em; margin: 0 -.12em; border-bottom: 2px solid; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.text .surface { cursor: pointer; }
.legend .surface { margin-inline-end: .2em; color: var(--ink); }
.sure .surface { background: var(--sure); border-color: var(--sure-line); }
.unsure .surface { background: var(--unsure); border-bottom-style: dashed; border-color: var(--unsure-line); }
.nil .surface { border-bottom-style: dotted; border-color: var(--nil-line); }
.card { display: none; position: absolute; left: 0; z-index: 2; width: min(26rem, 100%); padding-top: .5rem; white-space: normal; text-align: start; }
.card.above { padding: 0 0 .5rem; }
.mention:hover > .card, .mention:focus-within > .card, .mention.held > .card { display: block; }
.mention.closed > .card { display: none; }
.mention:hover:not(:focus-within):not(.held) > .card { animation: appear .1s .15s both; }
.mention:focus-within > .card, .mention.held > .card { z-index: 3; }
@keyframes appear { from { opacity: 0; visibility: hidden; } to { opacity: 1; visibility: visible; } }
@media (prefers-reduced-motion: reduce) { .mention > .card { animation: none !important; } }
.box { display: block; max-height: min(26rem, 70vh); overflow: auto; overscroll-behavior: contain; padding: .35rem 0; border: 1px solid var(--rule);
  border-radius: 10px; background: var(--box); box-shadow: var(--shadow);
  font: .9375rem/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; overflow-wrap: anywhere; }
.candidate { display: block; padding: .55rem .95rem; }
.candidate + .candidate { border-top: 1px solid var(--rule); }
.line { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.title { font-weight: 600; }
.candidate:not(.chosen) .title { font-weight: 500; }
.rest .title, .nothing .title { color: var(--soft); font-weight: 500; }
.tick { color: var(--sure-line); }
.percent { flex: none; font-variant-numeric: tabular-nums; color: var(--soft); }
.chosen .percent { color: var(--ink); font-weight: 600; }
.bar { display: block; height: 3px; margin: .3rem 0 .4rem; border-radius: 2px; background: var(--bar); overflow: hidden; }
.bar span { display: block; height: 100%; min-width: 2px; border-radius: 2px; background: var(--nil-line); }
.chosen .bar span { background: var(--sure-line); }
.rest .bar, .nothing .bar { margin-bottom: .1rem; }
.box .gloss { display: block; color: var(--ink); font-size: .875rem; }
.scores { display: flex; flex-wrap: wrap; gap: 0 .8rem; margin-top: .25rem; color: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
.card .none { display: block; padding: .5rem .95rem; color: var(--soft); }
p.none { color: var(--soft); }
.found { margin: 1.4rem 0 0; padding: 0; border-top: 1px solid var(--rule); list-style: none; font-size: .9375rem; }
.found li { display: grid; grid-template-columns: minmax(6rem, 10rem) 1fr auto; gap: 0 1.1rem; align-items: baseline; padding: .5rem 0;
  border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.found .name { padding-inline-start: .12em; }
.found .title { font-weight: 500; }
.found .gloss { color: var(--soft); }
.found .nil .title { color: var(--soft); font-weight: 400; }
.times { color: var(--soft); white-space: nowrap; }
footer { margin-top: 3rem; padding-top: .9rem; border-top: 1px solid var(--rule); }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 4rem; }
  .text { font-size: 1.125rem; }
  .card, .card.above { position: fixed; inset: auto 0 0; width: auto; padding: 0; }
  .box { max-height: 55vh; border-radius: 14px 14px 0 0; border-width: 1px 0 0; padding-bottom: max(.5rem, env(safe-area-inset-bottom)); }
  .found li { grid-template-columns: 1fr auto; }
  .found .meaning { grid-row: 2; grid-column: 1 / -1; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --link: #000; --sure: #fff; --unsure: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .text { font-size: 11.5pt; line-height: 1.6; }
  .card, .hint { display: none !important; }
  .found li, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
