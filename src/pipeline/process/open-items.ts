/**
 * Open items from what the books hold: payouts, top-ups and wallet refunds as they are posted, transfers and returns as
 * their lines are settled. A night looks only at what was posted since the last one.
 */
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import { windowOf } from '../../domain/payouts/window.ts'
import type { Landed } from '../../evidence/landing.ts'
import { progressOf, saveProgress } from '../../evidence/open-item-progress.ts'
import type { SourceSettings } from '../settings.ts'
import type { BatchContext } from './context.ts'
import { expect } from './expect-item.ts'
import { expectReturned, lessReturned } from './expect-returned.ts'
import { windowDays, type Posted } from './posted-item.ts'

/** How the posted kinds are expected on a statement, and with which sign. */
const EXPECTED = {
  payout: { kind: 'payout', sign: 1n },
  'top-up': { kind: 'top-up', sign: -1n },
  'wallet-refund': { kind: 'wallet-refund', sign: 1n },
} as const satisfies Readonly<Record<string, { readonly kind: ItemKind; readonly sign: bigint }>>

export const RETURN_RULE = 'payout/returned'

const ORIGIN = 'ledger'

/** Brings the items up to what is posted; does nothing the second time. */
export async function refreshOpenItems(context: BatchContext, item: Landed): Promise<void> {
  const { db, book, settings, sourceIds } = context
  if (settings.money === undefined) return
  const after = (await progressOf(db, book, ORIGIN)) ?? 0n
  const names = new Map([...sourceIds].map(([name, id]) => [id, name]))
  const head = await db.selectFrom('head').select('seq').where('book', '=', book).executeTakeFirst()
  const rows = await db
    .selectFrom('txn')
    .select(['source', 'object', 'kind', 'cumulative', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where('seq', '>', after)
    .where('kind', 'in', [...Object.keys(EXPECTED), 'payout-returned'])
    .orderBy('seq')
    .execute()
  for (const row of rows) {
    const source = settings.sources.find(({ name }) => name === names.get(row.source))
    if (source === undefined) continue
    const { object, cumulative: amount, effective_date: date } = row
    const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const posted = { object, amount, date, evidence }
    if (row.kind === 'payout-returned') await expectReturned(context, item, source, posted)
    else if (isExpected(row.kind)) await expectPosted(context, item, source, row.kind, posted)
  }
  await saveProgress(db, book, ORIGIN, head?.seq ?? 0n)
}

function isExpected(kind: string): kind is keyof typeof EXPECTED {
  return Object.hasOwn(EXPECTED, kind)
}

/** The item of something posted, or drafted in this very batch. */
export async function expectPosted(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  posted: keyof typeof EXPECTED,
  { object, amount, date, evidence }: Posted,
): Promise<void> {
  const { money } = context.settings
  if (money === undefined) return
  const { kind, sign } = EXPECTED[posted]
  const { name, currency } = source
  const still = posted === 'payout' ? await lessReturned(context, name, object, amount) : amount
  await expect(context, item, {
    kind,
    source: name,
    account: kind === 'payout' ? (source.payouts?.account ?? '') : '',
    object,
    currency,
    amount: sign * still,
    ...windowOf(kind, date, windowDays(source, money.matching)),
    references: await referencesOf(context, name, object),
    words: wordsOf(source),
    evidence,
  })
}

/** The payment's own id, and the one a file gave to a payout that was due before it. */
async function referencesOf(context: BatchContext, source: string, object: string): Promise<readonly string[]> {
  const own = object.slice(object.indexOf(':') + 1)
  const id = context.sourceIds.get(source)
  if (id === undefined) return [own]
  const payout = await context.db
    .selectFrom('counter_payout')
    .select('reference')
    .where('book', '=', context.book)
    .where('source', '=', id)
    .where('payout', '=', object)
    .executeTakeFirst()
  return [...new Set([own, ...(payout === undefined ? [] : [payout.reference])])]
}

function wordsOf({ name, kind }: SourceSettings): readonly string[] {
  const own = name.split('-').filter((word) => word.length >= 3)
  return kind === 'panel' ? own : [...own, 'payelancer']
}
