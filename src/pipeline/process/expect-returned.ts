/** Payouts of which something came back: what is expected of them then. */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { windowOf } from '../../domain/payouts/window.ts'
import type { Landed } from '../../log/landing.ts'
import { findItems, type OpenItem } from '../../evidence/open-items.ts'
import { positions } from '../../ledger/positions.ts'
import type { SourceSettings } from '../settings.ts'
import { judge, type StandingItem } from '../engine/items.ts'
import type { BatchContext } from './context.ts'
import { expect } from './expect-item.ts'
import { windowDays, type Posted } from './posted-item.ts'

/**
 * A payout owed again. What no line had settled of it never arrived, and is expected no more; what had arrived is
 * expected to leave the account again, under the same references. With nothing owed again, the payout is what it was.
 */
export async function expectReturned(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  { object, amount: returned, date, evidence }: Posted,
): Promise<void> {
  const { db, book, settings } = context
  const [payout, leaving] = await withReturn(context, source.name, object)
  if (payout === undefined || settings.money === undefined) return
  const { name, currency } = source
  const owed: StandingItem = {
    code: 'PAYOUT_DIFFERS',
    object: `${RETURNED}${object}`,
    amount: returned,
    currency,
    detail: `${formatMoney(returned)} ${currency} of ${object} is owed again`,
    place: evidence,
  }
  await judge(context, item, name, {
    codes: [owed.code],
    about: [owed.object],
    standing: returned === 0n ? [] : [owed],
  })
  const id = context.sourceIds.get(name)
  const held = id === undefined ? undefined : (await positions(db, book, id, [object])).get(object)
  const paid = held?.get('payout')?.cumulative ?? 0n
  const arrived = ofArrived({ returned, paid }, payout, leaving)
  await expectParts(context, item, source, { payout, leaving, paid, returned, arrived, date, evidence })
}

const RETURNED = 'returned:'

/** Of an item: that something of a payout is owed again. */
export function isReturned(object: string): boolean {
  return object.startsWith(RETURNED)
}

export interface ReturnedParts {
  readonly payout: OpenItem
  readonly leaving: OpenItem | undefined
  readonly paid: Units
  readonly returned: Units
  /** Of what is owed again: what reached the account, and is expected to leave it. */
  readonly arrived: Units
  readonly date: Posted['date']
  readonly evidence: Posted['evidence']
}

/** Saves what differs from the items as they are. */
export async function expectParts(
  context: BatchContext,
  item: Landed,
  source: SourceSettings,
  { payout, leaving, paid, returned, arrived, date, evidence }: ReturnedParts,
): Promise<void> {
  const still = paid - (returned - arrived)
  if (still !== payout.amount) await expect(context, item, { ...payout, amount: still })
  if (-arrived === (leaving?.amount ?? 0n) || context.settings.money === undefined) return
  await expect(context, item, {
    ...payout,
    kind: 'payout-return',
    object: returnOf(payout.object),
    amount: -arrived,
    ...windowOf('payout-return', date, windowDays(source, context.settings.money.matching)),
    evidence,
  })
}

/** How much of what is owed again had arrived: all that the rest of the payout does not hold, and what a line has taken back. */
function ofArrived(
  { returned, paid }: { readonly returned: Units; readonly paid: Units },
  payout: OpenItem | undefined,
  leaving: OpenItem | undefined,
): Units {
  const room = paid - (payout?.matched ?? 0n)
  const beyond = returned - (room > 0n ? room : 0n)
  const taken = -(leaving?.matched ?? 0n)
  const arrived = beyond > taken ? beyond : taken
  return arrived < returned ? arrived : returned
}

function returnOf(object: string): string {
  return `${object}:return`
}

export async function withReturn(
  { db, book }: BatchContext,
  source: string,
  object: string,
): Promise<readonly [OpenItem | undefined, OpenItem | undefined]> {
  const items = await findItems(db, book, source, [object, returnOf(object)])
  return [items.find((each) => each.object === object), items.find((each) => each.object !== object)]
}

/** Payouts without what never arrived of them: object → what was paid. */
export async function allLessReturned(
  context: BatchContext,
  source: string,
  paid: ReadonlyMap<string, Units>,
): Promise<ReadonlyMap<string, Units>> {
  const { db, book } = context
  const id = context.sourceIds.get(source)
  if (id === undefined) return paid
  const objects = [...paid.keys()]
  const held = await positions(db, book, id, objects)
  const found = await findItems(db, book, source, [...objects, ...objects.map(returnOf)])
  const items = new Map(found.map((each) => [each.object, each]))
  return new Map(
    [...paid].map(([object, amount]) => {
      const returned = held.get(object)?.get('payout-returned')?.cumulative ?? 0n
      const arrived = ofArrived({ returned, paid: amount }, items.get(object), items.get(returnOf(object)))
      return [object, amount - (returned - arrived)]
    }),
  )
}
