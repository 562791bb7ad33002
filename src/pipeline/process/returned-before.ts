/**
 * Payouts stated as returned before any line of them was imported. They count as never arrived, until lines show that they
 * did: then the payout and its return are expected like any other, and the engine settles both or says what is unclear.
 */
import { classifyLine } from '../../domain/matching/descriptor.ts'
import { refusalKey } from '../../domain/matching/match.ts'
import { isSpokenFor, mayMeet, type OpenItem as Matchable } from '../../domain/matching/open-sides.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Landed } from '../../log/landing.ts'
import { readRefusals } from '../../evidence/match-decisions.ts'
import { toItem, type OpenItem } from '../../evidence/open-items.ts'
import { sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { expectParts, withReturn } from './expect-returned.ts'
import { readPool, type PoolLine } from './match-pool.ts'
import type { Posted } from './posted-item.ts'

export async function takeUpReturned(context: BatchContext, item: Landed): Promise<void> {
  const found = await returnedUnseen(context)
  if (found.length === 0) return
  const { lines, items } = await readPool(context)
  const refused = await readRefusals(context.db, context.book)
  const others = [...items.values()].map(({ open }) => open)
  for (const { source, payout, paid, returned, posted } of found) {
    const leaving = (await withReturn(context, source.name, payout.object))[1]
    if ((leaving?.matched ?? 0n) !== 0n) continue
    const whole = asMatchable({ ...payout, amount: paid })
    const mine = [...lines.values()].filter(
      (line) => isOf(line, whole) && !refused.has(refusalKey(line.settled.id, String(payout.id))),
    )
    const left = mine.some(({ open }) => open.gross === -returned || open.amount === -returned)
    const came = mine.some(
      (line) => pays(line, whole) && (left || !others.some((other) => other.id !== whole.id && pays(line, other))),
    )
    const arrived = came ? returned : 0n
    await expectParts(context, item, source, { payout, leaving, paid, returned, arrived, ...posted })
  }
}

interface Unseen {
  readonly source: ContextSource
  readonly payout: OpenItem
  readonly paid: Units
  readonly returned: Units
  /** The newest word that it came back. */
  readonly posted: Pick<Posted, 'date' | 'evidence'>
}

/** Payouts owed again of which no line has settled anything. */
async function returnedUnseen(context: BatchContext): Promise<readonly Unseen[]> {
  const { db, book } = context
  const rows = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book)
    .where('kind', '=', 'payout')
    .where('status', 'in', ['withdrawn', 'open'])
    .where('matched', '=', 0n)
    .orderBy('id')
    .execute()
  const unseen: Unseen[] = []
  for (const payout of rows.map(toItem)) {
    const source = sourceOf(context, payout.source)
    if (source === null) continue
    const posted = await db
      .selectFrom('txn')
      .select(['kind', 'cumulative', 'effective_date', 'evidence_batch', 'evidence_item'])
      .where('book', '=', book)
      .where('source', '=', source.id)
      .where('object', '=', payout.object)
      .where('kind', 'in', ['payout', 'payout-returned'])
      .orderBy('version')
      .execute()
    const last = posted.findLast(({ kind }) => kind === 'payout-returned')
    if (last === undefined || last.cumulative === 0n) continue
    unseen.push({
      source,
      payout,
      paid: posted.findLast(({ kind }) => kind === 'payout')?.cumulative ?? 0n,
      returned: last.cumulative,
      posted: {
        date: last.effective_date,
        evidence: { batch: Number(last.evidence_batch), item: Number(last.evidence_item) },
      },
    })
  }
  return unseen
}

function asMatchable({ id, ...item }: OpenItem): Matchable {
  return { ...item, id: String(id) }
}

/** A rule, a reference or a word says that the line is of the payout's network. */
function isOf({ open, account }: PoolLine, payout: Matchable): boolean {
  if (open.currency !== payout.currency || !mayMeet(open, payout)) return false
  const found = classifyLine(open, account)
  if (found.kind === 'of') return found.itemClass === `payout:${payout.source}`
  if (found.kind !== 'unknown') return false
  return isSpokenFor(open, payout) || open.references.some((each) => payout.references.includes(each))
}

function pays({ open }: PoolLine, item: Matchable): boolean {
  const isInTime = item.date <= open.date && open.date <= item.lastDate
  const isAmount = open.amount === item.amount || open.gross === item.amount
  return isInTime && isAmount && open.currency === item.currency && mayMeet(open, item)
}
