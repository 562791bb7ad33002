/** Payouts of which something came back: what is expected of them then. */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { windowOf } from '../../domain/payouts/window.ts'
import type { Landed } from '../../evidence/landing.ts'
import { findItem, findItems, type OpenItem } from '../../evidence/open-items.ts'
import { positions } from '../../ledger/positions.ts'
import type { SourceSettings } from '../settings.ts'
import { raise, type BatchContext } from './context.ts'
import { expect } from './expect-item.ts'
import { settleCodes } from './settle-codes.ts'
import { windowDays, type Posted } from './posted-item.ts'

/**
 * A payout owed again. What no line has settled of it never arrived, and is expected no more; what had arrived is
 * expected to leave the account again, under the same references.
 */
export async function expectReturned(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  { object, amount: returned, date, evidence }: Posted,
): Promise<OpenItem | null> {
  const { db, book, settings } = context
  const payout = await findItem(db, book, source.name, object)
  if (payout === null || settings.money === undefined) return null
  if (returned === 0n) return expectAsBefore(context, item, source, payout)
  const detail = `${formatMoney(returned)} ${source.currency} of ${object} is owed again`
  const { name, currency } = source
  await raise(context, item, { source: name, code: 'PAYOUT_RETURNED', object, amount: returned, currency, detail })
  const paid = await totalOf(context, name, object, 'payout')
  const still = await lessReturned(context, name, object, paid)
  if (still < paid) return expect(context, item, { ...payout, amount: still })
  return expect(context, item, {
    ...payout,
    kind: 'payout-return',
    object: `${object}:return`,
    amount: -returned,
    ...windowOf('payout-return', date, windowDays(source, settings.money.matching)),
    evidence,
  })
}

/** Nothing is owed again after all: the payout is what it was, and nothing leaves the account. */
async function expectAsBefore(
  context: BatchContext,
  item: Landed,
  { name }: SourceSettings,
  payout: OpenItem,
): Promise<OpenItem> {
  await settleCodes(context, item, name, payout.object, ['PAYOUT_RETURNED'])
  const left = await findItem(context.db, context.book, name, `${payout.object}:return`)
  if (left !== null) await expect(context, item, { ...left, amount: 0n })
  return expect(context, item, { ...payout, amount: await totalOf(context, name, payout.object, 'payout') })
}

/** A payout without what came back of it before it arrived; whole when lines have settled more than that leaves. */
async function lessReturned(context: BatchContext, source: string, object: string, paid: Units): Promise<Units> {
  return (await allLessReturned(context, source, new Map([[object, paid]]))).get(object) ?? paid
}

/** The same of many: object → what was paid. */
export async function allLessReturned(
  context: BatchContext,
  source: string,
  paid: ReadonlyMap<string, Units>,
): Promise<ReadonlyMap<string, Units>> {
  const id = context.sourceIds.get(source)
  if (id === undefined) return paid
  const objects = [...paid.keys()]
  const held = await positions(context.db, context.book, id, objects)
  const items = await findItems(context.db, context.book, source, objects)
  const matched = new Map(items.map((each) => [each.object, each.matched]))
  return new Map(
    [...paid].map(([object, amount]) => {
      const still = amount - (held.get(object)?.get('payout-returned')?.cumulative ?? 0n)
      return [object, (matched.get(object) ?? 0n) <= still ? still : amount]
    }),
  )
}

/** What an object comes to by the ledger. */
async function totalOf(context: BatchContext, source: string, object: string, kind: string): Promise<Units> {
  const id = context.sourceIds.get(source)
  if (id === undefined) return 0n
  const held = await positions(context.db, context.book, id, [object])
  return held.get(object)?.get(kind)?.cumulative ?? 0n
}
