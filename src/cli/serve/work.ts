/** The daemon's work: nights, webhook passes and weekly proofs as processes of their own, with what they said in the log. */
import { isAlive, newHolder } from '../../db/holder.ts'
import { landedSequence, pruneDeliveries, readDeliveries } from '../../evidence/webhooks.ts'
import { closedNight } from '../../pipeline/serve/closing-word.ts'
import { createDaemon, type Daemon } from '../../pipeline/serve/daemon.ts'
import { createScheduler, type ScheduledBook } from '../../pipeline/serve/scheduler.ts'
import { proveWhenDue } from '../../pipeline/serve/weekly-proof.ts'
import type { NightOutcome } from '../../pipeline/serve/ticks.ts'
import type { CliIo } from '../io.ts'
import { runChildCommand, type ChildEnd } from './child-command.ts'
import { logLevelOf, nightOutcome, proofOutcome } from './night-outcome.ts'
import type { Opened } from './open.ts'

/** The same bytes after that are taken for news; conversions are still counted once. */
const KEPT_MS = 30 * 86_400_000
/** Nights are heavy: more at once make each slower. */
const BOOKS_AT_ONCE = 2
const PROOF = ['ledger', 'verify', '--rebuild']

export function startWork(opened: Opened, { env, signal }: Pick<CliIo, 'env' | 'signal'>): Daemon {
  const { database, reader, spool, log, nowMs, isShifted, config } = opened
  const run = async (book: ScheduledBook, command: readonly string[]): Promise<ChildEnd> => {
    const clock = isShifted ? ['--now', new Date(nowMs()).toISOString()] : []
    const args = [...command, '--config', config.file, '--book', book.name, ...clock]
    log.info({ book: book.name, command: `tieout ${args.join(' ')}` }, 'started')
    const end = await runChildCommand({ args, env, signal })
    for (const sentence of end.said) log.info({ book: book.name }, sentence)
    return end
  }
  const night = async (book: ScheduledBook, startedAtMs: number): Promise<NightOutcome> => {
    const end = await run(book, ['sync'])
    await forgetOld(opened, book)
    return nightOutcome(end, await closedNight(database.kysely, book.id, { fromMs: startedAtMs, throughMs: nowMs() }))
  }
  const scheduler = createScheduler({
    db: database.kysely,
    nowMs,
    holder: newHolder(),
    mayLive: isAlive,
    runNight: (book, _dueAtMs, startedAtMs) => night(book, startedAtMs),
  })
  return createDaemon({
    books: opened.books,
    scheduler,
    workers: {
      runHooks: async (book) => nightOutcome(await run(book, ['webhooks', 'take']), 'not asked'),
      hasDeliveries: async (book) => {
        const landed = await landedSequence(reader.kysely, book.id, spool.token)
        return (await readDeliveries(spool.kysely, book.name, landed, 1)).length > 0
      },
      proveWhenDue: (book) =>
        proveWhenDue({ db: database.kysely, nowMs, runProof: async () => proofOutcome(await run(book, PROOF)) }, book),
    },
    events: {
      ran: (book, what, { kind, detail }, attempt) => {
        const line = { book: book.name, what, outcome: kind, attempt }
        log[logLevelOf(kind, attempt)](line, detail)
      },
      failed: (book, error) => log.error({ book: book.name, err: error }, 'the schedule could not be looked at'),
    },
    signal,
    atOnce: BOOKS_AT_ONCE,
  })
}

/** What has been landed need not stay in the spool. A spool that cannot be tidied tonight is tidied tomorrow. */
async function forgetOld({ reader, spool, log, nowMs }: Opened, book: ScheduledBook): Promise<void> {
  try {
    const landed = await landedSequence(reader.kysely, book.id, spool.token)
    await pruneDeliveries(spool.kysely, book.name, landed, nowMs() - KEPT_MS)
  } catch (error) {
    log.warn({ book: book.name, err: error }, 'old webhook deliveries could not be forgotten')
  }
}
