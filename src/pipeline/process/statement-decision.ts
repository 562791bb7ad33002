/** A person's word about a whole statement file: it goes back. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { BatchContext } from './context.ts'
import { statementUndoSchema, undoStatement } from './statement-undo.ts'

export async function processStatementDecision(
  context: BatchContext,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  return undoStatement(context, item, statementUndoSchema.parse(JSON.parse(item.body.toString('utf8'))))
}
