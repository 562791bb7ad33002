/**
 * What a person decided about a counter: landed like any evidence, so that a replay decides the same. A held reading is
 * booked or rejected, the readings held after it are judged again, and the exception closes, all in one batch.
 */
import * as z from 'zod'
import { ACCEPT_AS, acceptReading, type AcceptAs } from '../../domain/counters/counter-decision.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { saveMode } from '../../evidence/counter-payouts.ts'
import {
  listVerdicts,
  rejectReading,
  saveVerdict,
  supersedeHeld,
  type HumanDecision,
  type JudgedReading,
} from '../../evidence/counter-verdicts.ts'
import { evidenceOf, quarantine, type BatchContext, type ContextSource } from './context.ts'
import { closePayoutQuestions } from './counter-payouts.ts'
import { gatherFacts } from './counter-facts.ts'
import { acceptState, applyDecision, judgeHeldAgain, startCounterWork, type CounterWork } from './counter-work.ts'

const reading = z.strictObject({ batch: z.int().min(1), item: z.int().min(1) })
const person = { by: z.string().min(1), why: z.string().min(1) }
const acceptAs = z.enum(Object.keys(ACCEPT_AS) as [AcceptAs, ...AcceptAs[]])

export const counterDecisionSchema = z.discriminatedUnion('decide', [
  z.strictObject({
    decide: z.literal('accept'),
    reading,
    as: acceptAs,
    day: z.string().refine(isIsoDate).nullable(),
    ...person,
  }),
  z.strictObject({ decide: z.literal('reject'), reading, ...person }),
  z.strictObject({ decide: z.literal('mode'), mode: z.enum(['unpaid', 'lifetime']), ...person }),
])
export type CounterDecisionRequest = z.infer<typeof counterDecisionSchema>

export async function processCounterDecision(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const request = counterDecisionSchema.parse(JSON.parse(item.body.toString('utf8')))
  const { by, why } = request
  const human: HumanDecision = { place: evidenceOf(item), as: wordOf(request), by, why, atMs: item.fetchedAtMs }
  const work = await startCounterWork(context, source, item)
  if (request.decide === 'mode') {
    await saveMode(context.db, context.book, source.id, request.mode, human)
    await closePayoutQuestions(work)
    context.tally.add('unchanged', source.currency, null)
  } else {
    const [found] = await listVerdicts(context.db, context.book, { source: source.id, place: request.reading })
    const reason =
      found?.status === 'held' ? await decide(work, found, request, human) : 'the reading does not wait for a decision'
    if (reason !== null) {
      context.tally.add('quarantined', source.currency, null)
      context.warn(source.name, reason)
      await quarantine(context, item, 0, `reading ${request.reading.batch}.${request.reading.item}`, reason, '')
      return []
    }
  }
  await judgeHeldAgain(work)
  return work.drafts
}

function wordOf(request: CounterDecisionRequest): string {
  return request.decide === 'accept' ? request.as : request.decide
}

/** Why a rise that others were booked on top of cannot be a wrong reading. */
export const STILL_SHOWN =
  'later readings show the rise too, so it is no wrong reading; accept it as reset to book nothing of it'

/** Null when it was done; otherwise why it could not be. */
async function decide(
  work: CounterWork,
  held: JudgedReading,
  request: Exclude<CounterDecisionRequest, { decide: 'mode' }>,
  human: HumanDecision,
): Promise<string | null> {
  const { context, source } = work
  const facts = await gatherFacts(context, source, held.reading, held)
  if (request.decide === 'reject') {
    if (facts.covered) return STILL_SHOWN
    await rejectReading(context.db, context.book, held, human)
    context.tally.add('excepted', source.currency, held.change)
    return null
  }
  const accepted = acceptReading(facts, request.as)
  if (accepted.kind === 'refused') return accepted.reason
  await acceptState(work, facts)
  if (accepted.kind === 'book') {
    await applyDecision(work, held.place, facts, accepted.decision, { held, human, day: request.day })
    return null
  }
  const verdict = { ...held, status: 'accepted' as const, rule: null, change: accepted.jump }
  await saveVerdict(context.db, context.book, source.id, held.place, verdict, human)
  if (!facts.covered) {
    const still = facts.waiting.map(({ place }) => place)
    await supersedeHeld(context.db, context.book, source.id, held.place, still)
  }
  context.tally.add('unchanged', source.currency, 0n)
  return null
}
