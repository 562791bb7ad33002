/** `tieout counters list`: the readings of ad networks' counters, and what each comes to. They are answered as exceptions. */
import type { ExitName } from '../exit-codes.ts'
import { sourceIds } from '../../ledger/books.ts'
import { foldCounter, type Judged } from '../../payelancer/rules/counter.ts'
import { loadCounter } from '../../payelancer/store/counter-facts.ts'
import { checkSource } from '../../pipeline/night.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { READING_COLUMNS, readingRow, readingView, type ReadingOf } from '../views/counters.ts'

interface ListOptions {
  readonly held?: boolean
  readonly source?: string
  readonly limit: number
}

const LIMIT = 50

export function registerCounters(registry: Registry): void {
  const counters = registry.program.command('counters').description("ad networks' counters: what each reading changed")
  const list = counters
    .command('list')
    .description('readings with what became of them, the newest first')
    .option('--held', 'only those that wait for a person')
    .option('--source <name>', 'of this source only')
    .option('--limit <number>', 'at most so many', wholeNumberArgument, LIMIT)
  handle<ListOptions>(registry, list, runList)
}

async function runList(session: Session, { held = false, source, limit }: ListOptions): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    checkSource(config, source ?? null)
    const ids = await sourceIds(kysely, book)
    const all: ReadingOf[] = []
    for (const each of config.sources) {
      const id = ids.get(each.name)
      if (each.type === 'panel' || id === undefined || (source !== undefined && each.name !== source)) continue
      const mode = each.role === 'publisher' ? (each.counterMode ?? null) : 'lifetime'
      const { judged } = foldCounter(await loadCounter(kysely, { book: book.id, source: id }, mode))
      all.push(...judged.map((one) => ({ source: each.name, judged: one })))
    }
    const found = all
      .filter(({ judged }) => !held || isWaiting(judged))
      .toSorted((a, b) => b.judged.reading.atMs - a.judged.reading.atMs)
      .slice(0, limit)
    const cut = found.length === limit ? '; --limit shows more' : ''
    session.show(found.map(readingView), () => [
      ...session.table(READING_COLUMNS, found.map(readingRow)),
      '',
      `${counted(found.length, held ? 'held reading' : 'reading')}${cut}.`,
      ...(held && found.length > 0 ? ['Answer the held one: tieout todo --code COUNTER_HELD'] : []),
    ])
    return 'ok'
  })
}

function isWaiting({ status }: Judged): boolean {
  return status === 'held' || status === 'waits'
}
