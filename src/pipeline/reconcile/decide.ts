/**
 * A person's decision about lines and items, as a run of its own: checked against what is open, landed, and processed like
 * any other evidence. What does not fit is refused before anything is landed.
 */
import { InputError } from '../../domain/errors.ts'
import { lastLandedBatch } from '../../evidence/landing.ts'
import { matchesById } from '../../evidence/read-matches.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import { chainHead } from '../../ledger/digest.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { planDecision } from '../process/match-plan.ts'
import type { MatchReader } from '../process/match-pool.ts'
import type { MatchDecision } from '../process/match-request.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { ofRange, type TracedTransaction } from '../trace/transactions.ts'
import type { RunEnvironment } from '../with-run.ts'
import { decidedIn } from './decided.ts'

/** At most so many of the transactions. */
const SHOWN = 20

export interface MatchDecided {
  readonly posted: number
  readonly transactions: readonly TracedTransaction[]
  /** As it stands now; null when a proposal was rejected and is gone. */
  readonly match: StoredMatch | null
  readonly number: bigint
  /** Nothing was done yet: it counts once a second person decides the same. */
  readonly isAsked: boolean
}

export async function decideMatch(
  environment: RunEnvironment,
  request: BookRequest,
  decision: MatchDecision,
): Promise<MatchDecided> {
  const said = JSON.stringify(decision)
  const { result } = await withBookRun(environment, request, 'decision', { decision: said }, async (context) => {
    const plan = await planDecision(readerOf(context), decision)
    if (plan.kind === 'refused') {
      const message = `This cannot be done: ${plan.reason}.`
      throw new InputError(
        'DECISION_DOES_NOT_FIT',
        message,
        'tieout reconcile list shows what is open, matched and proposed.',
      )
    }
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
    const { posted } = await landAndProcess(context, 'decide', [landing])
    const number = await decidedIn(kysely, context.book.id, await lastLandedBatch(kysely, context.book.id))
    const isAsked = number === 0n
    const [match] = isAsked ? [] : await matchesById(kysely, context.book.id, [number])
    const range = { from: before.sequence + 1, through: before.sequence + posted }
    const { transactions } = await ofRange(kysely, context.book, range, SHOWN)
    return { posted, transactions, number, match: match ?? null, isAsked }
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
