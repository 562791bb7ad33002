/**
 * The night on one page as a document that stands alone: no scripts, nothing fetched, readable in light and dark, on a
 * telephone and on paper. Every text goes through hono's escaping, since sources and people write what they like.
 */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import { AGE_BUCKETS } from '../../domain/exceptions/aging.ts'
import type { NightPage } from '../../pipeline/report/page.ts'
import { lineFoots, type OutcomeTotals } from '../../domain/wallets/control-totals.ts'
import { STYLE } from './style.ts'
import { figure, moment, table, type Cell } from './parts.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const WORDS = {
  green: 'Everything agrees and nothing waits.',
  amber: 'Something is open and waits for a person.',
  red: 'Something is wrong or not known.',
} as const

export async function reportDocument(page: NightPage): Promise<string> {
  const title = `${page.book}, night of ${page.night}`
  const body = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Reconciliation report</h1>
          <p>
            Book <strong>${page.book}</strong> (${page.currency}), night
            <strong>${page.night}</strong> (${page.timeZone}), run ${page.run}. Data as known at
            ${moment(page.knownAtMs)}.
          </p>
        </header>
        <section class="status ${page.colour}" aria-label="Status">
          <p><strong>${page.colour.toUpperCase()}</strong> ${WORDS[page.colour]}</p>
          ${page.reasons.length === 0 ? '' : reasons(page)}
        </section>
        ${controls(page)} ${completeness(page)} ${differences(page)} ${journals(page)} ${forecast(page)} ${log(page)}
        <footer>
          <p>
            Prepared by tieout. Ledger sequence ${page.chain.sequence}, chain <code>${page.chain.hash}</code>. Reviewed:
            <span class="line"></span>
          </p>
        </footer>
      </body>
    </html>`
  return body.toString()
}

function reasons({ reasons: all }: NightPage): Html {
  return html`<ul>
    ${all.map(({ colour, what }) => html`<li class="${colour}"><b>${colour}</b> ${what}</li>`)}
  </ul>`
}

function controls({ controls: lines, journals: { carried } }: NightPage): Html {
  const rows = lines.map((line): readonly Cell[] => {
    const isProven = line.proof !== 'none'
    const differs = line.difference !== null && line.difference !== 0n
    return [
      { text: line.account },
      { text: line.currency },
      ...[line.opening, line.in, line.out, line.closing].map((amount) => figure(formatExact(amount))),
      figure(line.vendor === null ? (isProven ? 'not said' : '') : formatExact(line.vendor)),
      figure(
        line.difference === null ? (isProven ? 'unknown' : '') : formatExact(line.difference),
        differs ? 'bad' : '',
      ),
      { text: isProven ? line.proof : '' },
    ]
  })
  const carries = carried.map(({ account, currency, remainder }) => `${account} ${formatExact(remainder)} ${currency}`)
  return html`<section>
    <h2>A. Control totals</h2>
    ${table(['Account', 'Cur', '>Opening', '>In', '>Out', '>Closing', '>Vendor says', '>Difference', 'By'], rows)}
    ${carries.length === 0 ? '' : html`<p class="note">Carried rounding: ${carries.join(', ')}</p>`}
  </section>`
}

function completeness({ completeness: { steps, sources, batches, transactions, quarantined } }: NightPage): Html {
  const rows = steps.flatMap(({ step, totals }) => [
    footing(step, 'rows', totals.rows, String),
    ...Object.entries(totals.money).map(([currency, sums]) =>
      footing('', currency, sums, (units) => formatMoney(units)),
    ),
  ])
  const read = sources.map(({ name, lastReadMs, fresh, orders }): readonly Cell[] => [
    { text: name },
    { text: lastReadMs === null ? 'never' : moment(lastReadMs) },
    { text: fresh ? 'yes' : 'NO', tone: fresh ? '' : 'bad' },
    figure(orders === null ? '' : String(orders.open)),
    figure(orders === null ? '' : String(orders.waitingRefunds)),
  ])
  return html`<section>
    <h2>B. Completeness</h2>
    <p class="note">
      ${batches} batches of evidence, ${transactions} transactions posted, ${quarantined} rows in quarantine.
    </p>
    ${table(['Step', 'Of', '>In', '>Posted', '>Unchanged', '>Quarantined', '>Excepted', 'Foots'], rows)}
    ${table(['Source', 'Last read', 'In this night', '>Orders open', '>Refunds waiting'], read)}
  </section>`
}

function footing(step: string, of: string, line: OutcomeTotals, text: (amount: bigint) => string): readonly Cell[] {
  const isFooting = lineFoots(line)
  return [
    { text: step },
    { text: of },
    ...[line.in, line.posted, line.unchanged, line.quarantined, line.excepted].map((amount) => figure(text(amount))),
    { text: isFooting ? 'yes' : 'NO', tone: isFooting ? '' : 'bad' },
  ]
}

function differences({ differences: open, aging, flow }: NightPage): Html {
  const rows = open.map((each): readonly Cell[] => [
    { text: each.isNew ? `${each.id} new` : each.id },
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
  return html`<section>
    <h2>C. Differences</h2>
    <p class="note">Opened ${flow.opened}, closed ${flow.closed}, reopened ${flow.reopened} since the night before.</p>
    ${ages.length === 0 ? '' : table(['Aging', ...AGE_BUCKETS.map((name) => `>${name}`)], ages)}
    ${
      rows.length === 0
        ? html`<p>None.</p>`
        : table(['No', 'Code', 'About', '>Amount', 'Cur', '>Age', 'Severity', 'Owner', 'Detail', 'Next step'], rows)
    }
  </section>`
}

function journals({ journals: { sealed, waiting, held } }: NightPage): Html {
  const rows = [
    ...sealed.map(({ document, day, amount, currency, approvedBy, delivered }): readonly Cell[] => [
      { text: document },
      { text: day },
      figure(formatMoney(amount)),
      { text: currency },
      { text: `approved by ${approvedBy}` },
      { text: delivered.map(({ target, state }) => `${target}: ${state}`).join(', ') },
    ]),
    ...waiting.map(({ day, amount, currency }): readonly Cell[] => [
      { text: 'draft' },
      { text: day },
      figure(formatMoney(amount)),
      { text: currency },
      { text: 'waits for approval' },
      { text: '' },
    ]),
    ...held.map(({ day, currency, reason }): readonly Cell[] => [
      { text: 'held' },
      { text: day },
      figure(''),
      { text: currency },
      { text: reason, tone: 'bad' },
      { text: '' },
    ]),
  ]
  return html`<section>
    <h2>D. Journals</h2>
    ${rows.length === 0 ? html`<p>None.</p>` : table(['Document', 'Day', '>Debits', 'Cur', 'State', 'Delivered'], rows)}
  </section>`
}

function forecast({ forecast: { wallets, payouts } }: NightPage): Html {
  const money = (amount: Units, currency: string): string => `${formatMoney(amount)} ${currency}`
  return html`<section>
    <h2>E. Cash forecast</h2>
    <ul>
      ${payouts.map(({ source, currency, minimum, threshold }) => {
        const when =
          threshold.kind === 'reached'
            ? 'reached'
            : threshold.kind === 'expected'
              ? `expected on ${threshold.day}`
              : 'nothing was earned lately'
        return html`<li>
          ${source}: ${money(threshold.unpaid, currency)} unpaid, payout from ${money(minimum, currency)}: ${when}
        </li>`
      })}
      ${wallets.map(({ source, currency, balance, pace, runwayTenths }) => {
        const lasts =
          runwayTenths === null
            ? 'nothing spent lately'
            : `lasts ${Math.floor(runwayTenths / 10)}.${runwayTenths % 10} days at ${money(pace.total / BigInt(pace.days), currency)} a day`
        return html`<li>${source}: ${money(balance, currency)}, ${lasts}</li>`
      })}
    </ul>
  </section>`
}

function log({ log: entries }: NightPage): Html {
  const rows = entries.map(({ atMs, by, what, why }): readonly Cell[] => [
    { text: moment(atMs) },
    { text: by },
    { text: what },
    { text: why },
  ])
  return html`<section>
    <h2>G. Control log</h2>
    ${rows.length === 0 ? html`<p>Nobody changed or decided anything.</p>` : table(['When', 'Who', 'What', 'Why'], rows)}
  </section>`
}
