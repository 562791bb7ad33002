/**
 * One real call per source, the one a night starts with: a panel's balance, Payelancer's statistics; and of a panel also
 * which spelling of the batch call it answers. Nothing is landed and nothing is written anywhere.
 */
import type { Config, PanelConfig, SourceConfig } from '../../config/model.ts'
import { resolveSecret, type Environment } from '../../config/secrets.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { HttpClient } from '../../http/client.ts'
import type { HttpOutcome } from '../../http/outcome.ts'
import { createRateLimiter } from '../../http/rate-limit.ts'
import { machine } from '../../machine/machine.ts'
import { createPanelClient, type PanelClient } from '../../sources/panel/client.ts'
import { probePanelDialect, type PanelDialect } from '../../sources/panel/dialect.ts'
import { observeBalance } from '../../sources/panel/observe-account.ts'
import { createPayelancerClient } from '../../sources/payelancer/client.ts'
import { observeStats } from '../../sources/payelancer/observe.ts'
import { createRunHttpClient } from '../plan.ts'

export interface Probe {
  readonly book: string
  readonly source: string
  readonly answer: ProbeAnswer
  /** What the answer's Date header said and when it came by this machine's clock; null without such a header. */
  readonly clock: { readonly theirsMs: number; readonly oursMs: number } | null
  /** Null for what is not a panel, and for a panel that cannot be read. */
  readonly dialect: PanelDialect | null
  readonly configuredDialect: PanelConfig['multiAction'] | null
}

export type ProbeAnswer =
  { readonly ok: true; readonly says: string } | { readonly ok: false; readonly says: string; readonly next: string }

export interface ProbeOptions {
  readonly config: Config
  readonly env: Environment
  readonly signal: AbortSignal
  /** Ids a panel may be asked about; unknown ones will do. */
  readonly orderIds: (book: string, source: string) => Promise<readonly string[]>
}

type Asked = Pick<Probe, 'answer' | 'clock' | 'dialect' | 'configuredDialect'>

/** A person waits for the answer: a limit that lasts longer is said instead. */
const LONGEST_WAIT_MS = 5_000

/** One after the other: a doctor is in no hurry, and sources may share an address and its limit. */
export async function probeSources({ config, env, signal, orderIds }: ProbeOptions): Promise<readonly Probe[]> {
  // The machine's clock and not `--now`: it is the one to be compared.
  const http = createRunHttpClient(
    { ...config.http, retries: Math.min(1, config.http.retries), maxWaitMs: LONGEST_WAIT_MS },
    { nowMs: machine().nowMs },
  )
  const probes: Probe[] = []
  try {
    for (const book of config.books) {
      for (const source of book.sources) {
        const ids = source.type === 'panel' ? await orderIds(book.name, source.name) : []
        const asked = await probeSource(source, { env, http, signal, ids })
        probes.push({ book: book.name, source: source.name, ...asked })
      }
    }
    return probes
  } finally {
    await http.close()
  }
}

interface ProbeTools {
  readonly env: Environment
  readonly http: HttpClient
  readonly signal: AbortSignal
  readonly ids: readonly string[]
}

async function probeSource(source: SourceConfig, { env, http, signal, ids }: ProbeTools): Promise<Asked> {
  try {
    const perMinute = source.requestsPerMinute
    const { nowMs, sleep } = machine()
    const limiter = createRateLimiter({ perMinute, burst: 1, nowMs, sleep })
    const settings = { name: source.name, url: source.baseUrl, key: resolveSecret(source.apiKey, env), http, limiter }
    if (source.type === 'panel') {
      return await probePanel(source, createPanelClient({ ...settings, multiAction: source.multiAction }), ids, signal)
    }
    const { outcome } = await createPayelancerClient(settings).stats(signal)
    return { answer: readStats(source, outcome), clock: clockOf(outcome), dialect: null, configuredDialect: null }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    return {
      answer: { ok: false, says, next: 'See the line about secrets.' },
      clock: null,
      dialect: null,
      configuredDialect: null,
    }
  }
}

async function probePanel(
  source: PanelConfig,
  client: PanelClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Asked> {
  const { outcome } = await client.balance(signal)
  const answer = readBalance(source, outcome)
  const dialect = answer.ok ? await probePanelDialect(client, ids, source.multiAction, signal) : null
  return { answer, clock: clockOf(outcome), dialect, configuredDialect: source.multiAction }
}

function readBalance({ currency }: PanelConfig, outcome: HttpOutcome): ProbeAnswer {
  if (outcome.kind === 'failed') return unreachable(outcome.message)
  const seen = observeBalance({ ...outcome, httpStatus: outcome.status })
  if (seen.kind !== 'balance')
    return { ok: false, says: sentence(seen.reason), next: 'Correct key or baseUrl, then run tieout doctor again.' }
  if (seen.currency !== null && seen.currency !== currency) {
    const says = `the panel's wallet is in ${seen.currency} and the configuration says ${currency}.`
    return { ok: false, says, next: `Write currency: ${seen.currency} before the first sync.` }
  }
  return { ok: true, says: `answers; balance ${formatMoney(seen.balance)} ${seen.currency ?? currency}` }
}

function readStats(source: Exclude<SourceConfig, PanelConfig>, outcome: HttpOutcome): ProbeAnswer {
  if (outcome.kind === 'failed') return unreachable(outcome.message)
  const seen = observeStats({ ...outcome, httpStatus: outcome.status })
  if (seen.kind !== 'counter')
    return { ok: false, says: sentence(seen.reason), next: 'Correct key or baseUrl, then run tieout doctor again.' }
  if (seen.role !== source.role) {
    const says = `the account is that of a ${seen.role} and the configuration says ${source.role}.`
    return { ok: false, says, next: `Write role: ${seen.role}, or take the key of the other account.` }
  }
  return { ok: true, says: `answers; ${seen.measure} ${formatMoney(seen.amount)} ${source.currency} so far` }
}

function unreachable(message: string): ProbeAnswer {
  return { ok: false, says: message, next: 'Correct baseUrl if it is wrong; else try again later.' }
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}

function clockOf(outcome: HttpOutcome): Probe['clock'] {
  if (outcome.kind === 'failed') return null
  const header = outcome.headers['date']
  const theirsMs = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(theirsMs) ? null : { theirsMs, oursMs: outcome.fetchedAtMs }
}
