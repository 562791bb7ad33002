/**
 * `tieout deliver`: what is approved goes to the accounting systems of the book, each journal exactly once, and is read
 * back. A limit of the day leaves the rest for the next run and is nobody's trouble: exit code 0, and it says until when.
 */
import { InvalidArgumentError } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { InputError } from '../../domain/errors.ts'
import { heldJournals } from '../../journals/holds.ts'
import { goOn } from '../../pipeline/again.ts'
import { deliverBook, withWork, type DeliveryRequest } from '../../pipeline/delivery/deliver-book.ts'
import { openDrift } from '../../pipeline/delivery/deliver-target.ts'
import { fillOutboxes, isStuck } from '../../pipeline/delivery/filling.ts'
import { recordDelivery } from '../../pipeline/delivery/record.ts'
import { countEarlier } from '../../targets/outbox/sealed-documents.ts'
import { retryDocument } from '../../targets/outbox/retry.ts'
import { readRows, type OutboxRow } from '../../targets/outbox/row.ts'
import type { ExitName } from '../exit-codes.ts'
import { inTransaction } from '../dry-run.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { patienceOf } from '../patience.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import {
  driftLine,
  needsSomebody,
  onHoldLines,
  reportLines,
  reportView,
  ROW_COLUMNS,
  rowCells,
  rowView,
  unbuiltLines,
} from '../views/deliver.ts'
import { earlierLine } from '../views/targets.ts'
import { runEnvironment } from './sync.ts'

interface DeliverFlags {
  readonly target?: string
  readonly dryRun?: boolean
  readonly retry?: string
  readonly by: string
  readonly why?: string
  readonly limit?: number
  readonly again?: boolean
}

export function registerDeliver(registry: Registry): void {
  const command = registry.program
    .command('deliver')
    .description('send approved journals to the accounting systems, each exactly once, and read them back')
    .option('--target <name>', 'only to this one')
    .option('--dry-run', 'show what would be sent, byte for byte with --json, and send nothing')
    .option('--retry <document>', 'also what was refused, or is gone from the target, now that its cause is mended')
    .option('--by <name>', 'who decides to try again; default the user running this')
    .option('--again', 'also journals that a file was written of for the same books, and was never imported')
    .option('--limit <entries>', 'at most so many entries per target', limitArgument)
  handle<DeliverFlags>(registry, command, (session, flags) =>
    withTargetsInReach(session, (reaching) => writeBook(reaching, (open) => deliver(reaching, open, flags))),
  )
}

/** A person's word that a journal may be sent again, with everything else that waits for that target. */
export function deliverAgain(
  session: Session,
  flags: { readonly target: string; readonly retry: string; readonly by: string; readonly why: string },
): Promise<ExitName> {
  return withTargetsInReach(session, (reaching) => writeBook(reaching, (open) => deliver(reaching, open, flags)))
}

async function deliver(session: Session, open: OpenBook, flags: DeliverFlags): Promise<'ok' | 'findings'> {
  const targets = chosenTargets(session, flags.target)
  if (flags.dryRun === true) return preview(session, open, targets, flags)
  const { database, kysely, book, config } = open
  if (flags.retry !== undefined) await retry(session, open, targets, { ...flags, document: flags.retry })
  const progress = createProgress(session.io.stderr)
  const request: DeliveryRequest = {
    config: session.config(),
    book: config,
    env: session.io.env,
    targets,
    again: flags.again === true,
  }
  const reports = await goOn(patienceOf(session.io), async () => {
    const environment = runEnvironment(session, database, progress)
    const delivered = await deliverBook(environment, book, request, { limit: flags.limit ?? null, drift: 'no' })
    await recordDelivery(environment, book, config, delivered)
    return delivered
  })
  progress.clear()
  const earlier: string[] = []
  for (const target of targets) {
    earlier.push(...earlierLine(target, await countEarlier(kysely, { book, from: target.from })))
  }
  const drifted: string[] = []
  for (const { name } of targets) drifted.push(...driftLine(name, await openDrift({ kysely, book, name })))
  session.show({ dryRun: false, targets: reports.map(reportView), drifted }, () => [
    ...reports.flatMap(reportLines),
    ...drifted,
    ...earlier,
  ])
  return reports.some(needsSomebody) || drifted.length > 0 ? 'findings' : 'ok'
}

function chosenTargets(session: Session, name: string | undefined): readonly TargetConfig[] {
  if (name !== undefined) return [chooseTarget(session, name)]
  const { targets, name: book } = session.book()
  if (targets.length > 0) return targets
  throw new InputError(
    'NO_TARGETS',
    `Book ${book} has no targets.`,
    'Add one under targets; docs/connections.md shows how.',
  )
}

/** Fills the outbox inside a transaction that is rolled back, so that what it shows is what would be sent. */
async function preview(
  session: Session,
  { kysely, book, config }: OpenBook,
  targets: readonly TargetConfig[],
  { limit }: DeliverFlags,
): Promise<'ok' | 'findings'> {
  const mappings = loadMappings(session.config().mappings)
  const found: OutboxRow[] = []
  const onHold = await heldJournals(kysely, book)
  const names = new Set(targets.map(({ name }) => name))
  const filled = await inTransaction(kysely, { dryRun: true }, async (trx) => {
    const all = await fillOutboxes(trx, book, { ...config, targets }, mappings, session.clock.nowMs())
    for (const target of names) {
      const states = ['queued', 'unknown', 'held'] as const
      found.push(
        ...(await readRows(trx, { book: book.id, target }, { states, ...(limit === undefined ? {} : { limit }) })),
      )
    }
    return all
  })
  const shown = found.filter(({ journal }) => !onHold.has(journal))
  const held = found.flatMap(({ target, journal, document }) => {
    const why = onHold.get(journal)
    return why === undefined ? [] : [{ target, document, why }]
  })
  const unbuilt = filled.flatMap((each) => each.unbuilt.map((one) => ({ target: each.target, ...one })))
  const reasons = unbuilt.map(({ target, document, code, reason }) => ({ target, document, code, reason }))
  session.show({ dryRun: true, entries: shown.map(rowView), onHold: held, unbuilt: reasons }, () => [
    ...(shown.length === 0 ? [] : session.table(ROW_COLUMNS, shown.map(rowCells))),
    `${counted(shown.length, 'entry', 'entries')} would be looked up and sent; nothing was.`,
    ...onHoldLines(held),
    ...filled.flatMap(({ target, unbuilt: left }) => unbuiltLines(target, left)),
    ...filled.flatMap(({ target, trouble }) => (trouble === null ? [] : [`${target}: ${trouble}`])),
  ])
  return filled.some(isStuck) ? 'findings' : 'ok'
}

async function retry(
  session: Session,
  { database, book, config }: OpenBook,
  targets: readonly TargetConfig[],
  { document, by, why }: Pick<DeliverFlags, 'by' | 'why'> & { readonly document: string },
): Promise<void> {
  const [target, ...others] = targets
  if (target === undefined || others.length > 0) {
    const message = `The book has several targets, and ${document} may be refused by one of them.`
    throw new InputError('TARGET_NEEDED', message, 'Say which with --target NAME.')
  }
  const mappings = loadMappings(session.config().mappings)
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const request = { config: session.config(), book: config, env: session.io.env }
  await withWork(environment, { book, request, target, mappings }, async (work) => {
    await retryDocument(work, { document, by, ...(why === undefined ? {} : { why }) })
  })
}

function limitArgument(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 1.')
}
