/**
 * What the alarm clock sets off: for each book its night when that is due, otherwise a short pass when webhooks have
 * come, otherwise the weekly proof when that is due. A book does one thing at a time, so a night waits for a proof; a few books work at once. Work is done by processes of its own (`Workers`), so
 * that a large night neither stops the receiver nor takes its memory along.
 */
import type { ScheduledBook, Scheduler } from './scheduler.ts'
import type { NightOutcome } from './ticks.ts'

export interface Workers {
  readonly runHooks: (book: ScheduledBook) => Promise<NightOutcome>
  /** True when deliveries wait to be landed. */
  readonly hasDeliveries: (book: ScheduledBook) => Promise<boolean>
  /** The weekly proof when it is due; null when it is not. */
  readonly proveWhenDue: (book: ScheduledBook) => Promise<NightOutcome | null>
}

export interface DaemonEvents {
  readonly ran: (
    book: ScheduledBook,
    what: 'night' | 'hooks' | 'proof',
    outcome: NightOutcome,
    attempts: number,
  ) => void
  /** The wake itself went wrong, for example because the database could not be reached; the next wake tries again. */
  readonly failed: (book: ScheduledBook, error: unknown) => void
}

export interface DaemonParts {
  readonly books: readonly ScheduledBook[]
  readonly scheduler: Scheduler
  readonly workers: Workers
  readonly events: DaemonEvents
  /** Aborted when nothing new is to be started. */
  readonly signal: AbortSignal
  /** Books at work at one time. */
  readonly atOnce: number
}

export interface Daemon {
  /** Looks at every book that is not busy. Returns at once. */
  readonly wake: () => void
  /** Resolves when nothing is at work. */
  readonly idle: () => Promise<void>
}

export function createDaemon(parts: DaemonParts): Daemon {
  const { books, signal, atOnce } = parts
  const busy = new Map<string, Promise<void>>()
  const queue: ScheduledBook[] = []
  const waiting = new Set<string>()

  const startNext = (): void => {
    while (busy.size < atOnce && !signal.aborted) {
      const book = queue.shift()
      if (book === undefined) return
      waiting.delete(book.name)
      const work = attend(parts, book).finally(() => {
        busy.delete(book.name)
        startNext()
      })
      busy.set(book.name, work)
    }
  }

  return {
    wake: () => {
      for (const book of books) {
        if (busy.has(book.name) || waiting.has(book.name)) continue
        waiting.add(book.name)
        queue.push(book)
      }
      startNext()
    },
    idle: async () => {
      while (busy.size > 0) await Promise.all(busy.values())
    },
  }
}

async function attend({ scheduler, workers, events, signal }: DaemonParts, book: ScheduledBook): Promise<void> {
  try {
    const wake = await scheduler.wake(book)
    if (wake.kind === 'ran') return events.ran(book, 'night', wake.outcome, wake.tick.attempts)
    // While another process runs the night, that night takes in the webhooks.
    if (wake.kind === 'elsewhere' || signal.aborted) return
    if (await workers.hasDeliveries(book)) return events.ran(book, 'hooks', await workers.runHooks(book), 1)
    const proof = await workers.proveWhenDue(book)
    if (proof !== null) events.ran(book, 'proof', proof, 1)
  } catch (error) {
    events.failed(book, error)
  }
}
