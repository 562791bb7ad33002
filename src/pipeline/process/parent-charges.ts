/**
 * Parents that carry a charge beside their children's. No document says whether such a parent was charged, or its
 * children were, so its charge is held until the wallet says which: booking both would double the cost.
 */
import type { Units } from '../../domain/money/money.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { lastWalletReading } from '../../evidence/readings.ts'
import { HELD_PARENT } from '../../evidence/registry.ts'
import { raise, settle, type BatchContext, type ContextSource } from './context.ts'
import { namedBefore } from './parent-families.ts'
import type { Answered, Parent } from './status-answers.ts'
import { withoutCharge } from './uncharged-order.ts'

/** What a parent's charge is to the books: booked before, found to be its children's, or not known. */
function standingOf(before: RegisteredOrder, charge: Units): 'booked' | 'of children' | 'unknown' {
  if (before.charged > 0n) return 'booked'
  // One that falls takes nothing from the wallet.
  const isOfChildren = before.gross === 0n && before.pending === null && before.charge !== null
  return isOfChildren && charge <= (before.charge ?? 0n) ? 'of children' : 'unknown'
}

/** Keeps parents with a charge out of the books; returns those that had been booked before, which are decided like any order. */
export async function holdParents(
  context: BatchContext,
  source: ContextSource,
  parents: readonly Parent[],
  orders: Map<string, RegisteredOrder>,
  changed: Map<string, RegisteredOrder>,
): Promise<readonly Answered[]> {
  const booked: Answered[] = []
  const named = await namedBefore(context, source, bookedOf(parents, orders))
  for (const parent of parents) {
    const { item, row, answer, timing } = parent
    const before = orders.get(row.orderId)
    if (before === undefined) throw new RangeError(`order ${row.orderId} was not looked up`)
    const standing = standingOf(before, answer.charge)
    if (standing === 'booked') {
      if (namesMore(parent, named)) {
        await raiseParent(context, source, item, row.orderId, answer.charge, row.children)
        // From now on this answer is the one that named them, whatever else it changes.
        changed.set(row.orderId, before)
      }
      booked.push(parent)
      continue
    }
    await settle(context, item, `order:${row.orderId}`, { except: [HELD_PARENT] })
    const moved = withoutCharge(before, { item, orderId: row.orderId, timing, atMs: answer.atMs, status: row.status })
    const shown = { charge: answer.charge, chargeDecimals: answer.chargeDecimals, children: row.children }
    if (standing === 'of children') context.tally.add('unchanged', source.currency, answer.charge)
    const claim = await claimOf(context, source, item, before, answer.charge)
    const after =
      standing === 'unknown'
        ? await holdParent(context, source, item, { ...moved, ...claim }, shown)
        : { ...moved, charge: answer.charge, chargeDecimals: answer.chargeDecimals }
    orders.set(row.orderId, after)
    changed.set(row.orderId, after)
  }
  return booked
}

function bookedOf(
  parents: readonly Parent[],
  orders: ReadonlyMap<string, RegisteredOrder>,
): readonly RegisteredOrder[] {
  return parents.flatMap(({ row }) => {
    const before = orders.get(row.orderId)
    return before === undefined || before.charged === 0n ? [] : [before]
  })
}

/** Whether it names an order that it did not name before, though a list may have told of that order already. */
function namesMore({ row, hasNewChildren }: Parent, named: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const before = named.get(row.orderId)
  return hasNewChildren || (before !== undefined && row.children.some((id) => !before.has(id)))
}

/**
 * A parent at a charge of nothing moves no money itself, so what a list shows for it is what its children cost. One that is
 * booked keeps its price: a charge that falls to nothing is a refund.
 */
export function forgetListedPrices(answered: readonly Answered[], orders: Map<string, RegisteredOrder>): void {
  for (const { row, answer } of answered) {
    const before = orders.get(row.orderId)
    if (row.isParent !== true || answer.charge !== 0n || before === undefined || before.charged !== 0n) continue
    orders.set(row.orderId, { ...before, gross: null, grossBasis: null })
  }
}

/** Since when it carries this charge, and, of one that was found to be its children's, whether it rose since the last pass. */
async function claimOf(
  { db, book }: BatchContext,
  source: ContextSource,
  item: Landed,
  before: RegisteredOrder,
  charge: Units,
): Promise<Pick<RegisteredOrder, 'claimBatch' | 'claimFromOpen'>> {
  const { claimBatch, claimFromOpen } = before
  if (before.pending === HELD_PARENT && before.charge === charge) return { claimBatch, claimFromOpen }
  if (before.charge === null) return { claimBatch: item.batch, claimFromOpen: null }
  const end = await lastWalletReading(db, book, source.id, item.batch, 'after')
  const start = end === null ? null : await lastWalletReading(db, book, source.id, end.batch, 'before')
  const isAskedThen = start !== null && (before.observedAtMs ?? 0) >= start.observedAtMs
  const wasOfChildren = before.gross === 0n && before.pending === null
  return { claimBatch: item.batch, claimFromOpen: wasOfChildren && isAskedThen }
}

/** The parent with its charge kept beside the books, and the exception that says so. */
async function holdParent(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  order: RegisteredOrder,
  shown: { readonly charge: Units; readonly chargeDecimals: number; readonly children: readonly string[] },
): Promise<RegisteredOrder> {
  const { charge, chargeDecimals, children } = shown
  context.tally.add('excepted', source.currency, charge)
  await raiseParent(context, source, item, order.orderId, charge, children)
  return { ...order, charge, chargeDecimals, pending: HELD_PARENT }
}

/** Also for a parent that was booked before it named children: from then on one of the two may be too much. */
export async function raiseParent(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  orderId: string,
  amount: Units,
  children: readonly string[],
): Promise<void> {
  const { currency } = source
  const some = children.slice(0, 5).join(', ')
  const detail = `the order carries a charge and stands for ${children.length} others (${some}); whether it was charged or they were is not known until the wallet ties with one of the two`
  const object = `order:${orderId}`
  await raise(context, item, { source: source.name, code: HELD_PARENT, object, amount, currency, detail })
}
