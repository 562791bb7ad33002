/** A statement that does not add up is kept and flagged; a file of the same days that does add up settles it. */
import type { Landed } from '../../evidence/landing.ts'
import { listFiles, listSections, type StatementSectionRow } from '../../evidence/statements/files.ts'
import type { SavedSection } from '../../evidence/statements/save-statement.ts'
import { raise, settle, type BatchContext } from './context.ts'

export interface ImportedStatement {
  readonly account: bigint
  readonly file: string
  readonly sha256: string
  readonly sections: readonly SavedSection[]
}

/** What exceptions call a file. */
export function statementObject(sha256: string): string {
  return `statement:${sha256.slice(0, 12)}`
}

export async function checkFooting(
  context: BatchContext,
  item: Landed,
  { account, file, sha256, sections }: ImportedStatement,
): Promise<void> {
  for (const { section } of sections) {
    if (section.footing.kind !== 'differs') continue
    await raise(context, item, {
      source: item.source,
      code: 'STATEMENT_DOES_NOT_FOOT',
      object: statementObject(sha256),
      amount: section.footing.difference,
      currency: section.currency,
      detail: `${file}: ${section.footing.reason}`,
    })
    // One exception for the file; the first thing wrong is the one to look at.
    break
  }
  const rows = await listSections(context.db, context.book, { account })
  const sound = rows.filter(({ footing }) => footing === 'foots')
  const wrong = rows.filter(({ footing }) => footing === 'differs')
  const files = await listFiles(context.db, context.book, { account })
  for (const each of files) {
    const own = wrong.filter(({ evidence }) => evidence.batch === each.evidence.batch)
    if (own.length > 0 && own.every((section) => sound.some((other) => covers(other, section))))
      await settle(context, item, statementObject(each.sha256))
  }
}

function covers(other: StatementSectionRow, { currency, first, last }: StatementSectionRow): boolean {
  if (other.currency !== currency || other.first === null || other.last === null) return false
  return first !== null && last !== null && other.first <= first && other.last >= last
}
