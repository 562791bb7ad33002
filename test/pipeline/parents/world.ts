/**
 * Orders that stand for others, at a panel that takes and gives by hand, as its owner's books would show it: each parent has
 * a way of its own to be charged, is dated or not, found at once or late, and runs over some nights. The truth is kept here
 * in the wallet's smallest unit; nothing comes from the program.
 */
import { dice } from '../gross-panel/panel.ts'

export interface Parent {
  readonly id: string
  readonly price: number
  /** Debited: each run when it starts; the whole at once, beside runs of nothing; the whole, shown as charges of the runs. */
  readonly model: 'runs' | 'itself' | 'whole'
  readonly runs: number
  readonly made: number
  readonly found: number
  readonly isDated: boolean
}

export interface Refund {
  readonly id: string
  readonly price: number
  readonly canceled: number
  /** The night of its credit; never where it is beyond the last. */
  readonly credited: number
}

export interface ParentPlan {
  readonly seed: number
  readonly nights: number
  readonly parents: number
  readonly refunds: number
  readonly byHand: number
  /** Decimals of every figure. */
  readonly decimals: number
  /** Parents cost multiples of this many units. */
  readonly step: number
  /** In a hundred parents. */
  readonly undated: number
  readonly late: number
}

export interface ParentWorld {
  readonly plan: ParentPlan
  readonly parents: readonly Parent[]
  readonly refunds: readonly Refund[]
  readonly byHand: readonly { readonly night: number; readonly amount: number }[]
}

export const OPENING_UNITS = 1_000

export function parentWorld(plan: ParentPlan): ParentWorld {
  const roll = dice(plan.seed)
  for (let skipped = 0; skipped < 10; skipped += 1) roll(2)
  const one = 10 ** plan.decimals
  const amount = (step: number): number => step * Math.max(1, Math.floor(((2 + roll(18)) * one + roll(one)) / step))
  const parents = Array.from({ length: plan.parents }, (_, at): Parent => {
    const made = 2 + roll(plan.nights - 2)
    const runs = 1 + roll(3)
    const model = (['runs', 'itself', 'whole'] as const)[roll(3)] ?? 'runs'
    const isDated = roll(100) >= plan.undated
    return {
      id: String(100 * (at + 1)),
      price: amount(plan.step),
      model,
      runs,
      made,
      found: made + (roll(100) < plan.late ? 1 : 0),
      isDated,
    }
  })
  const refunds = Array.from({ length: plan.refunds }, (_, at): Refund => {
    const canceled = 2 + roll(plan.nights - 1)
    return { id: String(11 + at), price: amount(1), canceled, credited: canceled + roll(3) }
  })
  const byHand = Array.from({ length: plan.byHand }, () => ({
    night: 2 + roll(plan.nights - 1),
    amount: (roll(2) === 0 ? 1 : -1) * (1 + roll(2 * one)),
  }))
  return { plan, parents, refunds, byHand }
}

export function runsOn({ made, runs }: Parent, night: number): number {
  return Math.max(0, Math.min(runs, night - made + 1))
}

/** What the panel shows as the charge of the n-th run (from 0); the last takes what division leaves. */
export function runCharge({ model, price, runs }: Parent, nth: number): number {
  if (model === 'itself') return 0
  const each = Math.floor(price / runs)
  return nth === runs - 1 ? price - each * (runs - 1) : each
}

export function chargedRuns(parent: Parent, night: number): number {
  return Array.from({ length: runsOn(parent, night) }, (_, nth) => runCharge(parent, nth)).reduce((a, b) => a + b, 0)
}

export function walletOn({ plan, parents, refunds, byHand }: ParentWorld, night: number): number {
  let wallet = OPENING_UNITS * 10 ** plan.decimals
  for (const parent of parents) {
    if (parent.made > night) continue
    wallet -= parent.model === 'runs' ? chargedRuns(parent, night) : parent.price
  }
  for (const { price, credited } of refunds) wallet += credited <= night ? 0 : -price
  for (const entry of byHand) wallet += entry.night <= night ? entry.amount : 0
  return wallet
}

export function textOf(units: number, decimals: number): string {
  return (units / 10 ** decimals).toFixed(decimals)
}
