/**
 * A dry run of a database change: everything happens in a transaction, and the transaction is rolled back. So what it
 * shows is what the real command would do, checks and triggers included.
 */
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'

class RolledBack extends Error {}

/** `isKept` may say of a result that nothing of it may stay, as in a dry run. */
export async function inTransaction<T>(
  db: Kysely<Tables>,
  options: { readonly dryRun: boolean },
  work: (trx: Transaction<Tables>) => Promise<T>,
  isKept: (result: T) => boolean = () => true,
): Promise<T> {
  let result: { readonly value: T } | undefined
  try {
    return await db.transaction().execute(async (trx) => {
      result = { value: await work(trx) }
      if (options.dryRun || !isKept(result.value)) throw new RolledBack()
      return result.value
    })
  } catch (error) {
    if (error instanceof RolledBack && result !== undefined) return result.value
    throw error
  }
}
