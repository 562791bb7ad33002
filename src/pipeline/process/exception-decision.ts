/**
 * What a person decided about an exception, landed like any evidence, so that a replay decides the same. It names the
 * exception by what it is about, since numbers may differ in a queue that was rebuilt by a newer program.
 */
import * as z from 'zod'
import { RESOLUTION_NAMES } from '../../domain/exceptions/resolutions.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { endAbout } from '../../evidence/quarantine.ts'
import { keepPrint } from '../../evidence/statements/keep-line.ts'
import { saveAnswers } from '../../payelancer/store/counter-facts.ts'
import { releaseNights } from '../../panels/store/wallet-nights.ts'
import { exceptionAbout, type StoredException } from '../../reconcile/exceptions.ts'
import { assignException, reopenException, resolveException } from '../../reconcile/exceptions/decide.ts'
import { isTelling, isToldOf } from '../engine/items.ts'
import { evidenceOf, quarantine, sourceOf, type BatchContext } from './context.ts'
import { workOutCounter } from './counter.ts'
import type { PlanRequest } from './resolutions/effect.ts'
import { planResolution } from './resolutions/plan.ts'
import { planUndo, UNDO } from './resolutions/undo.ts'

const common = {
  exception: z.strictObject({ source: z.string(), code: z.string(), object: z.string() }),
  by: z.string().min(1),
  why: z.string().min(1),
}

export const exceptionDecisionSchema = z.discriminatedUnion('decide', [
  z.strictObject({ decide: z.literal('assign'), to: z.string().min(1), ...common }),
  z.strictObject({ decide: z.literal('undo'), ...common }),
  z.strictObject({
    decide: z.literal('resolve'),
    as: z.enum(RESOLUTION_NAMES),
    /** Units as text; null takes all of it. */
    amount: z.string().regex(/^\d+$/).nullable(),
    reference: z.string().min(1).nullable(),
    date: z.string().refine(isIsoDate).nullable(),
    /** Of a counter: units as text; and the place of a reading. */
    earned: z
      .string()
      .regex(/^-?\d+$/)
      .nullable(),
    reading: z
      .string()
      .regex(/^\d+\.\d+$/)
      .nullable(),
    line: z.int().min(1).nullable(),
    ...common,
  }),
])
export type ExceptionDecision = z.infer<typeof exceptionDecisionSchema>
type ResolveDecision = Extract<ExceptionDecision, { decide: 'resolve' }>

export async function processExceptionDecision(
  context: BatchContext,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const decision = exceptionDecisionSchema.parse(JSON.parse(item.body.toString('utf8')))
  const { source, code, object } = decision.exception
  const found = await exceptionAbout(context.db, context.book, decision.exception)
  if (found === null) return refuse(context, item, decision, 'there is no such exception')
  const { by, why } = decision
  const decided = { by, why, evidence: evidenceOf(item), atMs: item.fetchedAtMs }
  if (decision.decide === 'assign') {
    await assignException(context.db, context.book, found, decision.to, decided)
    context.tally.add('unchanged', found.currency ?? context.settings.book.currency, null)
    return []
  }
  if (decision.decide === 'undo') {
    const memo = memoOf(UNDO, by, why)
    const plan = await planUndo(context, { exception: found, evidence: evidenceOf(item), atMs: item.fetchedAtMs, memo })
    if (plan.kind === 'refused') return refuse(context, item, decision, `${source} ${code} ${object}: ${plan.reason}`)
    await reopenException(context.db, context.book, found, { amount: plan.amount, as: UNDO }, decided)
    const outcome = plan.drafts.length > 0 ? 'posted' : 'unchanged'
    context.tally.add(outcome, found.currency ?? context.settings.book.currency, plan.amount)
    return plan.drafts
  }
  const plan = await planResolution(context, requestOf(decision, found, item))
  if (plan.kind === 'refused') return refuse(context, item, decision, `${source} ${code} ${object}: ${plan.reason}`)
  const { drafts, released = [], answers = [], kept = [], left } = plan
  const owner = sourceOf(context, source)
  if (owner !== null) await releaseNights(context.db, { book: context.book, source: owner.id }, released)
  for (const print of kept) await keepPrint(context.db, context.book, print, { evidence: evidenceOf(item), by, why })
  const { covers, stands = drafts.length === 0 } = plan
  const resolved = { as: decision.as, left, stands, ...(covers === undefined ? {} : { covers }) }
  if (found.status === 'open') await resolveException(context.db, context.book, found, resolved, decided)
  if (left === 0n && isTelling(code) && !(await isToldOf(context, source, object))) {
    const ending = { as: 'closed', ...decided } as const
    await endAbout(context.db, context.book, { source, about: object }, ending)
  }
  if (owner !== null && answers.length > 0) {
    await saveAnswers(context.db, { book: context.book, source: owner.id }, answers, {
      ...evidenceOf(item),
      atMs: item.fetchedAtMs,
    })
    context.tally.add('posted', owner.currency, found.amount)
    return workOutCounter(context, owner, item)
  }
  const outcome = drafts.length + kept.length > 0 ? 'posted' : 'unchanged'
  context.tally.add(outcome, found.currency ?? context.settings.book.currency, found.amount)
  return drafts
}

/** The same for what is shown, rehearsed and booked. */
export function requestOf(
  decision: ResolveDecision,
  exception: StoredException,
  { batch, item, fetchedAtMs }: Pick<Landed, 'batch' | 'item' | 'fetchedAtMs'>,
): PlanRequest {
  const { as, amount, reference, date, earned, reading, line, by, why } = decision
  return {
    exception,
    as,
    amount: amount === null ? null : BigInt(amount),
    reference,
    date,
    evidence: { batch, item },
    atMs: fetchedAtMs,
    earned: earned === null ? null : BigInt(earned),
    reading,
    line,
    said: { by, why },
    memo: memoOf(as, by, why),
  }
}

/** What goes with every transaction of a decision. */
export function memoOf(as: string, by: string, why: string): string {
  return `${as}, by ${by}: ${why}`
}

async function refuse(
  context: BatchContext,
  item: Landed,
  { exception }: ExceptionDecision,
  reason: string,
): Promise<readonly TransactionDraft[]> {
  context.tally.add('quarantined', context.settings.book.currency, null)
  context.warn(exception.source, reason)
  await quarantine(context, item, 0, exception.object, reason, '')
  return []
}
