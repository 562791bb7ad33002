/**
 * `tieout targets drift` and `tieout targets not-a-copy`: what was changed, deleted or copied by hand in an accounting
 * system, and a person's word on what only looks like a copy.
 */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { InputError } from '../../domain/errors.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { withWork } from '../../pipeline/delivery/deliver-book.ts'
import { driftOptions } from '../../pipeline/delivery/deliver-target.ts'
import { recordDelivery, type Told } from '../../pipeline/delivery/record.ts'
import { sayCopyWord } from '../../targets/outbox/words.ts'
import { checkDrift, type DriftReport } from '../../targets/outbox/drift.ts'
import { readEntries } from '../../targets/outbox/row.ts'
import { personArgument } from '../arguments.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import { driftLines } from '../views/targets.ts'
import { runEnvironment } from './sync.ts'

interface DriftFlags {
  readonly target?: string
  readonly all?: boolean
}

interface CopyFlags {
  readonly target?: string
  readonly why: string
  readonly by: string
  readonly undo?: boolean
}

export function registerTargetDrift(registry: Registry, targets: Command): void {
  const drift = targets.command('drift').option('--target <name>', 'only this one')
  drift
    .description('look for entries that were changed, deleted or copied by hand')
    .option('--all', 'everything delivered')
  handle<DriftFlags>(registry, drift, (session, flags) =>
    withTargetsInReach(session, (reaching) =>
      writeBook(reaching, (open) => runDrift(reaching, open, chosen(reaching, flags.target), flags.all === true)),
    ),
  )
  const copy = targets.command('not-a-copy').argument('<document>', 'ours, such as AGENCY-20260318-1')
  copy
    .argument('<id>', "the target's id of the entry that looks like a copy of it")
    .description('say that an entry only looks like a copy of ours, and look again')
    .requiredOption('--why <reason>', 'kept with the decision')
    .option('--by <name>', 'who decides it; default the user running this', personArgument)
    .option('--target <name>', 'where; needed when the book has several')
    .option('--undo', 'it is a copy after all')
  handle<CopyFlags>(registry, copy, (session, flags, [document = '', id = '']) =>
    withTargetsInReach(session, (reaching) =>
      writeBook(
        reaching,
        (open) => runCopy(reaching, open, flags, { document: document.trim().toUpperCase(), id }),
        'tieout targets drift',
      ),
    ),
  )
}

function chosen(session: Session, name: string | undefined): readonly TargetConfig[] {
  return name === undefined ? session.book().targets : [chooseTarget(session, name)]
}

export async function runDrift(
  session: Session,
  { database, book, config }: OpenBook,
  targets: readonly TargetConfig[],
  all: boolean,
  /** Looked at whatever changed. */
  also: readonly string[] = [],
): Promise<'ok' | 'findings'> {
  const reports: { readonly target: string; readonly report: DriftReport }[] = []
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const today = isoDateInZone(session.clock.nowMs(), config.timeZone)
  const request = { config: session.config(), book: config, env: session.io.env }
  const mappings = loadMappings(session.config().mappings)
  for (const target of targets) {
    await withWork(environment, { book, request, target, mappings }, async (work) => {
      const options = await driftOptions(work, today, all)
      const report = await checkDrift(work, { ...options, open: [...options.open, ...also] })
      reports.push({ target: work.name, report })
    })
  }
  // What was not looked at stays as it is: a check says nothing about journals that could not be built.
  const told = reports.map(({ target: name, report }): Told => {
    const { findings, checked, stopped } = report
    return { target: name, learnt: { unbuilt: null, findings, checked, stopped } }
  })
  await recordDelivery(environment, book, config, told)
  session.show({ targets: reports.map(({ target: name, report }) => ({ target: name, ...report })) }, () =>
    reports.flatMap(({ target: name, report }) => driftLines(name, report)),
  )
  return reports.some(({ report }) => report.findings.length > 0 || report.stopped !== null) ? 'findings' : 'ok'
}

interface Pair {
  /** Ours. */
  readonly document: string
  /** The target's id of the other one. */
  readonly id: string
}

async function runCopy(
  session: Session,
  open: OpenBook,
  { target: name, why, by, undo = false }: CopyFlags,
  { document, id }: Pair,
): Promise<'ok' | 'findings'> {
  const [target, ...others] = chosen(session, name)
  if (target === undefined || others.length > 0) {
    const message = `The book has ${others.length + (target === undefined ? 0 : 1)} targets, and an id says nothing of which.`
    throw new InputError('TARGET_NEEDED', message, 'Say which with --target NAME.')
  }
  const outbox = { book: open.book.id, target: target.name }
  await requireOther(open, outbox, { document, id })
  const action = undo ? ('suspect' as const) : ('dismiss' as const)
  const word = { document, remoteId: id, action, why: requireReason(why), by, atMs: session.clock.nowMs() }
  const isNew = await open.kysely.transaction().execute((trx) => sayCopyWord(trx, outbox, word))
  if (!isNew) {
    const message = undo
      ? `Nobody has said that id ${id} is no copy of ${document}.`
      : `Id ${id} is known to be no copy of ${document} already.`
    throw new InputError('NOTHING_TO_SAY', message, `Look again with tieout targets drift --target ${target.name}.`)
  }
  return runDrift(session, open, [target], false)
}

function requireReason(why: string): string {
  if (why.trim() !== '') return why.trim()
  throw new InputError('REASON_NEEDED', 'The reason is empty.', 'Say why with --why WHY.')
}

async function requireOther(
  { kysely }: OpenBook,
  outbox: { readonly book: bigint; readonly target: string },
  { document, id }: Pair,
): Promise<void> {
  const [row] = await readEntries(kysely, outbox, { documents: [document] })
  if (row === undefined) {
    const message = `Nothing under the number ${document} is in the outbox of ${outbox.target}.`
    throw new InputError('DOCUMENT_UNKNOWN', message, 'Run tieout targets list --documents to see what is.')
  }
  if (row.remoteId !== id) return
  const message = `Id ${id} is ${document} itself, as it was delivered.`
  throw new InputError('NOT_ANOTHER', message, 'Give the id of the other entry; tieout targets drift names it.')
}
