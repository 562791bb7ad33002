/**
 * A secret that cannot be printed by accident: strings, JSON, templates and `console.log` all show [redacted].
 * Only `reveal()` gives the value, so every place that uses one is found by searching for that word.
 */
import { inspect } from 'node:util'

export interface Secret {
  readonly reveal: () => string
  readonly toString: () => string
  readonly toJSON: () => string
}

export const REDACTED = '[redacted]'

export function createSecret(value: string): Secret {
  const hidden = (): string => REDACTED
  const secret = { reveal: () => value, toString: hidden, toJSON: hidden, [inspect.custom]: hidden }
  return Object.freeze(secret)
}
