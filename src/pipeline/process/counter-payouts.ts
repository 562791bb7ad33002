/**
 * Payouts that only a fall of the counter books: those a person says a fall was, and those a rule of an account says a line
 * is. A payout that a file states is booked by its row.
 */
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { dropPayout, listPayouts, savePayout, type KeptPayout } from '../../payelancer/store/payouts.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { bring } from '../engine/want.ts'
import { checkMinimum, OF_PAYOUTS } from './minimums.ts'
import { expectPosted } from './open-items.ts'
import { isOver } from '../engine/items.ts'

export interface ShownPayout {
  /** "payout:fall-2027-03-02", or the key of one on record. */
  readonly key: string
  readonly amount: Units
  /** The vendor day of the fall. */
  readonly day: IsoDate
  /** False where only a person's word about the fall says so. */
  readonly isRecorded: boolean
}

/** Brings what is booked of them to what the counter shows now. */
export async function bringPayouts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  shown: readonly ShownPayout[],
): Promise<readonly TransactionDraft[]> {
  if (source.kind !== 'publisher') return []
  const of = { book: context.book, source: source.id }
  const known = await listPayouts(context.db, of, ['line', 'fall'])
  const byKey = new Map(known.map((each) => [each.key, each]))
  const drafts: TransactionDraft[] = []
  for (const each of shown) {
    const before = byKey.get(each.key)
    if (each.isRecorded && before === undefined) continue
    drafts.push(...(await bringPayout(context, source, item, { ...each, origin: before?.origin ?? 'fall' })))
  }
  const now = new Set(shown.map(({ key }) => key))
  for (const { key, date, origin, reference } of known) {
    if (now.has(key)) continue
    drafts.push(...(await bringPayout(context, source, item, { key, amount: 0n, day: date, isRecorded: true, origin })))
    if (origin === 'fall') await dropPayout(context.db, of, { key, reference })
  }
  return drafts
}

async function bringPayout(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { key: object, amount, day, origin }: ShownPayout & Pick<KeptPayout, 'origin'>,
): Promise<readonly TransactionDraft[]> {
  const evidence = evidenceOf(item)
  const wanted = {
    object,
    kind: 'payout',
    total: amount,
    date: day,
    rule: 'P1',
    memo: 'shown by a fall of the counter',
    evidence,
  } as const
  const drafts = await bring(context, source, [wanted])
  if (drafts.length === 0) return []
  const reference = object.replace(/^payout:/, '')
  await expectPosted(context, item, [{ source, kind: 'payout', posted: { object, amount, date: day, evidence } }])
  if (amount === 0n) {
    await isOver(context, item, { source: source.name, object }, OF_PAYOUTS)
    return drafts
  }
  if (origin === 'fall') {
    const payout = { key: object, reference, amount, date: day }
    await savePayout(context.db, { book: context.book, source: source.id }, payout, origin, evidence)
  }
  await checkMinimum(context, item, source, { kind: 'payout', reference, amount })
  return drafts
}
