/**
 * What a reconciliation came to, kept for people and reports: every line it looked at ends in exactly one place, and the
 * places add up in count and in amount, money in and money out apart.
 */
import type { OpenMatching } from '../../matching/rules/match-lines.ts'
import { InvariantError } from '../../domain/errors.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { Made } from './apply-matching.ts'
import type { BatchContext } from './context.ts'
import type { Pool } from './match-pool.ts'

export const ENDINGS = ['matched', 'by-rule', 'ignored', 'proposed', 'unmatched'] as const
export type Ending = (typeof ENDINGS)[number]

export interface Sum {
  readonly count: number
  /** Exact units as text; money out is negative. */
  readonly in: string
  readonly out: string
}

export interface CurrencySummary {
  readonly currency: string
  readonly lines: Sum
  readonly endings: Readonly<Record<Ending, Sum>>
  /** Of `matched`, by step. */
  readonly steps: Readonly<Record<string, Sum>>
  readonly itemsOpen: Sum
}

export interface ReconcileSummary {
  readonly day: string
  readonly currencies: readonly CurrencySummary[]
  /** Matches that count but cannot be booked yet. */
  readonly unbooked: number
}

export interface Looked {
  readonly currency: string
  readonly amount: Units
}

/** Lines that were open when the reconciliation began. */
export type Start = ReadonlyMap<string, Looked>

export interface Outcome {
  /** What became of the lines that settled by themselves. */
  readonly alone: ReadonlyMap<string, Ending>
  readonly matched: readonly Made[]
  readonly proposals: readonly Made[]
  readonly unbooked: number
  readonly found: OpenMatching
  readonly pool: Pool
}

export function summarise(day: string, start: Start, outcome: Outcome): ReconcileSummary {
  const looked = new Map<string, Looked>(start)
  for (const [id, { open }] of outcome.pool.lines) looked.set(id, { currency: open.currency, amount: open.amount })
  const endings = endingsOf(outcome)
  const currencies = [
    ...new Set(
      [...looked.values(), ...[...outcome.pool.items.values()].map(({ open }) => open)].map(({ currency }) => currency),
    ),
  ].sort()
  return {
    day,
    currencies: currencies.map((currency) => ofCurrency(currency, looked, endings, outcome)),
    unbooked: outcome.unbooked,
  }
}

interface End {
  readonly ending: Ending
  readonly step: string
}

function endingsOf({ alone, matched, proposals, found }: Outcome): ReadonlyMap<string, End> {
  const endings = new Map<string, End>()
  const each = (all: readonly Made[], ending: (one: Made) => Ending): void => {
    for (const one of all)
      for (const { side, ref } of one.match.legs)
        if (side === 'line') endings.set(String(ref), { ending: ending(one), step: one.match.step })
  }
  for (const id of found.unmatchedLines) endings.set(id, { ending: 'unmatched', step: '' })
  for (const [id, ending] of alone) endings.set(id, { ending, step: 'rule' })
  each(matched, () => 'matched')
  each(proposals, () => 'proposed')
  return endings
}

function ofCurrency(
  currency: string,
  looked: ReadonlyMap<string, Looked>,
  endings: ReadonlyMap<string, End>,
  { matched, pool }: Outcome,
): CurrencySummary {
  const legs = matched.flatMap(({ match }) => match.legs)
  const settled = new Set(legs.filter(({ side }) => side === 'item').map(({ ref }) => String(ref)))
  const mine = [...looked].filter(([, line]) => line.currency === currency)
  const amountsOf = (accept: (end: End | undefined) => boolean): Units[] =>
    mine.filter(([id]) => accept(endings.get(id))).map(([, { amount }]) => amount)
  const steps = [
    ...new Set(
      mine
        .flatMap(([id]) => endings.get(id) ?? [])
        .filter(({ ending }) => ending === 'matched')
        .map(({ step }) => step),
    ),
  ].sort()
  const byEnding = (ending: Ending): Sum => sum(amountsOf((end) => end?.ending === ending))
  const summary = {
    currency,
    lines: sum(mine.map(([, { amount }]) => amount)),
    endings: {
      matched: byEnding('matched'),
      'by-rule': byEnding('by-rule'),
      ignored: byEnding('ignored'),
      proposed: byEnding('proposed'),
      unmatched: byEnding('unmatched'),
    },
    steps: Object.fromEntries(
      steps.map((step) => [step, sum(amountsOf((end) => end?.ending === 'matched' && end.step === step))]),
    ),
    itemsOpen: sum(
      [...pool.items]
        .filter(([id, { open }]) => open.currency === currency && !settled.has(id))
        .map(([, { open }]) => open.amount),
    ),
  }
  refuseUnlessFoots(summary)
  return summary
}

/** In equals out, or nothing is written. */
function refuseUnlessFoots({ currency, lines, endings }: CurrencySummary): void {
  const all = Object.values(endings)
  const count = all.reduce((total, each) => total + each.count, 0)
  const moneyIn = all.reduce((total, each) => total + BigInt(each.in), 0n)
  const moneyOut = all.reduce((total, each) => total + BigInt(each.out), 0n)
  if (count === lines.count && moneyIn === BigInt(lines.in) && moneyOut === BigInt(lines.out)) return
  const message = `The lines in ${currency} do not all end in one place: ${lines.count} were looked at, ${count} ended.`
  throw new InvariantError(
    'RECONCILE_DOES_NOT_FOOT',
    message,
    'Nothing was written. Report this: it is a mistake in tieout.',
  )
}

function sum(amounts: readonly Units[]): Sum {
  const total = (some: readonly Units[]): string => some.reduce((held, amount) => held + amount, 0n).toString()
  return {
    count: amounts.length,
    in: total(amounts.filter((amount) => amount > 0n)),
    out: total(amounts.filter((amount) => amount < 0n)),
  }
}

export async function saveSummary(
  { db, book }: BatchContext,
  item: Landed,
  summary: ReconcileSummary,
  lastMatch: bigint,
): Promise<void> {
  await db
    .insertInto('match_run')
    .values({
      book,
      batch: BigInt(item.batch),
      item: BigInt(item.item),
      day: summary.day,
      at_ms: BigInt(item.fetchedAtMs),
      summary: JSON.stringify(summary),
      last_match: lastMatch,
    })
    .execute()
}
