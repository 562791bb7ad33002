/**
 * Rows of a file or of deliveries that could not be read: each is in quarantine, and one exception for each source tells of
 * them until all are decided. Nothing supersedes them: a corrected file is another file.
 */
import type { Landed } from '../../log/landing.ts'
import { rowNameOf } from '../../evidence/quarantine.ts'
import { stands } from '../engine/items.ts'
import { quarantine, type BatchContext } from './context.ts'

export interface UnreadRow {
  readonly line: number
  /** '' when it names none that is configured. */
  readonly source: string
  /** The file with line and column. */
  readonly where: string
  readonly reason: string
}

export async function setRowsAside(
  context: BatchContext,
  item: Landed,
  code: 'FILE_UNREAD' | 'ANSWER_UNREAD',
  rows: readonly UnreadRow[],
): Promise<void> {
  const name = rowNameOf({ ...item, line: null })
  const about = aboutItem(item)
  for (const { line, source, where, reason } of rows) {
    await quarantine(context, { ...item, source }, line, where, reason, about)
  }
  for (const [source, own] of Map.groupBy(rows, (row) => row.source)) {
    const [first] = own
    if (first === undefined) continue
    const more = own.length === 1 ? '' : `, and ${own.length - 1} more`
    const detail = `${first.where}: ${first.reason}${more} (tieout explain ${name})`
    await stands(context, item, { source, code, object: about, amount: null, currency: null, detail })
  }
}

/** The object of the exception about rows of a landed item. */
export function aboutItem({ batch, item }: Pick<Landed, 'batch' | 'item'>): string {
  return `quarantine:${batch}.${item}`
}
