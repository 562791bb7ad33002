/** What planning a resolution is given and what it answers: the transactions, what they release, and what stays open. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../../db/tables.ts'
import type { ResolutionName } from '../../../domain/exceptions/resolutions.ts'
import type { Units } from '../../../domain/money/money.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../../domain/transaction.ts'
import type { StoredException } from '../../../reconcile/exceptions.ts'
import type { DoubtfulPrint } from '../../../evidence/statements/keep-line.ts'
import type { NewAnswer } from '../../../payelancer/store/counter-facts.ts'
import type { BatchContext, ContextSource } from '../context.ts'

export type PlanContext = Pick<BatchContext, 'book' | 'rules' | 'settings' | 'sourceIds'> & {
  readonly db: Kysely<Tables>
}

interface Resolution {
  readonly as: ResolutionName
  /** A part of the amount; null: all of it. A magnitude. */
  readonly amount: Units | null
  /** What a top-up, a bonus or a payment is known by. */
  readonly reference: string | null
  /** The day it counts on; null: the day of the decision. */
  readonly date: IsoDate | null
  /** Of a counter: what was earned or spent beside what it moved by; null: as the word says. */
  readonly earned: Units | null
  /** Of a counter: the reading it is about, as "12.1"; null: the one that is held. */
  readonly reading: string | null
  /** Of lines that may be one or two: which is two; null: each. */
  readonly line: number | null
}

export interface PlanRequest extends Resolution {
  readonly exception: StoredException
  readonly evidence: Evidence
  readonly atMs: number
  /** Goes with every transaction. */
  readonly memo: string
  readonly said: { readonly by: string; readonly why: string }
}

export type ResolutionPlan =
  /** `reason` is the end of a sentence, without its full stop. */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'planned'
      readonly drafts: readonly TransactionDraft[]
      /** Nights of a wallet whose claims are released (O7). */
      readonly released?: readonly number[]
      /** Prints of statement lines that are lines of their own (S4). */
      readonly kept?: readonly DoubtfulPrint[]
      /** What is said of readings of a counter (C4). */
      readonly answers?: readonly NewAnswer[]
      /** What of the amount stays open, signed like it; 0 when it is settled. */
      readonly left: Units
      /** What the same check will find from now on, and the decision covers; left out when that is nothing. */
      readonly covers?: Units | null
      /** False: found again, it is a new one. */
      readonly stands?: false
      /** How the amount was come to, when nobody stated it: a sentence without its full stop. */
      readonly because?: string
    }

export type EffectPlanner = (
  context: PlanContext,
  source: ContextSource,
  request: PlanRequest,
) => Promise<ResolutionPlan>

export function refused(reason: string): ResolutionPlan {
  return { kind: 'refused', reason }
}
