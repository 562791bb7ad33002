/**
 * The daemon's log: one JSON object a line, for a journal or a collector. Every line has the configured secrets taken out
 * before it leaves the process, whatever field or sentence they stood in.
 */
import { pino, type Logger } from 'pino'
import { redactText } from '../http/redact.ts'
import type { Secret } from '../http/secret.ts'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

export interface LogSettings {
  readonly write: (line: string) => void
  readonly secrets: readonly Secret[]
  /** UTC milliseconds. */
  readonly nowMs: () => number
}

export function createLog({ write, secrets, nowMs }: LogSettings): Log {
  return pino(
    {
      base: null,
      timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redactText(line, secrets)) },
  )
}
