/**
 * Balances on both axes of time: what counted through a day (`asOf`), as far as it was known at a sequence. What was known
 * then is what is known now less what came after, or the sum of what came before, whichever is fewer postings.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { balances, toBalance, type AccountBalance } from './balances.ts'
import type { Book } from './books.ts'
import { movementsIn } from './movements.ts'

export interface Horizon {
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** The last sequence that counts; all when left out. */
  readonly sequence?: number
  /** Only this account. */
  readonly account?: string
}

/** Ordered by account and currency, as `balances`; accounts without any movement inside the horizon are left out. */
export async function balancesWithin(
  db: Kysely<Tables>,
  book: Book,
  { sequence, ...filter }: Horizon,
): Promise<readonly AccountBalance[]> {
  if (sequence === undefined) return balances(db, book, filter)
  const head = await db.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  const last = Number(head?.seq ?? 0n)
  if (sequence >= last) return balances(db, book, filter)
  if (sequence <= last / 2) return movementsIn(db, book, { ...filter, after: 0, through: sequence })
  const later = await movementsIn(db, book, { ...filter, after: sequence, through: last })
  return less(await balances(db, book, filter), later)
}

function less(all: readonly AccountBalance[], later: readonly AccountBalance[]): readonly AccountBalance[] {
  const gone = new Map(later.map((row) => [keyOf(row), row]))
  return all.flatMap((row) => {
    const after = gone.get(keyOf(row))
    const debit = row.debit - (after?.debit ?? 0n)
    const credit = row.credit - (after?.credit ?? 0n)
    return debit === 0n && credit === 0n ? [] : [toBalance(row.account, row.currency, debit, credit)]
  })
}

function keyOf({ account, currency }: Pick<AccountBalance, 'account' | 'currency'>): string {
  return `${currency} ${account}`
}
