/**
 * Xero's limits per organisation: 5 requests at once, 60 a minute, and 1,000 or 5,000 a day by its plan. A 429 says which
 * one, and for minute and day how long to wait. What is known to be refused is not sent: a refused write has to be looked
 * up before it is sent again, which costs more of the day.
 */
import { retryAfterMs } from '../../http/retry.ts'
import type { Trouble } from '../port.ts'
import type { XeroReply } from './answer.ts'

type Throttled = Extract<Trouble, { readonly kind: 'throttled' }>

interface Problem {
  readonly scope: Throttled['scope']
  /** Where there is no Retry-After: never for `concurrent`, and whatever a gateway answers in Xero's place. */
  readonly waitMs: number
  readonly what: string
}

const MINUTE: Problem = { scope: 'minute', waitMs: 60_000, what: 'too many requests in a minute' }
const DAY: Problem = { scope: 'day', waitMs: 900_000, what: "the day's requests are used up" }

/** By the header X-Rate-Limit-Problem. The app's own minute passes like the organisation's. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  minute: MINUTE,
  appminute: MINUTE,
  day: DAY,
  concurrent: { scope: 'concurrent', waitMs: 2_000, what: 'too many requests at once' },
}
/** A header that asks for more is a mistake of somebody's. */
const LONGEST_WAIT_MS = 48 * 3_600_000

export interface LimitWatch {
  /** Why nothing may be sent now; null when something may. */
  readonly blocked: () => Throttled | null
  /** Learns from every answer; the trouble when it was a 429. */
  readonly saw: (reply: XeroReply) => Throttled | null
}

export function createLimitWatch(label: string, nowMs: () => number): LimitWatch {
  let known: Throttled | null = null

  const throttled = ({ scope, waitMs, what }: Problem, asked: number | null): Throttled => {
    const untilMs = nowMs() + Math.min(asked ?? waitMs, LONGEST_WAIT_MS)
    const message = `${label}: ${what}; not before ${new Date(untilMs).toISOString()}.`
    return { kind: 'throttled', scope, untilMs, message, sent: true }
  }
  return {
    blocked: () => {
      if (known !== null && known.untilMs <= nowMs()) known = null
      return known === null ? null : { ...known, sent: false }
    },
    saw: ({ status, headers }) => {
      if (status === 429) {
        const problem = PROBLEMS[(headers['x-rate-limit-problem'] ?? '').toLowerCase()] ?? MINUTE
        const trouble = throttled(problem, retryAfterMs(headers['retry-after'] ?? null, nowMs()))
        // A full house empties by itself, at a time nobody knows: it stops this request only.
        if (problem.scope !== 'concurrent') known = trouble
        return trouble
      }
      // When the day starts again only a 429 tells, so that one is provoked now and then.
      if (headers['x-daylimit-remaining'] === '0') known = throttled(DAY, null)
      return null
    },
  }
}
