/** W0: the balance a wallet was stated to begin with, on the day it was stated for. A later statement takes its place. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { WalletKey } from './wallet-nights.ts'

export interface WalletOpening {
  readonly balance: Units
  readonly day: IsoDate
}

/** Null while nobody has stated one. */
export async function statedOpening(db: Kysely<Tables>, { book, source }: WalletKey): Promise<WalletOpening | null> {
  const row = await db
    .selectFrom('wallet_opening')
    .select(['balance', 'day'])
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirst()
  return row ?? null
}

/** False when just that was stated before. */
export async function saveOpening(db: Kysely<Tables>, key: WalletKey, opening: WalletOpening): Promise<boolean> {
  const before = await statedOpening(db, key)
  if (before?.balance === opening.balance && before.day === opening.day) return false
  await db
    .insertInto('wallet_opening')
    .values({ ...key, ...opening })
    .onConflict((conflict) => conflict.columns(['book', 'source']).doUpdateSet(opening))
    .execute()
  return true
}
