/**
 * What a reconciliation came to, kept for people and reports: every line it looked at ends in exactly one place, and the
 * places add up in count and in amount, money in and money out apart.
 */
import type { OpenMatching } from '../../matching/rules/match-lines.ts'
import { InvariantError } from '../../domain/errors.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Landed } from '../../log/landing.ts'
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

interface Looked {
  readonly currency: string
  readonly amount: Units
}

/** Lines by currency, summed as they are met, since a file may have more than can be held. */
export type Sums = Map<string, Summed>

interface Summed {
  readonly count: number
  readonly in: Units
  readonly out: Units
}

const NOTHING: Summed = { count: 0, in: 0n, out: 0n }

export function addLine(sums: Sums, { currency, amount }: Looked): void {
  sums.set(currency, plus(sums.get(currency) ?? NOTHING, amount))
}

function plus({ count, ...held }: Summed, amount: Units): Summed {
  return {
    count: count + 1,
    in: amount > 0n ? held.in + amount : held.in,
    out: amount < 0n ? held.out + amount : held.out,
  }
}

export type AloneEnding = Extract<Ending, 'by-rule' | 'ignored'>

export interface Outcome {
  /** Lines that were open when the reconciliation began. */
  readonly start: Sums
  /** What became of the lines that settled by themselves. */
  readonly alone: Readonly<Record<AloneEnding, Sums>>
  readonly matched: readonly Made[]
  readonly proposals: readonly Made[]
  readonly unbooked: number
  readonly found: OpenMatching
  readonly pool: Pool
}

export function summarise(day: string, outcome: Outcome): ReconcileSummary {
  const { lines, items } = outcome.pool
  const endings = endingsOf(outcome)
  const held = [...lines.values(), ...items.values()].map(({ open }) => open.currency)
  const currencies = [...new Set([...outcome.start.keys(), ...held])].sort()
  return {
    day,
    currencies: currencies.map((currency) => ofCurrency(currency, endings, outcome)),
    unbooked: outcome.unbooked,
  }
}

interface End {
  readonly ending: Ending
  readonly step: string
}

/** Of the lines that were held against items. */
function endingsOf({ matched, proposals, found }: Outcome): ReadonlyMap<string, End> {
  const endings = new Map<string, End>()
  const each = (all: readonly Made[], ending: (one: Made) => Ending): void => {
    for (const one of all)
      for (const { side, ref } of one.match.legs)
        if (side === 'line') endings.set(String(ref), { ending: ending(one), step: one.match.step })
  }
  for (const id of found.unmatchedLines) endings.set(id, { ending: 'unmatched', step: '' })
  each(matched, () => 'matched')
  each(proposals, () => 'proposed')
  return endings
}

function ofCurrency(
  currency: string,
  endings: ReadonlyMap<string, End>,
  { start, alone, matched, pool }: Outcome,
): CurrencySummary {
  const legs = matched.flatMap(({ match }) => match.legs)
  const settled = new Set(legs.filter(({ side }) => side === 'item').map(({ ref }) => String(ref)))
  const mine = [...pool.lines]
    .map(([id, { open }]) => [id, open] as const)
    .filter(([, open]) => open.currency === currency)
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
  const byThemselves = (ending: AloneEnding): Sum => textOf(alone[ending].get(currency) ?? NOTHING)
  const summary = {
    currency,
    lines: textOf(start.get(currency) ?? NOTHING),
    endings: {
      matched: byEnding('matched'),
      'by-rule': byThemselves('by-rule'),
      ignored: byThemselves('ignored'),
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
  return textOf(amounts.reduce(plus, NOTHING))
}

function textOf({ count, ...held }: Summed): Sum {
  return { count, in: held.in.toString(), out: held.out.toString() }
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
