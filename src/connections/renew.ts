/**
 * A target's access token, renewed by one process at a time. Whoever writes its name into the row asks the vendor; the
 * others wait for the row to change. No transaction is open while the vendor is asked, and a new refresh token is stored
 * before the access token that came with it is used.
 */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../config/target-model.ts'
import { newHolder } from '../db/holder.ts'
import type { Tables } from '../db/tables.ts'
import type { Sleep } from '../machine/machine.ts'
import type { GrantAnswer } from './grant.ts'
import { createOAuth, type OAuthEnvironment, type VendorOAuth } from './oauth.ts'
import { claimRenewal, failRenewal, isBeingRenewed, readConnection, storeRenewal, type Connection } from './store.ts'
import type { TokenAnswer, TokenSource } from './token-source.ts'
import type { Vault } from './vault.ts'

export interface TokenSourceOptions extends OAuthEnvironment {
  readonly kysely: Kysely<Tables>
  readonly book: { readonly id: bigint; readonly name: string }
  readonly config: TargetConfig
  readonly vault: Vault
  readonly sleep: Sleep
  /** Ends waiting for others. A renewal under way is finished: its answer is the only copy of the next token. */
  readonly signal: AbortSignal
}

/** A token handed out is good for this long at least. */
const GOOD_FOR_MS = 60_000
/** Added to the limit of a request, so that a claim never ends while its request still may be answered. */
const CLAIM_MARGIN_MS = 15_000
const POLL_MS = 250

/** Throws ConfigError, here or when it is asked, for a missing secret or a wrong key, never for what the vendor does. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const oauth = createOAuth(options.config, options)
  // Workers of one source wait for the same promise instead of each asking the database.
  let running: Promise<TokenAnswer> | null = null
  const token = async (refused: string | null): Promise<TokenAnswer> => {
    const ready = await readyToken(options, refused)
    if (ready.kind === 'answer') return ready.answer
    const shared = running === null ? null : await running
    // A renewal that was under way already may have brought the very token that was refused since.
    if (shared !== null && !(shared.ok && shared.accessToken === refused)) return shared
    running ??= renewOrWait(options, oauth, refused).finally(() => (running = null))
    return running
  }
  return { current: () => token(null), renew: (refused) => token(refused) }
}

type Ready =
  { readonly kind: 'answer'; readonly answer: TokenAnswer } | { readonly kind: 'renew'; readonly seen: Connection }

/** What the row says without asking the vendor. */
async function readyToken(options: TokenSourceOptions, refused: string | null): Promise<Ready> {
  const { kysely, book, config, vault, nowMs } = options
  const seen = await readConnection(kysely, { book: book.id, target: config.name })
  if (seen === undefined || seen.type !== config.type || seen.status === 'disconnected' || seen.access_token === null) {
    return { kind: 'answer', answer: reconnect(`Target ${config.name} is not connected.`, options) }
  }
  if (seen.status === 'broken') {
    return { kind: 'answer', answer: reconnect(seen.trouble ?? `The connection of ${config.name} is broken.`, options) }
  }
  const accessToken = vault.open({ book: book.id, target: config.name, field: 'access' }, seen.access_token)
  const isGood = Number(seen.access_expires_at_ms) - nowMs() >= GOOD_FOR_MS
  if (isGood && accessToken !== refused) {
    return { kind: 'answer', answer: { ok: true, accessToken, companyId: companyOf(config, seen) } }
  }
  return { kind: 'renew', seen }
}

async function renewOrWait(
  options: TokenSourceOptions,
  oauth: VendorOAuth,
  refused: string | null,
): Promise<TokenAnswer> {
  const { kysely, nowMs, sleep, signal, timeoutMs } = options
  const holder = newHolder()
  // Twice the time of a claim: one that is taken over from a holder that stopped, and its own.
  const turns = Math.ceil((2 * (timeoutMs + CLAIM_MARGIN_MS)) / POLL_MS)
  let first: Connection | null = null
  for (let turn = 0; turn < turns; turn += 1) {
    const ready = await readyToken(options, refused)
    if (ready.kind === 'answer') return ready.answer
    const { seen } = ready
    first ??= seen
    // Somebody tried while this one waited: its answer is everybody's, or a failing vendor would be asked by each in turn.
    if (seen.failures > first.failures) return notNow(seen.trouble ?? 'The token could not be renewed.')
    if (seen.blocked_until_ms !== null && Number(seen.blocked_until_ms) > nowMs()) {
      return notNow(seen.trouble ?? 'The vendor asked to wait.')
    }
    const untilMs = nowMs() + timeoutMs + CLAIM_MARGIN_MS
    if (await claimRenewal(kysely, seen, { holder, nowMs: nowMs(), untilMs })) {
      const answer = await renewClaimed(options, oauth, { seen, holder })
      if (answer !== null) return answer
    } else if (isBeingRenewed(seen, nowMs())) {
      if (signal.aborted) return notNow('The program is stopping.')
      await sleep(POLL_MS)
    }
  }
  return notNow(`Another process has been renewing the token of target ${options.config.name} for too long.`)
}

/** A custom connection is of one organisation, and its requests name none. */
function companyOf(config: TargetConfig, { company_id }: Connection): string {
  return config.type === 'xero' && config.grant === 'client-credentials' ? '' : company_id
}

/** Null when newer tokens turned out to be there already: look again. */
async function renewClaimed(
  options: TokenSourceOptions,
  oauth: VendorOAuth,
  { seen, holder }: { readonly seen: Connection; readonly holder: string },
): Promise<TokenAnswer | null> {
  const { kysely, vault, book, config, nowMs } = options
  const place = { book: book.id, target: config.name, field: 'refresh' } as const
  const answer = await oauth.refresh(seen.refresh_token === null ? null : vault.open(place, seen.refresh_token))
  if (answer.ok) {
    const { grant } = answer
    const isStored = await storeRenewal(kysely, vault, seen, { grant, nowMs: nowMs() })
    return isStored ? { ok: true, accessToken: grant.accessToken, companyId: companyOf(config, seen) } : null
  }
  await failRenewal(kysely, seen, holder, { ...failure(answer), nowMs: nowMs() })
  const now = await readConnection(kysely, { book: book.id, target: config.name })
  if (now?.version !== seen.version) return null
  return answer.kind === 'invalid-grant' ? reconnect(answer.message, options) : notNow(answer.message)
}

function failure(answer: Exclude<GrantAnswer, { readonly ok: true }>) {
  return answer.kind === 'invalid-grant'
    ? { status: 'broken' as const, message: answer.message, notBeforeMs: null }
    : { status: 'connected' as const, message: answer.message, notBeforeMs: answer.notBeforeMs }
}

function reconnect(message: string, { book, config }: TokenSourceOptions): TokenAnswer {
  const next = `Run tieout connect ${config.name} --book ${book.name}.`
  return { ok: false, reconnect: true, message: `${message} ${next}` }
}

function notNow(message: string): TokenAnswer {
  return { ok: false, reconnect: false, message }
}
