/** A person keeps a print that was taken for a known line: checked first, then landed and processed like any evidence. */
import { InputError, RejectedError } from '../../domain/errors.ts'
import { doubtfulPrints } from '../../evidence/statements/keep-line.ts'
import { lineById, readLines, type StoredLine } from '../../evidence/statements/lines.ts'
import { withBookRun, type BookRequest } from '../book-run.ts'
import { exceptionAbout } from '../../reconcile/exceptions.ts'
import { overlapObject } from '../process/statement-overlaps.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { RunEnvironment } from '../with-run.ts'

export interface KeepRequest {
  readonly line: number
  readonly by: string
  readonly why: string
}

/** Returns the new line. Throws InputError when there is no such line or nothing about it is doubtful. */
export async function keepLine(
  environment: RunEnvironment,
  request: BookRequest,
  { line: id, by, why }: KeepRequest,
): Promise<StoredLine> {
  const decision = { decide: 'keep', line: id, by, why }
  const { result } = await withBookRun(
    environment,
    request,
    'decision',
    { statement: JSON.stringify(decision) },
    async (context) => {
      const { kysely } = context.database
      const line = await requireLine(context, id)
      const source =
        [...(context.processor.inForce?.sourceIds ?? [])].find(([, each]) => each === line.account)?.[0] ?? ''
      const object = overlapObject(line.currency, line.date)
      const about = await exceptionAbout(kysely, context.book.id, { source, code: 'DUPLICATE', object })
      const prints = await doubtfulPrints(kysely, context.book.id, line, 'known')
      if (about?.status !== 'open' || !prints.some((print) => print.line === id)) {
        const message = `Every print of statement line ${id} is known to be that line; there is no second one to keep.`
        throw new InputError(
          'LINE_NOT_DOUBTFUL',
          message,
          'tieout exceptions list --code DUPLICATE names lines that may be two.',
        )
      }
      const { totals } = await landAndProcess(context, `keep:${id}`, [
        {
          kind: 'statement-decision',
          source,
          request: {},
          fetchedAtMs: context.clock.nowMs(),
          httpStatus: null,
          contentType: 'application/json',
          body: Buffer.from(JSON.stringify(decision)),
        },
      ])
      // What was landed before and not yet processed may have settled it meanwhile.
      if (totals.rows.quarantined > 0n) throw notKept(id)
      const ofDay = await readLines(kysely, context.book.id, {
        accounts: [line.account],
        from: line.date,
        to: line.date,
      })
      return ofDay.reduce((last, each) => (each.id > last.id ? each : last), line)
    },
  )
  return result
}

async function requireLine({ database, book }: RunContext, id: number): Promise<StoredLine> {
  const line = await lineById(database.kysely, book.id, id)
  if (line !== null) return line
  throw new InputError(
    'LINE_UNKNOWN',
    `Book "${book.name}" has no statement line ${id}.`,
    'tieout statements lines lists them.',
  )
}

function notKept(id: number): RejectedError {
  return new RejectedError(
    'LINE_NOT_KEPT',
    `Nothing is doubtful about statement line ${id} any more, so nothing was kept.`,
    'tieout statements lines shows how it stands now.',
  )
}
