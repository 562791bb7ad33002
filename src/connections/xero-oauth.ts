/**
 * Xero's tokens. Asked by our own HTTP client, since the vendor's hard-codes its addresses and ignores scopes. A refresh
 * token changes at every use; when the answer is lost, the old one stays good for half an hour, so it is simply tried
 * again. Scopes are the granular ones: apps made since March 2026 are given no others.
 */
import type { XeroTargetConfig } from '../config/target-model.ts'
import type { HttpClient } from '../http/client.ts'
import type { HttpOutcome } from '../http/outcome.ts'
import type { Secret } from '../http/secret.ts'
import { later, readGrant, type GrantAnswer } from './grant.ts'
import type { VendorOAuth } from './oauth.ts'

const API_SCOPES = ['accounting.manualjournals', 'accounting.settings.read']
const CONSENT_SCOPES = ['offline_access', ...API_SCOPES]
const REFRESH_LIFE_MS = 60 * 86_400_000

interface XeroOAuthParts {
  readonly clientId: Secret
  readonly clientSecret: Secret
  readonly http: HttpClient
  readonly nowMs: () => number
}

export function createXeroOAuth(config: XeroTargetConfig, parts: XeroOAuthParts): VendorOAuth {
  const { urls, redirectUri } = config
  const who = `Xero (target ${config.name})`
  const post = (url: string, form: Readonly<Record<string, string>>): Promise<HttpOutcome> =>
    parts.http.request({
      method: 'POST',
      url,
      headers: {
        authorization: `Basic ${basic(parts)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
      // Tokens are not listed: blanked out of the answer they could not be kept.
      secrets: [parts.clientSecret],
      // Once: the next try is another process's, which first looks whether this one stored something.
      idempotent: false,
      label: who,
    })
  const grant = async (form: Readonly<Record<string, string>>): Promise<GrantAnswer> => {
    const sentAtMs = parts.nowMs()
    const outcome = await post(urls.token, form)
    if (outcome.kind === 'failed') return later(outcome.message)
    const reply = {
      status: outcome.status,
      body: outcome.body.toString('utf8'),
      retryAfter: outcome.headers['retry-after'] ?? null,
    }
    return readGrant(reply, { who, sentAtMs, refreshLifeMs: REFRESH_LIFE_MS })
  }
  return {
    authorizeUrl: async ({ state, challenge }) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: parts.clientId.reveal(),
        redirect_uri: redirectUri,
        scope: CONSENT_SCOPES.join(' '),
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      })
      return `${urls.authorize}?${query.toString().replaceAll('+', '%20')}`
    },
    exchange: ({ code, verifier }) =>
      grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }),
    refresh: (refreshToken) =>
      refreshToken === null
        ? grant({ grant_type: 'client_credentials', scope: API_SCOPES.join(' ') })
        : grant({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: async (token) => {
      const outcome = await post(urls.revoke, { token })
      if (outcome.kind === 'failed') return outcome.message
      return outcome.status < 300 ? null : `${who} answered the request to revoke with HTTP ${outcome.status}.`
    },
  }
}

function basic({ clientId, clientSecret }: XeroOAuthParts): string {
  return Buffer.from(`${clientId.reveal()}:${clientSecret.reveal()}`).toString('base64')
}
