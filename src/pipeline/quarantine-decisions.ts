/**
 * A person's decision about rows in quarantine, as a run of its own: checked against what waits, landed, and processed like
 * any other evidence. What does not fit is refused before anything is landed.
 */
import { InputError } from '../domain/errors.ts'
import { listQuarantined, rowNameOf, type Quarantined, type RowName } from '../evidence/quarantine.ts'
import { withBookRun, type BookRequest } from './book-run.ts'
import { bytesOf, canBeReadAgain, type QuarantineDecision } from './process/quarantine-decision.ts'
import { landAndProcess, type RunContext } from './run-context.ts'
import type { RunEnvironment } from './with-run.ts'

export interface QuarantineWord {
  readonly rows: readonly RowName[]
  readonly by: string
  readonly why: string
}

export interface QuarantineDecided {
  /** What was decided about, as it stood before. */
  readonly rows: readonly Quarantined[]
  readonly posted: number
  /** What still cannot be read, after it was read again. */
  readonly unread: readonly Quarantined[]
}

/** Throws InputError when a row does not wait, or its bytes cannot be read again. */
export async function decideQuarantined(
  environment: RunEnvironment,
  request: BookRequest,
  word: QuarantineWord,
): Promise<QuarantineDecided> {
  const rows = word.rows.map(({ batch, item, line }) => ({ batch, item, line }))
  const decision: QuarantineDecision = { ...word, rows }
  const asked = { decide: 'retry', rows: decision.rows.map(rowNameOf).join(','), by: decision.by }
  const { result } = await withBookRun(environment, request, 'decision', asked, async (context) => {
    const found = await check(context, decision)
    const landing = {
      kind: 'quarantine-decision' as const,
      source: '',
      request: {},
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(decision)),
    }
    const { posted, batch } = await landAndProcess(context, 'quarantine', [landing])
    const unread = await listQuarantined(context.database.kysely, context.book.id, {
      row: { batch, item: 1, line: null },
      show: 'waiting',
    })
    return { rows: found, posted, unread }
  })
  return result
}

async function check({ database, book }: RunContext, decision: QuarantineDecision): Promise<readonly Quarantined[]> {
  const { kysely } = database
  const found: Quarantined[] = []
  for (const name of decision.rows) {
    const all = await listQuarantined(kysely, book.id, { row: name, show: 'all' })
    const waiting = all.filter(({ ended }) => ended === null)
    const [first] = waiting
    if (first === undefined) throw notWaiting(name, all)
    found.push(...waiting)
    const { kind } = await bytesOf(kysely, book.id, first)
    if (!canBeReadAgain(kind)) throw notAgain(name, first)
  }
  return found
}

function notWaiting(name: RowName, all: readonly Quarantined[]): InputError {
  const shown = rowNameOf(name)
  const [first] = all
  if (first?.ended === undefined || first.ended === null) {
    const message = `There is no row ${shown} in quarantine.`
    return new InputError('ROW_UNKNOWN', message, 'tieout todo --set-aside shows what waits.')
  }
  const { as, by } = first.ended
  const who = by === null ? '' : `, by ${by}`
  const message = `Row ${shown} does not wait any more: ${END_WORDS[as]}${who}.`
  return new InputError('ROW_DECIDED', message, `tieout explain ${shown} says more.`)
}

export const END_WORDS: Readonly<Record<NonNullable<Quarantined['ended']>['as'], string>> = {
  superseded: 'a later answer of the same thing was read',
  'read-again': 'it was read again',
  closed: 'it was acknowledged',
  told: 'it was told of at once, and nothing waits for it',
}

function notAgain(name: RowName, { source }: Quarantined): InputError {
  const shown = rowNameOf(name)
  const message = `Row ${shown} is an answer of ${source} that newer postings would be judged by; the vendor is asked again instead.`
  const next = `Run tieout sync --source ${source}: its next good answer settles it.`
  return new InputError('ROW_NOT_READABLE', message, next)
}
