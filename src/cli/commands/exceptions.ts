/** `tieout exceptions list|show`: every difference a person has to see, whose it is, and what may be done about it. */
import { InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../../config/suggest.ts'
import { EXCEPTION_CODES, SEVERITIES, type Severity } from '../../domain/exceptions/codes.ts'
import { exceptionDossier } from '../../pipeline/exception-dossier.ts'
import { exceptionUnknown } from '../../pipeline/exception-decisions.ts'
import { checkSource } from '../../pipeline/night.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { dossierLines, dossierView } from '../views/exception-dossier.ts'
import {
  agingLines,
  byUrgency,
  explanations,
  policyOf,
  QUEUE_COLUMNS,
  queueCells,
  queueRow,
  queueView,
  type QueueRow,
} from '../views/exception-queue.ts'
import { exceptionArgument } from './exception-decisions.ts'

interface ListOptions {
  readonly all?: boolean
  readonly source?: string
  readonly code?: string
  readonly owner?: string
  readonly severity?: Severity
  readonly olderThan?: number
}

export function registerExceptions(registry: Registry): void {
  const exceptions = registry.program.command('exceptions').description('differences a person has to see')
  const list = exceptions
    .command('list')
    .description('open exceptions, the gravest first: whose they are, when they are due, and what to do')
    .option('--open', 'only those that are open, which is what is listed anyway')
    .addOption(new Option('--all', 'closed ones too').conflicts('open'))
    .option('--source <name>', 'of this source only')
    .option('--code <code>', 'of this code only', codeArgument)
    .option('--owner <name>', 'whose they are')
    .addOption(new Option('--severity <severity>', 'of this severity only').choices(SEVERITIES))
    .option('--older-than <days>', 'first seen more than so many days ago', wholeNumberArgument)
  handle<ListOptions>(registry, list, runList)
}

const EXPLAIN_EXAMPLES = `
Examples:
  tieout explain E-12
  tieout explain E-12 --raw`

export function registerExplain(registry: Registry): void {
  const show = registry.program
    .command('explain')
    .argument('<id>', 'as listed, such as E-12')
    .description('one thing that waits: history, evidence, what is booked, and what each choice would post or send')
    .option('--raw', 'with the bytes it rests on, as they came')
    .addHelpText('after', EXPLAIN_EXAMPLES)
  handle<{ readonly raw?: boolean }>(registry, show, (session, { raw = false }, [text = '']) =>
    readBook(session, async ({ kysely, book, config }) => {
      const number = exceptionArgument(text)
      const nowMs = session.clock.nowMs()
      const dossier = await exceptionDossier(kysely, book, number, nowMs)
      if (dossier === null) throw exceptionUnknown(book.name, number)
      const row = queueRow(dossier.exception, policyOf(config), nowMs)
      session.show(dossierView(dossier, row, raw), () => dossierLines(dossier, row, raw))
      return 'ok'
    }),
  )
}

async function runList(session: Session, options: ListOptions): Promise<ExitName> {
  const { all = false, source, code } = options
  return readBook(session, async ({ kysely, book, config }) => {
    checkSource(config, source ?? null)
    const found = await listExceptions(kysely, book.id, {
      ...(all ? {} : { status: 'open' }),
      ...(source === undefined ? {} : { source }),
      ...(code === undefined ? {} : { code }),
    })
    const nowMs = session.clock.nowMs()
    const rows = found
      .map((each) => queueRow(each, policyOf(config), nowMs))
      .filter((row) => isWanted(row, options))
      .toSorted(byUrgency)
    session.show(rows.map(queueView), () => (rows.length === 0 ? [emptyText(options)] : listLines(session, rows)))
    return 'ok'
  })
}

function isWanted({ owner, severity, days }: QueueRow, options: ListOptions): boolean {
  if (options.owner !== undefined && owner.toLowerCase() !== options.owner.trim().toLowerCase()) return false
  if (options.severity !== undefined && severity !== options.severity) return false
  return options.olderThan === undefined || days > options.olderThan
}

function emptyText({ all = false, source, code, owner, severity, olderThan }: ListOptions): string {
  const isFiltered = [source, code, owner, severity, olderThan].some((each) => each !== undefined)
  return `No ${all ? '' : 'open '}exceptions${isFiltered ? ' match' : ''}.`
}

function listLines(session: Session, rows: readonly QueueRow[]): readonly string[] {
  const late = rows.filter(({ isOverdue }) => isOverdue).length
  return [
    ...session.table(QUEUE_COLUMNS, rows.map(queueCells)),
    '',
    `${counted(rows.length, 'exception')}${late === 0 ? '' : `, ${late} late`}.`,
    ...agingLines(rows),
    ...explanations(rows.map(({ exception }) => exception)),
    'More about one, and how to resolve it: tieout explain E-…',
  ]
}

function codeArgument(text: string): string {
  const code = text.toUpperCase().replaceAll('-', '_')
  const known: readonly string[] = EXCEPTION_CODES
  if (known.includes(code)) return code
  throw new InvalidArgumentError(`The codes are ${known.join(', ')}.${didYouMean(code, known)}`)
}
