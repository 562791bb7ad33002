/**
 * What raising an exception does to the one that is there: it opens, changes, opens again, or stays as it is. A person's
 * resolution stands while its facts do.
 */
import type { Units } from '../money/money.ts'
import { ruleOf } from './codes.ts'

export interface About {
  readonly code: string
  readonly object: string
}

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
export function factsOf({ code, object }: About, { amount, currency, detail }: Said): string {
  return amount === null || ruleOf(code, object).facts === 'detail'
    ? `${currency ?? ''} ${detail}`
    : `${currency ?? ''} ${amount}`
}

/** `refreshed`: only when it was last seen has changed; what a person resolved stays closed. */
export function raisingOf(about: About, before: Standing | null, said: Said): Raising {
  if (before === null) return 'opened'
  const facts = factsOf(about, said)
  if (before.status === 'open') return factsOf(about, before) === facts ? 'refreshed' : 'changed'
  return before.resolvedFacts === facts ? 'refreshed' : 'reopened'
}
