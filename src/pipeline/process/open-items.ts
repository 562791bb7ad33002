/**
 * Open items from what the books hold: payouts, top-ups and wallet refunds as they are posted, transfers and returns as
 * their lines are settled. A night looks only at what was posted since the last one.
 */
import { readInChunks } from '../../db/chunks.ts'
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import { windowOf } from '../../domain/payouts/window.ts'
import type { Landed } from '../../log/landing.ts'
import { caughtUp, leaveBehind, leftBehind, progressOf, saveProgress } from '../../evidence/open-item-progress.ts'
import { findItems, type ExpectedItem } from '../../evidence/open-items.ts'
import type { SourceSettings } from '../settings.ts'
import type { BatchContext } from './context.ts'
import { expectAll } from './expect-item.ts'
import { allLessReturned, expectReturned } from './expect-returned.ts'
import { windowDays, type Posted } from './posted-item.ts'

/** How the posted kinds are expected on a statement, and with which sign. */
export const EXPECTED = {
  payout: { kind: 'payout', sign: 1n },
  'top-up': { kind: 'top-up', sign: -1n },
  'wallet-refund': { kind: 'wallet-refund', sign: 1n },
} as const satisfies Readonly<Record<string, { readonly kind: ItemKind; readonly sign: bigint }>>

/** Before the number of the line, in the object of a top-up that only a line made known. */
export const TOP_UP_OF_LINE = 'top-up:line-'

export const RETURN_RULE = 'P3'

/** Under which the progress of the items through the ledger is kept. */
export const ORIGIN = 'ledger'

/** Brings the items up to what is posted; does nothing the second time. What is of a source that the settings lack waits for it. */
export async function refreshOpenItems(context: BatchContext, item: Landed): Promise<void> {
  const { db, book, settings, sourceIds } = context
  if (settings.money === undefined) return
  const names = new Map([...sourceIds].map(([name, id]) => [id, name]))
  const head = await db.selectFrom('head').select('seq').where('book', '=', book).executeTakeFirst()
  const behind = await leftBehind(db, book)
  const back = settings.sources.filter(({ name }) => behind.has(name))
  const rows = await postedSince(context, back, behind)
  let waiting: Expecting[] = []
  const missing = new Map<string, bigint>()
  for (const row of rows) {
    const name = names.get(row.source) ?? ''
    const source = settings.sources.find((each) => each.name === name)
    if (source === undefined) {
      if (!behind.has(name) && !missing.has(name)) missing.set(name, row.seq - 1n)
      continue
    }
    const { object, kind, cumulative: amount, effective_date: date } = row
    const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const posted = { object, amount, date, evidence }
    if (isExpected(kind)) {
      waiting.push({ source, kind, posted })
    } else {
      // What comes back is of a payout that is expected by then.
      await expectPosted(context, item, waiting)
      waiting = []
      await expectReturned(context, item, source, posted)
    }
  }
  await expectPosted(context, item, waiting)
  for (const [name, position] of missing) await leaveBehind(db, book, name, position)
  for (const { name } of back) await caughtUp(db, book, name)
  await saveProgress(db, book, ORIGIN, head?.seq ?? 0n)
}

/** Of all sources since the last time, and of those that are back since they went. */
async function postedSince(
  { db, book, sourceIds }: BatchContext,
  back: readonly SourceSettings[],
  behind: ReadonlyMap<string, bigint>,
) {
  const after = (await progressOf(db, book, ORIGIN)) ?? 0n
  return db
    .selectFrom('txn')
    .select(['seq', 'source', 'object', 'kind', 'cumulative', 'effective_date', 'evidence_batch', 'evidence_item'])
    .where('book', '=', book)
    .where((eb) =>
      eb.or([
        eb('seq', '>', after),
        ...back.map(({ name }) =>
          eb.and([eb('source', '=', sourceIds.get(name) ?? 0n), eb('seq', '>', behind.get(name) ?? after)]),
        ),
      ]),
    )
    .where('kind', 'in', [...Object.keys(EXPECTED), 'payout-returned'])
    .orderBy('seq')
    .execute()
}

function isExpected(kind: string): kind is keyof typeof EXPECTED {
  return Object.hasOwn(EXPECTED, kind)
}

export interface Expecting {
  readonly source: SourceSettings
  readonly kind: keyof typeof EXPECTED
  readonly posted: Posted
}

/** The items of what is posted, or drafted in this very batch. Of two about one object the later counts. */
export async function expectPosted(
  context: BatchContext,
  item: Landed,
  expecting: readonly Expecting[],
): Promise<void> {
  const { money } = context.settings
  if (money === undefined) return
  const expected: ExpectedItem[] = []
  for (const [source, own] of Map.groupBy(expecting, (each) => each.source)) {
    const some = [...new Map(own.map((each) => [each.posted.object, each])).values()]
    const paid = new Map(
      some.filter(({ kind }) => kind === 'payout').map(({ posted }) => [posted.object, posted.amount]),
    )
    const still = await allLessReturned(context, source.name, paid)
    const named = new Map(
      (
        await findItems(context.db, context.book, source.name, some.map(({ posted }) => posted.object).filter(isOfLine))
      ).map(({ object, references }) => [object, references]),
    )
    const stated = await statedReferences(context, source.name, [...paid.keys()])
    for (const { kind: postedAs, posted } of some) {
      const { object, amount, date, evidence } = posted
      const { kind, sign } = EXPECTED[postedAs]
      const own = object.slice(object.indexOf(':') + 1)
      expected.push({
        kind,
        source: source.name,
        account: kind === 'payout' ? (source.payouts?.account ?? '') : '',
        object,
        currency: source.currency,
        amount: sign * (still.get(object) ?? amount),
        ...windowOf(kind, date, windowDays(source, money.matching)),
        references: [...new Set([own, stated.get(object) ?? own, ...(named.get(object) ?? [])])],
        words: wordsOf(source),
        evidence,
      })
    }
  }
  await expectAll(context, item, expected)
}

/** A top-up that a line made known keeps the reference that a row gave it since. */
function isOfLine(object: string): boolean {
  return object.startsWith(TOP_UP_OF_LINE)
}

/** Payout → the id a file gave it, for those that were due before it. */
async function statedReferences(
  context: BatchContext,
  source: string,
  payouts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const id = context.sourceIds.get(source)
  if (id === undefined) return new Map()
  const rows = await readInChunks(payouts, (some) =>
    context.db
      .selectFrom('counter_payout')
      .select(['payout', 'reference'])
      .where('book', '=', context.book)
      .where('source', '=', id)
      .where('payout', 'in', [...some])
      .execute(),
  )
  return new Map(rows.map(({ payout, reference }) => [payout, reference]))
}

function wordsOf({ name, kind }: SourceSettings): readonly string[] {
  const own = name.split('-').filter((word) => word.length >= 3)
  return kind === 'panel' ? own : [...own, 'payelancer']
}
