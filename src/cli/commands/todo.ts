/**
 * `tieout todo`: the one inbox. Every difference a person has to see, the gravest first, with the choices that fit it as
 * commands ready to type; before them, journals to approve and decisions that a second person has to repeat. What merely
 * waits is apart, by --waiting.
 */
import { InvalidArgumentError, Option } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { didYouMean } from '../../config/suggest.ts'
import { EXCEPTION_CODES, SEVERITIES, type Severity } from '../../domain/exceptions/codes.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { fittingChoices, waitingJournals, type WaitingJournals } from '../../pipeline/todo.ts'
import { merelyWaiting } from '../../pipeline/merely-waiting.ts'
import { checkSource } from '../../pipeline/night.ts'
import { planContext } from '../../pipeline/plan-context.ts'
import { waitingAsks } from '../../pipeline/process/waiting-asks.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { byUrgency, policyOf, queueRow, type QueueRow } from '../views/exception-queue.ts'
import { showSetAside } from './set-aside.ts'
import { todoLines, todoView, waitingLines, waitingView, type TodoItem } from '../views/todo.ts'

interface TodoOptions {
  readonly all?: boolean
  readonly waiting?: boolean
  readonly setAside?: boolean
  readonly source?: string
  readonly code?: string
  readonly owner?: string
  readonly severity?: Severity
  readonly olderThan?: number
  readonly limit: number
}

/** So many are listed in text, and have their choices planned: each costs a look at all that is open. */
const LIMIT = 50

const EXAMPLES = `
Examples:
  tieout todo
  tieout todo --owner payables --older-than 5`

export function registerTodo(registry: Registry): void {
  const todo = registry.program
    .command('todo')
    .description('what waits for a person as of now, the gravest first, with the choices that fit')
    .addOption(new Option('--all', 'what is closed too').conflicts('waiting'))
    .option('--waiting', 'instead what merely waits, and is not late')
    .addOption(new Option('--set-aside', 'instead rows and answers that could not be read').conflicts('waiting'))
    .option('--source <name>', 'of this source only')
    .option('--code <code>', 'of this code only', codeArgument)
    .option('--owner <name>', 'whose they are')
    .addOption(new Option('--severity <severity>', 'of this severity only').choices(SEVERITIES))
    .option('--older-than <days>', 'first seen more than so many days ago', wholeNumberArgument)
    .option(
      '--limit <number>',
      'show at most so many; --json has all, and the choices of so many',
      wholeNumberArgument,
      LIMIT,
    )
    .addHelpText('after', EXAMPLES)
  handle<TodoOptions>(registry, todo, (session, options) =>
    options.setAside === true
      ? showSetAside(session, options)
      : readBook(session, (open) =>
          options.waiting === true ? showWaiting(session, open) : showTodo(session, open, options),
        ),
  )
}

async function showTodo(session: Session, open: OpenBook, options: TodoOptions): Promise<ExitName> {
  const { kysely, book, config } = open
  const { all = false, source, code, limit } = options
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
  const items = await withChoices(open, rows.slice(0, limit), nowMs)
  const todo = { ...(await beside(session, open, nowMs)), rows, items, isFiltered: isFiltered(options) }
  session.show(todoView(todo), () => todoLines(session, todo))
  return 'ok'
}

async function withChoices(
  { kysely, book }: OpenBook,
  rows: readonly QueueRow[],
  nowMs: number,
): Promise<readonly TodoItem[]> {
  const context = await planContext(kysely, book)
  const items: TodoItem[] = []
  for (const row of rows) {
    const isOpen = context !== null && row.exception.status === 'open'
    items.push({ row, choices: isOpen ? await fittingChoices(context, row.exception, nowMs) : [] })
  }
  return items
}

/** What waits for a person without being a difference. */
async function beside(
  session: Session,
  { kysely, book, config }: OpenBook,
  nowMs: number,
): Promise<{ readonly journals: WaitingJournals | null; readonly asks: number }> {
  const mappings = loadMappings(session.config().mappings)
  const context = await planContext(kysely, book)
  const asks = context === null ? [] : await waitingAsks(context)
  return { journals: await waitingJournals(kysely, book, config, mappings, nowMs), asks: asks.length }
}

async function showWaiting(session: Session, { kysely, book, config }: OpenBook): Promise<ExitName> {
  const today = isoDateInZone(session.clock.nowMs(), config.timeZone)
  const waiting = await merelyWaiting(kysely, book, await planContext(kysely, book), today)
  session.show(waitingView(waiting), () => waitingLines(session, waiting))
  return 'ok'
}

function isWanted({ owner, severity, days }: QueueRow, options: TodoOptions): boolean {
  if (options.owner !== undefined && owner.toLowerCase() !== options.owner.trim().toLowerCase()) return false
  if (options.severity !== undefined && severity !== options.severity) return false
  return options.olderThan === undefined || days > options.olderThan
}

function isFiltered({ source, code, owner, severity, olderThan }: TodoOptions): boolean {
  return [source, code, owner, severity, olderThan].some((each) => each !== undefined)
}

function codeArgument(text: string): string {
  const code = text.toUpperCase().replaceAll('-', '_')
  const known: readonly string[] = EXCEPTION_CODES
  if (known.includes(code)) return code
  throw new InvalidArgumentError(`The codes are ${known.join(', ')}.${didYouMean(code, known)}`)
}
