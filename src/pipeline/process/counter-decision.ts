/**
 * What a person decided about a counter: landed like any evidence, so that a replay decides the same. The readings from
 * the one it speaks of on are judged again, what that makes wrong is reversed, and the exception closes, in one batch.
 */
import * as z from 'zod'
import { ACCEPT_AS, type AcceptAs } from '../../domain/counters/counter-decision.ts'
import { unitsOf } from '../../domain/money/money.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { Evidence, TransactionDraft } from '../../domain/transaction.ts'
import { dropDecisions, saveDecision } from '../../evidence/counter-decisions.ts'
import { saveMode } from '../../evidence/counter-payouts.ts'
import type { HumanDecision } from '../../evidence/counter-verdicts.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { LinePayout } from '../../evidence/line-payouts.ts'
import { readingsFrom } from '../../evidence/readings.ts'
import { isBefore } from '../../evidence/waiting-rises.ts'
import { evidenceOf, quarantine, type BatchContext, type ContextSource } from './context.ts'
import { bookLine, forgetLine, noteLine, type OnlyLine } from './counter-lines.ts'
import { finishCounterWork, openState } from './counter-open.ts'
import { nameOf, REJECT } from './counter-outcome.ts'
import { closePayoutQuestions, judgeForMode } from './counter-payouts.ts'
import { judgeAgainFrom, startCounterWork, type CounterWork } from './counter-work.ts'
import { takeLinesBack, withdrawLines } from './lines-taken-back.ts'

const reading = z.strictObject({ batch: z.int().min(1), item: z.int().min(1) })
const person = { by: z.string().min(1), why: z.string().min(1) }
const acceptAs = z.enum(Object.keys(ACCEPT_AS) as [AcceptAs, ...AcceptAs[]])

export const counterDecisionSchema = z.discriminatedUnion('decide', [
  z.strictObject({
    decide: z.literal('accept'),
    reading,
    as: acceptAs,
    day: z.string().refine(isIsoDate).nullable(),
    // Exact decimal text; decisions landed before it could be said have none.
    earned: z.string().nullable().optional(),
    ...person,
  }),
  // Through: every reading from the first to this one.
  z.strictObject({ decide: z.literal('reject'), reading, through: reading.optional(), ...person }),
  z.strictObject({ decide: z.literal('mode'), mode: z.enum(['unpaid', 'lifetime']), ...person }),
])
export type CounterDecisionRequest = z.infer<typeof counterDecisionSchema>
type OfReading = Exclude<CounterDecisionRequest, { decide: 'mode' }>

export async function processCounterDecision(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = counterDecisionSchema.parse(JSON.parse(item.body.toString('utf8')))
  const { work, refused, line, gone } = await takeDecision(context, source, item, request)
  if (refused !== null && request.decide !== 'mode') {
    context.tally.add('quarantined', source.currency, null)
    context.warn(source.name, refused)
    await quarantine(context, item, 0, `reading ${nameOf(request.reading)}`, refused, '')
    return []
  }
  if (line !== null) work.drafts.push(...(await bookLine(context, item, source, line, `${request.by}: ${request.why}`)))
  work.drafts.push(...(await withdrawLines(context, item, source, gone)))
  await finishCounterWork(work)
  return work.drafts
}

interface Taken {
  readonly work: CounterWork
  /** Why it does not fit; nothing of it is kept then. */
  readonly refused: string | null
  /** The line that was proposed and is confirmed by it; its payout is still to be booked. */
  readonly line: OnlyLine | null
  /** Payouts by lines that rested on what was said before; still to be taken out of the books. */
  readonly gone: readonly LinePayout[]
}

/** Keeps a decision and judges by it, without posting: finishCounterWork does. */
export async function takeDecision(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  request: CounterDecisionRequest,
): Promise<Taken> {
  const { by, why } = request
  const human: HumanDecision = { place: evidenceOf(item), as: wordOf(request), by, why, atMs: item.fetchedAtMs }
  const work = await startCounterWork(context, source, item)
  if (request.decide === 'mode') {
    await saveMode(context.db, context.book, source.id, request.mode, human)
    await closePayoutQuestions(work)
    await judgeForMode(work)
    if (work.from === null) context.tally.add('unchanged', source.currency, null)
    return { work, refused: null, line: null, gone: [] }
  }
  const line = await proposedLine(work, request)
  if (line !== null) await noteLine(work, line)
  const decided = await decide(work, request, human)
  if (typeof decided !== 'string') return { work, refused: null, line, gone: decided }
  if (line !== null) await forgetLine(work, line)
  return { work, refused: decided, line: null, gone: [] }
}

function wordOf(request: CounterDecisionRequest): string {
  return request.decide === 'accept' ? request.as : request.decide === 'reject' ? REJECT : request.decide
}

/** What it took back when it was done; otherwise why it could not be. */
async function decide(
  work: CounterWork,
  request: OfReading,
  human: HumanDecision,
): Promise<readonly LinePayout[] | string> {
  const { context, source } = work
  const { db, book } = context
  const places = await placesOf(work, request)
  const [first] = places
  if (first === undefined || nameOf(first) !== nameOf(request.reading)) return 'there is no such reading of this source'
  const { day, earned } = request.decide === 'accept' ? request : { day: null, earned: null }
  const about = { human, day, earned: earned === undefined || earned === null ? null : unitsOf(earned) }
  const span = { first, last: places.at(-1) ?? first }
  const back = await takeLinesBack(work, span, request.decide === 'accept' ? request.as : null)
  for (const place of places) await saveDecision(db, book, source.id, place, about)
  await judgeAgainFrom(work, first)
  const refused = places.map((place) => work.refused.get(nameOf(place))).find((reason) => reason !== undefined)
  if (refused === undefined) return back.gone()
  await dropDecisions(db, book, source.id, human.place)
  await back.putBack()
  await judgeAgainFrom(work, first)
  return refused
}

/** The line its exception proposes: to call the fall a payout, without another figure, confirms it. */
async function proposedLine({ context, source }: CounterWork, request: OfReading): Promise<OnlyLine | null> {
  if (request.decide !== 'accept' || request.as !== 'payout') return null
  if (request.earned !== undefined && request.earned !== null) return null
  const { falls } = await openState({ context, source })
  return falls.find(({ fall }) => nameOf(fall.place) === nameOf(request.reading))?.lines?.only ?? null
}

async function placesOf({ context, source }: CounterWork, request: OfReading): Promise<readonly Evidence[]> {
  const last = request.decide === 'reject' ? (request.through ?? request.reading) : request.reading
  const found = await readingsFrom(context.db, context.book, source.id, request.reading)
  return found.map(({ place }) => place).filter((place) => !isBefore(last, place))
}
