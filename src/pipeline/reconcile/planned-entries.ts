/** The entries a planned decision would post for the lines and items of its match, before anything of it is done. */
import type { Posts } from '../../domain/matching/how.ts'
import { parseEntryKind } from '../../domain/settlement/entry-kind.ts'
import type { Units } from '../../domain/money/money.ts'
import { moneyPostings, postingsFor } from '../../domain/posting-rules.ts'
import type { IsoDate, Posting } from '../../domain/transaction.ts'
import type { Leg } from '../../evidence/matches.ts'
import type { Plan } from '../process/match-plan.ts'
import type { PlanContext } from '../process/resolutions/effect.ts'
import { legKey, postsOfLegs } from '../process/settle-matches.ts'
import { settleContext } from '../process/settle-context.ts'

export interface PlannedEntry {
  readonly effectiveDate: IsoDate
  readonly currency: string
  readonly postings: readonly Posting[]
}

type Fitting = Exclude<Plan, { kind: 'refused' }>

/** The reason, as the end of a sentence, when nothing can be booked of it yet. */
export async function plannedEntries(context: PlanContext, plan: Fitting): Promise<readonly PlannedEntry[] | string> {
  const { match, sides } = plan
  if (plan.kind === 'reject') return []
  const posts = plan.kind === 'undo' ? null : postsOfLegs(match, sides, await settleContext(context))
  if (posts?.ok === false) return posts.reason
  const entries = match.legs.flatMap((leg) => {
    const before = postedBefore(plan, leg)
    const after = posts?.posts.get(legKey(leg)) ?? new Map<string, Units>()
    return [...new Set([...after.keys(), ...before.keys()])].flatMap((kind) =>
      entryOf(context, plan, leg, kind, (after.get(kind) ?? 0n) - (before.get(kind) ?? 0n)),
    )
  })
  return [...saidEntry(context, plan), ...entries]
}

/** What is taken back: by an undo, or of the match that another takes the place of. */
function postedBefore(plan: Fitting, { side, ref }: Pick<Leg, 'side' | 'ref'>): Posts {
  const undone = plan.kind === 'undo' ? plan.match : plan.kind === 'make' ? plan.replaces : undefined
  return undone?.legs.find((leg) => leg.side === side && leg.ref === ref)?.posts ?? new Map<string, Units>()
}

/** Of a payout or a top-up that only the line makes known, which is booked before its line settles it. */
function saidEntry({ rules, settings }: PlanContext, plan: Fitting): readonly PlannedEntry[] {
  if (plan.kind !== 'make') return []
  const { payout, topUp } = plan
  const source = settings.sources.find(({ name }) => name === (payout ?? topUp)?.source)
  const amount = payout?.gross ?? topUp?.amount
  const effectiveDate = payout?.date ?? topUp?.line.settled.date
  if (source === undefined || amount === undefined || effectiveDate === undefined) return []
  const kind = payout === undefined ? 'top-up' : 'payout'
  const posting = { sourceKind: source.kind, kind, source: source.name, amount }
  return [{ effectiveDate, currency: source.currency, postings: postingsFor(rules, posting) }]
}

function entryOf(
  { rules }: PlanContext,
  { match, sides }: Fitting,
  { side, ref }: { readonly side: 'line' | 'item'; readonly ref: bigint },
  text: string,
  amount: Units,
): readonly PlannedEntry[] {
  const line = side === 'line' ? sides.lines.get(String(ref)) : undefined
  const about = line ?? sides.items.get(String(ref))
  if (about === undefined || amount === 0n) return []
  const { kind, sign, source, currency } = parseEntryKind(text, about.settled.currency)
  const account = line === undefined ? '' : `${line.account.code}:${line.account.name}`
  const effectiveDate = match.how.kind === 'item-written-off' ? match.how.day : about.settled.date
  const postings = moneyPostings(rules, { kind, account, source, amount: sign * amount })
  return [{ effectiveDate, currency, postings }]
}
