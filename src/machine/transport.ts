/**
 * One request and one answer on the wire, whole, without any judgement: what `src/http` and the vendors' SDKs send
 * through. The real one is undici (src/http/undici-transport.ts); a simulation answers in the same process.
 */

export interface WireRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
  /** From connecting to the last byte. */
  readonly totalMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | undefined
}

export interface WireAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Why there is no answer; `error` is what was thrown, if anything. */
export interface WireFailure {
  readonly kind: 'failed'
  readonly reason: FailureReason
  readonly error: unknown
}

export type FailureReason = 'connect' | 'timeout' | 'reset' | 'body-too-large' | 'aborted' | 'bad-url' | 'protocol'

export interface Transport {
  /** Never rejects. */
  readonly send: (request: WireRequest) => Promise<WireAnswer | WireFailure>
  readonly close: () => Promise<void>
}

export interface TransportLimits {
  /** Connections kept open per origin. */
  readonly connections: number
  readonly headersMs: number
  readonly bodyMs: number
  readonly connectMs: number
}

export type OpenTransport = (limits: TransportLimits) => Transport

/** An adapter of axios, which both vendors' SDKs are built on: its request in, its response out. */
export type SdkAdapter = (request: unknown) => Promise<unknown>
