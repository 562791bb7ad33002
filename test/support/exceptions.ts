/** Opens and closes single items, where a test needs some without a batch that judges them. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../src/db/tables.ts'
import type { RaisedException } from '../../src/domain/exception.ts'
import type { Evidence } from '../../src/domain/transaction.ts'
import { closeExceptions, exceptionsWithin, type ExceptionScope } from '../../src/reconcile/exceptions.ts'
import { raiseExceptions } from '../../src/reconcile/exceptions/raise.ts'

export async function raiseException(
  db: Kysely<Tables>,
  book: bigint,
  raised: RaisedException,
  evidence: Evidence,
  atMs: number,
): Promise<void> {
  await raiseExceptions(db, book, [raised], evidence, atMs)
}

export async function closeWithin(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  scope: ExceptionScope,
  at: { readonly evidence?: Evidence; readonly ms: number },
): Promise<void> {
  const over = await exceptionsWithin(db, book, source, scope)
  await closeExceptions(db, book, over, { evidence: at.evidence ?? null, ms: at.ms })
}
