/**
 * C5: a line that a rule of its account says to be a payout of a network, and that nothing on record explains, may explain a
 * fall of its counter. What was paid out is the line before the stated fee; without a stated fee a line explains nothing.
 */
import { classifyLine } from '../../domain/matching/descriptor.ts'
import { unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { grossesOf } from '../../domain/settlement/taken.ts'
import { positions } from '../../ledger/positions.ts'
import { dropPayout, listPayouts, savePayout } from '../../payelancer/store/payouts.ts'
import { LINE_REFERENCE } from './line-as-payout.ts'
import { needsItem, readPool, type Pool, type PoolLine } from './match-pool.ts'
import { sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { takingOf } from './taking-of-line.ts'

/** Puts such lines on record, and forgets those that are none any more. Returns the sources to be worked out anew. */
export async function notePayoutLines(context: BatchContext): Promise<readonly ContextSource[]> {
  const sources = unpaidPublishers(context)
  if (context.settings.money === undefined || sources.length === 0) return []
  const pool = await readPool(context, needsItem)
  const changed: ContextSource[] = []
  for (const source of sources) if (await noteLines(context, source, pool)) changed.push(source)
  return changed
}

/** Whose counters show payouts. */
export function unpaidPublishers(context: BatchContext): readonly ContextSource[] {
  return context.settings.sources.flatMap(({ name, kind, counterMode }) => {
    const source = kind === 'publisher' && counterMode === 'unpaid' ? sourceOf(context, name) : null
    return source === null ? [] : [source]
  })
}

async function noteLines(context: BatchContext, source: ContextSource, pool: Pool): Promise<boolean> {
  const of = { book: context.book, source: source.id }
  const known = await listPayouts(context.db, of, ['line'])
  const tied = payoutLines(source, pool)
  const booked = await positions(
    context.db,
    context.book,
    source.id,
    known.map(({ key }) => key),
  )
  const now = new Map(tied.map((each) => [each.reference, each]))
  let isChanged = false
  for (const { key, reference } of known) {
    // Booked by a fall it has an item of its own, which the line settles.
    if (now.has(reference) || (booked.get(key)?.get('payout')?.cumulative ?? 0n) > 0n) continue
    isChanged = (await dropPayout(context.db, of, { key, reference })) || isChanged
  }
  const before = new Set(known.map(({ reference }) => reference))
  for (const { line, gross: amount, reference } of tied) {
    if (before.has(reference)) continue
    const payout = { key: `payout:${reference}`, reference, amount, date: line.settled.date }
    await savePayout(context.db, of, payout, 'line', line.place)
    isChanged = true
  }
  return isChanged
}

interface PayoutLine {
  readonly line: PoolLine
  /** As the network paid it, before what was taken on the way. */
  readonly gross: Units
  readonly reference: string
}

function payoutLines(source: ContextSource, { lines, items }: Pool): readonly PayoutLine[] {
  return [...lines.values()].flatMap((line) => {
    const { open, account, id } = line
    if (open.amount <= 0n || open.isPartly || open.currency !== source.currency) return []
    const means = classifyLine(open, account)
    if (means.kind !== 'of' || means.itemClass !== `payout:${source.name}` || !isFeeStated(source, line)) return []
    const grosses = grossesOf(open.gross, takingOf(line, source), unitsPerMinor(open.currency))
    // Of two neighbouring cents that leave the same the lower: what is left over is a cent of the fee.
    const [gross] = grosses
    if (gross === undefined || isExpected(source, line, grosses, items)) return []
    return [{ line, gross, reference: `${LINE_REFERENCE}${id}` }]
  })
}

function isFeeStated({ payouts }: ContextSource, { open, account }: PoolLine): boolean {
  return open.gross !== open.amount || account.fees.length > 0 || payouts?.withholdingBasisPoints !== undefined
}

/** Matching finds its item by itself, or asks. */
function isExpected(
  { name }: ContextSource,
  { open }: PoolLine,
  grosses: readonly Units[],
  items: Pool['items'],
): boolean {
  return [...items.values()].some(
    ({ open: item }) =>
      item.source === name &&
      item.kind === 'payout' &&
      item.date <= open.date &&
      open.date <= item.lastDate &&
      (item.amount === open.amount || grosses.includes(item.amount)),
  )
}
