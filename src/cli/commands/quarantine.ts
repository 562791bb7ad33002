/** `tieout quarantine`: the rows and answers that were set aside and why, and their reading once more. */
import type { Command } from 'commander'
import { InputError } from '../../domain/errors.ts'
import {
  countWithoutSource,
  listQuarantined,
  rowNameOf,
  type Quarantined,
  type RowName,
} from '../../evidence/quarantine.ts'
import { checkSource } from '../../pipeline/night.ts'
import { bytesOf, canBeReadAgain } from '../../pipeline/process/quarantine-decision.ts'
import { decideQuarantined } from '../../pipeline/quarantine-decisions.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted } from '../output.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import {
  decidedLines,
  decidedView,
  quarantineRow,
  quarantineView,
  ROW_COLUMNS,
  shownLines,
  shownView,
} from '../views/quarantine.ts'
import { runEnvironment } from './sync.ts'

interface ListOptions {
  readonly source?: string
  readonly all?: boolean
  readonly limit: number
}

interface DecideOptions extends PersonOptions {
  readonly dryRun?: boolean
}

const LIMIT = 100
const BYTES = 2000
const NEXT =
  'Look at one with tieout quarantine show ROW, then retry it; or resolve the exception that tells of it as acknowledge.'

export function registerQuarantine(registry: Registry): void {
  const quarantine = registry.program.command('quarantine').description('rows and answers that could not be read')
  const list = quarantine
    .command('list')
    .description('what was set aside and waits, and why, the newest first')
    .option('--source <name>', 'of this source only')
    .option('--all', 'include what has ended')
    .option('--limit <number>', 'maximum number of rows', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, runList)

  const show = quarantine
    .command('show')
    .description('a row with its reason and the bytes that came')
    .argument('<row>', 'as listed, such as 12.1.7; 12.1 is all of a file or an answer')
    .option('--bytes <number>', 'how much of the bytes to show', wholeNumberArgument, BYTES)
  handle<{ readonly bytes: number }>(registry, show, runShow)

  const retry = decision(quarantine.command('retry')).description(
    'read rows again from their landed bytes, by this version and the limits in force',
  )
  handle<DecideOptions>(registry, retry, retryRows)
}

function decision(command: Command): Command {
  return askPerson(
    command.argument('<rows...>', 'as listed, such as 12.1.7; 12.1 is all of a file or an answer'),
  ).option('--dry-run', 'show what would happen, and keep nothing')
}

async function runList(session: Session, { source, all = false, limit }: ListOptions): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    checkSource(config, source ?? null)
    const filter = { limit, show: all ? 'all' : 'waiting', ...(source === undefined ? {} : { source }) } as const
    const found = await listQuarantined(kysely, book.id, filter)
    const nameless = source === undefined ? 0n : await countWithoutSource(kysely, book.id)
    session.show(found.map(quarantineView), () => [
      ...(found.length === 0 ? ['Nothing is set aside.'] : foundLines(session, found, limit)),
      ...(nameless === 0n ? [] : [namelessLine(nameless)]),
      ...(source === undefined && found.some(({ ended }) => ended === null) ? [NEXT] : []),
    ])
    return 'ok'
  })
}

function foundLines(session: Session, found: readonly Quarantined[], limit: number): readonly string[] {
  const more = found.length === limit ? '; --limit shows more' : ''
  return [
    ...session.table(ROW_COLUMNS, found.map(quarantineRow)),
    '',
    `${counted(found.length, 'row')} set aside${more}.`,
  ]
}

function namelessLine(count: bigint): string {
  const [rows, name] = count === 1n ? ['row', 'names'] : ['rows', 'name']
  return `${count} more ${rows} of evidence files ${name} no source of this book: tieout quarantine list shows them.`
}

async function runShow(
  session: Session,
  { bytes }: { readonly bytes: number },
  [text = '']: readonly string[],
): Promise<ExitName> {
  const name = rowArgument(text)
  return readBook(session, async ({ kysely, book }) => {
    const rows = await listQuarantined(kysely, book.id, { row: name, show: 'all' })
    const [first] = rows
    if (first === undefined) {
      const message = `There is no row ${rowNameOf(name)} in quarantine.`
      throw new InputError('ROW_UNKNOWN', message, 'tieout quarantine list shows what waits.')
    }
    const landed = await bytesOf(kysely, book.id, first)
    const shown = { name, rows: rows.toReversed(), landed, canBeReadAgain: canBeReadAgain(landed.kind), bytes }
    session.show(shownView(shown), () => shownLines(shown))
    return 'ok'
  })
}

async function retryRows(
  session: Session,
  { dryRun = false, ...person }: DecideOptions,
  texts: readonly string[],
): Promise<ExitName> {
  return retryNamed(session, texts, signed(person), dryRun)
}

/** Also how an exception about rows is answered as retry. */
export async function retryNamed(
  session: Session,
  texts: readonly string[],
  person: PersonOptions,
  dryRun: boolean,
): Promise<ExitName> {
  const word = { rows: texts.map(rowArgument), ...person }
  return runDatabase(session, { dryRun, shownBy: 'tieout quarantine list' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const decided = await decideQuarantined(environment, request, word)
    session.show(decidedView(decided, dryRun), () => decidedLines(decided, dryRun))
    return decided.unread.length > 0 ? 'findings' : 'ok'
  })
}

/** "12.1.7", or "12.1" for all that waits of an item. */
function rowArgument(text: string): RowName {
  const match = /^(\d{1,12})\.(\d{1,6})(?:\.(\d{1,12}))?$/.exec(text.trim())
  if (match !== null) {
    const [, batch, item, line] = match
    return { batch: Number(batch), item: Number(item), line: line === undefined ? null : Number(line) }
  }
  throw new InputError(
    'ROW_NAME',
    `"${text}" is not the name of a row in quarantine.`,
    'tieout quarantine list shows names such as 12.1.7.',
  )
}
