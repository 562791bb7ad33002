/**
 * The whole of a book against brute force: rules first, then what no rule speaks of, fees, equal amounts with windows apart,
 * and rivals. What it comes to is held against the summary as well, in which every line ends once.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyAll, matchOpen, standAlone } from '../../../src/domain/matching/match-open.ts'
import type { Match, Matchable, MatchPolicy } from '../../../src/domain/matching/match.ts'
import type { OpenItem, OpenLine } from '../../../src/domain/matching/open-sides.ts'
import type { MatchSettings } from '../../../src/domain/matching/policy.ts'
import { addDays } from '../../../src/domain/time/dates.ts'
import type { Made } from '../../../src/pipeline/process/apply-matching.ts'
import type { MoneyAccount, Pool } from '../../../src/pipeline/process/match-pool.ts'
import { endedTwice, startSummary, summarise } from '../../../src/pipeline/process/match-summary.ts'
import { cents, item as itemSide, line as lineSide, POLICY } from './matchables.ts'
import { specified, type Verdict } from './specification.ts'

const ACCOUNT: MoneyAccount = {
  id: 1n,
  code: '1050',
  name: 'paypal',
  type: 'paypal',
  currency: 'USD',
  fees: [{ name: 'flat', basisPoints: 0, flat: cents(3) }],
  rules: [
    { contains: 'TO A', means: 'payout', of: 'A' },
    { contains: 'TO B', means: 'payout', of: 'B' },
    { contains: 'CHARGE', means: 'bank-charge', of: null },
  ],
}
const SETTINGS: MatchSettings = {
  accounts: [ACCOUNT],
  withholding: new Map(),
  tolerance: cents(1),
  toleranceBasisPoints: 5000,
  subsetCandidates: 25,
}
const SMALL: MatchPolicy = {
  ...POLICY,
  toleranceUnits: cents(1),
  toleranceBasisPoints: 5000,
  feeRules: new Map([['bank', [{ name: 'flat', share: 0n, flat: cents(3), minorUnit: cents(1) }]]]),
}

interface Line {
  readonly text: 'TO A' | 'TO B' | 'OTHER' | 'CHARGE'
  readonly amount: number
  readonly day: number
}
interface Item {
  readonly source: 'A' | 'B'
  readonly amount: number
  readonly from: number
  readonly to: number
}

/** What the whole must answer: "confirmed L0 I1", and of ambiguities the parties alone. */
interface Answer {
  readonly matches: readonly string[]
  readonly ambiguities: readonly string[]
}

function expected(lines: readonly Line[], items: readonly Item[]): Answer {
  const lineSides = lines.map(({ amount, day }, n) => lineSide(`L${n}`, amount, day))
  const itemSides = items.map(({ amount, from, to }, n) => itemSide(`I${n}`, amount, from, to))
  const linesOf = (text: Line['text']) => lineSides.filter((_, n) => lines[n]?.text === text)
  const others = linesOf('OTHER')
  const matches: string[] = []
  let doubts: ReadonlySet<string>[] = []
  for (const source of ['A', 'B'] as const) {
    const mine = itemSides.filter((_, n) => items[n]?.source === source)
    const ruled = linesOf(`TO ${source}`)
    const verdict = ruled.length === 0 ? { matches: [], ambiguities: [] } : specified(ruled, mine, SMALL)
    doubts.push(...doubtsOf(verdict))
    for (const match of verdict.matches) {
      const [step = '', status = '', ...parties] = match.split(' ')
      const taken = mine.filter(({ id }) => parties.includes(id))
      const rivals = step === 'exact' ? [] : others.filter((line) => taken.some((one) => pays(line, one)))
      if (rivals.length === 0) matches.push(`${status} ${parties.join(' ')}`)
      else doubts.push(new Set([...parties, ...rivals.map(({ id }) => id)]))
    }
  }
  doubts = joined(doubts)
  const gone = new Set([...matches.flatMap((match) => match.split(' ')), ...doubts.flatMap((each) => [...each])])
  const still = (sides: readonly Matchable[]) => sides.filter(({ id }) => !gone.has(id))
  const last = specified(still(others), still(itemSides), SMALL)
  // Nothing but the amount speaks for a line without a rule.
  matches.push(...last.matches.map((match) => `proposed ${match.split(' ').slice(2).join(' ')}`))
  return { matches: matches.sort(), ambiguities: [...doubts, ...doubtsOf(last)].map(names).sort() }
}

function doubtsOf({ ambiguities }: Verdict): readonly ReadonlySet<string>[] {
  return ambiguities.map((text) => new Set(text.slice(0, text.indexOf(':')).split(' ').slice(1)))
}

function pays(line: Matchable, item: Matchable): boolean {
  return line.amount === item.amount && item.date <= line.date && line.date <= item.lastDate
}

/** Choices that share anything are one. */
function joined(sets: readonly ReadonlySet<string>[]): ReadonlySet<string>[] {
  for (const [n, one] of sets.entries()) {
    const other = sets.findIndex((each, m) => m > n && [...each].some((id) => one.has(id)))
    if (other === -1) continue
    const rest = sets.filter((_, m) => m !== n && m !== other)
    return joined([...rest, new Set([...one, ...(sets[other] ?? [])])])
  }
  return [...sets]
}

function names(ids: Iterable<string>): string {
  return [...ids].sort().join(' ')
}

/** The engine's answer, after the summary has taken every line once. */
function answered(lines: readonly Line[], items: readonly Item[]): Answer {
  const day = (of: number): string => addDays('2026-01-01', of)
  const open = lines.map(({ text, amount, day: of }, n): OpenLine => {
    const about = { account: 'paypal', currency: 'USD', date: day(of), isPartly: false, group: null }
    const said = { references: [], words: [], type: 'payment', counterparty: '', description: text } as const
    return { id: `L${n}`, ...about, ...said, amount: cents(amount), gross: cents(amount) }
  })
  const wanted = items.map(({ source, amount, from, to }, n): OpenItem => {
    const about = { kind: 'payout', account: '', currency: 'USD', references: [], words: [] } as const
    return { id: `I${n}`, source, ...about, amount: cents(amount), date: day(from), lastDate: day(to) }
  })
  const refused = new Set<string>()
  const classes = classifyAll(open, SETTINGS, refused)
  const alone = standAlone(open, classes)
  const left = open.filter(({ id }) => !alone.some((each) => each.lines.includes(id)))
  const found = matchOpen(left, wanted, SETTINGS, { classes, refused })
  const of = (status: Match['status']) => found.matches.filter((match) => match.status === status).map(madeOf)
  const made = alone.flatMap((each) => each.lines.map((id) => madeAlone(id)))
  const outcome = { made, matched: of('confirmed'), proposals: of('proposed'), kept: [], undone: 0, unbooked: 0, found }
  const numbered = {
    ...outcome,
    found: {
      ...found,
      ambiguities: found.ambiguities.map((each) => ({ ...each, lines: each.lines.map((id) => String(refOf(id))) })),
      unmatchedLines: found.unmatchedLines.map((id) => String(refOf(id))),
    },
    pool: poolOf(left, wanted),
  }
  summarise('2026-01-09', startSummary(poolOf(open, wanted)), numbered)
  expect(endedTwice(numbered)).toEqual([])
  return {
    matches: found.matches.map(({ status, legs }) => `${status} ${names(legs.map(({ id }) => id))}`).sort(),
    ambiguities: found.ambiguities.map((each) => names([...each.lines, ...each.items])).sort(),
  }
}

function poolOf(lines: readonly OpenLine[], items: readonly OpenItem[]): Pool {
  const place = { batch: 1, item: 1 }
  return {
    lines: new Map(
      lines.map((open) => {
        const settled = { ...open, fee: null, tax: null }
        const line = { id: refOf(open.id), account: ACCOUNT, settled, open, memo: '', isUncounted: false, place }
        return [String(refOf(open.id)), line]
      }),
    ),
    items: new Map(items.map((open) => [open.id, { id: refOf(open.id), settled: open, open, object: open.id, place }])),
  }
}

/** The summary knows lines by their numbers. */
function refOf(id: string): bigint {
  return BigInt(id.slice(1))
}

function madeOf({ step, confidence, feeRule, reason, residual, legs }: Match): Made {
  const how = { kind: 'match', difference: { kind: 'none' } } as const
  const numbered = legs.map(({ side, id, amount }) => ({ side, ref: refOf(id), amount, posts: null }))
  const match = {
    status: 'active',
    step,
    confidence,
    residual,
    feeRule,
    how,
    reason,
    legs: numbered,
    human: null,
  } as const
  return { id: 1n, match }
}

function madeAlone(id: string): Made {
  const legs = [{ side: 'line', ref: refOf(id), amount: 1n, posts: null }] as const
  const how = { kind: 'alone', meaning: 'bank-charge' } as const
  const rest = { confidence: 100, residual: 0n, feeRule: null, reason: '', human: null } as const
  return { id: 1n, match: { status: 'active', step: 'rule', how, legs, ...rest } }
}

const line = (most: number): fc.Arbitrary<Line> =>
  fc.record({
    text: fc.constantFrom('TO A', 'TO A', 'TO B', 'OTHER', 'OTHER', 'CHARGE'),
    amount: fc.integer({ min: 1, max: most }),
    day: fc.integer({ min: 0, max: 4 }),
  })
const item = (most: number): fc.Arbitrary<Item> =>
  fc
    .record({
      source: fc.constantFrom('A', 'A', 'B'),
      amount: fc.integer({ min: 1, max: most }),
      from: fc.integer({ min: 0, max: 4 }),
      days: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ days, from, ...rest }) => ({ ...rest, from, to: from + days }))

describe('a whole book', () => {
  it.each([3, 8, 14])(
    'answers as trying everything does, with amounts of up to %i',
    (most) => {
      fc.assert(
        fc.property(fc.array(line(most), { maxLength: 6 }), fc.array(item(most), { maxLength: 5 }), (lines, items) => {
          expect(answered(lines, items)).toEqual(expected(lines, items))
        }),
        { numRuns: 1500 },
      )
    },
    120_000,
  )
})
