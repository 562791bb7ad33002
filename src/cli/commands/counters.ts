/** `tieout counters …`: the readings of ad networks' counters, and a person's word about those that were held back. */
import { InvalidArgumentError, type Command } from 'commander'
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { ACCEPT_AS, type AcceptAs } from '../../domain/counters/counter-decision.ts'
import { InputError } from '../../domain/errors.ts'
import { formatExact, parseMoney } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import { counterMode } from '../../evidence/counter-payouts.ts'
import { listVerdicts } from '../../evidence/counter-verdicts.ts'
import { sourceIds } from '../../ledger/books.ts'
import type { BookRequest } from '../../pipeline/book-run.ts'
import { decideMode, decideReading, type CounterDecided } from '../../pipeline/counter-decisions.ts'
import { checkSource } from '../../pipeline/night.ts'
import type { RunEnvironment } from '../../pipeline/with-run.ts'
import { dateArgument, wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted } from '../output.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { decidedLines, decisionView, entryLines, READING_COLUMNS, readingRow, readingView } from '../views/counters.ts'
import { runEnvironment } from './sync.ts'

interface ListOptions {
  readonly held?: boolean
  readonly source?: string
  readonly limit: number
}

interface DecideOptions extends PersonOptions {
  readonly dryRun?: boolean
}

interface AcceptOptions extends DecideOptions {
  readonly as: AcceptAs
  readonly day?: IsoDate
  readonly earned?: string
}

interface RejectOptions extends DecideOptions {
  readonly through?: string
}

type Decide = (environment: RunEnvironment, request: BookRequest) => Promise<CounterDecided>

const LIMIT = 50
const MODES = { unpaid: 'what is unpaid: payouts lower it', lifetime: 'everything ever earned' } as const
const WORDS = Object.keys(ACCEPT_AS)

export function registerCounters(registry: Registry): void {
  const counters = registry.program.command('counters').description("ad networks' counters: what each reading changed")
  const list = counters
    .command('list')
    .description('readings with what became of them, the newest first')
    .option('--held', 'only those that wait for a person')
    .option('--source <name>', 'of this source only')
    .option('--limit <number>', 'at most so many', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, runList)

  const accept = decision(counters.command('accept').argument('<reading>', 'as listed, such as 12.1'))
    .description('decide what a reading means: posts what follows, and reverses what an earlier decision made wrong')
    .requiredOption('--as <meaning>', `one of ${WORDS.join(', ')}`, acceptAsArgument)
    .option('--day <date>', 'the earlier day it corrects, when you know it', dateArgument)
    .option(
      '--earned <amount>',
      'with payout, payout-returned or reset: what was earned (or spent) that day; less than 0 where more was taken back',
      earnedArgument,
    )
    .addHelpText(
      'after',
      `\nMeanings:\n${Object.entries(ACCEPT_AS)
        .map(([word, meaning]) => `  ${word.padEnd(15)} ${meaning}`)
        .join('\n')}`,
    )
  handle<AcceptOptions>(
    registry,
    accept,
    (session, { as, day = null, earned, dryRun = false, ...person }, [text = '']) => {
      const reading = readingArgument(text)
      return run(session, dryRun, (environment, request) =>
        decideReading(environment, request, {
          decide: 'accept',
          reading,
          as,
          day,
          ...(earned === undefined ? {} : { earned }),
          ...signed(person),
        }),
      )
    },
  )

  const reject = decision(counters.command('reject').argument('<reading>', 'as listed, such as 12.1')).description(
    'decide that a reading is wrong, or of another account by mistake: nothing of it is booked',
  )
  reject.option('--through <reading>', 'and all readings from the first to this one')
  handle<RejectOptions>(registry, reject, (session, { dryRun = false, through, ...person }, [text = '']) => {
    const reading = readingArgument(text)
    const last = through === undefined ? {} : { through: readingArgument(through) }
    return run(session, dryRun, (environment, request) =>
      decideReading(environment, request, { decide: 'reject', reading, ...last, ...signed(person) }),
    )
  })
  registerMode(registry, counters)
}

function registerMode(registry: Registry, counters: Command): void {
  const mode = decision(
    counters.command('mode').argument('<source>', 'a publisher').argument('<mode>', 'unpaid or lifetime'),
  ).description('say whether a counter shows what is unpaid or everything ever earned')
  handle<DecideOptions>(registry, mode, (session, { dryRun = false, ...person }, [source = '', text = '']) => {
    checkSource(session.book(), source)
    if (text !== 'unpaid' && text !== 'lifetime') {
      throw new InputError('COUNTER_MODE', `"${text}" is not a mode of a counter.`, 'Say unpaid or lifetime.')
    }
    const decide: Decide = (environment, request) =>
      decideMode(environment, request, source, { decide: 'mode', mode: text, ...signed(person) })
    return run(session, dryRun, decide, [`The counter of ${source} is taken as ${MODES[text]}.`])
  })
}

function decision(command: Command): Command {
  return askPerson(command).option('--dry-run', 'show what would be booked, and keep nothing')
}

async function runList(session: Session, { held = false, source, limit }: ListOptions): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    checkSource(config, source ?? null)
    // A source that has never been read has no readings either.
    const id = source === undefined ? undefined : ((await sourceIds(kysely, book)).get(source) ?? 0n)
    const found = await listVerdicts(kysely, book.id, {
      ...(held ? { status: 'held' } : {}),
      ...(id === undefined ? {} : { source: id }),
      limit,
    })
    const unpaid = await unpaidSources(kysely, book.id, config)
    const cut = found.length === limit ? '; --limit shows more' : ''
    session.show(found.map(readingView), () => [
      ...session.table(READING_COLUMNS, found.map(readingRow)),
      '',
      `${counted(found.length, held ? 'held reading' : 'reading')}${cut}.`,
      ...unpaid.map((name) => `The counter of ${name} is taken as ${MODES.unpaid}.`),
      ...(held && found.length > 0 ? ['Decide with: tieout counters accept READING --as …, or reject READING.'] : []),
    ])
    return 'ok'
  })
}

/** Publishers whose counter a person has said to show what is unpaid. */
async function unpaidSources(kysely: Kysely<Tables>, book: bigint, config: BookConfig): Promise<readonly string[]> {
  const names: string[] = []
  const rows = await kysely.selectFrom('source').select(['id', 'name']).where('book', '=', book).execute()
  for (const { id, name } of rows) {
    const isConfigured = config.sources.some((source) => source.name === name)
    if (isConfigured && (await counterMode(kysely, book, id)) === 'unpaid') names.push(name)
  }
  return names
}

async function run(session: Session, dryRun: boolean, decide: Decide, said: readonly string[] = []): Promise<ExitName> {
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const decided = await decide(environment, request)
    session.show(decisionView(decided, dryRun), () => [
      ...said,
      ...entryLines(session, decided),
      ...decidedLines(decided, dryRun),
    ])
    return 'ok'
  })
}

/** "12.1", or "12" for the first item of batch 12. */
function readingArgument(text: string): Evidence {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text)
  if (match !== null) return { batch: Number(match[1]), item: Number(match[2] ?? '1') }
  throw new InputError(
    'READING_NAME',
    `"${text}" is not the name of a reading.`,
    'tieout counters list shows names such as 12.1.',
  )
}

/** Exact decimal text, as it is landed. */
function earnedArgument(text: string): string {
  const parsed = parseMoney(text)
  if (parsed.ok) return formatExact(parsed.units)
  throw new InvalidArgumentError('Give an amount, as 12.50 or 0, or -0.30 where more was taken back than was earned.')
}

function acceptAsArgument(text: string): AcceptAs {
  const found = WORDS.find((word) => word === text)
  // The words are the keys.
  if (found !== undefined) return found as AcceptAs
  throw new InvalidArgumentError(`Say one of ${WORDS.join(', ')}.`)
}
