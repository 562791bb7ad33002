/** A write's exchange as it lands: the answer's bytes, or the sentence of a send that brought none and whether it may have worked. */
import type { LandingKind, NewLanding } from '../../log/landing.ts'
import type { HttpOutcome } from '../../http/outcome.ts'

export interface WriteLanding {
  readonly kind: LandingKind
  readonly source: string
  /** What everything about this write has in common: `action`, and its `ref` or `orders`. */
  readonly request: Readonly<Record<string, unknown>>
  readonly nowMs: number
}

export function outcomeLanding({ kind, source, request, nowMs }: WriteLanding, outcome: HttpOutcome): NewLanding {
  if (outcome.kind === 'answer') {
    const { fetchedAtMs, status, contentType, body } = outcome
    return {
      kind,
      source,
      request: { ...request, phase: 'answer' },
      fetchedAtMs,
      httpStatus: status,
      contentType,
      body,
    }
  }
  const { reason, mayHaveTakenEffect, message } = outcome
  return textLanding(
    { kind, source, request: { ...request, phase: 'failed', reason, mayHaveTakenEffect }, nowMs },
    message,
  )
}

/** Something landed that no vendor said. */
export function textLanding({ kind, source, request, nowMs }: WriteLanding, text: string): NewLanding {
  return {
    kind,
    source,
    request,
    fetchedAtMs: nowMs,
    httpStatus: null,
    contentType: text.startsWith('{') ? 'application/json' : 'text/plain',
    body: Buffer.from(text),
  }
}
