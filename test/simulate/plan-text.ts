/** A plan as JSON and back. Whole numbers that JSON cannot hold exactly are written as texts with an n: "4500000n". */
import type { Plan } from './world/plan.ts'

export function planText(plan: Plan): string {
  const write = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
  return `${JSON.stringify(plan, write, 2)}\n`
}

/** Of texts that planText wrote: the corpus is part of this repository. */
export function readPlan(text: string): Plan {
  const read = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value
  return JSON.parse(text, read) as Plan
}
