/**
 * O8: when to ask about an order again. Open orders every run; finished ones every night for a week, then ever more rarely,
 * because panels refund late: after 14, 28 and 56 days, then every 30 days for a year, then never.
 */
import { type OrderState } from './order.ts'
import { isFinal } from './status.ts'

/** Due in every run. */
export const DUE_EVERY_RUN = 0

const DAY_MS = 86_400_000
/** Of a finished order: every night for a week, then ever more rarely. */
const FINISHED_DAYS = [1, 2, 3, 4, 5, 6, 7, 14, 28, 56] as const
const DOUBLING_DAYS = [1, 2, 4, 8, 16, 32, 64] as const
const MONTH_DAYS = 30
const LAST_DAYS = 365

/** Refusals that may be a panel's bad night, or an order so new that its API does not show it yet. */
const PATIENT_REFUSALS = 2
/** Refusals after which a panel is believed: more than a year of asking. */
const LAST_REFUSAL = 14
const HOUR_MS = 3_600_000

/**
 * When to ask again about an order of which the panel has said so many times in a row that it does not know it: twice in
 * the next run, then after 1, 2, 4 … 64 days, then every 64. Never again only for an order that was never answered or has
 * ended: what is booked and still open is asked about for ever. An hour early, so that a night that starts a little
 * earlier than the last does not miss it.
 */
export function nextPollAfterRefusalMs(
  state: Pick<OrderState, 'status'>,
  atMs: number,
  refusals: number,
): number | null {
  if (refusals <= PATIENT_REFUSALS) return DUE_EVERY_RUN
  if (refusals >= LAST_REFUSAL && (state.status === null || isFinal(state.status))) return null
  const days = DOUBLING_DAYS[refusals - PATIENT_REFUSALS - 1] ?? 64
  return atMs + days * DAY_MS - HOUR_MS
}

/** Two clocks of one business differ by less; more is a clock that was wrong. */
const CLOCK_STEP_MS = 600_000

/** True for an instant that a clock must have been ahead to give. */
export function isAhead(thenMs: number, nowMs: number): boolean {
  return thenMs > nowMs + CLOCK_STEP_MS
}

/** No schedule reaches further. */
export const LONGEST_WAIT_MS = 100 * DAY_MS

/** The instant (UTC ms) at which the order is due again, an hour early as above, `DUE_EVERY_RUN`, or null for never. */
export function nextPollMs(state: OrderState): number | null {
  if (!isFinal(state.status) || state.terminalAtMs === null || state.observedAtMs === null) return DUE_EVERY_RUN
  const ageMs = state.observedAtMs - state.terminalAtMs
  if (ageMs >= LAST_DAYS * DAY_MS) return null
  const months = (Math.floor((ageMs + HOUR_MS) / DAY_MS / MONTH_DAYS) + 1) * MONTH_DAYS
  const next = FINISHED_DAYS.find((days) => days * DAY_MS - HOUR_MS > ageMs) ?? months
  return state.terminalAtMs + next * DAY_MS - HOUR_MS
}
