/**
 * Settlements that rows told of and tell of no more, because the rows come to nothing or a list shows the settlement
 * itself: they are expected no longer, unless a line of the list takes them over.
 */
import { classifyLine } from '../../domain/matching/descriptor.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { OpenItem } from '../../evidence/open-items.ts'
import type { BatchContext } from './context.ts'
import { expectAgain } from './expect-again.ts'
import { expectArrival } from './expect-arrival.ts'
import type { PoolLine } from './match-pool.ts'
import { lineOfLeaving } from './settlement-object.ts'

export async function expectNoMore(
  context: BatchContext,
  item: Landed,
  known: OpenItem,
  booked: { readonly date: IsoDate; readonly place: Evidence },
): Promise<void> {
  const { source, object, currency, references } = known
  const line = await lineOfLeaving(context, source, object)
  if (line === undefined) {
    await expectArrival(context, item, 'settlement', {
      object,
      amount: 0n,
      currency,
      date: booked.date,
      account: source,
      to: null,
      references,
      evidence: booked.place,
    })
  } else if (!willLeave(line)) await expectAgain(context, item, [known])
}

/** This reconciliation settles it as leaving, and expects it then. */
function willLeave({ open, account }: PoolLine): boolean {
  if (open.amount === 0n) return false
  const found = classifyLine(open, account)
  return found.kind === 'alone' && found.meaning === 'transfer-out'
}
