/**
 * The plan of a bookkeeper's desk: short stories about money that arrives otherwise than the books expect it, each with a
 * vendor and accounts of its own. Drawn from domain.md, sections 3 and 6.2: payments in parts and in one, unknown fees,
 * money that comes back, money that never comes, processors that pay out what they collected.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'

export const STORY_KINDS = [
  'in-parts',
  'in-one',
  'nearly',
  'unknown-fee',
  'wire-fee',
  'own-lines',
  'never-comes',
  'paid-back',
  'bounced',
  'bounced-late',
  'bank-error',
  'settlement',
  'same-reference',
  'days-before',
  'unreadable',
  'overdue',
  'closed',
  'abroad',
  'exchange',
  'panel-log',
  'conversions',
] as const
export type StoryKind = (typeof STORY_KINDS)[number]

export interface StoryPlan {
  readonly kind: StoryKind
  /** Also of its vendor, and of what its accounts begin with. */
  readonly name: string
  /** Two amounts in cents of the dollar; what else there is follows from them. */
  readonly cents: readonly [number, number]
  /** A number as processors make them. */
  readonly reference: string
  /** Days since the world began on which the statement that tells of it comes, and a later one. */
  readonly day: number
  readonly laterDay: number
  /** Whether a person takes back what was right, sees it, and says it again. */
  readonly isTakenBack: boolean
  /** When a person looks at what waits for one. */
  readonly decidedDay: number
  /** Whether the processor's own list of what it paid out is imported, too. */
  readonly isListed: boolean
}

export interface DeskPlan {
  readonly kind: 'desk'
  readonly name: 'desk'
  readonly startMs: number
  readonly stories: readonly StoryPlan[]
}

const MOST = 3

export function planDesk(seed: number, startMs: number, nights: number): DeskPlan {
  const random = createRandom(seed, 'desk')
  const stories = Array.from({ length: random.int(1, MOST) }, (_, nth) =>
    planStory(createRandom(seed, 'desk', nth), nth, nights),
  )
  return { kind: 'desk', name: 'desk', startMs, stories }
}

/** Whether a vendor of this desk posts to the daemon. */
export function isPostedTo(seed: number): boolean {
  return planDesk(seed, 0, 2).stories.some(({ kind }) => kind === 'conversions')
}

function planStory(random: Random, nth: number, nights: number): StoryPlan {
  const kind = random.pick(STORY_KINDS)
  const day = random.int(0, Math.max(0, nights - 2))
  const laterDay = random.int(day + 1, Math.max(day + 1, nights - 1))
  return {
    kind,
    name: `vendor${'abc'[nth] ?? ''}`,
    // No two stories have an amount in common, and none is the sum of others.
    cents: [60_000 + 20_000 * nth + random.int(1, 4999), 9000 + 3000 * nth + random.int(1, 999)],
    reference: `RF${nth}${random.int(10_000_000, 99_999_999)}`,
    day,
    laterDay,
    isTakenBack: random.chance(0.4),
    decidedDay: random.chance(0.6) ? nights : laterDay,
    isListed: random.chance(0.4),
  }
}
