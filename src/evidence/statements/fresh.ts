/** Which lines of a file nobody had seen before it. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { StatementFile } from './files.ts'

/** "section position" of each. */
export async function freshPositions(
  db: Kysely<Tables>,
  book: bigint,
  { account, evidence }: Pick<StatementFile, 'account' | 'evidence'>,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('statement_line')
    .select(['section', 'position'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('batch', '=', BigInt(evidence.batch))
    .where('item', '=', BigInt(evidence.item))
    .where('kept_batch', 'is', null)
    .execute()
  return new Set(rows.map(({ section, position }) => `${section} ${position}`))
}
