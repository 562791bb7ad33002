/**
 * What the matching benchmark measures, in a process of its own so that its peak memory is its own: makes as many lines as
 * items of one kind of world, matches them, and prints one JSON line with milliseconds, peak memory and what came out.
 */
import { argv, cpuUsage, memoryUsage, resourceUsage, stdout } from 'node:process'
import type { OpenItem, OpenLine } from '../src/domain/matching/open-sides.ts'
import type { MatchSettings } from '../src/domain/matching/policy.ts'
import { addDays } from '../src/domain/time/dates.ts'
import { classifyAll, matchLines } from '../src/matching/rules/match-lines.ts'

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
  readonly lines: OpenLine[]
  readonly items: OpenItem[]
}

type Add = (world: World, n: number) => void

function pair(world: World, n: number, cents: number, arriving: number, references: readonly string[] = []): void {
  const day = random(DAYS)
  const seen = dates[day + random(6)] ?? ''
  const amount = BigInt(arriving) * CENT
  const [date = '', lastDate = ''] = [dates[day], dates[day + 5]]
  const both = { id: String(n + 1), currency: 'USD', references, words: ['payout'] }
  world.items.push({
    ...both,
    kind: 'payout',
    source: 'pub',
    account: '',
    amount: BigInt(cents) * CENT,
    date,
    lastDate,
  })
  const text = { type: 'payment', counterparty: '', description: 'PAYOUT' } as const
  world.lines.push({
    ...both,
    ...text,
    account: 'bank',
    date: seen,
    amount,
    gross: amount,
    isPartly: false,
    group: null,
  })
}

const anyAmount = (): number => 1000 + random(50_000_000)

/** Of a hundred: 40 by reference, 40 by amount, 8 net of a fee, 12 that have no partner. */
const mixed: Add = (world, n) => {
  const kind = random(100)
  const cents = anyAmount()
  if (kind < 40) pair(world, n, cents, cents, [`PP-${n}`])
  else if (kind < 80) pair(world, n, cents, cents)
  else if (kind < 88) pair(world, n, cents, Math.round(cents * 0.975) - 30)
  else pair(world, n, cents, anyAmount())
}

const WORLDS: Readonly<Record<string, Add>> = {
  mixed,
  // Two amounts and nothing else: every window holds hundreds of candidates.
  equal: (world, n) => pair(world, n, 2500 + random(2) * 2500, 2500 + random(2) * 2500),
}

const add = WORLDS[argv[2] ?? '']
if (add === undefined) throw new Error(`Name a world: ${Object.keys(WORLDS).join(', ')}.`)
const fees = [{ name: 'card', basisPoints: 250, flat: 30n * CENT }]
const rules = [{ contains: 'PAYOUT', means: 'payout', of: 'pub' }]
const account = { name: 'bank', type: 'bank', currency: 'USD', fees, rules } as const
const settings: MatchSettings = { accounts: [account], withholding: new Map() }
const world: World = { lines: [], items: [] }
for (let n = 0; n < Number(argv[3]); n += 1) add(world, n)
const inputMib = memoryUsage().rss / 2 ** 20
const startedMs = performance.now()
const startedCpu = cpuUsage()
const refused = new Set<string>()
const classes = classifyAll(world.lines, settings, refused)
const { matches, unmatchedLines } = matchLines(world.lines, world.items, settings, { classes, refused })
const ms = performance.now() - startedMs
const { user, system } = cpuUsage(startedCpu)
const cpuMs = (user + system) / 1000
const peakMib = resourceUsage().maxRSS / 1024
const byStep = Object.groupBy(matches, ({ step }) => step)
const steps = Object.fromEntries(Object.entries(byStep).map(([step, found]) => [step, found?.length ?? 0]))
stdout.write(
  `${JSON.stringify({ ms, cpuMs, peakMib, inputMib, outcome: { ...steps, unmatched: unmatchedLines.length } })}\n`,
)
