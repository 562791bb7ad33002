/**
 * What became known of a night between two instants: the figures that moved, the transactions that moved them, exceptions
 * that came and went, journals sealed. The earlier page plus the difference is the later page, to the last digit.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Colour } from '../../domain/report/status.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import type { ControlLine } from './controls.ts'
import type { Difference } from './differences.ts'
import type { NightPage } from './page.ts'

const FIGURES = ['opening', 'in', 'out', 'adjusted', 'closing'] as const

export interface ControlChange {
  readonly account: string
  readonly currency: string
  /** Later less earlier, by figure. */
  readonly change: Readonly<Record<(typeof FIGURES)[number], Units>>
  readonly closing: { readonly from: Units; readonly to: Units }
  readonly vendor: { readonly from: Units | null; readonly to: Units | null }
  readonly difference: { readonly from: Units | null; readonly to: Units | null }
}

export interface PostedGroup {
  readonly day: IsoDate
  readonly source: string
  readonly kind: string
  readonly currency: string
  readonly count: number
  readonly amount: Units
  readonly firstSequence: number
  readonly lastSequence: number
}

export interface PageDiff {
  readonly night: IsoDate
  readonly colour: { readonly from: Colour; readonly to: Colour }
  readonly sequence: { readonly from: number; readonly to: number }
  readonly controls: readonly ControlChange[]
  readonly posted: readonly PostedGroup[]
  readonly opened: readonly Difference[]
  readonly closed: readonly Difference[]
  readonly journals: readonly { readonly document: string; readonly day: IsoDate; readonly currency: string }[]
  readonly isEmpty: boolean
}

/** Both pages are of one night; throws InputError when they are not, or the second was known before the first. */
export async function diffPages(db: Kysely<Tables>, book: Book, from: NightPage, to: NightPage): Promise<PageDiff> {
  if (from.knownAtMs > to.knownAtMs) {
    const message = 'The second time is before the first.'
    throw new InputError('DIFF_ORDER', message, 'Give the earlier instant with --from and the later one with --to.')
  }
  if (from.night !== to.night) throw new InputError('DIFF_NIGHTS', `${from.night} and ${to.night} are two nights.`)
  const sequence = { from: from.chain.sequence, to: to.chain.sequence }
  const controls = changesOf(from.controls, to.controls)
  const posted = await postedBetween(db, book, sequence)
  const opened = missingIn(from.differences, to.differences)
  const closed = missingIn(to.differences, from.differences)
  const journals = await sealedBetween(db, book, from.knownAtMs, to.knownAtMs)
  const changes = [controls, posted, opened, closed, journals]
  return {
    night: to.night,
    colour: { from: from.colour, to: to.colour },
    sequence,
    controls,
    posted,
    opened,
    closed,
    journals,
    isEmpty: from.colour === to.colour && changes.every((each) => each.length === 0),
  }
}

/** Accounts of which any figure moved, a vendor's word included. What is on one page only counts as zero on the other. */
function changesOf(from: readonly ControlLine[], to: readonly ControlLine[]): readonly ControlChange[] {
  const keyOf = ({ account, currency }: ControlLine): string => `${account} ${currency}`
  const before = new Map(from.map((line) => [keyOf(line), line]))
  const after = new Map(to.map((line) => [keyOf(line), line]))
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((key): readonly ControlChange[] => {
    const [a, b] = [before.get(key), after.get(key)]
    const known = b ?? a
    if (known === undefined) return []
    const less = (figure: (typeof FIGURES)[number]): Units => (b?.[figure] ?? 0n) - (a?.[figure] ?? 0n)
    const change = {
      opening: less('opening'),
      in: less('in'),
      out: less('out'),
      adjusted: less('adjusted'),
      closing: less('closing'),
    }
    const vendor = { from: a?.vendor ?? null, to: b?.vendor ?? null }
    if (FIGURES.every((figure) => change[figure] === 0n) && vendor.from === vendor.to) return []
    const closing = { from: a?.closing ?? 0n, to: b?.closing ?? 0n }
    const difference = { from: a?.difference ?? null, to: b?.difference ?? null }
    return [{ account: known.account, currency: known.currency, change, closing, vendor, difference }]
  })
}

function missingIn(page: readonly Difference[], other: readonly Difference[]): readonly Difference[] {
  const known = new Set(page.map(({ id }) => id))
  return other.filter(({ id }) => !known.has(id))
}

async function postedBetween(
  db: Kysely<Tables>,
  book: Book,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly PostedGroup[]> {
  const rows = await db
    .selectFrom('txn')
    .innerJoin('source', (join) => join.onRef('source.book', '=', 'txn.book').onRef('source.id', '=', 'txn.source'))
    .select(['txn.effective_date as day', 'source.name as source', 'txn.kind', 'txn.currency'])
    .select([
      sql<bigint>`cast(count(*) as bigint)`.as('count'),
      sql<bigint>`cast(sum(txn.amount) as bigint)`.as('amount'),
      sql<bigint>`min(txn.seq)`.as('first'),
      sql<bigint>`max(txn.seq)`.as('last'),
    ])
    .where('txn.book', '=', book.id)
    .where('txn.seq', '>', BigInt(from))
    .where('txn.seq', '<=', BigInt(to))
    .groupBy(['txn.effective_date', 'source.name', 'txn.kind', 'txn.currency'])
    .orderBy('txn.effective_date')
    .orderBy('source.name')
    .orderBy('txn.kind')
    .orderBy('txn.currency')
    .execute()
  return rows.map(({ count, first, last, ...each }) => ({
    ...each,
    count: Number(count),
    firstSequence: Number(first),
    lastSequence: Number(last),
  }))
}

async function sealedBetween(db: Kysely<Tables>, book: Book, fromMs: number, toMs: number) {
  return db
    .selectFrom('journal')
    .select(['document', 'day', 'currency'])
    .where('book', '=', book.id)
    .where('approved_at_ms', '>', BigInt(fromMs))
    .where('approved_at_ms', '<=', BigInt(toMs))
    .orderBy('id')
    .execute()
}
