/**
 * The accounting systems of a rehearsal: emulators whose books lie in the rehearsal's folder, connected over real HTTP
 * by the same consent a person would give. Consent, chart of accounts and the mapping's acceptance come before the first
 * night; a rehearsal that goes on finds them done.
 */
import { join } from 'node:path'
import { request as httpRequest } from 'undici'
import { loadMappings } from '../config/mappings.ts'
import { statedPrefixes, type BookConfig, type Config } from '../config/model.ts'
import type { Environment } from '../config/secrets.ts'
import type { TargetConfig } from '../config/target-model.ts'
import { connectTarget } from '../connections/connect.ts'
import { readConnection } from '../connections/store.ts'
import { openVault } from '../connections/vault.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { TransientError } from '../domain/errors.ts'
import { ensureBook } from '../ledger/books.ts'
import { createRunHttpClient } from '../pipeline/plan.ts'
import { withTarget } from '../pipeline/delivery/target-client.ts'
import { startTargets } from '../sandbox/targets/start.ts'
import { saveCompany } from '../targets/mapping/company-store.ts'
import { mappingState } from '../targets/mapping/readiness.ts'
import { acceptMapping } from '../targets/mapping/versions.ts'
import { nightInstant } from './night-instant.ts'

const BY = 'tieout demo'
const CONSENT_MS = 60_000

/** Where the emulators keep their books: beside the configuration. */
export function targetStateFile({ directory }: Pick<Config, 'directory'>): string {
  return join(directory, 'accounting-systems.state')
}

/** The target with the emulator's addresses in the place of its own. */
export function emulated(target: TargetConfig, sandboxUrl: string): TargetConfig {
  const base = `${sandboxUrl}/${target.type}`
  const login = { authorize: `${base}/authorize`, token: `${base}/token`, revoke: `${base}/revoke` }
  return target.type === 'quickbooks'
    ? { ...target, urls: { ...login, api: base } }
    : { ...target, urls: { ...login, connections: `${base}/connections`, api: `${base}/api.xro/2.0` } }
}

/**
 * Between the nights: the emulators run as long as `work` does. Their clock stands where the last night ended, since the
 * tokens run out by the rehearsal's clock. Anywhere but in a rehearsal the book is given as it is.
 */
export async function withEmulatedTargets<T>(
  config: Config,
  book: BookConfig,
  work: (book: BookConfig) => Promise<T>,
): Promise<T> {
  const { sandbox } = config
  if (sandbox === undefined || book.targets.length === 0) return work(book)
  const nowMs = nightInstant(sandbox, sandbox.nights)
  const server = await startTargets({ stateFile: targetStateFile(config), nowMs: () => nowMs, countsLimits: false })
  try {
    return await work({ ...book, targets: book.targets.map((target) => emulated(target, server.url)) })
  } finally {
    await server.close()
  }
}

export interface Joining {
  readonly config: Config
  /** With the emulators' addresses. */
  readonly book: BookConfig
  readonly env: Environment
  readonly database: Database
  /** The rehearsed instant. */
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** Connects every target that is not connected yet, asks for its accounts, and accepts the mapping as it is. */
export async function joinTargets(joining: Joining): Promise<void> {
  for (const target of joining.book.targets) await joinTarget(joining, target)
}

async function joinTarget(
  { config, book, env, database, nowMs, signal }: Joining,
  target: TargetConfig,
): Promise<void> {
  const { kysely } = database
  await migrate(database, nowMs)
  const stored = await ensureBook(kysely, book)
  const key = { book: stored.id, target: target.name }
  if ((await readConnection(kysely, key)) === undefined) {
    const http = createRunHttpClient(config.http, { nowMs: Date.now })
    let address = ''
    try {
      await connectTarget({
        kysely,
        book: stored.id,
        config: target,
        vault: openVault(config, env),
        company: null,
        statedPrefixes: statedPrefixes(config),
        // The emulators are the rehearsal's own.
        examine: () => Promise.resolve(),
        by: BY,
        env,
        http,
        timeoutMs: config.http.timeoutMs,
        nowMs: Date.now,
        ui: {
          say: (line) => {
            if (line.startsWith('http')) address = line
          },
          openBrowser: null,
          paste: () => redirectOf(address),
          ask: null,
        },
        consentTimeoutMs: CONSENT_MS,
        signal,
      })
    } finally {
      await http.close()
    }
  }
  const mappings = loadMappings(config.mappings)
  const state = await mappingState(kysely, { book: stored.id, config: book, target, mappings })
  if (state.known !== null && state.accepted !== null) return
  const answer = await withTarget({ config, database, book: stored, env, signal }, target, (client) => client.pull())
  if (answer.kind !== 'ok') throw new TransientError('REHEARSAL_TARGET', answer.message, 'Run the rehearsal again.')
  await kysely.transaction().execute(async (trx) => {
    await saveCompany(trx, key, answer.value, { by: BY, nowMs })
    await acceptMapping(trx, key, state.lines, { by: BY, nowMs })
  })
}

/** What a browser would end on: the emulator consents by itself. */
async function redirectOf(address: string): Promise<string> {
  const { headers, body } = await httpRequest(address)
  await body.dump()
  return String(headers['location'] ?? '')
}
