/** A person's word that a print taken for a known statement line is a second line of its own, or that a file goes back. */
import * as z from 'zod'
import { formatMoney } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { doubtfulPrints, keepPrint } from '../../evidence/statements/keep-line.ts'
import { lineById } from '../../evidence/statements/lines.ts'
import { evidenceOf, quarantine, raise, settle, type BatchContext } from './context.ts'
import { overlapObject } from './statement-overlaps.ts'
import { statementUndoSchema, undoStatement } from './statement-undo.ts'

const keepSchema = z.strictObject({
  decide: z.literal('keep'),
  line: z.int(),
  by: z.string(),
  why: z.string(),
})
const statementDecisionSchema = z.discriminatedUnion('decide', [keepSchema, statementUndoSchema])

export async function processStatementDecision(
  context: BatchContext,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const decision = statementDecisionSchema.parse(JSON.parse(item.body.toString('utf8')))
  return decision.decide === 'undo' ? undoStatement(context, item, decision) : keepLine(context, item, decision)
}

async function keepLine(
  context: BatchContext,
  item: Landed,
  { line: id, by, why }: z.infer<typeof keepSchema>,
): Promise<readonly TransactionDraft[]> {
  const line = await lineById(context.db, context.book, id)
  if (line === null) return refuse(context, item, id)
  const ofDay = await doubtfulPrints(context.db, context.book, line, 'known')
  const print = ofDay.find((each) => each.line === id)
  if (print === undefined) return refuse(context, item, id)
  const kept = await keepPrint(context.db, context.book, print, { evidence: evidenceOf(item), by, why })
  context.tally.add('posted', line.currency, kept.amount)
  const object = overlapObject(line.currency, line.date)
  // Where even what seemed proven was in doubt, every print of the day is.
  const left = ofDay.filter((each) => each !== print && (!print.certain || !each.certain))
  if (left.length === 0) {
    await settle(context, item, object)
    return []
  }
  const amounts = await Promise.all(left.map((each) => lineById(context.db, context.book, each.line)))
  const amount = amounts.reduce((sum, each) => sum + (each?.amount ?? 0n), 0n)
  await raise(context, item, {
    source: item.source,
    code: 'DUPLICATE',
    object,
    amount,
    currency: line.currency,
    detail: `${left.length} more on ${line.date}, together ${formatMoney(amount)}, are taken as lines of an earlier file.`,
  })
  return []
}

/** It was checked before it was landed; evidence processed in between may have settled the matter. */
async function refuse(context: BatchContext, item: Landed, line: number): Promise<readonly TransactionDraft[]> {
  const reason = `There is nothing doubtful about statement line ${line} any more.`
  context.tally.add('quarantined', context.settings.book.currency, null)
  context.warn(item.source, reason)
  await quarantine(context, item, 0, 'keep', reason, '')
  return []
}
