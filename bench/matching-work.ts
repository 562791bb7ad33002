/**
 * What the matching benchmark measures, in a process of its own so that its peak memory is its own: makes as many lines as
 * items of one kind of world, matches them, and prints one JSON line with milliseconds, peak memory and what came out.
 */
import { argv, cpuUsage, memoryUsage, resourceUsage, stdout } from 'node:process'
import { matchAll } from '../src/domain/matching/match-all.ts'
import type { Matchable, MatchPolicy } from '../src/domain/matching/match.ts'
import { addDays } from '../src/domain/time/dates.ts'

const CENT = 1_000_000n
const DAYS = 730
const dates = Array.from({ length: DAYS + 40 }, (_, day) => addDays('2025-01-01', day))
let seed = 20_261_121

/** Evenly from 0 to below `limit`; the same in every run. */
function random(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * limit)
}

interface World {
  readonly lines: Matchable[]
  readonly items: Matchable[]
}

type Add = (world: World, n: number) => void

function entry(id: string, cents: number, from: number, to: number, references: readonly string[]): Matchable {
  const [date = '', lastDate = ''] = [dates[from], dates[to]]
  return {
    id,
    amount: BigInt(cents) * CENT,
    currency: 'USD',
    date,
    lastDate,
    references,
    words: ['payout'],
    partition: 'bank',
  }
}

function pair(world: World, n: number, cents: number, arriving: number, references: readonly string[]): void {
  const day = random(DAYS)
  world.items.push(entry(`I${n}`, cents, day, day + 5, references))
  const seen = day + random(6)
  world.lines.push(entry(`L${n}`, arriving, seen, seen, references))
}

const amount = (): number => 1000 + random(50_000_000)

/** Of a hundred: 40 by reference, 40 by amount, 8 net of a fee, 4 nearly equal, 8 that have no partner. */
const mixed: Add = (world, n) => {
  const kind = random(100)
  const cents = amount()
  if (kind < 40) pair(world, n, cents, cents, [`PP-${n}`])
  else if (kind < 80) pair(world, n, cents, cents, [])
  else if (kind < 88) pair(world, n, cents, Math.round(cents * 0.975) - 30, [])
  else if (kind < 92) pair(world, n, cents, cents - 1, [])
  else pair(world, n, cents, amount(), [])
}

const WORLDS: Readonly<Record<string, Add>> = {
  mixed,
  // Two amounts and nothing else: every window holds hundreds of candidates.
  equal: (world, n) => pair(world, n, 2500 + random(2) * 2500, 2500 + random(2) * 2500, []),
  // Everything within a fortnight and between 10 and 20 dollars.
  dense: (world, n) => {
    const day = random(14)
    world.items.push(entry(`I${n}`, 1000 + random(1000), day, day + 5, []))
    const seen = random(14)
    world.lines.push(entry(`L${n}`, 1000 + random(1000), seen, seen, []))
  },
  // Nothing has a partner, and every window holds about as many candidates as a search takes.
  sums: (world, n) => {
    const partition = `bank-${Math.floor(n / 2000)}`
    const day = random(DAYS)
    world.items.push({ ...entry(`I${n}`, amount(), day, day + 5, []), partition })
    const seen = random(DAYS)
    world.lines.push({ ...entry(`L${n}`, 3 * amount(), seen, seen, []), partition })
  },
  // 300 settled rows to one payout, by settlement; as many items as rows would be no settlement.
  groups: (world, n) => {
    const group = Math.floor(n / 300)
    const cents = amount()
    world.items.push(entry(`I${n}`, cents, group % DAYS, (group % DAYS) + 5, [`setl-${group}`, `pay-${n}`]))
    const open = world.lines[group]
    const sum = BigInt(cents) * CENT + (open?.amount ?? 0n)
    world.lines[group] = {
      ...entry(`L${group}`, 1, (group % DAYS) + 1, (group % DAYS) + 1, [`setl-${group}`]),
      amount: sum,
    }
  },
}

const add = WORLDS[argv[2] ?? '']
if (add === undefined) throw new Error(`Name a world: ${Object.keys(WORLDS).join(', ')}.`)
const policy: MatchPolicy = {
  toleranceUnits: 5n * CENT,
  toleranceBasisPoints: 50,
  subsetCandidates: 25,
  subsetSize: 25,
  feeRules: new Map([['bank', [{ name: 'card', share: 2_500_000n, flat: 30n * CENT, minorUnit: CENT }]]]),
  automatic: new Set(['reference', 'group', 'exact', 'fee']),
}
const world: World = { lines: [], items: [] }
for (let n = 0; n < Number(argv[3]); n += 1) add(world, n)
const inputMib = memoryUsage().rss / 2 ** 20
const startedMs = performance.now()
const startedCpu = cpuUsage()
const { matches, ambiguities, unmatchedLines, unsearched } = matchAll(world.lines, world.items, policy)
const ms = performance.now() - startedMs
const { user, system } = cpuUsage(startedCpu)
const cpuMs = (user + system) / 1000
const peakMib = resourceUsage().maxRSS / 1024
const byStep = Object.groupBy(matches, ({ step }) => step)
const steps = Object.fromEntries(Object.entries(byStep).map(([step, found]) => [step, found?.length ?? 0]))
const outcome = {
  ...steps,
  ambiguous: ambiguities.length,
  unmatched: unmatchedLines.length,
  unsearched: unsearched.length,
}
stdout.write(`${JSON.stringify({ ms, cpuMs, peakMib, inputMib, outcome })}\n`)
