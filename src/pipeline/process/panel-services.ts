/** A landed catalogue → the rates of its day. A catalogue nobody can read changes nothing and is a bad payload of its own. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import { saveSnapshot } from '../../evidence/catalogue.ts'
import type { Landed } from '../../log/landing.ts'
import { saveCategories } from '../../evidence/order-clients.ts'
import { badBody } from '../../sources/answer.ts'
import { observeServices, type ServicesObservation } from '../../sources/panel/observe-services.ts'
import { isOver } from '../engine/items.ts'
import { answerOf, evidenceOf, quarantine, supersede, type BatchContext, type ContextSource } from './context.ts'
import { raiseUnread } from './unread-answers.ts'

export async function processServices(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const observed = withoutEmpty(observeServices(answerOf(context, item)))
  if (observed.kind === 'bad-body') {
    context.tally.add('quarantined', source.currency, null)
    await raiseUnread(context, source, item, { object: 'catalogue', observed, reason: observed.reason })
    return []
  }
  await isOver(context, item, { source: source.name, object: 'catalogue' })
  await supersede(context, item, 'catalogue')
  const rates = []
  for (const [index, row] of observed.rows.entries()) {
    if (row.kind === 'service') {
      rates.push(row)
      continue
    }
    context.tally.add('quarantined', source.currency, null)
    await quarantine(context, item, index + 1, 'catalogue', row.reason)
  }
  const snapshot = { atMs: item.fetchedAtMs, evidence: evidenceOf(item), rates, isWhole: true }
  await saveSnapshot(context.db, context.book, source.id, snapshot)
  await saveCategories(context.db, { book: context.book, source: source.id }, rates, evidenceOf(item))
  context.tally.add('unchanged', source.currency, null, rates.length)
  return []
}

/** A panel that says it lists nothing may have a bad moment: the rates of yesterday stay, and somebody is told. */
function withoutEmpty(observed: ServicesObservation): ServicesObservation {
  if (observed.kind === 'bad-body' || observed.emptyText === undefined) return observed
  return badBody('unexpected-shape', `The panel says that its catalogue is empty: "${observed.emptyText}".`)
}
