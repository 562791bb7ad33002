/** `tieout quarantine list`: the rows and answers that were set aside, and why. */
import { countWithoutSource, listQuarantined, type Quarantined } from '../../evidence/quarantine.ts'
import { checkSource } from '../../pipeline/night.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'

interface ListOptions {
  readonly source?: string
  readonly limit: number
}

const COLUMNS: readonly Column[] = [{ title: 'Landed' }, { title: 'Source' }, { title: 'Object' }, { title: 'Reason' }]
const LIMIT = 100

export function registerQuarantine(registry: Registry): void {
  const quarantine = registry.program.command('quarantine').description('rows and answers that could not be read')
  const list = quarantine
    .command('list')
    .description('what was set aside and why, the newest first')
    .option('--source <name>', 'of this source only')
    .option('--limit <number>', 'at most so many', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, (session, { source, limit }) =>
    readBook(session, async ({ kysely, book, config }) => {
      checkSource(config, source ?? null)
      const found = await listQuarantined(kysely, book.id, { limit, ...(source === undefined ? {} : { source }) })
      const nameless = source === undefined ? 0n : await countWithoutSource(kysely, book.id)
      session.show(found.map(view), () => [
        ...(found.length === 0 ? ['Nothing is set aside.'] : foundLines(session, found, limit)),
        ...(nameless === 0n ? [] : [namelessLine(nameless)]),
      ])
      return 'ok'
    }),
  )
}

function foundLines(session: Session, found: readonly Quarantined[], limit: number): readonly string[] {
  const more = found.length === limit ? '; --limit shows more' : ''
  return [...session.table(COLUMNS, found.map(row)), '', `${counted(found.length, 'row')} set aside${more}.`]
}

function namelessLine(count: bigint): string {
  const [rows, name] = count === 1n ? ['row', 'names'] : ['rows', 'name']
  return `${count} more ${rows} of evidence files ${name} no source of this book: tieout quarantine list shows them.`
}

function row({ landedAtMs, source, object, reason }: Quarantined): readonly string[] {
  return [new Date(landedAtMs).toISOString(), source === '' ? 'evidence file' : source, object, reason]
}

function view({ landedAtMs, ...rest }: Quarantined) {
  return { ...rest, landedAt: new Date(landedAtMs).toISOString() }
}
