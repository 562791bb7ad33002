/** What a vendor's authorisation server can be asked. Answers are values; none of them holds a secret but the grant. */
import { resolveSecret, type Environment } from '../config/secrets.ts'
import type { TargetConfig } from '../config/target-model.ts'
import type { HttpClient } from '../http/client.ts'
import type { GrantAnswer } from './grant.ts'
import { createQuickbooksOAuth } from './quickbooks-oauth.ts'
import { createXeroOAuth } from './xero-oauth.ts'

export interface VendorOAuth {
  /** Where the browser is sent. `challenge` is the hash of the verifier that `exchange` is given. */
  readonly authorizeUrl: (request: { readonly state: string; readonly challenge: string }) => Promise<string>
  /** A code is good for one exchange; a second one can spoil the first's tokens. */
  readonly exchange: (callback: {
    readonly code: string
    readonly realmId: string
    readonly verifier: string
  }) => Promise<GrantAnswer>
  /** Null for a custom connection, which has no refresh token: the client's own credentials are enough. */
  readonly refresh: (refreshToken: string | null) => Promise<GrantAnswer>
  /** Null when the vendor confirmed; else a sentence that says why not. */
  readonly revoke: (token: string) => Promise<string | null>
}

export interface OAuthEnvironment {
  readonly env: Environment
  readonly http: HttpClient
  /** Limit of one request of the vendor's own client, which has none. */
  readonly timeoutMs: number
  /** The machine's clock and not a rehearsed one: tokens run out by it. */
  readonly nowMs: () => number
}

/** Throws ConfigError when the client's id or secret is missing. */
export function createOAuth(config: TargetConfig, { env, ...rest }: OAuthEnvironment): VendorOAuth {
  const credentials = {
    clientId: resolveSecret(config.clientId, env),
    clientSecret: resolveSecret(config.clientSecret, env),
  }
  return config.type === 'quickbooks'
    ? createQuickbooksOAuth(config, { ...credentials, ...rest })
    : createXeroOAuth(config, { ...credentials, ...rest })
}
