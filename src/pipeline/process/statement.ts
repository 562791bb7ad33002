/**
 * A statement file → its lines in the database, each once, and exceptions about what is wrong with the file itself. The
 * landed bytes are read again with the options they were landed with. Nothing is posted: what a line is about is decided
 * when it is matched.
 */
import * as z from 'zod'
import { STATEMENT_FORMATS, type ParsedStatement } from '../../domain/statements/statement.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { fileOfAccount, insertFile } from '../../evidence/statements/files.ts'
import { saveSections, type SavedSection } from '../../evidence/statements/save-statement.ts'
import { openStatement } from '../../sources/statements/open.ts'
import { evidenceOf, unknownLanding, type BatchContext } from './context.ts'
import { parseRequest } from './requests.ts'
import { readOptionsSchema } from './statement-options.ts'
import { checkFooting } from './statement-footing.ts'
import { checkGaps } from './statement-gaps.ts'
import { checkSettlements } from './statement-settlements.ts'
import { checkOverlaps } from './statement-overlaps.ts'

export const statementRequestSchema = z.strictObject({
  file: z.string(),
  sha256: z.string(),
  format: z.enum(STATEMENT_FORMATS),
  options: readOptionsSchema,
  /** The sections that are this account's. Null: all, as files were imported before their accounts were told apart. */
  taken: z
    .array(z.strictObject({ accountNumber: z.string().nullable(), currency: z.string() }))
    .nullable()
    .default(null),
})

export type StatementRequest = z.infer<typeof statementRequestSchema>

/** As the file was read when it was landed. */
export function openLanded(body: Buffer, { file, format, options }: StatementRequest): ParsedStatement {
  return openStatement(file, body, format, options)
}

export function onlyTaken(parsed: ParsedStatement, { taken }: Pick<StatementRequest, 'taken'>): ParsedStatement {
  if (taken === null) return parsed
  const sections = parsed.sections.filter(({ accountNumber, currency }) =>
    taken.some((each) => each.accountNumber === accountNumber && each.currency === currency),
  )
  return { ...parsed, sections }
}

export async function processStatement(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const request = parseRequest(statementRequestSchema, item)
  const { file, sha256 } = request
  const account = accountOf(context, item)
  if ((await fileOfAccount(context.db, context.book, account, sha256)) !== null) return []
  const parsed = onlyTaken(openLanded(item.body, request), request)
  const of = { book: context.book, account, evidence: evidenceOf(item) }
  const sections = await saveSections(context.db, of, parsed)
  const lines = sections.flatMap((section) => section.lines)
  const counted = lines.filter(({ line }) => line.uncounted === null)
  const known = counted.filter(({ isKnown }) => isKnown).length
  const differing = parsed.sections.find(({ footing }) => footing.kind === 'differs')?.footing
  const foots = parsed.sections.length > 0 && parsed.sections.every(({ footing }) => footing.kind === 'foots')
  await insertFile(context.db, context.book, {
    account,
    evidence: of.evidence,
    name: file,
    sha256,
    format: parsed.format,
    importedAtMs: item.fetchedAtMs,
    sections: sections.length,
    lines: lines.length,
    fresh: counted.length - known,
    known,
    uncounted: lines.length - counted.length,
    footing: differing === undefined ? (foots ? 'foots' : 'unproven') : 'differs',
    footingDetail: differing?.kind === 'differs' ? differing.reason : '',
  })
  for (const section of sections) countLines(context, section)
  await checkFooting(context, item, { account, file, sha256, sections })
  await checkOverlaps(context, item, { account, file, sections })
  await checkGaps(context, item, { account, currencies: new Set(sections.map(({ section }) => section.currency)) })
  await checkSettlements(context, item, account)
  return []
}

function accountOf(context: Pick<BatchContext, 'sourceIds'>, item: Landed): bigint {
  const account = context.sourceIds.get(item.source)
  if (account === undefined) throw unknownLanding(item, `account "${item.source}"`)
  return account
}

/** What moved no money is counted as a row, and its amount is not. */
function countLines({ tally }: BatchContext, { section, lines }: SavedSection): void {
  for (const { line, isKnown, certain } of lines) {
    if (line.uncounted !== null) tally.add('unchanged', section.currency, null)
    else if (!certain) tally.add('excepted', section.currency, line.amount)
    else tally.add(isKnown ? 'unchanged' : 'posted', section.currency, line.amount)
  }
}
