/**
 * The night on one page as a document that stands alone: no scripts, nothing fetched, readable in light and dark, on a
 * telephone and on paper. Every text goes through hono's escaping, since sources and people write what they like.
 */
import type { OrderCounts } from '../../evidence/order-counts.ts'
import { html } from 'hono/html'
import { formatMoney } from '../../domain/money/money.ts'
import { AGE_BUCKETS } from '../../domain/exceptions/aging.ts'
import { COLOUR_WORDS } from '../../domain/report/status.ts'
import type { NightPage } from '../../pipeline/report/page.ts'
import { lineFoots, type OutcomeTotals } from '../../domain/wallets/control-totals.ts'
import {
  traceAccount,
  traceBalance,
  traceDraft,
  traceExpected,
  traceGuide,
  traceLines,
  traceMatches,
  traceQuarantine,
  traceReading,
  traceStep,
  traceThing,
  traceTransactions,
  traceVendor,
} from '../../pipeline/report/traces.ts'
import {
  basisSentence,
  controlNotes,
  expectedSentence,
  NO_HISTORY,
  payoutSentence,
  proofWords,
  qualitySentence,
  settledSentences,
  stepWords,
  vendorWords,
  waitingDayWords,
  waitingSentence,
  walletSentence,
  runText,
} from '../../pipeline/report/words.ts'
import { document } from './document.ts'
import { figure, moment, table, traced, withTrace, type Cell, type Html } from './parts.ts'

export async function reportDocument(page: NightPage): Promise<string> {
  return document(
    `${page.book}, night of ${page.night}`,
    html`<header>
        <h1>Reconciliation report</h1>
        <p>
          Book <strong>${page.book}</strong> (${page.currency}), night
          <strong>${page.night}</strong> (${page.timeZone}), run ${runText(page)}. Data as known at
          ${moment(page.knownAtMs)}. ${basisSentence(page)}
        </p>
      </header>
      <main>
        ${statusOf(page)} ${controls(page)} ${completeness(page)} ${differences(page)} ${journals(page)}
        ${forecast(page)} ${quality(page)} ${log(page)}
      </main>
      <footer>
        <p>
          Prepared by tieout. Heads of ledger and log: <code>${page.heads}</code>.
          <span class="sign">Reviewed by <span class="line"></span> on <span class="line day"></span></span>
        </p>
        ${page.now === null ? html`<p>${NO_HISTORY}</p>` : ''}
        <p class="screen">
          A figure with a dotted line names, when pointed at, the command that shows what is behind it.
        </p>
        <details class="screen">
          <summary>What is behind a figure</summary>
          <pre>${traceGuide(page).join('\n')}</pre>
        </details>
      </footer>`,
  )
}

/** As the night left the books, and as they stand now where something has been done since. */
function statusOf(page: NightPage): Html {
  const standing = page.now?.standing ?? null
  if (standing === null) return statusSection('Status', '', page)
  return html`${statusSection('Status now', html`Now (${moment(standing.atMs)}): `, standing)}
  ${statusSection("Status at the night's end", "At the night's end: ", page)}`
}

function statusSection(
  label: string,
  when: Html | string,
  { colour, reasons }: Pick<NightPage, 'colour' | 'reasons'>,
): Html {
  return html`<section class="status ${colour}" aria-label="${label}">
    <p>${when}<strong>${colour.toUpperCase()}</strong> ${COLOUR_WORDS[colour]}</p>
    ${reasons.length === 0 ? '' : reasonList(reasons)}
  </section>`
}

function reasonList(all: NightPage['reasons']): Html {
  return html`<ul>
    ${all.map(({ colour, what }) => html`<li class="${colour}"><b>${colour}</b> ${what}</li>`)}
  </ul>`
}

function controls(page: NightPage): Html {
  const rows = page.controls.map((line): readonly Cell[] => {
    const said = vendorWords(line)
    const differs = line.difference !== null && line.difference !== 0n
    const trace = traceAccount(line, page)
    const { opening, in: received, out, adjusted, closing } = line
    const moved = [received, out, adjusted].map((amount) => {
      const cell = figure(formatMoney(amount))
      return amount === 0n ? cell : traced(cell, trace)
    })
    return [
      { text: line.isNew ? `${line.account} (new)` : line.account, note: line.name },
      { text: line.currency },
      figure(formatMoney(opening)),
      ...moved,
      traced(figure(formatMoney(closing)), trace),
      traced(figure(said.vendor), traceVendor(line, page)),
      figure(
        said.difference,
        differs ? (line.difference === line.unbooked || line.held !== null ? 'warn' : 'bad') : '',
      ),
      figure(said.held, said.held === '' ? '' : 'warn'),
      { text: proofWords(line, page) },
    ]
  })
  const titles = [
    'Account',
    'Cur',
    '>Opening',
    '>In',
    '>Out',
    '>Adjusted*',
    '>Closing',
    '>Per vendor',
    '>Difference',
    '>Waiting',
    'By',
  ]
  return html`<section>
    <h2>A. Control totals${page.asOf === null ? '' : ` as of ${page.asOf}`}</h2>
    ${table('Control totals', titles, rows)} ${controlNotes(page).map((note) => html`<p class="note">${note}</p>`)}
  </section>`
}

/** In how many of the last nights a panel's wallet was proven; nothing for other sources. */
function provenShare(counts: OrderCounts | undefined): string {
  return counts === undefined || counts.walletNights === 0
    ? ''
    : `${counts.walletNightsProven} of ${counts.walletNights}`
}

function completeness(page: NightPage): Html {
  const { steps, sources, batches, transactions, quarantined } = page.completeness
  const posted = traceTransactions(page)
  const orders = new Map((page.now?.orders ?? []).map((each) => [each.source, each]))
  const rows = steps.flatMap((line) => [
    footing(traced({ text: stepWords(line) }, traceStep(line, page)), 'rows', line.totals.rows, String),
    ...Object.entries(line.totals.money).map(([currency, sums]) =>
      footing({ text: '' }, currency, sums, (units) => formatMoney(units)),
    ),
  ])
  const read = sources.map((source): readonly Cell[] => {
    const { name, lastReadMs, fresh } = source
    return [
      { text: name },
      traced({ text: lastReadMs === null ? 'never' : moment(lastReadMs) }, traceReading(source, page)),
      { text: fresh ? 'yes' : 'NO', tone: fresh ? '' : 'bad' },
      figure(String(orders.get(name)?.open ?? '')),
      figure(String(orders.get(name)?.unclear ?? '')),
      figure(provenShare(orders.get(name))),
    ]
  })
  const shown = page.now === null ? 3 : 6
  const titles = [
    'Source',
    'Last read',
    'In this night',
    '>Orders open now',
    '>Refunds waiting now',
    '>Nights proven of the last 30',
  ].slice(0, shown)
  return html`<section>
    <h2>B. Completeness</h2>
    <p class="note">
      ${batches} batches of evidence,
      ${posted === null ? `${transactions} transactions` : withTrace(`${transactions} transactions`, posted)} posted,
      ${withTrace(`${quarantined} rows`, traceQuarantine(page))} in quarantine.
    </p>
    ${table('Steps of the night', ['Step', 'Of', '>In', '>Posted', '>Unchanged', '>Quarantined', '>Excepted', 'Ties'], rows)}
    ${settledSentences(steps, page.differences).map((note) => html`<p class="note">${note}</p>`)}
    ${table(
      'Sources',
      titles,
      read.map((row) => row.slice(0, shown)),
    )}
  </section>`
}

function footing(step: Cell, of: string, line: OutcomeTotals, text: (amount: bigint) => string): readonly Cell[] {
  const isFooting = lineFoots(line)
  return [
    step,
    { text: of },
    ...[line.in, line.posted, line.unchanged, line.quarantined, line.excepted].map((amount) => figure(text(amount))),
    { text: isFooting ? 'yes' : 'NO', tone: isFooting ? '' : 'bad' },
  ]
}

function differences(page: NightPage): Html {
  const { differences: open, aging, flow } = page
  const rows = open.map((each): readonly Cell[] => [
    traced({ text: each.isNew ? `${each.id} new` : each.id }, traceThing(each.id, page)),
    { text: each.code },
    { text: `${each.source} ${each.object}` },
    figure(each.amount === null ? '' : formatMoney(each.amount)),
    { text: each.currency ?? '' },
    figure(`${each.ageDays}d`),
    { text: each.severity, tone: each.severity === 'escalate' ? 'bad' : '' },
    { text: each.owner },
    { text: each.detail },
    { text: each.nextStep },
  ])
  const ages = aging.map(({ currency, buckets }): readonly Cell[] => [
    { text: currency ?? 'not about money' },
    ...AGE_BUCKETS.map((name) => {
      const { count, amount } = buckets[name]
      return figure(currency === null ? String(count) : `${formatMoney(amount)} (${count})`)
    }),
  ])
  return html`<section class="differences">
    <h2>C. Differences</h2>
    <p class="note">Opened ${flow.opened}, closed ${flow.closed}, reopened ${flow.reopened} since the night before.</p>
    ${ages.length === 0 ? '' : table('Aging', ['Aging', ...AGE_BUCKETS.map((name) => `>${name}`)], ages)}
    ${
      rows.length === 0
        ? html`<p>None.</p>`
        : table(
            'Differences',
            ['No', 'Code', 'About', '>Amount', 'Cur', '>Age', 'Severity', 'Owner', 'Detail', 'Next step'],
            rows,
          )
    }
  </section>`
}

function journals(page: NightPage): Html {
  const {
    journals: { sealed, waiting },
    now,
  } = page
  const rows = [
    ...sealed.map(({ document, day, amount, currency, approvedBy, delivered }): readonly Cell[] => [
      traced({ text: document }, traceThing(document, page)),
      { text: day },
      figure(formatMoney(amount)),
      { text: currency },
      { text: `approved by ${approvedBy}` },
      { text: delivered.map(({ target, state }) => `${target}: ${state}`).join(', ') },
    ]),
    ...waiting.map(({ day, amount, currency, ...state }): readonly Cell[] => [
      traced({ text: 'draft' }, traceDraft(day, page)),
      { text: day },
      figure(formatMoney(amount)),
      { text: currency },
      { text: waitingDayWords(state) },
      { text: '' },
    ]),
    ...(now?.held ?? []).map(({ day, currency, reason }): readonly Cell[] => [
      { text: 'held now' },
      { text: day },
      figure(''),
      { text: currency },
      { text: reason, tone: 'bad' },
      { text: '' },
    ]),
  ]
  return html`<section>
    <h2>D. Journals</h2>
    ${rows.length === 0 ? html`<p>None.</p>` : table('Journals', ['Document', 'Day', '>Debits', 'Cur', 'State', 'Delivered'], rows)}
  </section>`
}

function forecast(page: NightPage): Html {
  const { wallets, payouts, expected } = page.forecast
  const more = expected.count - expected.lines.length
  const sentences = [
    ...payouts.map((each) => ({ text: payoutSentence(each), trace: traceBalance(each.account, page) })),
    ...wallets.map((each) => ({ text: walletSentence(each, page), trace: traceBalance(each.account, page) })),
    ...expected.lines.map((each) => ({ text: expectedSentence(each), trace: traceExpected(each, page) })),
  ]
  return html`<section>
    <h2>E. Cash forecast</h2>
    <p class="note">${expected.count} payments expected on statements, ${expected.overdue} overdue.</p>
    <ul>
      ${sentences.map(({ text, trace }) => html`<li>${withTrace(text, trace)}</li>`)}
      ${more > 0 ? html`<li>… and ${more} more expected payments: tieout reconcile list --items</li>` : ''}
    </ul>
  </section>`
}

function quality(page: NightPage): Html {
  const { quality: found } = page
  return html`<section>
    <h2>F. Quality</h2>
    ${
      found.currencies.length === 0
        ? html`<p>No statement has been imported.</p>`
        : html`<ul>
            ${found.currencies.map((each) => html`<li>${withTrace(qualitySentence(each), traceLines(page))}</li>`)}
            <li>${withTrace(waitingSentence(found), traceMatches(page))}</li>
          </ul>`
    }
  </section>`
}

function log(page: NightPage): Html {
  const { log: entries } = page
  const rows = entries.map(({ atMs, by, what, why, trace }): readonly Cell[] => [
    { text: moment(atMs) },
    { text: by },
    traced({ text: what }, trace === null ? null : traceThing(trace, page)),
    { text: why },
  ])
  return html`<section>
    <h2>G. Control log</h2>
    ${rows.length === 0 ? html`<p>Nobody changed or decided anything.</p>` : table('Control log', ['When', 'Who', 'What', 'Why'], rows)}
  </section>`
}
