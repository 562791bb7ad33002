/**
 * What a target's client is made of. Everything that touches the world is passed in, so that one process can serve many
 * companies at once and a test can stand anywhere.
 */
import type { TargetConfig } from '../config/target-model.ts'
import type { TokenSource } from '../connections/token-source.ts'
import type { HttpClient } from '../http/client.ts'
import type { RateLimiter } from '../http/rate-limit.ts'

export interface TargetOptions<C extends TargetConfig> {
  readonly config: C
  /** Which target in messages: "agency/books". */
  readonly label: string
  /** Shared; closing the target leaves it open. */
  readonly http: HttpClient
  readonly tokens: TokenSource
  /** Per company: the vendors count requests per realm and per tenant. */
  readonly limiter: RateLimiter
  readonly nowMs: () => number
  /** Stops waiting and asking; what was sent by then is `unknown`. */
  readonly signal: AbortSignal
}
