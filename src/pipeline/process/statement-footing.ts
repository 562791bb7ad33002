/** A statement that does not add up is kept and flagged; a file of the same days that does add up settles it. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Landed } from '../../evidence/landing.ts'
import {
  listFiles,
  listSections,
  type StatementFile,
  type StatementSectionRow,
} from '../../evidence/statements/files.ts'
import { onlyIn } from '../../evidence/statements/sightings.ts'
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
    if (own.length === 0 || !own.every((section) => sound.some((other) => covers(other, section)))) continue
    await settle(context, item, statementObject(each.sha256))
    for (const section of own) await raiseMisprints(context, item, each, section)
  }
}

/** What only the file that does not add up shows may never have happened; a person has to say so. */
async function raiseMisprints(
  context: BatchContext,
  item: Landed,
  file: StatementFile,
  { currency, first, last }: StatementSectionRow,
): Promise<void> {
  if (first === null || last === null) return
  for (const { id, date, amount } of await onlyIn(context.db, context.book, file.evidence, { currency, first, last }))
    await raise(context, item, {
      source: item.source,
      code: 'DUPLICATE',
      object: `line:${id}`,
      amount,
      currency,
      detail:
        `Only ${file.name}, which does not add up, shows line ${id} (${formatMoney(amount)} on ${date}); a file of the same ` +
        `days that adds up does not. If it is a misprint: tieout reconcile ignore ${id}.`,
    })
}

function covers(other: StatementSectionRow, { currency, first, last }: StatementSectionRow): boolean {
  if (other.currency !== currency || other.first === null || other.last === null) return false
  return first !== null && last !== null && other.first <= first && other.last >= last
}
