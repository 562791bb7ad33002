/**
 * The plan of a company: which vendor keeps its books, which books of tieout's deliver into it, what its accountant does
 * by hand, what the vendor does to requests, and what people type about journals. Each event draws from a stream of its
 * own and picks what it is about by a number, so that taking one away changes no other.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { USUAL, type Habit, type Policy } from './habits.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export interface CompanyPlan {
  readonly kind: 'company'
  /** The target's name in each book. */
  readonly name: string
  readonly seed: number
  readonly vendor: 'quickbooks' | 'xero'
  readonly homes: readonly CompanyHome[]
  /** When the world begins. */
  readonly startMs: number
  /** A journal with more lines goes in parts; null: the program's own limit. */
  readonly linesPerEntry: number | null
  /** The vendor's limit at first; null: its usual one. */
  readonly perMinute: number | null
  /** QuickBooks: a new refresh token at each renewal; refuses a number twice. */
  readonly rotatesAlways: boolean
  readonly watchesNumbers: boolean
  readonly events: readonly CompanyEvent[]
}

/** Whether the books deliver opening balances there: half of the companies have their own. */
export function takesOpenings({ vendor }: Pick<CompanyPlan, 'vendor'>): boolean {
  return vendor === 'quickbooks'
}

/** A book that delivers here, and its rules of approval. */
export interface CompanyHome {
  readonly book: string
  readonly policy: Policy
}

export const PEOPLE = ['ann', 'bea', 'cem'] as const

/** What an accountant does to an entry that came from tieout. */
export type TouchKind = 'amount' | 'date' | 'account' | 'memo' | 'delete' | 'void'

/** `pick` counts through what there is then. */
export type CompanyEvent = { readonly atMs: number } & (
  | {
      readonly kind: 'touch'
      readonly how: TouchKind
      readonly pick: number
      /** How a change is put right once it is known: changed back, or deleted and sent again. */
      readonly mend: 'back' | 'again'
      /** Rather one of which nobody was told that it came. */
      readonly isUnheard?: true
    }
  | { readonly kind: 'copy' | 'twin'; readonly pick: number }
  | { readonly kind: 'own-entry'; readonly pick: number }
  | { readonly kind: 'close'; readonly daysBack: number; readonly untilMs: number }
  | { readonly kind: 'expire'; readonly what: 'access' | 'refresh' | 'all' }
  /** Answers of creations are lost and their effect comes a little later. */
  | { readonly kind: 'late'; readonly untilMs: number }
  /** Answers of creations are lost, and they have taken effect. */
  | { readonly kind: 'lossy'; readonly untilMs: number }
  /** The same, and nothing is answered any more after the first. */
  | { readonly kind: 'gone'; readonly untilMs: number }
  | { readonly kind: 'busy'; readonly untilMs: number; readonly perMinute: number }
  | { readonly kind: 'offline'; readonly untilMs: number }
  | { readonly kind: 'type'; readonly book: number; readonly by: string; readonly what: Typed; readonly pick: number }
)

/** What people type about journals. */
export type Typed =
  | 'prepare'
  | 'approve'
  | 'approve-late'
  | 'hold-day'
  | 'release'
  | 'hold-journal'
  | 'reverse'
  | 'replace'
  | 'deliver'
  /** Two at the same moment. */
  | 'deliver-both'
  | 'approve-both'
  /** Of whatever journal. */
  | 'retry'
  | 'drift'
  | 'tie-out'
  | 'pull'
  | 'disconnect'

/** From which hour on: a journal is held between its approval and the night. */
const FROM_HOUR: Partial<Readonly<Record<Typed, number>>> = { 'hold-journal': 20, reverse: 20, 'deliver-both': 20 }

export interface CompanyOptions {
  readonly seed: number
  readonly name: string
  readonly startMs: number
  readonly nights: number
  readonly homes: readonly CompanyHome[]
  readonly habit: Habit
}

export function planCompany({ seed, name, startMs, nights, homes, habit }: CompanyOptions): CompanyPlan {
  const random = createRandom(seed, 'company', name)
  const events: CompanyEvent[] = []
  for (let night = 0; night < nights; night += 1) {
    const dayMs = startMs + night * DAY_MS
    events.push(...vendorEvents(createRandom(seed, 'company', name, 'vendor', night), dayMs, habit))
    // Before, there is nothing to lay a hand on.
    for (const hand of night > (habit === 'mixed' ? 1 : 0) ? ['hand', 'other hand'] : [])
      events.push(...handEvents(createRandom(seed, 'company', name, hand, night), dayMs, habit))
    for (const [book, { policy }] of homes.entries())
      events.push(
        ...typedEvents(createRandom(seed, 'company', name, 'typed', book, night), dayMs, { book, policy, habit }),
      )
  }
  return {
    kind: 'company',
    name,
    seed,
    vendor: random.pick(['quickbooks', 'xero']),
    homes,
    startMs,
    linesPerEntry: random.chance(0.2) ? random.int(2, 3) : null,
    perMinute: random.chance(0.2) ? random.int(4, 20) : null,
    rotatesAlways: random.chance(0.5),
    watchesNumbers: random.chance(0.3),
    events: events.toSorted((a, b) => a.atMs - b.atMs),
  }
}

function vendorEvents(random: Random, dayMs: number, habit: Habit): readonly CompanyEvent[] {
  // Around midnight, when the night delivers.
  const atMs = dayMs + DAY_MS - random.int(0, 2) * HOUR_MS
  const untilMs = atMs + random.int(1, 4) * HOUR_MS
  const events: CompanyEvent[] = []
  const answers = random.int(1, 10)
  const isLost = habit === 'lost'
  if (answers <= 3) events.push({ kind: 'late', atMs, untilMs })
  else if (answers <= 5) events.push({ kind: 'lossy', atMs, untilMs })
  else if (answers <= (isLost ? 10 : 6)) events.push({ kind: 'gone', atMs, untilMs })
  // After the day's work, so that the night meets it, and some of the next days.
  if (random.chance(CLOSES[habit] ?? 0)) events.push(close(random, dayMs + random.int(19, 22) * HOUR_MS))
  if (random.chance(0.05)) events.push({ kind: 'busy', atMs, untilMs, perMinute: random.int(2, 6) })
  if (random.chance(0.05)) events.push({ kind: 'offline', atMs, untilMs })
  if (random.chance(0.15))
    events.push({ kind: 'expire', atMs, what: random.pick(['access', 'access', 'refresh', 'all']) })
  return events
}

function close(random: Random, atMs: number): CompanyEvent {
  return { kind: 'close', atMs, daysBack: random.int(0, 2), untilMs: atMs + random.int(1, 3) * DAY_MS }
}

const HANDS = [
  ...(['amount', 'amount', 'date', 'date', 'account', 'memo', 'delete', 'void'] as const),
  ...(['copy', 'twin', 'twin', 'own-entry', 'close', 'close', 'close'] as const),
] as const
/** Where answers are lost: rather what the entry is looked up by. */
const HANDS_ON_UNKNOWN = [
  'amount',
  'date',
  'date',
  'account',
  'memo',
  'memo',
  'memo',
  'delete',
  'void',
  'close',
] as const

function handEvents(random: Random, dayMs: number, habit: Habit): readonly CompanyEvent[] {
  if (!random.chance(habit === 'lost' ? 0.8 : 0.6)) return []
  const atMs = dayMs + random.int(8, 17) * HOUR_MS
  const pick = random.int(0, 1000)
  const mend = random.pick(['back', 'again'] as const)
  const kind = random.pick<(typeof HANDS)[number]>(habit === 'lost' ? HANDS_ON_UNKNOWN : HANDS)
  switch (kind) {
    case 'amount':
    case 'date':
    case 'account':
    case 'memo':
    case 'delete':
    case 'void':
      return [{ kind: 'touch', atMs, pick, how: kind, mend, ...(habit === 'lost' ? { isUnheard: true } : {}) }]
    case 'copy':
      return [{ kind: 'copy', atMs, pick }]
    case 'twin':
      return [{ kind: 'twin', atMs, pick }]
    case 'own-entry':
      return [{ kind: 'own-entry', atMs, pick }]
    case 'close':
      return [close(random, atMs)]
  }
}

/** How likely the books are closed of an evening, beside what the accountant does by day. */
const CLOSES: Partial<Readonly<Record<Habit, number>>> = { closing: 0.8, automatic: 0.3 }

interface Desk {
  readonly book: number
  readonly policy: Policy
  readonly habit: Habit
}

function typedEvents(random: Random, dayMs: number, { book, policy, habit }: Desk): readonly CompanyEvent[] {
  const events: CompanyEvent[] = []
  const type = (what: Typed, fromHour = 8, toHour = 20, by: string = random.pick(PEOPLE)): void => {
    const atMs = dayMs + random.int(FROM_HOUR[what] ?? fromHour, toHour) * HOUR_MS
    const pick = random.int(0, 1000)
    // Access has run out when two come at once: one of them has to renew it.
    if (what === 'deliver-both' && pick % 2 === 0) events.push({ kind: 'expire', atMs, what: 'access' })
    events.push({ kind: 'type', atMs, book, by, what, pick })
  }
  const often = habit === 'mixed' ? 0.72 : 0.95
  if (policy.approval === 'review') {
    // What one has looked at is approved the same day, days later, or by the same person.
    if (policy.differentApprover && random.chance(often)) type('prepare', 8, 12)
    if (random.chance(often)) type(random.pick(['approve', 'approve', 'approve-both', 'approve-late']), 13, 20)
  }
  if (random.chance(often)) type(random.pick(USUAL[habit]))
  if (habit !== 'mixed' && random.chance(0.6)) type(random.pick(USUAL[habit]))
  return events
}
