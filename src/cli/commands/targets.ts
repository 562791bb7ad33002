/**
 * `tieout targets list|history|drift|tie-out`: how the accounting systems stand, what became of one journal there, what
 * was changed by hand, and the proof that their balances are the ledger's.
 */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { targetConnections } from '../../connections/health.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { InputError } from '../../domain/errors.ts'
import { withWork } from '../../pipeline/delivery/deliver-book.ts'
import { countStates, driftOptions } from '../../pipeline/delivery/deliver-target.ts'
import { recordDelivery, type Told } from '../../pipeline/delivery/record.ts'
import { isTied, tieOutTargets } from '../../pipeline/delivery/tie-out-targets.ts'
import { checkDrift, type DriftReport } from '../../targets/outbox/drift.ts'
import { countEarlier, missingJournals } from '../../targets/outbox/enqueue.ts'
import { readNotes } from '../../targets/outbox/pause.ts'
import { historyOf, readRows, type HistoryLine, type OutboxRow } from '../../targets/outbox/row.ts'
import type { Work } from '../../targets/outbox/work.ts'
import { readBook, writeBook, type OpenBook } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import { withAt } from '../views/journal-documents.ts'
import { ROW_COLUMNS, rowCells, rowView } from '../views/deliver.ts'
import {
  driftLines,
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

interface ListFlags {
  readonly documents?: boolean
}

interface DriftFlags {
  readonly target?: string
  readonly all?: boolean
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
  const drift = withTargetFlag(targets.command('drift'))
  drift
    .description('look for entries that were changed, deleted or copied by hand')
    .option('--all', 'everything delivered')
  handle<DriftFlags>(registry, drift, (session, flags) =>
    withTargetsInReach(session, (reaching) => writeBook(reaching, (open) => runDrift(reaching, open, flags))),
  )
  const tie = withTargetFlag(targets.command('tie-out'))
  tie.description("prove per account that the target's own entries sum to the ledger's rounded balance")
  handle<DriftFlags>(registry, tie, (session, flags) =>
    withTargetsInReach(session, (reaching) => writeBook(reaching, (open) => runTieOut(reaching, open, flags))),
  )
}

function withTargetFlag(command: Command): Command {
  return command.option('--target <name>', 'only this one')
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
      missing: (await missingJournals(kysely, { book, name: target.name, from: target.from })).length,
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

async function runDrift(
  session: Session,
  open: OpenBook,
  { target, all = false }: DriftFlags,
): Promise<'ok' | 'findings'> {
  const reports: { readonly target: string; readonly report: DriftReport }[] = []
  const environment = runEnvironment(session, open.database, createProgress(session.io.stderr))
  const today = isoDateInZone(session.clock.nowMs(), open.config.timeZone)
  await eachTarget(session, open, target, async (work) => {
    const report = await checkDrift(work, await driftOptions(work, today, all))
    reports.push({ target: work.name, report })
  })
  // What was not looked at stays as it is: a check says nothing about journals that could not be built.
  const told = reports.map(({ target: name, report }): Told => {
    const { findings, checked, stopped } = report
    return { target: name, learnt: { unbuilt: null, findings, checked, stopped } }
  })
  await recordDelivery(environment, open.book, open.config, told)
  session.show({ targets: reports.map(({ target: name, report }) => ({ target: name, ...report })) }, () =>
    reports.flatMap(({ target: name, report }) => driftLines(name, report)),
  )
  return reports.some(({ report }) => report.findings.length > 0 || report.stopped !== null) ? 'findings' : 'ok'
}

async function runTieOut(
  session: Session,
  { database, book, config }: OpenBook,
  { target }: DriftFlags,
): Promise<'ok' | 'findings'> {
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const targets = target === undefined ? config.targets : [chooseTarget(session, target)]
  const request = { config: session.config(), book: config, env: session.io.env, targets }
  const tied = await tieOutTargets(environment, book, request)
  session.show({ targets: tied.map(tieOutView) }, () => tied.flatMap((each) => tieOutLines(session, each)))
  return tied.every(isTied) ? 'ok' : 'findings'
}

async function eachTarget(
  session: Session,
  { database, book, config }: OpenBook,
  name: string | undefined,
  work: (work: Work) => Promise<void>,
): Promise<void> {
  const targets: readonly TargetConfig[] = name === undefined ? config.targets : [chooseTarget(session, name)]
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const request = { config: session.config(), book: config, env: session.io.env }
  const mappings = loadMappings(session.config().mappings)
  for (const target of targets) await withWork(environment, { book, request, target, mappings }, work)
}
