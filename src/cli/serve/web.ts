/** The daemon's web side: the receiver of webhooks with its queue, and what /healthz and /metrics read. */
import { machine } from '../../machine/machine.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import { InputError } from '../../domain/errors.ts'
import { storeDeliveries } from '../../evidence/webhooks.ts'
import { nightPage, type NightPage } from '../../pipeline/report/page.ts'
import type { WindowRequest } from '../../pipeline/report/window.ts'
import { bookStatus } from '../../pipeline/status/book-status.ts'
import { countRuns } from '../../pipeline/status/run-history.ts'
import { findBook } from '../../ledger/books.ts'
import { createWebApp } from '../../web/app.ts'
import { createWebCounters } from '../../web/counters.ts'
import { createDeliveryQueue } from '../../web/delivery-queue.ts'
import { listen, type Listening } from '../../web/listen.ts'
import type { Snapshot } from '../../web/monitor-routes.ts'
import { createSourceRate } from '../../web/source-rate.ts'
import type { Opened } from './open.ts'

/** In one commit, and in memory: what a second brings at the highest rate, and several seconds of it. */
const QUEUE_LIMITS = { group: 1_000, waiting: 5_000 }
const KEEP_SNAPSHOT_MS = 10_000

/** Throws ConfigError when it cannot listen there. */
export async function startWeb(
  opened: Opened,
  at: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const { spool, secrets, reportPassword, log, nowMs, config } = opened
  const counters = createWebCounters()
  let problem: string | null = null
  const queue = createDeliveryQueue(async (deliveries) => {
    try {
      await storeDeliveries(spool.kysely, deliveries)
      problem = null
    } catch (error) {
      problem = `webhook deliveries cannot be stored: ${error instanceof Error ? error.message : String(error)}`
      throw error
    }
  }, QUEUE_LIMITS)
  const rate = createSourceRate(config.serve.webhooksPerSecond, () => machine().monotonicMs())
  const app = createWebApp(
    { secrets, queue, rate, counters, log, nowMs },
    {
      read: () => readSnapshot(opened),
      problem: () => problem,
      counters,
      commits: queue.commits,
      nowMs,
      keepMs: KEEP_SNAPSHOT_MS,
    },
    {
      password: reportPassword,
      books: config.books.map(({ name }) => name),
      page: (book, request) => readPage(opened, book, request),
    },
  )
  const listening = await listen(app, at.host, at.port)
  const close = async (): Promise<void> => {
    await listening.close()
    await queue.drained()
  }
  return { url: listening.url, close }
}

async function readPage({ config, reader, nowMs }: Opened, name: string, request: WindowRequest): Promise<NightPage> {
  const book = config.books.find((each) => each.name === name)
  if (book === undefined) throw new InputError('BOOK_UNKNOWN', `There is no book "${name}".`)
  const found = await findBook(reader.kysely, name)
  return nightPage(reader.kysely, found, book, loadMappings(config.mappings), { ...request, nowMs: nowMs() })
}

async function readSnapshot({ config, reader, spool, nowMs }: Opened): Promise<Snapshot> {
  const read = async (book: BookConfig) => {
    const found = await findBook(reader.kysely, book.name)
    const runs = await countRuns(reader.kysely, found.id)
    return {
      status: await bookStatus(reader.kysely, spool, book, found, nowMs()),
      runs: runs.map((counted) => ({ book: book.name, ...counted })),
    }
  }
  const all = await Promise.all(config.books.map(read))
  return { statuses: all.map(({ status }) => status), runs: all.flatMap(({ runs }) => runs) }
}
