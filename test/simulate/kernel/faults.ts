/**
 * Whether something goes wrong here, and what: each boundary asks before it acts. Which kinds are on, and how often, is
 * chosen by the seed for a whole run (a swarm).
 */
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts'

/** What can happen to a request: docs/reliability.md says of each what it stands for. */
export const HTTP_FAULTS = [
  'refused',
  'lost-before',
  'lost-after',
  'slow',
  'cut',
  'doubled',
  'html',
  'deep',
  'huge',
  'stale',
  'limited',
  'unavailable',
  'killed-before-sent',
  'killed-before-heard',
  'frozen-before-heard',
] as const

/** What can happen to a process at a statement of any database. */
const PROCESS_FAULTS = [
  'kill-before',
  'kill-after',
  'kill-before-commit',
  'kill-after-commit',
  'paused',
  'paused-beyond-lease',
] as const

/** What can happen to a statement in a SQLite file. */
export const SQLITE_FAULTS = [...PROCESS_FAULTS, 'locked', 'disk-full', 'disk-fails', 'full-at-commit'] as const

/** What can happen to a connection to PostgreSQL, and to a statement sent through it. */
export const POSTGRES_FAULTS = [
  ...PROCESS_FAULTS,
  'no-connection',
  'dropped',
  'shutdown',
  'standby',
  'serialization',
  'deadlock',
  'no-room',
  'commit-refused',
  'commit-lost-done',
  'commit-lost-undone',
  'commit-late',
] as const

export type HttpFault = (typeof HTTP_FAULTS)[number]
export type DatabaseFault = (typeof SQLITE_FAULTS)[number] | (typeof POSTGRES_FAULTS)[number]
export type FaultKind = HttpFault | DatabaseFault

/** Chance per occasion; what is left out never happens. */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>

export interface Faults {
  /** The first of the kinds that is drawn, or none. Each place draws from a stream of its own; `times`: so many times as often as usual. */
  readonly draw: <K extends FaultKind>(place: string, kinds: readonly K[], times?: number) => K | null
  /** From now on nothing goes wrong. */
  readonly stop: () => void
  /** How many there were. */
  readonly hits: () => number
}

/** More often, and nothing ever comes to its end. */
const MOST_OFTEN = 0.3

export function createFaults(seed: number, rates: FaultRates): Faults {
  const streams = new Map<string, Random>()
  let isOn = true
  let hits = 0
  return {
    draw: (place, kinds, times = 1) => {
      if (!isOn) return null
      for (const kind of kinds) {
        const rate = rates[kind] ?? 0
        if (rate === 0) continue
        const name = `${place}/${kind}`
        const stream = streams.get(name) ?? createRandom(seed, 'fault', name)
        streams.set(name, stream)
        if (!stream.chance(Math.min(MOST_OFTEN, rate * times))) continue
        hits += 1
        return kind
      }
      return null
    },
    stop: () => void (isOn = false),
    hits: () => hits,
  }
}
