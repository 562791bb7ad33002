/**
 * Keeps what an account's lines sum to within the database's columns. The lines are only read for a file that moves much:
 * small files cannot come near the limit together.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { MOST_OF_FILE } from '../../sources/statements/bounds.ts'

/** A million; thirty thousand such files reach the limit. */
const SMALL: Units = 100_000_000_000_000n

/** Throws InputError when the account's lines and the file's come to more than one file may have. */
export async function refuseTotal(
  db: Kysely<Tables>,
  of: { readonly book: bigint; readonly account: bigint },
  fileName: string,
  turnover: Units,
): Promise<void> {
  if (turnover <= SMALL) return
  // A float cannot overflow, and nobody asks for the cents of thirty milliards.
  const { held } = await db
    .selectFrom('statement_line')
    .select(sql<number | bigint>`coalesce(sum(abs(cast(amount as double precision))), 0)`.as('held'))
    .where('book', '=', of.book)
    .where('account', '=', of.account)
    .executeTakeFirstOrThrow()
  const total = BigInt(Math.round(Number(held))) + turnover
  if (total <= MOST_OF_FILE) return
  const message = `With ${fileName} the lines of its account come to ${formatMoney(total)}; at most ${formatMoney(MOST_OF_FILE)} can be summed.`
  throw new InputError('STATEMENT_TOO_LARGE', message, 'Check that its amounts are read rightly; nothing was imported.')
}
