/** What happens to a network's counter beside its days: one event of a day in three, or credits put there by hand again and again. */
import type { Random } from '../../../../src/sandbox/world/random.ts'
import { ONE } from '../amounts.ts'
import type { CounterEvent, CounterEventKind } from './plan.ts'

const DAY_MS = 86_400_000

const KINDS: readonly [CounterEventKind, ...CounterEventKind[]] = [
  'clawback',
  'clawback',
  'late-credit',
  'late-credit',
  'late-credit',
  'viral',
  'reset',
  'other-account',
  'wrong',
  'wrong',
  'mistaken',
  'cached',
  'silent',
  'bad',
]

export function planEvent(random: Random, dayMs: number, day: number): readonly CounterEvent[] {
  if (!random.chance(0.3)) return []
  // What is unusual can be told once a few days are known.
  const kind = day >= 5 && random.chance(0.4) ? 'viral' : random.pick(KINDS)
  const lasts = ['wrong', 'mistaken', 'cached', 'silent', 'bad'].includes(kind)
  const atMs = dayMs + random.int(DAY_MS / 8, DAY_MS / 2)
  const impressions = kind === 'wrong' ? random.int(0, 2) * random.int(1, 9_000_000) : random.int(20_000, 900_000)
  return [
    {
      id: `${kind}-${day}`,
      kind,
      atMs,
      untilMs: lasts ? atMs + (kind === 'mistaken' || kind === 'silent' ? random.int(1, 3) : 1) * DAY_MS : atMs,
      size: sizeOf(random, kind),
      impressions,
      clicks: Math.floor(impressions / 30),
      form: random.int(0, 5),
      patienceMs: random.int(0, 4) * DAY_MS,
      slip: random.chance(0.25) ? random.pick(['clawback', 'reject', 'reset', 'payout', 'spike-ok']) : null,
    },
  ]
}

function sizeOf(random: Random, kind: CounterEventKind): bigint {
  const cents = BigInt(random.int(0, 9999)) * (ONE / 10_000n)
  switch (kind) {
    case 'viral':
      return BigInt(random.int(500, 3000)) * ONE + cents
    case 'wrong':
      return random.pick([0n, 5n, 999_999n, 100_000_000n]) * ONE + cents
    case 'mistaken':
    case 'other-account':
      return BigInt(random.int(1, 4000)) * ONE + cents
    case 'clawback':
    case 'late-credit':
    case 'reset':
    case 'cached':
    case 'silent':
    case 'bad':
      return BigInt(random.pick([1, 6, 40, 150])) * ONE + cents
  }
}

/** Of networks whose people put money there by hand, on days without traffic: each credit has to be said to be one. */
export function planCredit(random: Random, dayMs: number, day: number): readonly CounterEvent[] {
  if (!random.chance(0.5)) return []
  const atMs = dayMs + random.int(DAY_MS / 8, DAY_MS / 2)
  const size = BigInt(random.int(6, 150)) * ONE + BigInt(random.int(0, 9999)) * (ONE / 10_000n)
  const about = {
    id: `late-credit-${day}`,
    kind: 'late-credit' as const,
    atMs,
    untilMs: atMs,
    size,
    impressions: 0,
    clicks: 0,
  }
  return [{ ...about, form: random.int(0, 3), patienceMs: random.int(0, 2) * DAY_MS, slip: null }]
}
