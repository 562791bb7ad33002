/** What people asked for and a second person has not said yet. Only reads. */
import type { Units } from '../../domain/money/money.ts'
import { allDecisions } from '../../evidence/match-decisions.ts'
import { planDecision } from './match-plan.ts'
import type { MatchReader } from './match-pool.ts'
import { matchDecisionSchema, type MatchDecision } from './match-request.ts'
import { contentOf, givenUp } from './second-person.ts'

export interface Ask {
  readonly decision: MatchDecision
  readonly atMs: number
  readonly amount: Units
  readonly currency: string
}

/** What waits for a second person and could still be done, the oldest first. */
export async function waitingAsks(reader: MatchReader): Promise<readonly Ask[]> {
  const waiting = new Map<string, { readonly decision: MatchDecision; readonly atMs: number }>()
  for (const { request, match, atMs } of await allDecisions(reader.db, reader.book)) {
    const decision = matchDecisionSchema.parse(JSON.parse(request))
    const key = contentOf(decision)
    if (match !== null) waiting.delete(key)
    else if (!waiting.has(key)) waiting.set(key, { decision, atMs })
  }
  const asks: Ask[] = []
  for (const each of waiting.values()) {
    const plan = await planDecision(reader, each.decision)
    if (plan.kind === 'refused') continue
    const [one] = [...plan.sides.lines.values(), ...plan.sides.items.values()]
    asks.push({ ...each, amount: givenUp(each.decision, plan), currency: one?.settled.currency ?? '' })
  }
  return asks
}
