/**
 * `tieout statements`: import the statements of bank, card, PayPal and Razorpay accounts, and see
 * what is known of every file and line.
 */
import { InvalidArgumentError, type Command } from 'commander'
import {
  BALANCE_PLACES,
  LINE_ORDERS,
  type BalancePlace,
  type DateOrder,
  type LineOrder,
} from '../../domain/statements/bank-profile.ts'
import { STATEMENT_FORMATS, type StatementFormat } from '../../domain/statements/statement.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { listFiles } from '../../evidence/statements/files.ts'
import { listUndone } from '../../evidence/statements/undo.ts'
import { readLines } from '../../evidence/statements/lines.ts'
import { importStatements } from '../../pipeline/import-statement.ts'
import { undoStatementFile } from '../../pipeline/statements/undo.ts'
import type { WantedAccount } from '../../pipeline/statements/whose.ts'
import { parseBankColumns } from '../../sources/statements/bank-csv/columns-option.ts'
import { dateArgument } from '../arguments.ts'
import { readBook, runDatabase, type OpenBook } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry } from '../session.ts'
import { accountId, accountNames } from '../statement-accounts.ts'
import { showStatement } from '../views/statement-details.ts'
import { reconciledLines, summaryView } from '../views/reconcile-summary.ts'
import { importedLines, importedView } from '../views/statement-imports.ts'
import { fileLines, fileView, linesText, lineView, undoneLine, undoneView } from '../views/statements.ts'
import { runEnvironment } from './sync.ts'

export function registerStatements(registry: Registry): void {
  const statements = registry.program
    .command('statements')
    .description('statements of bank, card, PayPal and Razorpay accounts')
  registerImport(registry, statements)
  registerLists(registry, statements)
  const show = statements
    .command('show')
    .argument('<what>', 'a line by its number, or a file by the beginning of its hash')
    .description('every file that shows a line with its own words, or everything about a file')
  handle(registry, show, (session, _options, [what = '']) =>
    readBook(session, (open) => showStatement(session, open, what)),
  )
  registerUndo(registry, statements)
}

interface ImportOptions {
  readonly account?: readonly WantedAccount[]
  readonly format?: StatementFormat
  readonly columns?: readonly string[]
  readonly dateOrder?: DateOrder
  readonly decimal?: '.' | ','
  readonly balance?: BalancePlace
  readonly order?: LineOrder
  readonly dryRun?: boolean
}

function registerImport(registry: Registry, statements: Command): void {
  const importing = statements
    .command('import')
    .argument('<files...>', 'CSV, JSON, OFX, QFX, CAMT.052/053 or MT940, as downloaded')
    .description('import statement files; the same file and overlapping lines count once')
    .option(
      '--account <name>',
      'the account of tieout.yaml; NAME=NUMBER says which account of the file it is; may be given again (default: by the numbers in the file)',
      accountArgument,
    )
    .option('--format <format>', `instead of recognising it: ${STATEMENT_FORMATS.join(', ')}`, formatArgument)
    .option('--columns <columns...>', 'what a bank CSV calls its columns: date=Booked,amount=Value,sign=out-positive')
    .option('--date-order <order>', 'of a file whose dates do not tell: dmy, mdy or ymd', dateOrderArgument)
    .option('--decimal <mark>', 'of a file whose amounts do not tell: . or ,', decimalArgument)
    .option(
      '--balance <place>',
      'of a bank CSV: whether it prints the balance after each line or before',
      placeArgument,
    )
    .option(
      '--order <order>',
      'of a bank CSV: oldest-first or newest-first, as the lines of one day stand',
      orderArgument,
    )
    .option('--dry-run', 'show how the file is read and which lines are new, and keep nothing')
  handle<ImportOptions>(registry, importing, async (session, options, paths) => {
    const { account = [], format = null, dateOrder = null, decimal = null, dryRun = false } = options
    const { balance = null, order = null } = options
    const columns = options.columns === undefined ? null : parseBankColumns(options.columns)
    const files = paths.map((path) => ({
      path,
      account,
      format,
      said: { columns, dateOrder, decimal, balance, order },
    }))
    return runDatabase(session, { dryRun }, async (database) => {
      const environment = runEnvironment(session, database, createProgress(session.io.stderr))
      const request = { config: session.config(), book: session.book(), env: session.io.env }
      const { files: imported, reconciled } = await importStatements(environment, request, files)
      // Only there are all lines shown.
      const views = session.json ? await Promise.all(imported.map(importedView)) : []
      session.show({ dryRun, files: views, reconciled: summaryView(reconciled) }, () => [
        ...imported.flatMap((each) => importedLines(session, each, dryRun)),
        ...reconciledLines(session, reconciled),
        ...(dryRun ? ['Dry run: nothing was kept.'] : []),
      ])
      return imported.some(({ stored }) => stored.footing === 'differs') ? 'findings' : 'ok'
    })
  })
}

interface LinesOptions {
  readonly account?: string
  readonly from?: IsoDate
  readonly to?: IsoDate
  readonly open?: boolean
}

function registerLists(registry: Registry, statements: Command): void {
  const list = statements
    .command('list')
    .description('imported files with what they added, and whether they tie')
    .option('--account <name>', 'of this account only')
  handle<Pick<LinesOptions, 'account'>>(registry, list, (session, { account }) =>
    readBook(session, async (open) => {
      const names = await accountNames(open)
      const filter = await accountFilter(open, account)
      const files = await listFiles(open.kysely, open.book.id, filter)
      const undone = await listUndone(open.kysely, open.book.id, filter)
      session.show(
        files.map((file) => fileView(file, names)),
        () => [
          ...fileLines(session, files, names),
          ...undone.map((each) => undoneLine({ ...each, accountName: names.get(each.account) ?? '?' })),
        ],
      )
      return 'ok'
    }),
  )
  const lines = statements
    .command('lines')
    .description('statement lines, each once')
    .option('--account <name>', 'of this account only')
    .option('--from <date>', 'booked on or after', dateArgument)
    .option('--to <date>', 'booked on or before', dateArgument)
    .option('--open', 'only what nothing explains yet')
  handle<LinesOptions>(registry, lines, (session, { account, from, to, open: isOpen = false }) =>
    readBook(session, async (open) => {
      const names = await accountNames(open)
      const found = await readLines(open.kysely, open.book.id, {
        ...(account === undefined ? {} : { accounts: [await accountId(open, account)] }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        open: isOpen,
      })
      session.show(
        found.map((line) => lineView(line, names)),
        () => linesText(session, found, names),
      )
      return 'ok'
    }),
  )
}

async function accountFilter(open: OpenBook, name: string | undefined): Promise<{ readonly account?: bigint }> {
  return name === undefined ? {} : { account: await accountId(open, name) }
}

function registerUndo(registry: Registry, statements: Command): void {
  const undo = askPerson(
    statements
      .command('undo')
      .argument('<file>', 'the beginning of its hash, as tieout statements list shows it')
      .description('take a statement file back whole, so that it or a mended one can be imported again')
      .option('--dry-run', 'show what would be taken back, and keep nothing'),
  )
  handle<PersonOptions & { readonly dryRun?: boolean }>(registry, undo, (session, options, [file = '']) => {
    const { dryRun = false } = options
    const wanted = { file, ...signed(options) }
    return runDatabase(session, { dryRun, shownBy: 'tieout statements list' }, async (database) => {
      const environment = runEnvironment(session, database, createProgress(session.io.stderr))
      const request = { config: session.config(), book: session.book(), env: session.io.env }
      const { files, posted, reconciled } = await undoStatementFile(environment, request, wanted)
      session.show({ dryRun, files: files.map(undoneView), posted, reconciled: summaryView(reconciled) }, () => [
        ...files.map(undoneLine),
        `Transactions that reverse what they had posted: ${posted}.`,
        ...reconciledLines(session, reconciled),
        ...(dryRun ? ['Dry run: nothing was taken back.'] : []),
      ])
      return 'ok'
    })
  })
}

/** "checking", or "checking=DE02500105170137075030"; each use adds one. */
function accountArgument(text: string, before: readonly WantedAccount[] = []): readonly WantedAccount[] {
  const at = text.indexOf('=')
  const name = (at === -1 ? text : text.slice(0, at)).trim()
  const number = at === -1 ? null : text.slice(at + 1).trim()
  if (name === '' || number === '' || before.some((each) => each.name === name))
    throw new InvalidArgumentError('Give the name of an account once, or its name and number as "checking=1234".')
  return [...before, { name, number }]
}

function placeArgument(text: string): BalancePlace {
  const found = BALANCE_PLACES.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Give ${BALANCE_PLACES.join(' or ')}.`)
}

function orderArgument(text: string): LineOrder {
  const found = LINE_ORDERS.find((each) => each === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Give ${LINE_ORDERS.join(' or ')}.`)
}

function formatArgument(text: string): StatementFormat {
  const found = STATEMENT_FORMATS.find((format) => format === text.toLowerCase())
  if (found !== undefined) return found
  throw new InvalidArgumentError(`The formats are ${STATEMENT_FORMATS.join(', ')}.`)
}

function dateOrderArgument(text: string): DateOrder {
  if (text === 'dmy' || text === 'mdy' || text === 'ymd') return text
  throw new InvalidArgumentError('Give dmy, mdy or ymd.')
}

function decimalArgument(text: string): '.' | ',' {
  if (text === '.' || text === ',') return text
  throw new InvalidArgumentError('Give . or ,')
}
