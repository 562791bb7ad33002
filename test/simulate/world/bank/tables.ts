/**
 * Statements as tables: banks' CSV in the shapes banks are seen to use (balance after or before, debit and credit, newest
 * first, day first with a comma, several accounts, with a status, without a balance), and PayPal's activity download.
 */
import { amountText } from '../amounts.ts'
import type { AccountPlan } from './plan.ts'
import { zoneOf, type Row, type Section } from './statement.ts'

interface Shape {
  readonly newestFirst: boolean
  readonly balance: 'after' | 'before' | 'none'
  readonly header: string
  readonly row: (row: Row, section: Section) => string
  readonly showsPending: boolean
  /** What a person says who knows the bank. */
  readonly said: readonly string[]
}

const two = (amount: bigint): string => amountText(amount, 2)
const comma = (amount: bigint): string => two(amount).replace('.', ',')
const dotted = (day: string): string => day.split('-').toReversed().join('.')
const american = (day: string): string => `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`
const side = (amount: bigint, sign: bigint): string => (amount * sign > 0n ? two(amount * sign) : '')

export const BANK_SHAPES: readonly [Shape, ...Shape[]] = [
  {
    newestFirst: true,
    balance: 'after',
    header: 'Posting Date,Description,Amount,Balance',
    row: ({ day, line, after }) => `${american(day)},"${line.text}",${two(line.amount)},${two(after)}`,
    showsPending: false,
    said: ['--balance', 'after', '--order', 'newest-first', '--columns', 'sign=in-positive', '--date-order', 'mdy'],
  },
  {
    newestFirst: false,
    balance: 'after',
    header: '"Buchungstag";"Beguenstigter/Zahlungspflichtiger";"Verwendungszweck";"Betrag";"Saldo"',
    row: ({ day, line, after }) =>
      `"${dotted(day)}";"${line.party}";"${line.text}";"${comma(line.amount)}";"${comma(after)}"`,
    showsPending: false,
    said: ['--balance', 'after', '--order', 'oldest-first', '--columns', 'sign=in-positive'],
  },
  {
    newestFirst: false,
    balance: 'before',
    header: 'Date,Description,Amount,Balance',
    row: ({ day, line, before }) => `${day},"${line.text}",${two(line.amount)},${two(before)}`,
    showsPending: false,
    said: ['--balance', 'before', '--order', 'oldest-first', '--columns', 'sign=in-positive'],
  },
  {
    newestFirst: true,
    balance: 'after',
    header: 'Date,Description,Money out,Money in,Balance',
    row: ({ day, line, after }) =>
      `${day},"${line.text}",${side(line.amount, -1n)},${side(line.amount, 1n)},${two(after)}`,
    showsPending: false,
    said: ['--balance', 'after', '--order', 'newest-first', '--columns', 'sign=in-positive'],
  },
  {
    newestFirst: false,
    balance: 'none',
    header: 'Date,Transaction ID,Description,Amount',
    row: ({ day, line, bankId }) => `${day},${bankId},"${line.text}",${two(line.amount)}`,
    showsPending: false,
    said: ['--columns', 'sign=in-positive', '--order', 'oldest-first'],
  },
  {
    newestFirst: false,
    balance: 'after',
    header: 'Date,Description,Status,Amount,Balance',
    row: ({ day, line, after, isPending }) =>
      `${day},"${line.text}",${isPending ? 'Pending' : 'Posted'},${two(line.amount)},${isPending ? '' : two(after)}`,
    showsPending: true,
    said: ['--balance', 'after', '--order', 'oldest-first', '--columns', 'sign=in-positive'],
  },
  {
    newestFirst: false,
    balance: 'after',
    header: 'Account,Date,Description,Amount,Balance',
    row: ({ day, line, after }, { account }) =>
      `${account.number},${day},"${line.text}",${two(line.amount)},${two(after)}`,
    showsPending: false,
    said: ['--balance', 'after', '--order', 'oldest-first', '--columns', 'sign=in-positive,account=Account'],
  },
]

/** What was spent is positive, and the balance is what is owed: American Express and others. */
export const CARD_SHAPES: readonly [Shape, ...Shape[]] = [
  {
    newestFirst: true,
    balance: 'after',
    header: 'Date,Description,Amount,Balance',
    row: ({ day, line, after }) => `${day},"${line.text}",${two(-line.amount)},${two(-after)}`,
    showsPending: false,
    said: ['--balance', 'after', '--order', 'newest-first', '--columns', 'sign=out-positive'],
  },
  {
    newestFirst: false,
    balance: 'none',
    header: 'Date,Reference,Description,Amount',
    row: ({ day, line, bankId }) => `${day},${bankId},"${line.text}",${two(-line.amount)}`,
    showsPending: false,
    said: ['--columns', 'sign=out-positive', '--order', 'oldest-first'],
  },
]

/** Of a card the one of its variant. */
export function shapeOf({ type, variant }: Pick<AccountPlan, 'type' | 'variant'>): Shape {
  if (type === 'card') return CARD_SHAPES[variant % CARD_SHAPES.length] ?? CARD_SHAPES[0]
  return BANK_SHAPES[variant % BANK_SHAPES.length] ?? BANK_SHAPES[0]
}

/** Null when nothing of it is shown. */
export function bankCsv(sections: readonly Section[], account: AccountPlan): string | null {
  const shape = shapeOf(account)
  const rows = sections.flatMap((section) => {
    const shown = section.rows.filter(({ isPending }) => shape.showsPending || !isPending)
    const texts = shown.map((row) => shape.row(row, section))
    return shape.newestFirst ? texts.toReversed() : texts
  })
  return rows.length === 0 ? null : `${shape.header}\n${rows.join('\n')}\n`
}

const PAYPAL_HEADER =
  '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Reference Txn ID","Invoice Number","Balance","Subject","Balance Impact"'

/** All currencies in one list, by time. */
export function paypalCsv(sections: readonly Section[], variant: number): string | null {
  const rows = sections
    .flatMap((section) => section.rows.map((row) => ({ row, section })))
    .toSorted((one, other) => one.row.atMs - other.row.atMs || (one.row.bankId < other.row.bankId ? -1 : 1))
    .map(({ row, section }) => paypalRow(row, section))
  if (rows.length === 0) return null
  const ordered = variant === 2 ? rows : rows.toReversed()
  return `\uFEFF${PAYPAL_HEADER}\r\n${ordered.join('\r\n')}\r\n`
}

function paypalRow({ line, atMs, isPending, bankId, after, before }: Row, { account, currency }: Section): string {
  const isWest = zoneOf(account) !== 'UTC'
  const local = new Date(isWest ? atMs - 8 * 3_600_000 : atMs).toISOString()
  const cells = [
    american(local.slice(0, 10)),
    local.slice(11, 19),
    isWest ? 'PST' : 'GMT',
    line.party,
    paypalType(line.kind, line.amount),
    isPending ? 'Pending' : 'Completed',
    currency,
    two(line.kind === 'payout' ? line.amount + line.fee : line.amount),
    line.fee === 0n ? '0.00' : two(-line.fee),
    two(line.amount),
    '',
    '',
    bankId.slice(0, 40),
    '',
    line.reference,
    two(isPending ? before : after),
    line.text,
    isPending ? 'Memo' : line.amount > 0n ? 'Credit' : 'Debit',
  ]
  return cells.map((cell) => `"${cell}"`).join(',')
}

function paypalType(kind: string, amount: bigint): string {
  switch (kind) {
    case 'payout':
      return 'Mass Payment'
    case 'transfer-out':
      return 'General Withdrawal - Bank Account'
    default:
      return amount > 0n ? 'General Payment' : 'Express Checkout Payment'
  }
}
