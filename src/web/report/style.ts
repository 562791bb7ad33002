/** The look of the report: system type, one accent per status, lines instead of boxes, and one landscape sheet when printed. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1c20; --soft: #5d6470; --rule: #d9dde3; --paper: #fff;
  --good: #1a7f4b; --warn: #a06000; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ed; --soft: #9aa2af; --rule: #343a44; --paper: #14171c; --good: #5cc48d; --warn: #e2a84b; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 0.9rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
header p, .note, footer { color: var(--soft); margin: 0.2rem 0 0.6rem; }
.status { border-left: 0.4rem solid var(--good); padding: 0.5rem 0.9rem; margin: 1rem 0; }
.status p { margin: 0; } .status ul { margin: 0.4rem 0 0; padding-left: 1.1rem; }
.status.amber { border-color: var(--warn); } .status.red { border-color: var(--bad); }
.status.green strong { color: var(--good); } .amber strong, li.amber b { color: var(--warn); } .red strong, li.red b { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-bottom: 0.6rem; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--ink); }
th, td { padding: 0.22rem 0.7rem 0.22rem 0; vertical-align: top; }
td, tbody th { border-bottom: 1px solid var(--rule); }
tbody th { font-weight: 400; color: var(--ink); white-space: nowrap; } abbr { text-decoration: none; border-bottom: 1px dotted var(--soft); }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.bad { color: var(--bad); font-weight: 600; } td.warn { color: var(--warn); font-weight: 600; }
th small { display: block; color: var(--soft); } li abbr { border: 0; text-decoration: underline dotted var(--soft); text-underline-offset: 0.2em; }
pre { overflow-x: auto; font-size: 0.8rem; } summary { cursor: pointer; } .sign { white-space: nowrap; }
code { font-size: 0.8rem; overflow-wrap: anywhere; }
.line { display: inline-block; min-width: 12rem; border-bottom: 1px solid var(--ink); } .line.day { min-width: 6rem; }
a { color: inherit; }
@media (max-width: 50rem) { body { padding: 1rem; } .wide table { min-width: 46rem; } .differences .wide table { min-width: 64rem; }
  .sign { display: block; white-space: normal; margin-top: 0.6rem; }
  th[scope=row] { position: sticky; left: 0; background: var(--paper); max-width: 9.5rem; white-space: normal; overflow-wrap: break-word; }
  th small { display: none; } }
@media print { @page { size: A4 landscape; margin: 8mm; }
  abbr, li abbr { border: 0; text-decoration: none; } .screen { display: none; } th small { display: inline; margin-left: 0.4rem; } body { font-size: 6.2pt; line-height: 1.15; padding: 0; max-width: none; }
  h1 { font-size: 10pt; } h2 { font-size: 7.5pt; margin: 0.4rem 0 0.1rem; } ul { margin: 0.1rem 0; }
  .status { margin: 0.3rem 0; padding: 0.1rem 0.6rem; } header p, .note, footer p { margin: 0.1rem 0; }
  main { columns: 2; column-gap: 6mm; } .status { column-span: all; } h2 { break-after: avoid; }
  .wide { overflow: visible; } .wide table { min-width: 0; } code { font-size: inherit; }
  .differences tr > :nth-child(10) { display: none; } table { margin-bottom: 0.2rem; } tr { break-inside: avoid; }
  th, td { padding: 0.02rem 0.35rem 0.02rem 0; } }
`
