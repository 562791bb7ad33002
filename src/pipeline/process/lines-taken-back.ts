/**
 * A payout that came into the books by a line, because the line comes to a fall of the counter, rests on what was said of
 * that fall. Once a person says otherwise nothing tells any more what was paid out with that line, and it is asked again.
 */
import type { AcceptAs } from '../../domain/counters/counter-decision.ts'
import type { Evidence, TransactionDraft } from '../../domain/transaction.ts'
import { dropPayout, forgetShown, savePayout } from '../../evidence/counter-payouts.ts'
import { linesShownBy, type LinePayout } from '../../evidence/line-payouts.ts'
import type { Landed } from '../../evidence/landing.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import type { CounterWork } from './counter-work.ts'
import { withdrawLine } from './line-as-payout.ts'

/** Words that payouts on record may go with. */
const WITH_PAYOUTS: ReadonlySet<AcceptAs> = new Set(['payout', 'spike-ok', 'repost'])

export interface LinesTakenBack {
  /** What was said did not fit: as it was before. */
  readonly putBack: () => Promise<void>
  /** Those that no reading shows any more, once the readings are judged again. */
  readonly gone: () => Promise<readonly LinePayout[]>
}

/** `as`: what the readings of a span are taken for from now on; null when they are rejected. */
export async function takeLinesBack(
  { context: { db, book }, source, item }: CounterWork,
  span: { readonly first: Evidence; readonly last: Evidence },
  as: AcceptAs | null,
): Promise<LinesTakenBack> {
  const lines = await linesShownBy(db, book, source.id, span)
  const forget = async (): Promise<readonly LinePayout[]> => {
    const gone: LinePayout[] = []
    for (const line of lines) {
      const { payout, due } = line
      if (!(await dropPayout(db, book, source.id, payout.key, payout.reference))) continue
      if (due !== null) await savePayout(db, book, source.id, due, evidenceOf(item))
      gone.push(line)
    }
    return gone
  }
  if (as !== null && WITH_PAYOUTS.has(as)) return { putBack: () => Promise.resolve(), gone: forget }
  // Before anything is judged: another fall would take what was worked out for this one.
  await forgetShown(db, book, source.id, span.first)
  const gone = await forget()
  return {
    putBack: async () => {
      for (const { payout, evidence } of gone) await savePayout(db, book, source.id, payout, evidence)
    },
    gone: () => Promise.resolve(gone),
  }
}

/** Takes them out of the books; what lines have settled of one is an exception of its item. */
export async function withdrawLines(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  lines: readonly LinePayout[],
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { payout, due } of lines) {
    const left = due ?? { ...payout, amount: 0n }
    drafts.push(...(await withdrawLine(context, item, source, left, 'what was said of its fall is no longer so')))
  }
  return drafts
}
