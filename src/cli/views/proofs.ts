/** The proofs as tables: vendors, accounts that money passes through, money accounts. What does not add up is marked. */
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import type { CashMonth } from '../../domain/proofs/cash.ts'
import type { CashProof } from '../../pipeline/proofs/cash.ts'
import type { AllProofs } from '../../pipeline/proofs/prove.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'
import { proofLines, proofView } from './night.ts'

type Tables = Pick<Session, 'table'>

export interface ProofsShown {
  readonly proofs: AllProofs
  /** At most so many lines and entries of each month. */
  readonly limit: number
}

export function proofsText(session: Tables, { proofs, limit }: ProofsShown): readonly string[] {
  return [
    'Roll-forward of wallets and receivables',
    ...proofLines(session, proofs.vendors),
    '',
    ...clearingLines(session, proofs),
    ...proofs.cash.flatMap((each) => each.months.flatMap((month) => cashLines(session, each, month, limit))),
  ]
}

function clearingLines(session: Tables, { clearing }: AllProofs): readonly string[] {
  if (clearing.length === 0) return []
  const rows = clearing.map(({ account, currency, ledger, open, before, waiting, since, difference }) => [
    account,
    currency,
    ...[ledger, open, before, waiting, since].map((units) => formatMoney(units)),
    formatExact(difference),
  ])
  const columns = [
    { title: 'Account' },
    { title: 'Cur' },
    ...['In the books', 'Open', 'Before statements began', 'Without a rate', 'Since', 'Difference'].map(right),
  ]
  return ['Accounts that money passes through', ...session.table(columns, rows), '']
}

function cashLines(
  session: Tables,
  { account, currency }: CashProof,
  { month, statement, books, items, unexplained }: CashMonth,
  limit: number,
): readonly string[] {
  const money = (units: Units | null): string => (units === null ? 'not said' : formatMoney(units))
  const closing = (name: string, units: Units) => [name, '', '', '', formatMoney(units)]
  const { opening, receipts, disbursements } = statement
  const shown = items.slice(0, limit)
  const hidden = items.length - shown.length
  return [
    `Proof of cash of ${account.name} in ${currency}, ${month}`,
    ...session.table(
      [{ title: '' }, ...['Opening', 'In', 'Out', 'Closing'].map(right)],
      [
        ['statement', ...[opening, receipts, disbursements, statement.closing].map(money)],
        closing('books', books),
        ...shown.map(({ object, kind, date, amount }) =>
          closing(`  ${object} of ${date}: ${ITEM_WORDS[kind]}`, amount),
        ),
        ...(unexplained === null ? [] : [closing(unexplained === 0n ? 'unexplained' : 'UNEXPLAINED', unexplained)]),
      ],
    ),
    ...(hidden > 0 ? [`${hidden} more items; --limit shows more.`] : []),
    '',
  ]
}

const ITEM_WORDS = {
  'not-booked': 'on the statement, not in the books',
  'no-line': 'in the books, on no statement',
  'other-amount': 'booked with another amount',
} as const

function right(title: string): Column {
  return { title, align: 'right' }
}

/** The same as one document: exact amounts as text. */
export function proofsView({ proofs, limit }: ProofsShown) {
  const { vendors, cash, clearing } = proofs
  return {
    rollForward: vendors.map(proofView),
    clearing: exactly(clearing),
    cash: exactly(
      cash.map(({ account, currency, months }) => ({
        account: account.name,
        ledgerAccount: account.key,
        currency,
        months: months.map(({ items, ...month }) => ({
          ...month,
          items: items.slice(0, limit),
          itemCount: items.length,
        })),
      })),
    ),
  }
}

/** Every amount as exact text; everything else as it is. */
function exactly(value: unknown): unknown {
  if (typeof value === 'bigint') return formatExact(value)
  if (Array.isArray(value)) return value.map(exactly)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exactly(each)]))
}
