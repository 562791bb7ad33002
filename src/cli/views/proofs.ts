/** The four proofs as tables: roll-forward, three-way match, proof of cash, aging. What does not add up is marked. */
import { AGE_BUCKETS } from '../../domain/exceptions/aging.ts'
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import { CASH_COLUMNS, isNone, type CashMonth, type Columns } from '../../domain/proofs/cash.ts'
import { ORDER_VERDICTS } from '../../domain/proofs/order-match.ts'
import type { AgingSum } from '../../pipeline/proofs/aging.ts'
import type { CashProof } from '../../pipeline/proofs/cash.ts'
import type { AllProofs } from '../../pipeline/proofs/prove.ts'
import type { OrderPair, ThreeWayProof } from '../../pipeline/proofs/three-way.ts'
import { WALLET_COLUMNS } from '../../pipeline/proofs/wallet-cash.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'
import { proofLines } from './night.ts'

type Tables = Pick<Session, 'table'>

export interface ProofsShown {
  readonly proofs: AllProofs
  readonly aging: readonly AgingSum[]
  /** At most so many differing orders and reconciling items of each. */
  readonly limit: number
}

export function proofsText(session: Tables, shown: ProofsShown): readonly string[] {
  const { proofs, aging, limit } = shown
  return [
    'Roll-forward of wallets and receivables',
    ...proofLines(session, proofs.vendors),
    '',
    ...clearingLines(session, proofs),
    ...proofs.orders.filter((each) => each.orders > 0).flatMap((each) => orderLines(session, each, limit)),
    ...payoutLines(session, proofs),
    ...proofs.cash.flatMap((each) => each.months.flatMap((month) => cashLines(session, each, month, limit))),
    ...proofs.wallets.flatMap(({ source, currency, months }) =>
      months.flatMap(({ month, from, to, log, books, difference }) => [
        `Wallet of ${source} in ${currency}, ${month} (${from} to ${to}), by its log`,
        ...session.table(
          [{ title: '' }, ...['Top-ups', 'Refunds', 'Charges', 'Other'].map(right)],
          Object.entries({ log, books, difference }).map(([name, columns]) => [
            name,
            ...WALLET_COLUMNS.map((column) => formatMoney(columns[column])),
          ]),
        ),
        '',
      ]),
    ),
    'Everything that is open, by age',
    ...agingLines(session, aging),
  ]
}

function clearingLines(session: Tables, { clearing, conversion }: AllProofs): readonly string[] {
  const rows = [
    ...clearing.map(({ account, currency, ledger, open, before, waiting, since, difference }) => [
      account,
      currency,
      formatMoney(ledger),
      formatMoney(open),
      formatMoney(before),
      formatMoney(waiting),
      formatMoney(since),
      formatExact(difference),
    ]),
    ...(conversion?.currencies ?? []).map(({ currency, ledger, matches, difference }) => [
      conversion?.account ?? '',
      currency,
      formatMoney(ledger),
      formatMoney(matches),
      '0.00',
      '0.00',
      '0.00',
      formatExact(difference),
    ]),
  ]
  if (rows.length === 0) return []
  const columns = [
    { title: 'Account' },
    { title: 'Cur' },
    ...['In the books', 'Open', 'Before statements began', 'Without a rate', 'Since', 'Difference'].map(right),
  ]
  const revalued = (conversion?.revalued ?? []).map(
    ({ match, left }) =>
      `Match ${match}: ${formatMoney(left)} is left at the rates now in force; they were changed after it was booked.`,
  )
  return ['Accounts that money passes through', ...session.table(columns, rows), ...revalued, '']
}

const PAIRS: Readonly<Record<OrderPair, string>> = {
  'registry-vendor': 'registry and panel',
  'vendor-wallet': 'panel and wallet log',
  'wallet-registry': 'wallet log and registry',
}

function orderLines(session: Tables, proof: ThreeWayProof, limit: number): readonly string[] {
  const { source, currency, orders, log, sums, differences, found } = proof
  const rows = (Object.keys(PAIRS) as OrderPair[])
    .filter((pair) => Object.keys(sums[pair]).length > 0)
    .map((pair) => [
      PAIRS[pair],
      ...ORDER_VERDICTS.flatMap((verdict) => {
        const sum = sums[pair][verdict] ?? { count: 0, amount: 0n }
        return verdict === 'agree' || verdict === 'not-known'
          ? [String(sum.count)]
          : [String(sum.count), formatMoney(sum.amount)]
      }),
    ])
  const columns: readonly Column[] = [
    { title: '' },
    ...['Agree', 'Rounded', 'Sum', 'Differ', 'Sum', 'Missing', 'Sum', 'Not known'].map(right),
  ]
  const heading = `Orders of ${source} in ${currency}: ${orders}, ${
    log === null ? 'no wallet log imported' : `wallet log of ${log.first} to ${log.last}`
  }`
  const unattributed =
    log === null || log.unattributed.count === 0
      ? []
      : [`${log.unattributed.count} lines of the log name no order, or several: ${formatMoney(log.unattributed.net)}.`]
  const listed = differences
    .slice(0, limit)
    .map(({ pair, verdict, order, difference }) => [order, PAIRS[pair], verdict, formatExact(difference)])
  const details =
    listed.length === 0
      ? []
      : session.table([{ title: 'Order' }, { title: 'Between' }, { title: '' }, right('Difference')], listed)
  const more = found > listed.length ? [`${listed.length} of ${found} shown; --limit shows more.`] : []
  return [heading, ...session.table(columns, rows), ...unattributed, ...details, ...more, '']
}

function payoutLines(session: Tables, { payouts }: AllProofs): readonly string[] {
  if (payouts.sums.length === 0 && payouts.transfers.length === 0) return []
  const sums = payouts.sums.map((each) => [
    each.source,
    each.currency,
    String(each.payouts),
    ...[
      each.due,
      each.received,
      each.fees,
      each.withheld,
      each.converted,
      each.writtenOff,
      each.waiting,
      each.open,
      each.difference,
    ].map((units) => formatMoney(units)),
  ])
  const titles = ['Due', 'Received', 'Fees', 'Withheld', 'Converted', 'Written off', 'No rate', 'Open', 'Difference']
  const transfers = payouts.transfers.map(({ account, currency, transfers: count, sent, arrived, inTransit }) => [
    account,
    currency,
    String(count),
    ...[sent, arrived, inTransit].map((units) => formatMoney(units)),
  ])
  const open = payouts.open.map(({ item, source, object, date, due, settled, open: left, lines }) => [
    String(item),
    `${source}:${object}`,
    date,
    ...[due, settled, left].map((units) => formatMoney(units)),
    lines.map(({ line, account }) => `${account} line ${line}`).join(', '),
  ])
  return [
    'Payouts, from due to received',
    ...session.table([{ title: 'Source' }, { title: 'Cur' }, right('Payouts'), ...titles.map(right)], sums),
    ...(open.length === 0
      ? []
      : session.table(
          [
            right('Item'),
            { title: 'Open payout' },
            { title: 'From' },
            ...['Due', 'Settled', 'Open'].map(right),
            { title: 'Lines' },
          ],
          open,
        )),
    '',
    ...(transfers.length === 0
      ? []
      : [
          'Passed on from one account to another',
          ...session.table(
            [{ title: 'From' }, { title: 'Cur' }, right('Transfers'), ...['Sent', 'Arrived', 'In transit'].map(right)],
            transfers,
          ),
          '',
        ]),
  ]
}

function cashLines(
  session: Tables,
  { account, currency }: CashProof,
  { month, statement, books, items, unexplained }: CashMonth,
  limit: number,
): readonly string[] {
  const row = (name: string, figures: readonly (Units | null)[]) => [
    name,
    ...figures.map((units) => (units === null ? 'not said' : formatMoney(units))),
  ]
  const of = (columns: Columns) => CASH_COLUMNS.map((column) => columns[column])
  const shown = items.slice(0, limit)
  const hidden = items.length - shown.length
  return [
    `Proof of cash of ${account.name} in ${currency}, ${month}`,
    ...session.table(
      [{ title: '' }, ...['Opening', 'Receipts', 'Disbursements', 'Closing'].map(right)],
      [
        row('statement', [statement.opening, statement.receipts, statement.disbursements, statement.closing]),
        row('books', of(books)),
        ...shown.map(({ object, kind, date, columns }) =>
          row(`  ${object} of ${date}: ${ITEM_WORDS[kind]}`, of(columns)),
        ),
        ...(unexplained === null ? [] : [row(isNone(unexplained) ? 'unexplained' : 'UNEXPLAINED', of(unexplained))]),
      ],
    ),
    ...(hidden > 0 ? [`${hidden} more items; --limit shows more.`] : []),
    '',
  ]
}

export const ITEM_WORDS = {
  'not-booked': 'on the statement, not in the books',
  'no-line': 'in the books, on no statement',
  'other-amount': 'booked with another amount',
  'other-month': 'booked in another month',
} as const

function agingLines(session: Tables, aging: readonly AgingSum[]): readonly string[] {
  if (aging.length === 0) return ['Nothing is open.']
  const columns: readonly Column[] = [
    { title: 'What' },
    { title: 'Owner' },
    { title: 'Cur' },
    ...AGE_BUCKETS.flatMap((bucket) => [right(bucket), right('Sum')]),
    right('All'),
    right('Sum'),
  ]
  const rows = aging.map(({ what, owner, currency, buckets, count, amount }) => [
    what,
    owner,
    currency ?? '-',
    ...AGE_BUCKETS.flatMap((bucket) => [String(buckets[bucket].count), formatMoney(buckets[bucket].amount)]),
    String(count),
    formatMoney(amount),
  ])
  return session.table(columns, rows)
}

function right(title: string): Column {
  return { title, align: 'right' }
}
