/**
 * What an account held before a file of it begins, which may tell how the file is meant: the closings of earlier files that
 * add up, and what a person stated the account held when the books start.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { PreviousClosing } from '../../domain/statements/previous-closing.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { listSections } from '../../evidence/statements/files.ts'
import { OVERDRAWN } from '../process/opening-money.ts'

export async function closingsOf(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
): Promise<readonly PreviousClosing[]> {
  const sections = await listSections(db, book, { account })
  const closings = sections.flatMap(({ accountNumber, currency, last, closing, footing }) =>
    last === null || closing === null || footing === 'differs'
      ? []
      : [{ accountNumber, currency, last, amount: closing }],
  )
  return [...closings, ...(await openingsOf(db, book, account))]
}

/** One for each currency; of an opening that was corrected, all rows together. */
async function openingsOf(db: Kysely<Tables>, book: bigint, account: bigint): Promise<readonly PreviousClosing[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['currency', 'kind', 'amount', 'effective_date'])
    .where('book', '=', book)
    .where('source', '=', account)
    .where((where) => where.or([where('object', '=', 'opening'), where('object', 'like', 'opening:%')]))
    .orderBy('seq')
    .execute()
  const byCurrency = new Map<string, { readonly amount: Units; readonly date: IsoDate }>()
  for (const { currency, kind, amount, effective_date } of rows) {
    const signed = kind === OVERDRAWN ? -amount : amount
    byCurrency.set(currency, { amount: (byCurrency.get(currency)?.amount ?? 0n) + signed, date: effective_date })
  }
  // Held at the beginning of its day, which is the end of the day before.
  return [...byCurrency].map(([currency, { amount, date }]) => ({
    accountNumber: null,
    currency,
    last: addDays(date, -1),
    amount,
  }))
}
