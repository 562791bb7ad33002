/** Which kinds of faults a run has, and how often each: a swarm, so that each meets others and is met alone. */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import { HTTP_FAULTS, POSTGRES_FAULTS, SQLITE_FAULTS, type FaultKind, type FaultRates } from '../kernel/faults.ts'

/** How often, where not everywhere alike: what happens around a transaction has fewer occasions than a statement. */
const STATEMENT_RATES = [0.0005, 0.002, 0.005] as const
const TRANSACTION_RATES = [0.002, 0.006, 0.02] as const
const RATES: Readonly<Partial<Record<FaultKind, readonly [number, ...number[]]>>> = {
  ...Object.fromEntries(HTTP_FAULTS.map((kind) => [kind, [0.01, 0.03, 0.1] as const])),
  'killed-before-sent': [0.005, 0.02],
  'killed-before-heard': [0.005, 0.02],
  'frozen-before-heard': [0.005, 0.02],
  'kill-before': STATEMENT_RATES,
  'kill-after': STATEMENT_RATES,
  'disk-full': STATEMENT_RATES,
  'disk-fails': STATEMENT_RATES,
  serialization: STATEMENT_RATES,
  deadlock: STATEMENT_RATES,
  'no-room': STATEMENT_RATES,
  dropped: STATEMENT_RATES,
  'no-connection': [0.02, 0.1],
}

const LOST_COMMITS = ['commit-lost-done', 'commit-lost-undone', 'commit-late'] as const

/** A swarm: each run has some kinds of faults and not others, each at a rate of its own. */
export function planRates(seed: number, database: 'sqlite' | 'postgres'): FaultRates {
  const random = createRandom(seed, 'swarm')
  const isServer = database === 'postgres'
  const rates: Partial<Record<FaultKind, number>> = {}
  for (const kind of [...HTTP_FAULTS, ...(isServer ? POSTGRES_FAULTS : SQLITE_FAULTS)])
    if (random.chance(isServer ? 0.6 : 0.4)) rates[kind] = random.pick(RATES[kind] ?? TRANSACTION_RATES)
  // Few runs have a server, and what is hardest about one has to happen in each.
  if (isServer) rates[random.pick(LOST_COMMITS)] = random.pick([0.02, 0.06])
  return rates
}
