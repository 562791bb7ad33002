/**
 * What a processor's rows say of its settlements: rows that left together name one, with the UTR of the transfer. Only
 * settlements that no imported list shows, since a list says it itself.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'

export interface RowsSettlement {
  /** "setl_…" */
  readonly id: string
  readonly currency: string
  readonly rows: number
  /** What the rows come to; positive when money left for the bank. */
  readonly amount: Units
  /** The day the last of them was settled. */
  readonly date: IsoDate
  /** Of the transfer to the bank; null when the rows do not tell. */
  readonly utr: string | null
  /** Where the last of the rows stands. */
  readonly place: Evidence
}

/** Of one account, by id and currency. */
export async function settlementsOfRows(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
): Promise<readonly RowsSettlement[]> {
  const rows = await db
    .selectFrom('statement_line')
    .select(['group_id', 'currency', 'amount', 'date', 'refs', 'batch', 'item'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('group_id', '>', '')
    .where('uncounted', 'is', null)
    .where('type', '<>', 'settlement')
    .where('group_id', 'not in', (eb) =>
      eb
        .selectFrom('statement_line as listed')
        .select(sql<string>`listed.group_id`.as('listed'))
        .where('listed.book', '=', book)
        .where('listed.account', '=', account)
        .where('listed.type', '=', 'settlement')
        .where('listed.group_id', '>', '')
        .where('listed.uncounted', 'is', null),
    )
    .orderBy('id')
    .execute()
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.group_id, row.currency]))
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, some]) => {
      const last = some.at(-1)
      if (last === undefined) return []
      return {
        id: last.group_id ?? '',
        currency: last.currency,
        rows: some.length,
        amount: some.reduce((sum, { amount }) => sum + amount, 0n),
        date: some.reduce((latest, { date }) => (date > latest ? date : latest), last.date),
        utr: utrOf(some.map(({ refs }) => refs)),
        place: { batch: Number(last.batch), item: Number(last.item) },
      }
    })
}

/** Razorpay's own ids, which name a payment and no transfer to a bank. */
const OWN_ID = /^[a-z]+_/

/** The reader puts a row's UTR first, and all rows of a settlement have the same. */
function utrOf(refs: readonly string[]): string | null {
  // Written by the import alone: lists of texts.
  const firsts = new Set(refs.map((text) => (JSON.parse(text) as readonly string[])[0]))
  const [only] = firsts
  return firsts.size !== 1 || only === undefined || OWN_ID.test(only) ? null : only
}
