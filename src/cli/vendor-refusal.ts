/**
 * What a vendor's refusal is for the person at the command line: an error that says who has to do something. One table,
 * so that the same answer ends in the same exit code whatever was asked.
 */
import { ConfigError, RejectedError, TransientError, type TieoutError } from '../domain/errors.ts'
import type { HttpOutcome } from '../http/outcome.ts'
import { retryAfterMs } from '../http/retry.ts'
import type { FailureReason } from '../machine/transport.ts'
import type { BadBody, BadBodyCode, LandedAnswer } from '../sources/answer.ts'

type Refusal = readonly [kind: 'config' | 'rejected' | 'transient', hint: string]

const AGAIN = 'Run the same command again in a moment.'
const ADDRESS = "Check the source's baseUrl in tieout.yaml."

const REFUSALS: Readonly<Record<BadBodyCode | FailureReason, Refusal>> = {
  'bad-request': ['rejected', 'Correct the request; repeating it does not help.'],
  unauthorized: ['config', "Put the current key where the source's apiKey says, then run the command again."],
  'insufficient-balance': ['rejected', 'Top up the wallet, then run the command again.'],
  forbidden: ['rejected', 'Ask the vendor to allow this account and this machine.'],
  'not-found': ['rejected', 'Check the id; tieout panel services lists what can be ordered.'],
  'rate-limited': ['transient', 'Wait a minute, then run the command again.'],
  upstream: ['transient', AGAIN],
  unavailable: ['transient', AGAIN],
  'http-status': ['rejected', ADDRESS],
  html: ['rejected', `${ADDRESS} A firewall page asks for a browser: ask the vendor to allow this machine.`],
  'not-json': ['transient', AGAIN],
  'vendor-error': ['rejected', 'Ask the vendor what it means.'],
  'unexpected-shape': ['rejected', ADDRESS],
  connect: ['transient', AGAIN],
  timeout: ['transient', AGAIN],
  reset: ['transient', AGAIN],
  'body-too-large': ['rejected', ADDRESS],
  aborted: ['transient', AGAIN],
  'bad-url': ['config', ADDRESS],
  protocol: ['rejected', ADDRESS],
}

/** `code` is a key of the table; anything else is taken for a refusal that has to be looked at. */
export function refusal(code: string, message: string, prefix = 'VENDOR'): TieoutError {
  const known = Object.entries(REFUSALS).find(([name]) => name === code)
  const [kind, hint] = known?.[1] ?? ['rejected', 'Look at the landed answer.']
  const name = `${prefix}_${code.toUpperCase().replaceAll('-', '_')}`
  switch (kind) {
    case 'config':
      return new ConfigError(name, message, hint)
    case 'rejected':
      return new RejectedError(name, message, hint)
    case 'transient':
      return new TransientError(name, message, hint)
  }
}

/** The answer as the observing functions take it; a request that brought none is thrown. */
export function requireAnswer(outcome: HttpOutcome): LandedAnswer {
  if (outcome.kind === 'failed') throw refusal(outcome.reason, outcome.message)
  const { status: httpStatus, contentType, body } = outcome
  if (httpStatus === 429) throw limited(outcome)
  return { httpStatus, contentType, body }
}

/** Said with how long: a person then knows whether to fetch a coffee or to come back tomorrow. */
function limited({ headers, fetchedAtMs }: Extract<HttpOutcome, { readonly kind: 'answer' }>): TransientError {
  const waitMs = retryAfterMs(headers['retry-after'] ?? null, fetchedAtMs)
  if (waitMs === null) {
    const message = "The vendor's limit of requests was met (HTTP 429), and it does not say for how long."
    return new TransientError('VENDOR_RATE_LIMITED', message, 'Wait a minute, then run the command again.')
  }
  const until = new Date(Math.ceil((fetchedAtMs + waitMs) / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  const asks = waitMs < 120_000 ? `${Math.ceil(waitMs / 1000)} seconds` : `${Math.ceil(waitMs / 60_000)} minutes`
  const message = `The vendor's limit of requests was met (HTTP 429), and it asks to wait ${asks}, until ${until}.`
  const hint = 'Run the command again then; how long a command waits by itself is http.commandWaitMs in tieout.yaml.'
  return new TransientError('VENDOR_RATE_LIMITED', message, hint)
}

/** What was observed; an answer that says nothing usable is thrown. */
export function requireUsable<T extends { readonly kind: string }>(
  observed: T | BadBody | { readonly kind: 'bad'; readonly reason: string },
): Exclude<T, { readonly kind: 'bad' | 'bad-body' }> {
  if (isBadBody(observed)) throw refusal(observed.code, observed.reason)
  // The address and the key are right, since the answer is of the right kind.
  if (isBad(observed)) {
    const message = `The answer cannot be used: ${observed.reason}.`
    throw new RejectedError(
      'VENDOR_UNEXPECTED_SHAPE',
      message,
      'Look in the account, or ask the vendor; the address and the key work.',
    )
  }
  return observed as Exclude<T, { readonly kind: 'bad' | 'bad-body' }> // both bad kinds are excluded above
}

function isBadBody(observed: { readonly kind: string }): observed is BadBody {
  return observed.kind === 'bad-body'
}

function isBad(observed: { readonly kind: string }): observed is { readonly kind: 'bad'; readonly reason: string } {
  return observed.kind === 'bad'
}
