/**
 * A connected target with everything it needs to be asked: its tokens, a pace that all processes share, and the way out.
 * Closed whatever happens.
 */
import type { Config } from '../../config/model.ts'
import type { Environment } from '../../config/secrets.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { createTokenSource } from '../../connections/renew.ts'
import { openVault } from '../../connections/vault.ts'
import type { Database } from '../../db/database.ts'
import { reserveSlots } from '../../db/rate-slots.ts'
import { createSharedRateLimiter } from '../../http/shared-rate-limit.ts'
import { machine } from '../../machine/machine.ts'
import type { Book } from '../../ledger/books.ts'
import { openTarget } from '../../targets/open-target.ts'
import type { AccountingTarget } from '../../targets/port.ts'
import { createCommandHttpClient } from '../plan.ts'
import { requireWithinReach } from './within-reach.ts'

export interface TargetEnvironment {
  readonly config: Config
  readonly database: Database
  readonly book: Book
  readonly env: Environment
  readonly signal: AbortSignal
}

/** Throws ConfigError for a missing secret, a wrong key, or a rehearsal out of its reach; what the vendor does is an answer. */
export async function withTarget<T>(
  { config, database, book, env, signal }: TargetEnvironment,
  target: TargetConfig,
  work: (client: AccountingTarget) => Promise<T>,
): Promise<T> {
  requireWithinReach(config, target)
  // Tokens run out by the machine's clock, whatever day a command rehearses.
  const { nowMs, monotonicMs, sleep } = machine()
  // Longer limits are written down and kept between commands (targets/outbox/pause.ts), not waited for.
  const http = createCommandHttpClient(config.http, { nowMs })
  const { kysely } = database
  const vault = openVault(config, env)
  const { timeoutMs } = config.http
  try {
    const tokens = createTokenSource({
      kysely,
      book,
      config: target,
      vault,
      env,
      http,
      timeoutMs,
      nowMs,
      sleep,
      signal,
    })
    const limiter = createSharedRateLimiter({
      perMinute: target.requestsPerMinute,
      // Vendors count by company, and a target of a book is one.
      reserve: (slots, intervalMs) =>
        reserveSlots(kysely, `${target.urls.api} ${book.name}/${target.name}`, slots, intervalMs),
      nowMs: monotonicMs,
      sleep,
    })
    const client = openTarget(target, { label: `${book.name}/${target.name}`, http, tokens, limiter, nowMs, signal })
    try {
      return await work(client)
    } finally {
      await client.close()
    }
  } finally {
    await http.close()
  }
}
