/**
 * A person's decision about lines and items, as a run of its own: checked against what is open, landed, and processed like
 * any other evidence. What does not fit is refused before anything is landed.
 */
import { InputError } from '../../domain/errors.ts'
import { unitsOf, type Units } from '../../domain/money/money.ts'
import { matchesById } from '../../evidence/read-matches.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import { chainHead } from '../../ledger/digest.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { planDecision, type Plan } from '../process/match-plan.ts'
import { whyNoDecision, type MatchDecision } from '../process/match-request.ts'
import type { PlanContext } from '../process/resolutions/effect.ts'
import { givenUp } from '../process/second-person.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { ofRange, type TracedTransaction } from '../trace/transactions.ts'
import type { RunEnvironment } from '../with-run.ts'
import { decidedIn } from './decided.ts'
import { plannedEntries, type PlannedEntry } from './planned-entries.ts'

/** At most so many of the transactions. */
const SHOWN = 20

export interface MatchDecided {
  readonly posted: number
  readonly transactions: readonly TracedTransaction[]
  /** As it stands now; null when a proposal was rejected and is gone. */
  readonly match: StoredMatch | null
  readonly number: bigint
  /** Nothing was done yet: it counts once a second person decides the same. Null of what is done. */
  readonly asked: Asked | null
}

export interface Asked {
  readonly givenUp: Units
  readonly currency: string
  /** What one person may decide alone; null when this was asked for in so many words. */
  readonly limit: Units | null
  /** What it posts once it counts. */
  readonly entries: readonly PlannedEntry[]
}

export async function decideMatch(
  environment: RunEnvironment,
  request: BookRequest,
  decision: MatchDecision,
): Promise<MatchDecided> {
  const why = whyNoDecision(decision)
  if (why !== null) {
    const message = `This is no decision: ${why}.`
    throw new InputError('DECISION_UNREADABLE', message, 'tieout reconcile --help shows what may be decided, and how.')
  }
  const said = JSON.stringify(decision)
  const { result } = await withBookRun(environment, request, 'decision', { decision: said }, async (context) => {
    const reader = readerOf(context)
    const plan = await planDecision(reader, decision)
    if (plan.kind === 'refused') {
      const message = `This cannot be done: ${plan.reason}.`
      throw new InputError(
        'DECISION_DOES_NOT_FIT',
        message,
        'tieout reconcile list shows what is open, matched and proposed.',
      )
    }
    const wouldDo = await askedOf(reader, decision, plan)
    const landing = {
      kind: 'match-decision' as const,
      source: '',
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(decision)),
    }
    const { kysely } = context.database
    const before = await chainHead(kysely, context.book)
    const { posted, batch } = await landAndProcess(context, 'decide', [landing])
    const number = await decidedIn(kysely, context.book.id, batch)
    const isAsked = number === 0n
    const [match] = isAsked ? [] : await matchesById(kysely, context.book.id, [number])
    const range = { from: before.sequence + 1, through: before.sequence + posted }
    const { transactions } = await ofRange(kysely, context.book, range, SHOWN)
    return { posted, transactions, number, match: match ?? null, asked: isAsked ? wouldDo : null }
  })
  return result
}

async function askedOf(
  reader: PlanContext,
  decision: MatchDecision,
  plan: Exclude<Plan, { kind: 'refused' }>,
): Promise<Asked> {
  const [one] = [...plan.sides.lines.values(), ...plan.sides.items.values()]
  const limit = reader.settings.money?.secondPersonAbove
  const entries = await plannedEntries(reader, plan)
  return {
    givenUp: givenUp(decision, plan),
    currency: one?.settled.currency ?? '',
    limit: limit === undefined ? null : unitsOf(limit),
    entries: typeof entries === 'string' ? [] : entries,
  }
}

function readerOf({ database, book, processor }: RunContext): PlanContext {
  const { inForce } = processor
  if (inForce?.settings.money === undefined) {
    const message = `Book "${book.name}" has no money accounts.`
    throw new InputError('NO_MONEY_ACCOUNTS', message, 'Name them under accounts: in tieout.yaml.')
  }
  const { settings, rules, sourceIds } = inForce
  return { db: database.kysely, book: book.id, settings, rules, sourceIds }
}
