/** Networks whose people put money there by hand again and again, on days without traffic: each credit has to be said to be one. */
import type { Random } from '../../../sandbox/world/random.ts'
import type { CounterEvent } from './plan.ts'

const DAY_MS = 86_400_000
const ONE = 100_000_000n

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
