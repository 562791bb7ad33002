/** `tieout orders`: the order registry's ways in, since no vendor call lists orders, and what it knows (orders-read.ts). */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { InputError } from '../../domain/errors.ts'
import { importOrderIds, importFiles } from '../../pipeline/imports.ts'
import { historyOptions, orderHistoryFile } from '../../pipeline/import-kinds.ts'
import { sha256OfFile } from '../../pipeline/import-file.ts'
import { openOrderHistory } from '../../sources/panel/order-history.ts'
import { HISTORY_FIELDS, type HistoryField } from '../../sources/panel/history-columns.ts'
import { isFooting } from '../../sources/panel/history-footing.ts'
import { timeZoneArgument } from '../arguments.ts'
import { choosePanel } from '../choose-source.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { orderIds } from '../order-ids.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { importLines, importView } from '../views/imports.ts'
import { registerOrdersRead } from './orders-read.ts'
import { registerOrdersTag } from './orders-tag.ts'
import { runEnvironment } from './sync.ts'

type ChosenColumns = Readonly<Partial<Record<HistoryField, string>>>

interface ImportOptions {
  readonly source?: string
  readonly timeZone?: string
  readonly decimal?: '.' | ','
  readonly dayOrder?: 'day-first' | 'month-first'
  readonly column?: ChosenColumns
  readonly dryRun?: boolean
}

export function registerOrders(registry: Registry): void {
  const orders = registry.program.command('orders').description('the order registry: which orders to ask panels about')
  const importing = orders
    .command('import')
    .argument('<file>', "the panel site's order history as CSV")
    .description('register the orders of a downloaded history')
    .option('--source <panel>', 'whose history it is; needed when the book has several panels')
    .option('--time-zone <zone>', "the zone of the file's dates; needed when the source states none", timeZoneArgument)
    .option('--decimal <mark>', 'the decimal mark, . or , (default: seen from the amounts)')
    .option('--day-order <order>', 'day-first or month-first (default: seen from the dates)')
    .option('--column <field=header>', 'a column under a name that is not known; may be given again', columnArgument)
    .option('--dry-run', 'show how the file is read with its control totals, and keep nothing')
  handle<ImportOptions>(registry, importing, (session, options, [file = '']) => runImport(session, options, file))
  const adding = orders
    .command('add')
    .argument('<ids...>', 'order ids as the panel shows them')
    .description('register orders by their ids')
    .option('--source <panel>', 'the panel they were placed on; needed when the book has several')
    .option('--dry-run', 'show what would be registered, and keep nothing')
  handle<ImportOptions>(registry, adding, runAdd)
  registerOrdersRead(registry, orders)
  registerOrdersTag(registry, orders)
}

async function runImport(session: Session, options: ImportOptions, path: string): Promise<ExitName> {
  const panel = choosePanel(session, options.source)
  const reading = historyOptions(panel, {
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    ...(options.decimal === undefined ? {} : { decimal: decimalMark(options.decimal) }),
    ...(options.dayOrder === undefined ? {} : { dayOrder: dayOrder(options.dayOrder) }),
    ...(options.column === undefined ? {} : { columns: options.column }),
  })
  await sha256OfFile(path)
  const { layout } = await openOrderHistory(createReadStream(path), { ...reading, fileName: basename(path) })
  return runDatabase(session, { dryRun: options.dryRun ?? false }, async (database, moved) => {
    const progress = createProgress(session.io.stderr)
    const environment = runEnvironment(session, database, progress, moved)
    const files = [orderHistoryFile(path, panel.name, reading)]
    const outcome = await importFiles(
      environment,
      { config: session.config(), book: session.book(), env: session.io.env },
      files,
    )
    progress.clear()
    const shown = { ...outcome, layout, dryRun: options.dryRun ?? false }
    session.show(importView(shown), () => importLines(session, shown))
    const isDoubtful = outcome.files.some(({ footing }) => footing !== null && !isFooting(footing))
    return outcome.quarantined.length > 0 || isDoubtful ? 'findings' : 'ok'
  })
}

async function runAdd(session: Session, options: ImportOptions, texts: readonly string[]): Promise<ExitName> {
  const panel = choosePanel(session, options.source)
  const ids = orderIds(texts)
  return runDatabase(session, { dryRun: options.dryRun ?? false }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const { added, known } = await importOrderIds(environment, request, panel.name, ids)
    const kept = options.dryRun === true ? ' Dry run: nothing was kept.' : ''
    session.show({ source: panel.name, added, known, dryRun: options.dryRun ?? false }, () => [
      `${panel.name}: ${added} registered, ${known} known before.${kept} The next sync asks about them.`,
    ])
    return 'ok'
  })
}

/** "charge=Betrag"; each use adds one. */
function columnArgument(text: string, before: ChosenColumns = {}): ChosenColumns {
  const at = text.indexOf('=')
  const field = HISTORY_FIELDS.find((each) => each.toLowerCase() === text.slice(0, at).trim().toLowerCase())
  if (at > 0 && field !== undefined && text.length > at + 1) return { ...before, [field]: text.slice(at + 1).trim() }
  throw new InvalidArgumentError(
    `Give a field and the file's header, as "charge=Betrag". Fields: ${HISTORY_FIELDS.join(', ')}.`,
  )
}

function decimalMark(text: string): '.' | ',' {
  if (text === '.' || text === ',') return text
  throw new InputError('DECIMAL_MARK', `"${text}" is not a decimal mark.`, "Use --decimal . or --decimal ','.")
}

function dayOrder(text: string): 'day-first' | 'month-first' {
  if (text === 'day-first' || text === 'month-first') return text
  throw new InputError('DAY_ORDER', `"${text}" is not an order of day and month.`, 'Use day-first or month-first.')
}
