/** A statement that does not add up is kept and flagged; a file of the same days that does add up settles it. */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import type { Landed } from '../../log/landing.ts'
import {
  listFiles,
  listSections,
  type StatementFile,
  type StatementSectionRow,
} from '../../evidence/statements/files.ts'
import { onlyIn } from '../../evidence/statements/sightings.ts'
import type { SavedSection } from '../../evidence/statements/save-statement.ts'
import { isOver, judge, stands } from '../engine/items.ts'
import type { BatchContext } from './context.ts'

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
    await stands(context, item, {
      source: item.source,
      code: 'STATEMENT_DIFFERS',
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
    await isOver(context, item, { source: item.source, object: statementObject(each.sha256) })
    for (const section of own) await raiseMisprints(context, item, each, section)
  }
}

/** Once a file that adds up is taken back, one of the same days that does not stands alone again. */
export async function raiseUncovered(context: BatchContext, item: Landed, account: bigint): Promise<void> {
  const rows = await listSections(context.db, context.book, { account })
  const sound = rows.filter(({ footing }) => footing === 'foots')
  for (const file of await listFiles(context.db, context.book, { account })) {
    const own = rows.filter(({ evidence, footing }) => footing === 'differs' && evidence.batch === file.evidence.batch)
    const bare = own.find((section) => !sound.some((other) => covers(other, section)))
    if (bare === undefined) continue
    const wrong = {
      code: 'STATEMENT_DIFFERS',
      object: statementObject(file.sha256),
      amount: differenceOf(bare),
      currency: bare.currency,
      detail: `${file.name}: ${bare.footingDetail}`,
    } as const
    const misprints = await onlyIn(context.db, context.book, file.evidence, daysOf(bare))
    const about = [wrong.object, ...misprints.map(({ id }) => `line:${id}`)]
    await judge(context, item, item.source, { codes: [wrong.code], about, standing: [wrong], looksAgain: true })
  }
}

/** Where the file says both; what it says first of the difference is in the detail. */
function differenceOf({ opening, closing, counted }: StatementSectionRow): Units | null {
  return opening === null || closing === null ? null : closing - opening - counted
}

function daysOf({ currency, first, last }: StatementSectionRow) {
  return { currency, first: first ?? '', last: last ?? '' }
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
    await stands(context, item, {
      source: item.source,
      code: 'STATEMENT_DIFFERS',
      object: `line:${id}`,
      amount,
      currency,
      detail:
        `Only ${file.name}, which does not add up, shows line ${id} (${formatMoney(amount)} on ${date}); a file of the same ` +
        `days that adds up does not. If it is a misprint: tieout decide line:${id} ignore.`,
    })
}

function covers(other: StatementSectionRow, { currency, first, last }: StatementSectionRow): boolean {
  if (other.currency !== currency || other.first === null || other.last === null) return false
  return first !== null && last !== null && other.first <= first && other.last >= last
}
