/**
 * What raising an exception does to the one that is there: it opens, changes, opens again, or stays as it is. A person's
 * resolution stands while its facts do.
 */
import type { Units } from '../money/money.ts'
import { ruleOf } from './code-rules.ts'

export interface Said {
  readonly amount: Units | null
  readonly currency: string | null
  readonly detail: string
}

export interface Standing extends Said {
  readonly status: 'open' | 'closed'
  /** The facts of a resolution without a posting; null when no such resolution stands. */
  readonly resolvedFacts: string | null
}

export type Raising = 'opened' | 'reopened' | 'changed' | 'refreshed'

/** What makes an exception the same or another one: its amount, where one is known and the code goes by it. */
export function factsOf(code: string, { amount, currency, detail }: Said): string {
  return amount === null || ruleOf(code).facts === 'detail'
    ? `${currency ?? ''} ${detail}`
    : `${currency ?? ''} ${amount}`
}

/** `refreshed`: only when it was last seen has changed; what a person resolved stays closed. */
export function raisingOf(code: string, before: Standing | null, said: Said): Raising {
  if (before === null) return 'opened'
  const facts = factsOf(code, said)
  if (before.status === 'open') return factsOf(code, before) === facts ? 'refreshed' : 'changed'
  return before.resolvedFacts === facts ? 'refreshed' : 'reopened'
}
