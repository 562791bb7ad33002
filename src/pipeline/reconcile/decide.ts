/**
 * A person's decision about lines and items, as a run of its own: checked against what is open, landed, and processed like
 * any other evidence. What does not fit is refused before anything is landed.
 */
import { InputError } from '../../domain/errors.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { activeLegs, matchesById } from '../../evidence/read-matches.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { planDecision, type Plan } from '../process/match-plan.ts'
import type { MatchReader } from '../process/match-pool.ts'
import type { MatchDecision } from '../process/match-request.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'

export interface MatchDecided {
  readonly posted: number
  /** As it stands now; null when a proposal was rejected and is gone. */
  readonly match: StoredMatch | null
  readonly number: bigint
}

export async function decideMatch(
  environment: RunEnvironment,
  request: BookRequest,
  decision: MatchDecision,
): Promise<MatchDecided> {
  const body = JSON.stringify(decision)
  const { result } = await withBookRun(environment, request, 'decision', { decision: body }, async (context) => {
    const planner = readerOf(context)
    const plan = await planDecision(planner, decision)
    if (plan.kind === 'refused') {
      const message = `This cannot be done: ${plan.reason}.`
      throw new InputError(
        'DECISION_DOES_NOT_FIT',
        message,
        'tieout reconcile list shows what is open, matched and proposed.',
      )
    }
    await refuseOwnWriteOff(planner, request, decision, plan)
    const landing = {
      kind: 'match-decision' as const,
      source: '',
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(body),
    }
    const { posted } = await landAndProcess(context, 'decide', [landing])
    const number = await decidedMatch(context)
    const [match] = await matchesById(context.database.kysely, context.book.id, [number])
    return { posted, number, match: match ?? null }
  })
  return result
}

function readerOf({ database, book, processor }: RunContext): MatchReader {
  const { inForce } = processor
  if (inForce?.settings.money === undefined) {
    const message = `Book "${book.name}" has no money accounts.`
    throw new InputError('NO_MONEY_ACCOUNTS', message, 'Name them under accounts: in tieout.yaml.')
  }
  const { settings, sourceIds } = inForce
  return { db: database.kysely, book: book.id, settings, sourceIds }
}

/** The match the decision just processed is about. */
async function decidedMatch({ database, book }: RunContext): Promise<bigint> {
  const row = await database.kysely
    .selectFrom('match_decision')
    .select('match')
    .where('book', '=', book.id)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.match ?? 0n
}

/** Who matched a thing does not also write off what is left of it, where two people are asked for. */
async function refuseOwnWriteOff(
  { db, book }: MatchReader,
  { book: config }: BookRequest,
  decision: MatchDecision,
  plan: Exclude<Plan, { kind: 'refused' }>,
): Promise<void> {
  const amount = writtenOff(decision, plan)
  if (amount === null || !config.journals.differentApprover || amount <= config.exceptions.reviewAbove) return
  for (const { side, ref } of plan.match.legs) {
    const before = await activeLegs(db, book, side, [ref])
    const matches = await matchesById(
      db,
      book,
      before.map(({ match }) => match),
    )
    const own = matches.find(({ human }) => human?.by.toLowerCase() === decision.by.toLowerCase())
    if (own === undefined) continue
    const message = `${decision.by} has made match ${own.id}, and ${formatMoney(amount)} is above what one person may write off alone.`
    throw new InputError('PERMISSION', message, 'Let somebody else decide it: journals.differentApprover is set.')
  }
}

/** What a decision gives up; null when it gives up nothing. */
function writtenOff(decision: MatchDecision, plan: Exclude<Plan, { kind: 'refused' }>): Units | null {
  const isWriteOff =
    decision.decide === 'write-off' ||
    (decision.decide === 'settle' && decision.meaning === 'written-off') ||
    (decision.decide === 'match' && decision.residual === 'written-off')
  if (!isWriteOff) return null
  const amount = decision.decide === 'settle' ? (plan.match.legs[0]?.amount ?? 0n) : plan.match.residual
  return amount < 0n ? -amount : amount
}
