/**
 * `tieout targets list|history|drift|tie-out`: how the accounting systems stand, what became of one journal there, what
 * was changed by hand, and the proof that their balances are the ledger's.
 */
import { targetConnections } from '../../connections/health.ts'
import { InputError } from '../../domain/errors.ts'
import { countStates } from '../../pipeline/delivery/deliver-target.ts'
import { isTied, tieOutTargets } from '../../pipeline/delivery/tie-out-targets.ts'
import { readNotes } from '../../targets/outbox/pause.ts'
import { historyOf, type HistoryLine } from '../../targets/outbox/past.ts'
import { readRows, type OutboxRow } from '../../targets/outbox/row.ts'
import { countEarlier, countMissing } from '../../targets/outbox/sealed-documents.ts'
import { readBook, writeBook, type OpenBook } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import { withAt } from '../views/journal-documents.ts'
import { ROW_COLUMNS, rowCells, rowView } from '../views/deliver.ts'
import {
  historyLines,
  TARGET_COLUMNS,
  targetCells,
  targetNotes,
  targetView,
  tieOutLines,
  tieOutView,
  type TargetStanding,
} from '../views/targets.ts'
import { runEnvironment } from './sync.ts'
import { registerTargetBooks } from './target-books.ts'
import { registerTargetDrift } from './target-drift.ts'

interface ListFlags {
  readonly documents?: boolean
}

interface TieOutFlags {
  readonly target?: string
}

export function registerTargets(registry: Registry): void {
  const targets = registry.program.command('targets').description('the accounting systems a book is delivered to')
  const list = targets.command('list').description('how each stands: connection, and entries by state')
  list.option('--documents', 'every entry instead')
  handle<ListFlags>(registry, list, (session, flags) => readBook(session, (open) => runList(session, open, flags)))
  const history = targets.command('history').argument('<document>', 'such as AGENCY-20260318-1')
  history.description('what became of one journal in each target, step by step')
  handle(registry, history, (session, _, [document = '']) =>
    readBook(session, (open) => runHistory(session, open, document)),
  )
  registerTargetDrift(registry, targets)
  registerTargetBooks(registry, targets)
  const tie = targets.command('tie-out').option('--target <name>', 'only this one')
  tie.description("prove per account that the target's own entries sum to the ledger's rounded balance")
  handle<TieOutFlags>(registry, tie, (session, flags) =>
    withTargetsInReach(session, (reaching) => writeBook(reaching, (open) => runTieOut(reaching, open, flags))),
  )
}

async function runList(session: Session, { kysely, book, config }: OpenBook, { documents }: ListFlags): Promise<'ok'> {
  if (documents === true) {
    const rows: OutboxRow[] = []
    for (const { name } of config.targets) rows.push(...(await readRows(kysely, { book: book.id, target: name })))
    session.show({ entries: rows.map(rowView) }, () => session.table(ROW_COLUMNS, rows.map(rowCells)))
    return 'ok'
  }
  const connections = await targetConnections(kysely, book.id, config.targets, session.io.nowMs())
  const standings: TargetStanding[] = []
  for (const target of config.targets) {
    const outbox = { book: book.id, target: target.name }
    const health = connections.find(({ config: { name } }) => name === target.name)?.health ?? null
    standings.push({
      target: target.name,
      type: target.type,
      health,
      states: await countStates(kysely, outbox),
      missing: await countMissing(kysely, { book, name: target.name, from: target.from }),
      from: target.from,
      earlier: await countEarlier(kysely, { book, from: target.from }),
      notes: await readNotes(kysely, outbox),
    })
  }
  session.show({ targets: standings.map(targetView) }, () =>
    standings.length === 0
      ? ['The book has no targets. Add one under targets; docs/connections.md shows how.']
      : [...session.table(TARGET_COLUMNS, standings.map(targetCells)), ...targetNotes(standings)],
  )
  return 'ok'
}

async function runHistory(session: Session, { kysely, book, config }: OpenBook, document: string): Promise<'ok'> {
  const wanted = document.trim().toUpperCase()
  const found: { readonly row: OutboxRow; readonly history: readonly HistoryLine[] }[] = []
  for (const { name } of config.targets) {
    for (const row of await readRows(kysely, { book: book.id, target: name })) {
      if (row.document !== wanted && !row.document.startsWith(`${wanted}.`)) continue
      found.push({ row, history: await historyOf(kysely, row) })
    }
  }
  if (found.length === 0) {
    const message = `Nothing under the number ${document} is in an outbox of book "${book.name}".`
    throw new InputError('DOCUMENT_UNKNOWN', message, 'Run tieout targets list --documents to see what is.')
  }
  session.show({ entries: found.map(({ row, history }) => ({ ...rowView(row), history: history.map(withAt) })) }, () =>
    found.flatMap(({ row, history }) => historyLines(row, history)),
  )
  return 'ok'
}

async function runTieOut(
  session: Session,
  { database, book, config }: OpenBook,
  { target }: TieOutFlags,
): Promise<'ok' | 'findings'> {
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const targets = target === undefined ? config.targets : [chooseTarget(session, target)]
  const request = { config: session.config(), book: config, env: session.io.env, targets }
  const tied = await tieOutTargets(environment, book, request)
  session.show({ targets: tied.map(tieOutView) }, () => tied.flatMap((each) => tieOutLines(session, each)))
  return tied.every(isTied) ? 'ok' : 'findings'
}
