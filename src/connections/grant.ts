/**
 * What a token endpoint answers, as a value. Only `invalid_grant` means that a person has to consent again; everything
 * else, silence included, is "not now": the stored refresh token is kept and tried later.
 */
import * as z from 'zod'
import { ReadError } from '../domain/errors.ts'
import { readJson } from '../domain/json.ts'
import { READ_LIMITS } from '../domain/read-limits.ts'
import { retryAfterMs } from '../http/retry.ts'

export interface Grant {
  readonly accessToken: string
  /** Null when none came: a custom connection has none, and a renewal without one keeps the old. */
  readonly refreshToken: string | null
  /** UTC milliseconds, counted from before the request. */
  readonly accessExpiresAtMs: number
  readonly refreshExpiresAtMs: number | null
  /** After this no renewal helps; null when the vendor did not say. */
  readonly hardExpiresAtMs: number | null
  /** As the vendor granted them; '' when it did not say. */
  readonly scopes: string
}

/** Messages are sentences for a person and hold no secret: of the vendor's text only its error code is repeated. */
export type GrantAnswer =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly kind: 'invalid-grant'; readonly message: string }
  | { readonly ok: false; readonly kind: 'later'; readonly message: string; readonly notBeforeMs: number | null }

/** An HTTP answer as text. */
export interface TokenReply {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | null
}

interface GrantContext {
  /** "Xero (target books)". */
  readonly who: string
  /** When the request was sent. */
  readonly sentAtMs: number
  /** How long an unused refresh token lives, where the answer does not say; null when it does. */
  readonly refreshLifeMs: number | null
}

const seconds = z.coerce.number().positive().max(1e9)
const grantShape = z.object({
  access_token: z.string().min(1),
  expires_in: seconds,
  refresh_token: z.string().min(1).optional(),
  // Only for information: what cannot be read is left out.
  x_refresh_token_expires_in: seconds.optional().catch(undefined),
  x_refresh_token_hard_expires_in: seconds.optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
})
const errorShape = z.object({ error: z.string().regex(/^[A-Za-z_]{3,40}$/) })

/** What the other side says about the program's own credentials. */
const CLIENT_ERRORS: readonly string[] = ['invalid_client', 'unauthorized_client']

export function readGrant(reply: TokenReply, { who, sentAtMs, refreshLifeMs }: GrantContext): GrantAnswer {
  const json = parseJson(reply.body)
  if (reply.status === 200) {
    const parsed = grantShape.safeParse(json)
    if (!parsed.success) return later(`${who} answered a request for a token with something else than a token.`)
    const { access_token, expires_in, refresh_token, scope = '', ...expiry } = parsed.data
    const refreshSeconds = expiry.x_refresh_token_expires_in
    const refreshMs = refreshSeconds === undefined ? refreshLifeMs : refreshSeconds * 1000
    const grant: Grant = {
      accessToken: access_token,
      refreshToken: refresh_token ?? null,
      accessExpiresAtMs: afterMs(sentAtMs, expires_in * 1000),
      refreshExpiresAtMs: refreshMs === null || refresh_token === undefined ? null : afterMs(sentAtMs, refreshMs),
      hardExpiresAtMs: hardExpiry(sentAtMs, expiry.x_refresh_token_hard_expires_in),
      scopes: scope,
    }
    return { ok: true, grant }
  }
  const code = errorShape.safeParse(json).data?.error ?? null
  if (code === 'invalid_grant' && reply.status < 500) {
    return { ok: false, kind: 'invalid-grant', message: `${who} no longer accepts this connection (invalid_grant).` }
  }
  if (code !== null && CLIENT_ERRORS.includes(code)) {
    return later(`${who} refuses the client id or secret (${code}). Compare clientId and clientSecret with the app's.`)
  }
  const wait = retryAfterMs(reply.retryAfter, sentAtMs)
  const notBeforeMs = wait === null ? null : afterMs(sentAtMs, wait)
  const why = code === null ? '' : ` (${code})`
  return later(`${who} gave no token: it answered HTTP ${reply.status}${why}.`, notBeforeMs)
}

export function later(message: string, notBeforeMs: number | null = null): GrantAnswer {
  return { ok: false, kind: 'later', message, notBeforeMs }
}

function hardExpiry(sentAtMs: number, lifeSeconds: number | undefined): number | null {
  return lifeSeconds === undefined ? null : afterMs(sentAtMs, lifeSeconds * 1000)
}

function afterMs(sentAtMs: number, ms: number): number {
  return Math.floor(sentAtMs + ms)
}

function parseJson(text: string): unknown {
  try {
    return readJson(text, READ_LIMITS).value
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return null
  }
}
