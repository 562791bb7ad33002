/**
 * What a person says to a rule of refunds, landed like any decision: from then on claims it fits are booked as due, or no
 * more. It is accepted only where the wallet has proven enough of them.
 */
import * as z from 'zod'
import { REFUND_CASES } from '../../domain/orders/order.ts'
import { AMOUNTS_FOR_A_RULE, CASES_FOR_A_RULE, isProven } from '../../domain/orders/refund-rule.ts'
import { findPostingRule } from '../../domain/posting-rules.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { refundRule, saveRefundRule, type RefundRule } from '../../evidence/refund-rules.ts'
import { loadSemantics } from '../../evidence/semantics.ts'
import { quarantine, settle, type BatchContext, type ContextSource } from './context.ts'
import { limitsOf } from './refunds-due.ts'

export const refundRuleSchema = z.strictObject({
  decide: z.enum(['accept', 'revoke']),
  kind: z.enum(REFUND_CASES),
  by: z.string().min(1),
  why: z.string().min(1),
})
export type RefundRuleDecision = z.infer<typeof refundRuleSchema>

export async function processRefundRule(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const decision = refundRuleSchema.parse(JSON.parse(item.body.toString('utf8')))
  const rule = await refundRule(context.db, context.book, source.id, decision.kind)
  const reason = whyNot(context, source, rule, decision)
  if (reason !== null) {
    context.tally.add('quarantined', source.currency, null)
    context.warn(source.name, reason)
    await quarantine(context, item, 0, `refund-rule:${decision.kind}`, reason, '')
    return []
  }
  const learned = await loadSemantics(context.db, context.book, source.id)
  const { by, why, kind } = decision
  const next: RefundRule = {
    ...rule,
    status: decision.decide === 'accept' ? 'accepted' : 'revoked',
    rounding: kind === 'cancel' ? null : learned.roundings[kind],
    by,
    why,
    decidedAtMs: item.fetchedAtMs,
  }
  await saveRefundRule(context.db, context.book, source.id, next, context.batch)
  await settle(context, item, `refund-rule:${kind}`)
  context.tally.add('unchanged', source.currency, null)
  return []
}

/** Why a decision cannot be taken; null when it can. The end of a sentence. */
export function whyNot(
  { rules }: Pick<BatchContext, 'rules'>,
  source: Pick<ContextSource, 'kind' | 'refunds'>,
  rule: RefundRule,
  { decide, kind }: Pick<RefundRuleDecision, 'decide' | 'kind'>,
): string | null {
  if (decide === 'revoke') return rule.status === 'accepted' ? null : `the ${kind} rule is not in force`
  if (rule.status === 'accepted') return `the ${kind} rule is in force already`
  if (source.kind !== 'panel' || limitsOf(source) === null) return 'it is no panel'
  if (!['refund-due', 'refund-credited'].every((each) => findPostingRule(rules, { sourceKind: 'panel', kind: each })))
    return `${rules.file} has no rules "refund-due" and "refund-credited" for panels; the package's own file shows them`
  if (isProven(rule)) return null
  const needed = `${CASES_FOR_A_RULE} proven refunds of ${AMOUNTS_FOR_A_RULE} different amounts are needed`
  return `the wallet has proven ${rule.cases} ${kind} refunds of ${rule.amounts.length} different amounts since the last one that contradicted the rule; ${needed}`
}
