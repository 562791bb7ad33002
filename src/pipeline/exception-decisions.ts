/**
 * A person's decision about an exception, as a run of its own: checked against what is open, landed, and processed like
 * any other evidence. What does not fit is refused before anything is landed, and its run is closed as failed.
 */
import { abs, formatMoney } from '../domain/money/money.ts'
import { ruleOf } from '../domain/exceptions/codes.ts'
import { InputError } from '../domain/errors.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { exceptionNumbered, type StoredException } from '../reconcile/exceptions.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { secondPersonMissing } from './exception-permission.ts'
import { memoOf, requestOf, type ExceptionDecision } from './process/exception-decision.ts'
import type { PlanContext } from './process/resolutions/effect.ts'
import { planResolution } from './process/resolutions/plan.ts'
import { planUndo } from './process/resolutions/undo.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import type { RunEnvironment } from './with-run.ts'

export type ExceptionWord =
  | Omit<Extract<ExceptionDecision, { decide: 'assign' }>, 'exception'>
  | Omit<Extract<ExceptionDecision, { decide: 'undo' }>, 'exception'>
  | Omit<Extract<ExceptionDecision, { decide: 'resolve' }>, 'exception'>

export interface ExceptionDecided {
  readonly exception: StoredException
  /** What the decision booked. */
  readonly drafts: readonly TransactionDraft[]
  /** How their amount was come to, when nobody stated it. */
  readonly because?: string | undefined
}

/** Throws InputError when there is no such exception, it is closed, or the word does not fit it. */
export async function decideException(
  environment: RunEnvironment,
  request: BookRequest,
  number: number,
  word: ExceptionWord,
): Promise<ExceptionDecided> {
  const asked = JSON.stringify({ number, ...word })
  const { result } = await withBookRun(environment, request, 'decision', { exception: asked }, async (context) => {
    const found = await requireException(context, number)
    const { source, code, object } = found
    const decision = { ...word, exception: { source, code, object } }
    const booked = await check(context, request, found, decision)
    await land(context, number, decision)
    return { exception: await requireException(context, number), ...booked }
  })
  return result
}

async function land(context: RunContext, number: number, decision: ExceptionDecision): Promise<void> {
  const landing = {
    kind: 'exception-decision' as const,
    source: decision.exception.source,
    request: {},
    fetchedAtMs: context.clock.nowMs(),
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(decision)),
  }
  await landAndProcess(context, `exception:${nameOf(number)}`, [landing])
}

/** What will be booked. The same plan is made again, from the same books, when the decision is processed. */
async function check(
  context: RunContext,
  { book }: BookRequest,
  found: StoredException,
  decision: ExceptionWord & Pick<ExceptionDecision, 'exception'>,
): Promise<Pick<ExceptionDecided, 'drafts' | 'because'>> {
  const name = `${nameOf(found.number)} (${found.source} ${found.code})`
  if (decision.decide === 'assign') {
    if (found.status === 'open') return { drafts: [] }
    throw new InputError('EXCEPTION_CLOSED', `${name} is closed.`, 'Only what is open has an owner.')
  }
  const place = { batch: 0, item: 0, fetchedAtMs: context.clock.nowMs() }
  if (decision.decide === 'undo') {
    const { by, why } = decision
    const said = {
      exception: found,
      evidence: { batch: 0, item: 0 },
      atMs: place.fetchedAtMs,
      memo: memoOf('undo', by, why),
    }
    const plan = await planUndo(inForce(context), said)
    if (plan.kind === 'planned') return { drafts: plan.drafts }
    const message = `The last decision about ${name} cannot be taken back: ${plan.reason}.`
    throw new InputError('NOTHING_TO_UNDO', message, `What fits it now: tieout explain ${nameOf(found.number)}`)
  }
  const plan = await planResolution(inForce(context), requestOf(decision, found, place))
  if (plan.kind === 'refused') {
    const { command } = ruleOf(found.code, found.object)
    const next = command === null ? `tieout explain ${nameOf(found.number)} says how.` : `Use ${command}.`
    throw new InputError('RESOLUTION_DOES_NOT_FIT', `${name} cannot be resolved so: ${plan.reason}.`, next)
  }
  const booked = plan.drafts.reduce((most, { amount }) => (abs(amount) > most ? abs(amount) : most), 0n)
  if (book.journals.differentApprover && booked > book.exceptions.reviewAbove) {
    const missing = await secondPersonMissing(context.database.kysely, context.book.id, found, decision.by)
    if (missing !== null) {
      const message = `${name} books ${formatMoney(booked)} ${found.currency ?? ''}, above the limit of ${formatMoney(book.exceptions.reviewAbove)} for one person: ${missing}.`
      const next = `Let somebody else resolve it, or assign it first: tieout decide ${nameOf(found.number)} assign --to NAME.`
      throw new InputError('PERMISSION', message, next)
    }
  }
  return { drafts: plan.drafts, because: plan.because }
}

function inForce({ database, book, processor }: RunContext): PlanContext {
  if (processor.inForce === null) throw new RangeError('a run has settings in force before it decides anything')
  const { settings, rules, sourceIds } = processor.inForce
  return { db: database.kysely, book: book.id, settings, rules, sourceIds }
}

async function requireException(context: RunContext, number: number): Promise<StoredException> {
  const found = await exceptionNumbered(context.database.kysely, context.book.id, number)
  if (found !== null) return found
  throw exceptionUnknown(context.book.name, number)
}

export function exceptionUnknown(book: string, number: number): InputError {
  const message = `There is no exception ${nameOf(number)} in book "${book}".`
  return new InputError('EXCEPTION_UNKNOWN', message, 'tieout todo --all shows them.')
}

export function nameOf(number: number): string {
  return `E-${number}`
}
