/** An HTTP exchange as it lands: the answer's bytes, or the sentence of a request that nobody answered. */
import type { LandingKind, NewLanding } from '../../log/landing.ts'
import type { HttpOutcome } from '../../http/outcome.ts'

export interface Exchange {
  /** What was asked, without secrets. */
  readonly request: object
  readonly outcome: HttpOutcome
}

/** When an answered request was sent, for requests whose answers are compared with what came meanwhile. */
export function sentAt({ outcome }: Exchange): { readonly sentAtMs?: number } {
  return outcome.kind === 'answer' ? { sentAtMs: outcome.sentAtMs } : {}
}

/** `failedAtMs` is used when there is no answer whose time could count. `extra` says why it was asked. */
export function exchangeLanding(
  source: string,
  kind: LandingKind,
  exchange: Exchange,
  failedAtMs: number,
  extra: Readonly<Record<string, string | number | boolean>> = {},
): NewLanding {
  const { outcome } = exchange
  const request = { ...exchange.request, ...extra }
  if (outcome.kind === 'failed') {
    const body = Buffer.from(outcome.message)
    return {
      kind: 'fetch-failure',
      source,
      request,
      fetchedAtMs: failedAtMs,
      httpStatus: null,
      contentType: 'text/plain',
      body,
    }
  }
  const { fetchedAtMs, status, contentType, body } = outcome
  return { kind, source, request, fetchedAtMs, httpStatus: status, contentType, body }
}
