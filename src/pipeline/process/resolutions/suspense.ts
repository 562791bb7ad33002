/**
 * A wallet's difference that a person has put into suspense: how much of it is there, and moving it. It stands in for
 * evidence that is missing, so it is taken back as soon as the wallet and the rest of the books agree without it.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../../db/tables.ts'
import { abs, type Units } from '../../../domain/money/money.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../../domain/transaction.ts'
import { positions } from '../../../ledger/positions.ts'
import { draftOf, type BatchContext, type ContextSource } from '../context.ts'

const OBJECT = 'suspense:wallet'
const MORE = 'suspense-more'
const LESS = 'suspense-less'

/** Positive where the wallet held more than the books. */
export async function suspenseOf(db: Kysely<Tables>, book: bigint, source: bigint): Promise<Units> {
  const held = (await positions(db, book, source, [OBJECT])).get(OBJECT)
  return (held?.get(MORE)?.cumulative ?? 0n) - (held?.get(LESS)?.cumulative ?? 0n)
}

/** What of the suspense a difference still needs: never more than there is, and nothing of the other direction. */
export function coveredBy(suspended: Units, left: Units): Units {
  if (suspended > 0n !== left > 0n || left === 0n) return 0n
  return abs(suspended) <= abs(left) ? suspended : left
}

/** Nothing when it stays as it is. */
export async function moveSuspense(
  context: Pick<BatchContext, 'book' | 'rules'> & { readonly db: Kysely<Tables> },
  source: ContextSource,
  change: { readonly from: Units; readonly to: Units; readonly date: IsoDate },
  { memo, evidence }: { readonly memo: string; readonly evidence: Evidence },
): Promise<readonly TransactionDraft[]> {
  if (change.from === change.to) return []
  const held = (await positions(context.db, context.book, source.id, [OBJECT])).get(OBJECT)
  const desired = new Map([
    [MORE, change.to > 0n ? change.to : 0n],
    [LESS, change.to < 0n ? -change.to : 0n],
  ])
  return [...desired].flatMap(([kind, cumulative]) => {
    const position = held?.get(kind)
    const amount = cumulative - (position?.cumulative ?? 0n)
    if (amount === 0n) return []
    const version = (position?.version ?? 0) + 1
    const rule = change.to === 0n ? 'suspense/taken-back' : 'suspense/decided'
    const about = { source, object: OBJECT, kind, version, amount, cumulative }
    return [draftOf(context, { ...about, effectiveDate: change.date, rule, memo, evidence })]
  })
}
