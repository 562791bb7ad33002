/** The bookkeeper's desk as a part of the world: all its stories, the person who types what they ask for, and the rates that hold. */
import type { Books } from '../../oracles/books.ts'
import type { Act, Part } from '../part.ts'
import { DAY_MS } from '../payelancer/plan.ts'
import { checkStory } from './check.ts'
import { conversions, HOOK_SECRET } from './conversions.ts'
import { abroad, closed, daysBefore, neverComes, overdue } from './owed.ts'
import { panelLog } from './panel-log.ts'
import { inParts, nearly, unknownFee, wireFee } from './payouts.ts'
import { RATE } from './publisher.ts'
import { bankError, bounced, bouncedLate } from './returns.ts'
import { ownLines } from './own-lines.ts'
import type { DeskPlan, StoryKind } from './plan.ts'
import { exchange, settlement, unreadable } from './processors.ts'
import { dayText, eveningMs, type Scene, type Story } from './story.ts'
import { forfeited, inOne, paidBack, sameReference, spentBefore } from './wallets.ts'

const STORIES: Readonly<Record<StoryKind, (scene: Scene) => Story>> = {
  'in-parts': inParts,
  'in-one': inOne,
  nearly,
  'unknown-fee': unknownFee,
  'wire-fee': wireFee,
  'own-lines': ownLines,
  'never-comes': neverComes,
  'paid-back': paidBack,
  bounced,
  'bounced-late': bouncedLate,
  'bank-error': bankError,
  settlement,
  'same-reference': sameReference,
  'days-before': (scene) => (scene.isTakenBack ? spentBefore(scene) : daysBefore(scene)),
  unreadable,
  overdue,
  closed: (scene) => (scene.isListed ? forfeited(scene) : closed(scene)),
  abroad,
  exchange,
  'panel-log': panelLog,
  conversions,
}

/** A restored backup may know nothing of what was said. */
const MOST_TIMES = 8
/** Where what one person may decide alone is limited, the other one says the same. */
const PEOPLE = ['Eve', 'Fay'] as const
const RATE_DAYS = 90

export function createDesk({ startMs, stories: plans }: DeskPlan): Part {
  const scenes = plans.map((plan): Scene => ({ ...plan, startMs }))
  const stories = scenes.map((scene) => ({ scene, story: STORIES[scene.kind](scene) }))
  const said = new Map<string, number>()

  const hooks = stories.flatMap(({ story }) =>
    (story.hooks ?? []).map(({ day, path, body }) => {
      let isTaken = false
      const answered = (status: number | null): void => void (isTaken ||= status === 200)
      return { path, body, answered, isTaken: () => isTaken, dueMs: startMs + (day + 1) * DAY_MS }
    }),
  )

  const answers = (books: Books, nowMs: number): readonly Act[] => {
    for (const { scene, story } of stories) {
      for (const [nth, { fromDay, argv }] of (story.words ?? []).entries()) {
        const words = nowMs < eveningMs(scene, fromDay) ? null : argv(books)
        const name = `${scene.name} ${nth}`
        const times = said.get(name) ?? 0
        if (words === null || times === MOST_TIMES) continue
        said.set(name, times + 1)
        // Typed again after it was heard, it is refused: it is done.
        return [{ atMs: nowMs, argv: [...words, ...signedBy(times)], allowedAgain: [2] }]
      }
    }
    return []
  }

  return {
    name: 'desk',
    sites: stories.flatMap(({ story }) => story.sites ?? []),
    config: {
      sources: stories.flatMap(({ story }) => story.config.sources ?? []),
      accounts: stories.flatMap(({ story }) => story.config.accounts ?? []),
    },
    env: { KEY_DESK: 'secret', HOOK_DESK: HOOK_SECRET },
    files: [{ name: 'desk-rates.csv', content: ratesOf({ startMs }) }],
    advance: () => undefined,
    acts: (fromMs, throughMs) =>
      stories.flatMap(({ story }) => story.acts.filter(({ atMs }) => atMs > fromMs && atMs <= throughMs)),
    answers,
    hooks: (nowMs) => hooks.filter(({ dueMs, isTaken }) => nowMs >= dueMs && !isTaken()),
    decide: (exception) => {
      const words = stories.map(({ story }) => story.decide?.(exception) ?? null).find((each) => each !== null)
      return words === undefined || words === null ? null : [[...words, ...signedBy(0)]]
    },
    check: (books, when) => stories.flatMap(({ scene, story }) => checkStory(scene, story, books, when)),
  }
}

function signedBy(times: number): readonly string[] {
  return ['--by', PEOPLE[times % PEOPLE.length] ?? PEOPLE[0], '--why', 'asked the vendor']
}

function ratesOf({ startMs }: Pick<DeskPlan, 'startMs'>): string {
  const rows = Array.from({ length: RATE_DAYS }, (_, nth) => `${dayText({ startMs }, nth - 45)},EUR,USD,${RATE}\n`)
  return `date,from,to,rate\n${rows.join('')}`
}
