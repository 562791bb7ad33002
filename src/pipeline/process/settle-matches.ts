/**
 * Matches → postings. What each line of a match posts is decided once and kept with its leg; a line's desired total is the
 * sum over its active matches, and only the difference to what the ledger holds is posted. Undoing is the same thing.
 */
import type { How, Posts } from '../../domain/matching/how.ts'
import type { Units } from '../../domain/money/money.ts'
import { desiredEntries, parseEntryKind } from '../../domain/settlement/entry-kind.ts'
import { settleAlone, writeOffItem } from '../../domain/settlement/settle-alone.ts'
import { settleConversion } from '../../domain/settlement/settle-currency.ts'
import { settleMatch } from '../../domain/settlement/settle.ts'
import type {
  Lack,
  LineTotals,
  SettleContext,
  SettledItem,
  SettledLine,
  SettledMatch,
} from '../../domain/settlement/settlement.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { GroupStep } from '../../db/match-tables.ts'
import { type Leg } from '../../evidence/matches.ts'
import { activeLegs } from '../../evidence/read-matches.ts'
import { positions, type Position } from '../../ledger/positions.ts'
import { draftsOf, moneyWant, type Want } from '../engine/want.ts'
import type { BatchContext } from './context.ts'
import { linesById, type PoolItem, type PoolLine } from './match-pool.ts'
import type { RuleNumber } from '../../domain/rule-book.ts'

export interface ToSettle {
  readonly step: GroupStep
  readonly how: How
  readonly legs: readonly Pick<Leg, 'side' | 'ref' | 'amount'>[]
}

export interface Sides {
  readonly lines: ReadonlyMap<string, PoolLine>
  readonly items: ReadonlyMap<string, PoolItem>
}

export type LegPosts =
  | { readonly ok: true; readonly posts: ReadonlyMap<string, Posts> }
  | { readonly ok: false; readonly lack: Lack; readonly reason: string }

/** What each leg posts, by `legKey`. */
export function postsOfLegs({ step, how, legs }: ToSettle, { lines, items }: Sides, context: SettleContext): LegPosts {
  const settledLines = legs.flatMap((leg) =>
    leg.side === 'line' ? linePart(lines.get(String(leg.ref)), leg.amount) : [],
  )
  const settledItems = legs.flatMap((leg) =>
    leg.side === 'item' ? itemPart(items.get(String(leg.ref)), leg.amount) : [],
  )
  switch (how.kind) {
    case 'nothing':
      return { ok: true, posts: new Map(legs.map((leg) => [legKey(leg), new Map()])) }
    case 'alone':
      return linePosts(new Map(settledLines.map((line) => [line.id, settleAlone(line, how.meaning)])), settledLines)
    case 'item-written-off':
      return {
        ok: true,
        posts: new Map(
          settledItems.map((item) => [
            `item ${item.id}`,
            desiredEntries([writeOffItem(item, item.amount)], item.currency),
          ]),
        ),
      }
    case 'conversion':
    case 'match': {
      const settled =
        how.kind === 'conversion'
          ? settleConversion(settledLines, context)
          : settleMatch(
              { lines: settledLines, items: settledItems, step: stepOf(step), difference: how.difference },
              context,
            )
      if (settled.kind === 'unsettled') return { ok: false, lack: settled.lack, reason: settled.reason }
      return linePosts(settled.totals, settledLines)
    }
  }
}

/** By docs/rules.md: what a person decides, or takes back, is M5. */
const RULES: Readonly<Record<GroupStep, RuleNumber>> = {
  rule: 'M1',
  reference: 'M2',
  group: 'M2',
  exact: 'M3',
  fee: 'M4',
  part: 'P2',
  subset: 'M5',
  decision: 'M5',
  ignored: 'M5',
  'written-off': 'M5',
}

export function legKey({ side, ref }: Pick<Leg, 'side' | 'ref'>): string {
  return `${side} ${ref}`
}

function linePosts(totals: LineTotals, lines: readonly SettledLine[]): LegPosts {
  const posts = lines.map(({ id, currency }) => [`line ${id}`, desiredEntries(totals.get(id) ?? [], currency)] as const)
  return { ok: true, posts: new Map(posts) }
}

function stepOf(step: GroupStep): SettledMatch['step'] {
  return step === 'rule' || step === 'ignored' || step === 'written-off' ? 'decision' : step
}

/** A part of a line carries no fee of its own: the fee belongs to the whole. */
function linePart(line: PoolLine | undefined, amount: Units): readonly SettledLine[] {
  if (line === undefined) return []
  return [line.settled.amount === amount ? line.settled : { ...line.settled, amount, fee: null, tax: null }]
}

function itemPart(item: PoolItem | undefined, amount: Units): readonly SettledItem[] {
  return item === undefined ? [] : [{ ...item.settled, amount }]
}

/** Drafts that bring the ledger to what the active matches of these lines say. */
export async function draftLines(
  context: BatchContext,
  lineIds: readonly bigint[],
): Promise<readonly TransactionDraft[]> {
  const ids = [...new Set(lineIds)].sort((a, b) => (a < b ? -1 : 1))
  const lines = await linesById(context, ids)
  const desired = new Map<bigint, { readonly total: Map<string, Units>; readonly step: GroupStep }>()
  for (const { ref, posts, step } of await activeLegs(context.db, context.book, 'line', ids)) {
    const of = desired.get(ref) ?? { total: new Map<string, Units>(), step }
    for (const [kind, amount] of posts ?? []) of.total.set(kind, (of.total.get(kind) ?? 0n) + amount)
    desired.set(ref, of)
  }
  const wants: Want[] = []
  const byAccount = Map.groupBy(lines, ({ account }) => account)
  for (const [account, some] of byAccount) {
    const objects = some.map(({ id }) => `line:${id}`)
    const held = await positions(context.db, context.book, account.id, objects)
    for (const { id, settled, memo, place } of some) {
      const object = `line:${id}`
      const wanted = desired.get(id)
      const about = {
        source: account,
        account: `${account.code}:${account.name}`,
        object,
        currency: settled.currency,
        date: settled.date,
        memo,
        place,
      }
      const rule = wanted === undefined ? 'M5' : RULES[wanted.step]
      wants.push(...wantsOf(context, { ...about, rule }, held.get(object), wanted?.total ?? new Map()))
    }
  }
  return draftsOf(context, wants)
}

/** The same for items of which something is given up. */
export async function draftItems(
  context: BatchContext,
  items: readonly PoolItem[],
  { date, memo, place }: { readonly date: IsoDate; readonly memo: string; readonly place: Evidence },
): Promise<readonly TransactionDraft[]> {
  const wants: Want[] = []
  const legs = await activeLegs(
    context.db,
    context.book,
    'item',
    items.map(({ id }) => id),
  )
  for (const { id, settled } of items) {
    const source = context.sourceIds.get(settled.source)
    if (source === undefined) continue
    const { name, currency } = { name: settled.source, currency: settled.currency }
    const wanted = new Map<string, Units>()
    for (const { ref, posts } of legs) {
      if (ref === id) for (const [kind, amount] of posts ?? []) wanted.set(kind, (wanted.get(kind) ?? 0n) + amount)
    }
    const object = `item:${id}`
    const held = (await positions(context.db, context.book, source, [object])).get(object)
    const about = { source: { id: source, name }, account: '', object, currency, date, memo, place }
    wants.push(...wantsOf(context, { ...about, rule: 'M5' }, held, wanted))
  }
  return draftsOf(context, wants)
}

interface About {
  readonly source: Want['source']
  /** The ledger's key of the money account. */
  readonly account: string
  readonly object: string
  readonly currency: string
  readonly date: IsoDate
  readonly rule: RuleNumber
  readonly memo: string
  readonly place: Evidence
}

/** One want for each kind that its matches say or that is booked: what no match says any more comes to nothing. */
function wantsOf(
  context: BatchContext,
  about: About,
  held: ReadonlyMap<string, Position> | undefined,
  totals: ReadonlyMap<string, Units>,
): readonly Want[] {
  const kinds = [...new Set([...totals.keys(), ...(held?.keys() ?? [])])].sort()
  return kinds.map((kind) => {
    const { source, account, object, date, rule, memo, place } = about
    const { currency, ...entry } = parseEntryKind(kind, about.currency)
    const wanted = { object, kind, total: totals.get(kind) ?? 0n, date, rule, memo, evidence: place }
    return { ...moneyWant(context, { source, currency }, wanted, { ...entry, account }), have: held?.get(kind) ?? NONE }
  })
}

const NONE: Position = { version: 0, cumulative: 0n }
