/** Delivers one book to its targets, one after the other: what is down or out of its limit does not stop the next one. */
import { loadMappings, type Mappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { endHolder, newHolder } from '../../db/holder.ts'
import { troubleIn } from '../../db/trouble.ts'
import { InvariantError, TieoutError } from '../../domain/errors.ts'
import { machine } from '../../machine/machine.ts'
import type { Book } from '../../ledger/books.ts'
import type { AccountingTarget } from '../../targets/port.ts'
import { outboxOf, type Work } from '../../targets/outbox/work.ts'
import type { BookRequest } from '../book-run.ts'
import { withTarget } from './target-client.ts'
import type { RunEnvironment } from '../with-run.ts'
import { countStates, deliverTarget, type DeliverOptions, type TargetReport } from './deliver-target.ts'
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
    const open = { book, request, target, mappings }
    const deliver = (): Promise<TargetReport> => withWork(environment, open, (work) => deliverTarget(work, options))
    // Of one target alone whoever asked is told at once.
    reports.push(request.targets.length === 1 ? await deliver() : await stoppedInstead(environment, open, deliver))
  }
  return reports
}

/** What keeps one target from being delivered to, such as a token nobody can open, is no matter of the others. */
export async function stoppedInstead(
  { database }: Pick<RunEnvironment, 'database'>,
  { book, target }: Pick<OpenWork, 'book' | 'target'>,
  deliver: () => Promise<TargetReport>,
): Promise<TargetReport> {
  try {
    return await deliver()
  } catch (error) {
    if (!(error instanceof TieoutError) || error instanceof InvariantError) throw error
    // The books are without their database, which no target can help.
    if (troubleIn(error) !== null) throw error
    const stopped = { kind: 'unavailable' as const, message: `${error.message} ${error.hint}`.trim(), untilMs: null }
    const learnt = { unbuilt: null, stopped, findings: [], checked: [] }
    const states = await countStates(database.kysely, outboxOf({ book, name: target.name }))
    return { target: target.name, created: [], adopted: [], verified: [], states, onHold: [], stopped, learnt }
  }
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
