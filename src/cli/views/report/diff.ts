/** The difference of two pages for people and for programs. */
import { formatExact, formatMoney, type Units } from '../../../domain/money/money.ts'
import type { PageDiff } from '../../../pipeline/report/diff.ts'
import { counted, type Column } from '../../output.ts'
import type { Session } from '../../session.ts'

const right = (title: string): Column => ({ title, align: 'right' })

export function diffLines(
  session: Pick<Session, 'table'>,
  diff: PageDiff,
  fromMs: number,
  toMs: number,
): readonly string[] {
  const { night, colour, sequence } = diff
  const head = `Night ${night}, known at ${iso(fromMs)} and at ${iso(toMs)}`
  if (diff.isEmpty) return [`${head}: nothing changed.`]
  const figures = diff.controls.map(({ account, currency, change, closing, vendor, difference }) => [
    account,
    currency,
    ...[change.in, change.out, change.adjusted].map((amount) => formatMoney(amount)),
    formatMoney(closing.from),
    formatMoney(closing.to),
    pair(vendor),
    pair(difference),
  ])
  const posted = diff.posted.map((each) => [
    each.day,
    each.source,
    each.kind,
    String(each.count),
    formatMoney(each.amount),
    each.currency,
    each.count === 1 ? String(each.firstSequence) : `${each.firstSequence}-${each.lastSequence}`,
  ])
  const { opened, closed, journals } = diff
  return [
    head,
    `Status ${colour.from.toUpperCase()} → ${colour.to.toUpperCase()}, ledger sequence ${sequence.from} → ${sequence.to}`,
    '',
    `FIGURES  ${counted(figures.length, 'account')}`,
    ...(figures.length === 0 ? [] : session.table(FIGURE_COLUMNS, figures)),
    '',
    `TRANSACTIONS  ${counted(sequence.to - sequence.from, 'transaction')}`,
    ...(posted.length === 0 ? [] : session.table(POSTED_COLUMNS, posted)),
    '',
    `EXCEPTIONS  opened ${opened.length}, closed ${closed.length}`,
    ...opened.map((each) => `opened ${each.id} ${each.code} ${each.source} ${each.object}: ${each.detail}`),
    ...closed.map((each) => `closed ${each.id} ${each.code} ${each.source} ${each.object}`),
    '',
    `JOURNALS SEALED  ${journals.length}`,
    ...journals.map(({ document, day, currency }) => `${document}  ${day}  ${currency}`),
  ]
}

const FIGURE_COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Cur' },
  right('In by'),
  right('Out by'),
  right('Adjusted by'),
  right('Closing was'),
  right('Closing is'),
  { title: 'Vendor said' },
  { title: 'Difference' },
]

const POSTED_COLUMNS: readonly Column[] = [
  { title: 'Day' },
  { title: 'Source' },
  { title: 'Kind' },
  right('Count'),
  right('Amount'),
  { title: 'Cur' },
  { title: 'Sequences' },
]

interface Pair {
  readonly from: Units | null
  readonly to: Units | null
}

function pair({ from, to }: Pair): string {
  if (from === to) return from === null ? '' : `${formatMoney(from)}, the same`
  return `${from === null ? 'not said' : formatMoney(from)} → ${to === null ? 'not said' : formatMoney(to)}`
}

export function diffView({ controls, posted, opened, closed, ...rest }: PageDiff, fromMs: number, toMs: number) {
  const exception = ({ id, code, source, object, amount, currency, detail }: PageDiff['opened'][number]) => ({
    id,
    code,
    source,
    object,
    currency,
    detail,
    amount: exact(amount),
  })
  return {
    ...rest,
    from: iso(fromMs),
    to: iso(toMs),
    controls: controls.map(({ change, closing, vendor, difference, ...each }) => ({
      ...each,
      change: Object.fromEntries(Object.entries(change).map(([figure, amount]) => [figure, formatExact(amount)])),
      closing: exactPair(closing),
      vendor: exactPair(vendor),
      difference: exactPair(difference),
    })),
    posted: posted.map(({ amount, ...each }) => ({ ...each, amount: formatExact(amount) })),
    opened: opened.map(exception),
    closed: closed.map(exception),
  }
}

function exactPair({ from, to }: Pair) {
  return { from: exact(from), to: exact(to) }
}

function exact(amount: Units | null): string | null {
  return amount === null ? null : formatExact(amount)
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
