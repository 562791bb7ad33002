/**
 * Four eyes over what a person gives up: above the limit in force a first person's word is kept as an ask, and counts once
 * somebody else says the same, whichever door it came by. Every difference, every line settled without another side (a
 * payout nothing was due for and a top-up nothing states as well) and every line left out is given up.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { abs, unitsOf, type Units } from '../../domain/money/money.ts'
import { isSamePerson } from '../../domain/person.ts'
import { decisionsOf } from '../../evidence/match-decisions.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import type { Plan } from './match-plan.ts'
import type { MatchReader } from './match-pool.ts'
import { matchDecisionSchema, type MatchDecision } from './match-request.ts'

/** True of a word that is only kept until somebody else says the same. */
export async function isAsk(
  { db, book, settings }: MatchReader,
  decision: MatchDecision,
  plan: Exclude<Plan, { kind: 'refused' }>,
): Promise<boolean> {
  const limit = settings.money?.secondPersonAbove
  if (limit === undefined || givenUp(decision, plan) <= unitsOf(limit)) return false
  return (await askedBy(db, book, decision)) === null
}

/** Never negative; zero when nothing is given up, as when the rest stays open. */
export function givenUp(decision: MatchDecision, plan: Exclude<Plan, { kind: 'refused' }>): Units {
  const { match } = plan
  switch (decision.decide) {
    case 'unmatch':
    case 'confirm':
    case 'reject':
      return 0n
    case 'settle':
    case 'ignore':
    case 'write-off':
      return abs(match.legs.reduce((sum, { amount }) => sum + amount, 0n))
    case 'payout':
    case 'top-up':
      // Nothing was due or stated, so the whole of it is one person's word.
      return abs(totalOf(match, 'item'))
    case 'fee': {
      const before = plan.kind === 'make' ? plan.replaces : undefined
      return abs(totalOf(match, 'item') - (before === undefined ? 0n : totalOf(before, 'item')))
    }
    case 'match':
      // Without a said difference the amounts agree, or the line itself states its fee.
      if (match.how.kind === 'match' && match.how.difference.kind === 'none') return 0n
      // Between two currencies there is no difference to measure it by, so it is the whole.
      return match.residual === 0n ? abs(totalOf(match, 'item')) : abs(match.residual)
  }
}

function totalOf({ legs }: Pick<StoredMatch, 'legs'>, side: 'line' | 'item'): Units {
  return legs.reduce((sum, leg) => (leg.side === side ? sum + leg.amount : sum), 0n)
}

/** Who asked for just this and has not been answered yet; null when nobody but this person did. */
async function askedBy(db: Kysely<Tables>, book: bigint, decision: MatchDecision): Promise<string | null> {
  const wanted = contentOf(decision)
  for (const { by, request, match } of await decisionsOf(db, book, decision.decide)) {
    if (contentOf(matchDecisionSchema.parse(JSON.parse(request))) !== wanted) continue
    // Carried out already: what was asked before that is spent.
    if (match !== null) return null
    if (!isSamePerson(by, decision.by)) return by
  }
  return null
}

/** What is decided, whoever says it, why, on which day and in which order. */
export function contentOf(decision: MatchDecision): string {
  // Parsed, so that the keys come in one order.
  const content = { ...matchDecisionSchema.parse(decision), by: '', why: '' }
  const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b)
  if (content.decide === 'match')
    return JSON.stringify({ ...content, lines: sorted(content.lines), items: sorted(content.items) })
  return JSON.stringify('day' in content ? { ...content, day: '' } : content)
}
