/** A difference of a proof, or any amount of an account, as sums of what could have made it; with what was searched. */
import {
  EXPLAIN_BOUND,
  explainDifference,
  explanationText,
  type Explanation,
  type ExplainBound,
} from '../../domain/matching/explain.ts'
import { abs, unitsPerMinor, type Units } from '../../domain/money/money.ts'
import { findSubject, type ExplainedSubject } from './subject.ts'
import type { NamedSuspect } from './named-suspect.ts'
import { suspectsOf, type SuspectWindow } from './suspects.ts'
import type { ProofScope } from './scope.ts'

export interface ExplainRequest extends SuspectWindow {
  readonly account: string
  readonly currency?: string
  /** Instead of the proof's own difference; signed like it. */
  readonly amount?: Units
  readonly maxItems?: number
}

export interface Explained {
  readonly subject: ExplainedSubject
  readonly amount: Units
  /** Null when there is nothing to explain. */
  readonly explanation: Explanation | null
  readonly text: string
  /** Less than one minor unit of the currency, which vendors round away. */
  readonly isRounding: boolean
  /** The sums found, the fewest items first. */
  readonly sums: readonly (readonly NamedSuspect[])[]
  /** How many candidates there were of each kind. */
  readonly kinds: Readonly<Record<string, number>>
}

/** Null when the other side has said nothing, so that no difference is known. */
export async function explain(scope: ProofScope, request: ExplainRequest): Promise<Explained | null> {
  const { account, currency, maxItems } = request
  const subject = await findSubject(scope, account, currency)
  const amount = request.amount ?? subject.difference
  if (amount === null) return null
  if (amount === 0n) {
    const text = 'there is no difference to explain'
    return { subject, amount, explanation: null, text, isRounding: false, sums: [], kinds: {} }
  }
  const suspects = await suspectsOf(scope, subject, request)
  // What the proof lists has been taken out of its own difference already.
  const listed = new Set(request.amount === undefined ? subject.month?.items.map(({ object }) => object) : [])
  const candidates = suspects.filter(({ id }) => !listed.has(id))
  const bound: ExplainBound = { ...EXPLAIN_BOUND, ...(maxItems === undefined ? {} : { maxItems }) }
  const explanation = explainDifference(amount, candidates, bound)
  const byId = new Map(candidates.map((each) => [each.id, each]))
  const kinds: Record<string, number> = {}
  for (const { kind, amount: size } of candidates) if (size !== 0n) kinds[kind] = (kinds[kind] ?? 0) + 1
  return {
    subject,
    amount,
    explanation,
    text: explanationText(explanation),
    isRounding: abs(amount) < unitsPerMinor(subject.currency),
    sums: sumsOf(explanation).map((ids) => ids.flatMap((id) => byId.get(id) ?? [])),
    kinds,
  }
}

function sumsOf(explanation: Explanation): readonly (readonly string[])[] {
  switch (explanation.kind) {
    case 'one':
      return [explanation.ids]
    case 'several':
      return explanation.alternatives
    case 'none':
      return []
  }
}
