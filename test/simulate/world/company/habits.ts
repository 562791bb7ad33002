/**
 * What a company's people are mostly about in a run. Whatever is rare in a year has to meet other rare things within a few
 * nights, so most companies have one habit: their books are closed every evening, journals are taken back every day, two
 * people work beside each other, and so on. The rest have a little of everything.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import type { Typed } from './plan.ts'

const HABITS = ['mixed', 'closing', 'corrections', 'two-people', 'automatic', 'lost', 'holds'] as const
export type Habit = (typeof HABITS)[number]

export type ClosedPeriod = 'hold' | 'first-open-day'

/** A book that delivers into a company, and its rules of approval. */
export interface Policy {
  readonly approval: 'auto' | 'review'
  readonly differentApprover: boolean
  readonly closedPeriod: ClosedPeriod
  /** What the books come to say of closed days on some day; null: they go on as they are. */
  readonly changesTo: ClosedPeriod | null
  /** Before which night that is. */
  readonly changesBefore: number
  /** "25.00"; null: no limit. */
  readonly perEntry: string | null
  readonly perDay: string | null
}

export function planHabit(seed: number): Habit {
  // Lost answers twice as often: most of what delivers a journal twice begins with one.
  return createRandom(seed, 'company', 'habit').pick([...HABITS, 'lost'])
}

export function planPolicy(random: Random, habit: Habit, nights: number): Policy {
  const closedPeriod = random.pick(['hold', 'first-open-day'] as const)
  const policy = {
    approval: random.pick(['auto', 'review', 'review'] as const),
    differentApprover: random.chance(0.45),
    closedPeriod,
    changesTo: random.chance(0.3) ? otherThan(closedPeriod) : null,
    changesBefore: random.int(1, nights),
    ...planLimits(random),
  }
  if (habit === 'two-people') return { ...policy, approval: 'review', differentApprover: true }
  if (habit !== 'automatic') return policy
  // About what a day of the bank account comes to, or more than any.
  const perDay = random.pick(['60.00', '90.00', '120.00', '2500.00', null])
  return { ...policy, approval: 'auto', differentApprover: random.chance(0.15), perDay }
}

function otherThan(closedPeriod: ClosedPeriod): ClosedPeriod {
  return closedPeriod === 'hold' ? 'first-open-day' : 'hold'
}

/** Limits of what nights approve by themselves, about as large as what a day comes to. */
export function planLimits(random: Random): Pick<Policy, 'perEntry' | 'perDay'> {
  const perEntry = random.chance(0.25) ? random.pick(['1.00', '10.00', '60.00', '250.00'] as const) : null
  // What comes late for a day is a journal of its own: it may be within the limit, and the day with it above.
  const perDay = random.chance(0.4) ? random.pick(['10.00', '60.00', '250.00', '1000.00', '4000.00'] as const) : null
  return { perEntry, perDay }
}

/** As the configuration writes them, after other settings of journals. */
export function limitsText({ perEntry, perDay }: Pick<Policy, 'perEntry' | 'perDay'>): string {
  const limits = Object.entries({ perEntry, perDay }).filter(([, limit]) => limit !== null)
  return limits.length === 0 ? '' : `, limits: { ${limits.map(([key, limit]) => `${key}: '${limit}'`).join(', ')} }`
}

/** What somebody types on some day, beside what is looked at and approved. */
const RARELY: readonly [Typed, ...Typed[]] = [
  'hold-day',
  'hold-day',
  'release',
  'hold-journal',
  'hold-journal',
  'hold-journal',
  'deliver-both',
  'deliver-both',
  'deliver-both',
  'reverse',
  'reverse',
  'reverse',
  'replace',
  'replace',
  'deliver',
  'retry',
  'drift',
  'tie-out',
  'disconnect',
]

/** One of them an evening, or two. */
export const USUAL: Readonly<Record<Habit, readonly [Typed, ...Typed[]]>> = {
  mixed: RARELY,
  closing: ['deliver', 'reverse', 'hold-journal', 'drift', 'pull', 'pull'],
  corrections: ['reverse', 'reverse', 'reverse', 'replace', 'replace', 'deliver', 'hold-journal', 'retry'],
  'two-people': ['deliver-both', 'deliver-both', 'deliver-both', 'deliver-both', ...RARELY],
  automatic: ['pull', 'hold-day', 'release', 'deliver', 'reverse'],
  lost: ['deliver', 'deliver-both', 'retry', 'reverse', 'drift', 'hold-journal', 'hold-journal'],
  holds: ['hold-journal', 'hold-journal', 'hold-day', 'hold-day', 'release', 'release', 'deliver'],
}
