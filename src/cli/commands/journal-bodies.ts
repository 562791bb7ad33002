/**
 * `tieout journals show NAME --target TARGET`: what exactly an accounting system is, or will be, sent for a journal. It may
 * be one that nobody has approved yet.
 */
import { approvalMapping } from '../../config/approval-mapping.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { InputError } from '../../domain/errors.ts'
import type { SealedJournal } from '../../domain/journals/journal.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { EVERY_DAY } from '../../journals/drafts.ts'
import { findJournal, listJournals } from '../../journals/read.ts'
import { contentOf, rehearseApproval } from '../../pipeline/approval.ts'
import { fillingFor } from '../../pipeline/delivery/filling.ts'
import { knownCompany } from '../../targets/mapping/company-store.ts'
import { inTransaction } from '../dry-run.ts'
import type { OpenBook } from '../open-book.ts'
import type { Session } from '../session.ts'
import { bodyLines, previewView } from '../views/bodies.ts'

/** A draft is sealed for it in a transaction that is thrown away, so that it has the number and range it would get. */
export async function showBodies(
  session: Session,
  { kysely, book, config }: OpenBook,
  name: string,
  target: TargetConfig,
): Promise<'ok'> {
  const mappings = loadMappings(session.config().mappings)
  const fillings = [await fillingFor(kysely, book, config, mappings, target)]
  const contents = await inTransaction(kysely, { dryRun: true }, async (trx) => {
    if (!isIsoDate(name)) return [await contentOf(trx, book, fillings, await findJournal(trx, book, name))]
    const mapping = approvalMapping(config, mappings)
    // Earlier drafts are sealed first, as an approval through this day would.
    const { documentPrefix } = config
    const atMs = session.clock.nowMs()
    const approval = { from: EVERY_DAY.from, through: name, by: 'nobody', atMs, mapping, documentPrefix }
    const { contents: all } = await rehearseApproval(trx, book, fillings, approval)
    return all.filter(({ journal }) => journal.day === name)
  })
  const previews = contents.flatMap(({ targets }) => targets)
  if (previews.length === 0) {
    const isBefore = contents.length > 0
    const sealed = (await listJournals(kysely, book, EVERY_DAY)).filter(({ day }) => day === name)
    throw nothingToSend(target, name, isBefore, sealed)
  }
  const accounts = (await knownCompany(kysely, { book: book.id, target: target.name }))?.company.accounts ?? []
  const names = new Map(accounts.map(({ id, name: called }) => [id, called]))
  session.show({ target: target.name, previews: previews.map(({ preview }) => previewView(preview, names)) }, () =>
    previews.flatMap(({ preview }) => bodyLines(session.table, target.name, preview, names)),
  )
  return 'ok'
}

function nothingToSend(
  { name: target, from }: TargetConfig,
  name: string,
  isBefore: boolean,
  sealed: readonly SealedJournal[],
): InputError {
  const nothing = `There is nothing of ${name} for target "${target}"`
  const [first] = sealed
  if (isBefore) {
    const message = `${nothing}: it lies before ${from}, where its deliveries start.`
    return new InputError('JOURNAL_NOT_FOR_TARGET', message, `Its deliveries start where the target's from says.`)
  }
  if (first === undefined) {
    const hint = 'Run tieout journals list to see them.'
    return new InputError('JOURNAL_UNKNOWN', `${nothing}: the day has no draft that can be approved.`, hint)
  }
  const message = `${nothing}: it is no draft any more, but sealed as ${sealed.map(({ document }) => document).join(', ')}.`
  return new InputError(
    'JOURNAL_SEALED',
    message,
    `To see it: tieout journals show ${first.document} --target ${target}`,
  )
}
