/**
 * Runs the program on the real process. The first Ctrl-C or SIGTERM lets the current batch finish, the second stops at
 * once; a reader that closes its end of the pipe (`| head`) is no error.
 */
import { createInterface } from 'node:readline/promises'
import { machine } from '../machine/machine.ts'
import { openBrowser } from './browser.ts'
import { EXIT_CODES } from './exit-codes.ts'
import type { TextSink } from './io.ts'
import { loginName } from './person.ts'
import { runProgram } from './program.ts'

export async function runOnProcess(version: string): Promise<void> {
  const stop = new AbortController()
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(EXIT_CODES.interrupted.code)
    stop.abort(new Error('interrupted'))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  process.stdout.on('error', endQuietlyOnBrokenPipe)
  process.stderr.on('error', endQuietlyOnBrokenPipe)
  process.exitCode = await runProgram(process.argv.slice(2), {
    version,
    env: process.env,
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    ...(process.stdin.isTTY ? { ask: (question: string) => askAtTerminal(question, stop.signal) } : {}),
    readLine: (question: string) => readLine(question, stop.signal),
    openBrowser,
    login: loginName(),
    nowMs: machine().nowMs,
    signal: stop.signal,
  })
  process.off('SIGINT', interrupt)
  process.off('SIGTERM', interrupt)
}

function sink(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => void stream.write(text),
    isTty: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined
    },
  }
}

function endQuietlyOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(process.exitCode ?? EXIT_CODES.ok.code)
}

/** Nothing typed: Ctrl-D and Ctrl-C at the question are a no. */
async function askAtTerminal(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await terminal.question(question, { signal })
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return ''
    throw error
  } finally {
    terminal.close()
  }
}

/** The same without a terminal; the end of a pipe is nothing typed too. */
async function readLine(question: string, signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) return askAtTerminal(question, signal)
  const lines = createInterface({ input: process.stdin })
  process.stderr.write(question)
  const stop = (): void => lines.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    signal.removeEventListener('abort', stop)
    lines.close()
  }
}
