/**
 * What happened at the network up to an instant, and what its counter shows of it. Everything is a fold over what the
 * plan says happened, in the order of its instants.
 */
import { cutTo, ONE } from '../amounts.ts'
import type { CounterEvent, NetworkPlan, PayoutPlan } from './plan.ts'

export interface State {
  /** Earned (or spent) since the world began, less what was taken back. */
  readonly truth: bigint
  /** What is owed and not paid out. */
  readonly owed: bigint
  readonly amount: bigint
  readonly impressions: number
  readonly clicks: number
  /** Gross of each payout that was made. */
  readonly paid: ReadonlyMap<string, bigint>
}

type Happening =
  | { readonly kind: 'day'; readonly atMs: number; readonly of: NetworkPlan['days'][number] }
  | { readonly kind: 'event'; readonly atMs: number; readonly of: CounterEvent }
  | { readonly kind: 'payout' | 'returned'; readonly atMs: number; readonly of: PayoutPlan }

export function stateAt(plan: NetworkPlan, ms: number): State {
  let state: State = {
    truth: 0n,
    owed: plan.owed,
    amount: plan.counter,
    impressions: plan.impressions,
    clicks: plan.clicks,
    paid: new Map(),
  }
  for (const each of happenings(plan)) {
    if (each.atMs > ms) break
    state = after(plan, state, each)
  }
  return state
}

function happenings(plan: NetworkPlan): readonly Happening[] {
  const all: readonly Happening[] = [
    ...plan.days.map((of) => ({ kind: 'day' as const, atMs: of.atMs, of })),
    ...plan.events.map((of) => ({ kind: 'event' as const, atMs: of.atMs, of })),
    ...plan.payouts.map((of) => ({ kind: 'payout' as const, atMs: of.atMs, of })),
    ...plan.payouts.flatMap((of) =>
      of.returnedMs === null ? [] : [{ kind: 'returned' as const, atMs: of.returnedMs, of }],
    ),
  ]
  return all.toSorted((one, other) => one.atMs - other.atMs || (one.of.id < other.of.id ? -1 : 1))
}

function after(plan: NetworkPlan, state: State, each: Happening): State {
  switch (each.kind) {
    case 'day':
      return moved(state, each.of.amount, each.of.impressions, each.of.clicks)
    case 'payout':
      return paidOut(plan, state, each.of)
    case 'returned':
      return broughtBack(plan, state, each.of)
    case 'event':
      return event(state, each.of)
  }
}

function event(state: State, { kind, size, impressions, clicks }: CounterEvent): State {
  switch (kind) {
    case 'clawback':
      // A network takes back no more than the counter shows.
      return moved(state, -(size < state.amount ? size : state.amount), 0, 0)
    case 'late-credit':
      return moved(state, size, 0, 0)
    case 'viral':
      return moved(state, size, impressions, clicks)
    case 'reset':
      return { ...state, amount: 0n, impressions: 0, clicks: 0 }
    case 'other-account':
      return { ...state, amount: size, impressions, clicks }
    case 'wrong':
    case 'mistaken':
    case 'cached':
    case 'silent':
    case 'bad':
      return state
  }
}

function moved(state: State, by: bigint, impressions: number, clicks: number): State {
  return {
    ...state,
    truth: state.truth + by,
    owed: state.owed + by,
    amount: state.amount + by,
    impressions: state.impressions + impressions,
    clicks: state.clicks + clicks,
  }
}

function paidOut(plan: NetworkPlan, state: State, { id, feeCents }: PayoutPlan): State {
  const fee = BigInt(feeCents) * (ONE / 100n)
  const isUnpaid = plan.shows === 'unpaid'
  // What an unpaid balance does not show is not paid out of it.
  const left = isUnpaid && state.amount < state.owed ? state.amount : state.owed
  const gross = cutTo(left - fee, 2)
  if (gross < plan.leastPayout) return state
  const taken = gross + fee
  return {
    ...state,
    owed: state.owed - taken,
    amount: isUnpaid ? state.amount - taken : state.amount,
    paid: new Map([...state.paid, [id, gross]]),
  }
}

/** When a person states that it came back: together with the payout, or once it is known. Null: never. */
export function returnStatedMs({ returnedMs, statedMs, atMs }: PayoutPlan): number | null {
  return returnedMs === null || statedMs === null ? null : Math.max(returnedMs, statedMs, atMs)
}

/** It is owed again; what was kept for it stays kept. */
function broughtBack(plan: NetworkPlan, state: State, { id }: PayoutPlan): State {
  const gross = state.paid.get(id) ?? 0n
  return {
    ...state,
    owed: state.owed + gross,
    amount: plan.shows === 'unpaid' ? state.amount + gross : state.amount,
  }
}

/** What is in force of the events that last. */
export function lasting(plan: NetworkPlan, ms: number): CounterEvent | undefined {
  return plan.events.find(({ atMs, untilMs }) => atMs <= ms && ms < untilMs)
}
