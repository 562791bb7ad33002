/** The rows and answers that were set aside and why, and their reading once more: `todo --set-aside`, `explain ROW`, `decide ROW retry`. */
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
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { counted } from '../output.ts'
import type { PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import type { Session } from '../session.ts'
import {
  decidedLines,
  decidedView,
  quarantineRow,
  quarantineView,
  ROW_COLUMNS,
  shownLines,
  shownView,
} from '../views/set-aside.ts'
import { runEnvironment } from './sync.ts'

export interface ListOptions {
  readonly source?: string
  readonly all?: boolean
  readonly limit: number
}

/** How much of the bytes is shown. */
const BYTES = 2000
const NEXT =
  'Look at one with tieout explain ROW, then tieout decide ROW retry; or decide the item that tells of it as acknowledge.'

/** `tieout todo --set-aside`: the newest first; `all` with what has ended. */
export async function showSetAside(session: Session, { source, all = false, limit }: ListOptions): Promise<ExitName> {
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
  return `${count} more ${rows} of evidence files ${name} no source of this book: tieout todo --set-aside shows them.`
}

/** `tieout explain 12.1.7`: the reason, and the bytes that came, all of them when `raw`. */
export async function explainRow(session: Session, name: RowName, raw: boolean): Promise<ExitName> {
  return readBook(session, async ({ kysely, book }) => {
    const rows = await listQuarantined(kysely, book.id, { row: name, show: 'all' })
    const [first] = rows
    if (first === undefined) {
      const message = `No row ${rowNameOf(name)} was set aside.`
      throw new InputError('ROW_UNKNOWN', message, 'tieout todo --set-aside shows what waits.')
    }
    const landed = await bytesOf(kysely, book.id, first)
    const bytes = raw ? landed.body.length : BYTES
    const shown = { name, rows: rows.toReversed(), landed, canBeReadAgain: canBeReadAgain(landed.kind), bytes }
    session.show(shownView(shown), () => shownLines(shown))
    return 'ok'
  })
}

/** `tieout decide 12.1.7 retry`: reads rows again from their landed bytes, by this version and the limits in force. */
export async function retryRow(
  session: Session,
  row: RowName,
  person: PersonOptions,
  dryRun: boolean,
): Promise<ExitName> {
  return runDatabase(session, { dryRun, shownBy: 'tieout todo --set-aside' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env }
    const decided = await decideQuarantined(environment, request, { rows: [row], ...person })
    session.show(decidedView(decided, dryRun), () => decidedLines(decided, dryRun))
    return decided.unread.length > 0 ? 'findings' : 'ok'
  })
}
