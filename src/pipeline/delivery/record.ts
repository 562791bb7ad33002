/**
 * What a delivery leaves in the books: journals move on to delivered and verified, and the exceptions of its targets are
 * opened and closed. Deliveries themselves need no lease of the book, since rows are claimed one by one; this does, and
 * when another run has it, nothing is lost, because the next delivery says the same from the outbox.
 */
import { machine } from '../../machine/machine.ts'
import type { Kysely } from 'kysely'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import { troubleIn } from '../../db/trouble.ts'
import { TransientError } from '../../domain/errors.ts'
import type { Book } from '../../ledger/books.ts'
import { advanceJournals } from '../../targets/outbox/journal-status.ts'
import { recover, type RunContext } from '../run-context.ts'
import { withRun, type BookIdentity, type RunEnvironment } from '../with-run.ts'
import { exceptionLandings, recordExceptions, type Learnt } from './exceptions.ts'

export interface Told {
  readonly target: string
  readonly learnt: Learnt
}

/** Within a run that has the book's lease already. */
export async function recordWithin(
  context: RunContext,
  config: Pick<BookConfig, 'targets'>,
  told: readonly Told[],
): Promise<void> {
  await advanceJournals(context.database.kysely, context.book, config.targets)
  for (const { target, learnt } of told) await recordExceptions(context, { book: context.book.id, target }, learnt)
}

/**
 * In a run of its own, and only when there is something to say. In a book that no run has begun yet nothing is landed:
 * evidence before the settings it is read by could never be processed, and every later run would stop at it.
 */
export async function recordDelivery(
  environment: RunEnvironment,
  book: Book,
  config: BookIdentity & Pick<BookConfig, 'targets'>,
  told: readonly Told[],
): Promise<void> {
  const { kysely } = environment.database
  await advanceJournals(kysely, book, config.targets)
  if (!(await hasNews(kysely, book, told, environment.clock.nowMs()))) return
  const { name, currency, timeZone } = config
  try {
    await withRun(
      environment,
      { name, currency, timeZone },
      'delivery',
      { attempt: machine().uuid() },
      async (context) => {
        await recover(context)
        if (await hasSettings(kysely, book)) return recordWithin(context, config, told)
        context.warn(
          '',
          `What this delivery learnt is kept as exceptions by the next one: nothing has been read into book "${name}" yet. Run: tieout sync.`,
        )
      },
    )
  } catch (error) {
    if (!(error instanceof TransientError) || troubleIn(error) !== null) throw error
    environment.warn(
      '',
      `${error.message} What this delivery learnt is in the outbox; the next one opens and closes the exceptions.`,
    )
  }
}

async function hasSettings(kysely: Kysely<Tables>, { id }: Book): Promise<boolean> {
  const done = await kysely.selectFrom('processed').select('settings_batch').where('book', '=', id).executeTakeFirst()
  return done !== undefined && done.settings_batch > 0n
}

async function hasNews(kysely: Kysely<Tables>, book: Book, told: readonly Told[], atMs: number): Promise<boolean> {
  for (const { target, learnt } of told) {
    if ((await exceptionLandings(kysely, { book: book.id, target }, learnt, atMs)).length > 0) return true
  }
  return false
}
