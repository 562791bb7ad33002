/**
 * A person's decision about a rule of refunds, as a run of its own: checked against what has been proven, landed, and processed
 * like any other evidence. One that does not fit is refused before anything is landed.
 */
import { InputError } from '../domain/errors.ts'
import { refundRule, type RefundRule } from '../evidence/refund-rules.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { whyNot, type RefundRuleDecision } from './process/refund-rule.ts'
import { landAndProcess } from './run-context.ts'
import type { RunEnvironment } from './with-run.ts'

export async function decideRefundRule(
  environment: RunEnvironment,
  request: BookRequest,
  sourceName: string,
  decision: RefundRuleDecision,
): Promise<RefundRule> {
  const body = JSON.stringify(decision)
  const { result } = await withBookRun(
    environment,
    request,
    'decision',
    { decision: body, source: sourceName },
    async (context) => {
      const { kysely } = context.database
      const settings = context.processor.inForce?.settings.sources.find((each) => each.name === sourceName)
      const rules = context.processor.inForce?.rules
      const id = context.processor.inForce?.sourceIds.get(sourceName)
      if (settings === undefined || rules === undefined || id === undefined) {
        const message = `Book "${context.book.name}" has no source "${sourceName}" in its configuration.`
        throw new InputError('SOURCE_UNKNOWN', message, 'Name a panel of tieout.yaml.')
      }
      const rule = await refundRule(kysely, context.book.id, id, decision.kind)
      const reason = whyNot({ rules }, settings, rule, decision)
      if (reason !== null) {
        const message = `The rule cannot be ${decision.decide === 'accept' ? 'accepted' : 'revoked'}: ${reason}.`
        throw new InputError('REFUND_RULE', message, 'tieout refunds rules list shows what has been proven.')
      }
      const landing = {
        kind: 'refund-rule' as const,
        source: sourceName,
        request: {},
        fetchedAtMs: context.clock.nowMs(),
        httpStatus: null,
        contentType: 'application/json',
        body: Buffer.from(body),
      }
      await landAndProcess(context, `decide:${sourceName}`, [landing])
      return refundRule(kysely, context.book.id, id, decision.kind)
    },
  )
  return result
}
