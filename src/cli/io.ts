/**
 * Everything a command may touch outside itself, passed in: streams, environment, clock and the stop signal. Tests run
 * whole commands with their own; `process-io.ts` makes the real one.
 */
import type { Environment } from '../config/secrets.ts'

export interface TextSink {
  readonly write: (text: string) => void
  readonly isTty: boolean
  /** Width of the terminal; undefined when it is not one. */
  readonly columns: number | undefined
}

export interface CliIo {
  readonly version: string
  readonly env: Environment
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Asks at the terminal and gives what was typed; left out when there is no terminal to ask at. */
  readonly ask?: (question: string) => Promise<string>
  /** One line from whoever is at the other end of stdin, a pipe too; '' at its end. */
  readonly readLine?: (question: string) => Promise<string>
  /** Opens an address in a browser, or does not: nothing says which. Left out where there is none. */
  readonly openBrowser?: (url: string) => void
  /** Who is logged in, beside whatever name `--by` says; left out where nobody is. */
  readonly login?: string
  /** The machine's clock, UTC milliseconds; `--now` replaces it. */
  readonly nowMs: () => number
  /** Aborts at the first Ctrl-C or SIGTERM: finish the current batch, then stop. */
  readonly signal: AbortSignal
}
