/**
 * Statement files into the landing: read first, so that one that cannot be read is refused before anything is kept; then
 * landed whole, one file a batch, and processed. The same bytes in the same account change nothing.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { BookConfig } from '../config/model.ts'
import { InputError, RejectedError } from '../domain/errors.ts'
import { whySetAside } from '../evidence/quarantine.ts'
import type { StatementFormat, StatementSection } from '../domain/statements/statement.ts'
import type { ControlTotals } from '../domain/wallets/control-totals.ts'
import { fileOfAccount, type StatementFile } from '../evidence/statements/files.ts'
import { freshPositions } from '../evidence/statements/fresh.ts'
import { hasUnreconciled, readLastSummary } from '../evidence/match-runs.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import type { ReconcileSummary } from './process/match-summary.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import { reconcileNight } from './reconcile/night.ts'
import { onlyTaken, openLanded, statementRequestSchema } from './process/statement.ts'
import { refuseTotal } from './statements/account-total.ts'
import { openForAccounts, type FileBytes, type OpenedStatement } from './statements/open-file.ts'
import type { Said } from './statements/kept-profile.ts'
import { toldOf, type ToldStatement } from './statements/told.ts'
import type { WantedAccount } from './statements/whose.ts'
import { nightOf } from './sync.ts'
import type { RunEnvironment } from './with-run.ts'

export interface StatementImport {
  readonly path: string
  /** A name, or several with their numbers where nobody knows them yet; none for every account whose number is known. */
  readonly account: string | readonly WantedAccount[]
  /** Null: recognised from the content. */
  readonly format: StatementFormat | null
  readonly said: Said
}

export interface ImportedStatementFile {
  readonly file: string
  readonly account: string
  readonly sha256: string
  /** How the bytes were understood. */
  readonly parsed: ToldStatement
  /** What is known of the file now; of the earlier import when exactly these bytes were imported before. */
  readonly stored: StatementFile
  readonly alreadyImported: boolean
  readonly totals: ControlTotals | null
  /** "section position" of the told lines that nobody had seen before. */
  readonly fresh: ReadonlySet<string>
  /** All its lines, read again. */
  readonly whole: () => Promise<WholeStatement>
  /** What the file holds of other accounts, in sentences. */
  readonly left: readonly string[]
}

export interface WholeStatement {
  readonly sections: readonly StatementSection[]
  /** "section position" of the lines nobody had seen before. */
  readonly fresh: ReadonlySet<string>
}

export interface StatementsImported {
  readonly files: readonly ImportedStatementFile[]
  /** What the reconciliation after it came to; null when nothing had been imported since the last one. */
  readonly reconciled: ReconcileSummary | null
}

const LIMIT_BYTES = 64 << 20

export async function importStatements(
  environment: RunEnvironment,
  request: BookRequest,
  files: readonly StatementImport[],
): Promise<StatementsImported> {
  const read = files.map((file) => ({ ...readStatementFile(file.path), wanted: file }))
  const all = createHash('sha256').update(JSON.stringify(read.map(({ sha256, wanted }) => [sha256, wanted.account])))
  const args = { statements: all.digest('hex') }
  const { result } = await withBookRun(environment, request, 'import', args, async (context) => {
    for (const [at, { wanted, ...file }] of read.entries())
      if (read.length > 1) await refuseEarly(context, request.book, wanted, file, at)
    const imported: ImportedStatementFile[] = []
    for (const { wanted, ...file } of read)
      for (const each of await openFor(context, request.book, wanted, file))
        imported.push(await importOpened(context, each))
    return { files: imported, reconciled: await reconcileWaiting(context, request.book, 'statements imported') }
  })
  return result
}

/** `why`: as the run tells it. Also what an import landed that was stopped before it could reconcile: the run booked that as it began. */
export async function reconcileWaiting(
  context: RunContext,
  book: BookConfig,
  why: string,
): Promise<StatementsImported['reconciled']> {
  const { kysely } = context.database
  if (!(await hasUnreconciled(kysely, context.book.id))) return null
  const night = nightOf(context.clock.nowMs(), book.timeZone)
  const done = await reconcileNight(context, night, why)
  return done === null || done.failed !== null ? null : readLastSummary<ReconcileSummary>(kysely, context.book.id)
}

/** One file within a run that goes on; used by the inbox. What was set aside before is tried again only when asked for. */
export async function importStatement(
  context: RunContext,
  book: BookConfig,
  wanted: StatementImport & { readonly account: string },
): Promise<ImportedStatementFile> {
  const file = readStatementFile(wanted.path)
  const before = await whySetAside(context.database.kysely, context.book.id, wanted.account, file.sha256)
  const account = context.processor.inForce?.sourceIds.get(wanted.account)
  const isKnown =
    account !== undefined &&
    (await fileOfAccount(context.database.kysely, context.book.id, account, file.sha256)) !== null
  if (before !== null && !isKnown) throw notProcessed(file.name, before)
  const [opened] = await openFor(context, book, wanted, file)
  if (opened === undefined) throw new RangeError(`${file.name} was opened for no account`)
  return importOpened(context, opened)
}

/** Throws InputError naming the file when it is not there, is not a file, or is too large. */
function readStatementFile(path: string): FileBytes {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new InputError('FILE_MISSING', `There is no file ${path}.`, 'Check the path.')
  if (!stats.isFile()) throw new InputError('FILE_KIND', `${path} is not a file.`, 'Name the statement files.')
  if (stats.size > LIMIT_BYTES) {
    const message = `${path} has ${stats.size} bytes; a statement has at most ${LIMIT_BYTES}.`
    throw new InputError('STATEMENT_TOO_LONG', message, 'Download it in shorter periods.')
  }
  const bytes = readFileSync(path)
  return { name: basename(path), bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** What the profile of the files before it may answer is asked when they are imported. */
const ANSWERED_BY_OTHERS: ReadonlySet<string> = new Set([
  'STATEMENT_PROFILE',
  'STATEMENT_DATE_ORDER',
  'STATEMENT_DECIMAL',
  'STATEMENT_COLUMNS',
  'STATEMENT_ACCOUNTS',
])

/** Throws InputError for a file that cannot be read whatever is imported before it, so that none of them is kept. */
async function refuseEarly(
  context: RunContext,
  book: BookConfig,
  wanted: StatementImport,
  file: FileBytes,
  at: number,
): Promise<void> {
  try {
    await openFor(context, book, wanted, file)
  } catch (error) {
    if (at === 0 || !(error instanceof InputError) || !ANSWERED_BY_OTHERS.has(error.code)) throw error
  }
}

interface Opened extends Omit<OpenedStatement, 'parsed'> {
  readonly parsed: ToldStatement
}

/** Its lines are read again when it is processed, and not held beside that. */
async function openFor(
  context: RunContext,
  config: BookConfig,
  { account, format, said }: StatementImport,
  file: FileBytes,
): Promise<readonly Opened[]> {
  const of = {
    db: context.database.kysely,
    book: context.book.id,
    config,
    ids: context.processor.inForce?.sourceIds ?? new Map<string, bigint>(),
    format,
    said,
  }
  const wanted = typeof account === 'string' ? [{ name: account, number: null }] : account
  return (await openForAccounts(of, file, wanted)).map((each) => ({ ...each, parsed: toldOf(each.parsed) }))
}

async function importOpened(
  context: RunContext,
  { name, bytes, sha256, target, account, parsed, left, request }: Opened,
): Promise<ImportedStatementFile> {
  const { kysely } = context.database
  const common = { file: name, account: target.name, sha256, parsed, left }
  const wholeWith = async (fresh: WholeStatement['fresh']): Promise<WholeStatement> => {
    const as = statementRequestSchema.parse(request)
    return { sections: onlyTaken(openLanded(bytes, as), as).sections, fresh }
  }
  const earlier = await fileOfAccount(kysely, context.book.id, account, sha256)
  if (earlier !== null) {
    const fresh = new Set<string>()
    return { ...common, stored: earlier, alreadyImported: true, totals: null, fresh, whole: () => wholeWith(fresh) }
  }
  await refuseTotal(kysely, { book: context.book.id, account }, name, parsed.turnover)
  const step = `statement:${sha256.slice(0, 16)}:${target.name}`
  const landing = {
    kind: 'statement' as const,
    source: target.name,
    request,
    fetchedAtMs: context.clock.nowMs(),
    httpStatus: null,
    contentType: 'application/octet-stream',
    body: bytes,
  }
  const { totals, setAside } = await landAndProcess(context, step, [landing])
  await context.finishStep(step)
  if (setAside !== null) throw notProcessed(name, setAside)
  const stored = await fileOfAccount(kysely, context.book.id, account, sha256)
  if (stored === null) throw new RangeError(`${name} was processed and is not there`)
  context.progress(`import ${name}`, stored.lines)
  const freshOf = () => freshPositions(kysely, context.book.id, stored)
  const fresh = toldAmong(parsed, await freshOf())
  return { ...common, stored, alreadyImported: false, totals, fresh, whole: async () => wholeWith(await freshOf()) }
}

function toldAmong({ sections }: ToldStatement, fresh: ReadonlySet<string>): ReadonlySet<string> {
  const told = sections.flatMap(({ ends }, at) => ends.map(({ line }) => `${at + 1} ${line}`))
  return new Set(told.filter((position) => fresh.has(position)))
}

function notProcessed(file: string, reason: string): RejectedError {
  return new RejectedError(
    'STATEMENT_SET_ASIDE',
    `${file} was kept and set aside, and nothing of it is in the books: ${reason}`,
    'Mend the file if the reason names it, else report it; tieout statements import tries it again.',
  )
}
