/** Delivers one book to its targets, one after the other: what is down or out of its limit does not stop the next one. */
import { loadMappings, type Mappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { endHolder, newHolder } from '../../db/holder.ts'
import { machine } from '../../machine/machine.ts'
import type { Book } from '../../ledger/books.ts'
import type { AccountingTarget } from '../../targets/port.ts'
import type { Work } from '../../targets/outbox/work.ts'
import type { BookRequest } from '../book-run.ts'
import { withTarget } from './target-client.ts'
import type { RunEnvironment } from '../with-run.ts'
import { deliverTarget, type DeliverOptions, type TargetReport } from './deliver-target.ts'
import { fillingFor } from './filling.ts'

export interface DeliveryRequest extends BookRequest {
  /** Of the book's, those to deliver to. */
  readonly targets: readonly TargetConfig[]
  /** Also journals that a file has taken into the same books, because a person says it was never imported. */
  readonly again?: boolean
}

export async function deliverBook(
  environment: RunEnvironment,
  book: Book,
  request: DeliveryRequest,
  options: DeliverOptions,
): Promise<readonly TargetReport[]> {
  const mappings = loadMappings(request.config.mappings)
  const reports: TargetReport[] = []
  for (const target of request.targets) {
    environment.signal.throwIfAborted()
    reports.push(
      await withWork(environment, { book, request, target, mappings }, (work) => deliverTarget(work, options)),
    )
  }
  return reports
}

export interface OpenWork {
  readonly book: Book
  readonly request: Pick<DeliveryRequest, 'config' | 'book' | 'env' | 'again'>
  readonly target: TargetConfig
  readonly mappings: Mappings
}

/** A target opened for delivery; closed whatever happens. Throws ConfigError for a missing secret, key or rates file. */
export async function withWork<T>(
  environment: RunEnvironment,
  { book, request, target, mappings }: OpenWork,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const { database, clock, signal } = environment
  const { config, env } = request
  const filling = await fillingFor(database.kysely, book, request.book, mappings, target)
  const holder = newHolder()
  return withTarget({ config, database, book, env, signal }, target, (client: AccountingTarget) =>
    work({
      ...filling,
      again: request.again === true,
      kysely: database.kysely,
      target: client,
      closedPeriod: request.book.journals.closedPeriod,
      holder,
      nowMs: clock.nowMs,
      wallMs: machine().nowMs,
      sleep: machine().sleep,
      signal,
      say: (sentence) => environment.warn(target.name, sentence),
    }),
  ).finally(() => endHolder(holder))
}
