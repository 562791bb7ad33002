/**
 * What a failed command says: one sentence, what to do next, and an exit code. A stack is for developers and comes only
 * with --debug; with --json the same facts are one JSON document on stderr.
 */
import { CommanderError, type Command } from 'commander'
import { InputError, TieoutError } from '../domain/errors.ts'
import { EXIT_CODES } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { jsonText, printable } from './output.ts'

interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly exitCode: number
}

export interface FailureOptions {
  readonly json: boolean
  readonly debug: boolean
}

/** A command that has commands was given none. Its help stands above the sentence, except with --json. */
export function commandMissing(command: Command, json: boolean): InputError {
  const path = [command.name()]
  for (let above = command.parent; above !== null; above = above.parent) path.unshift(above.name())
  const names = command.commands.map((each) => each.name()).join(', ')
  const hint = json ? `Its commands are ${names}.` : 'Choose one of the commands above.'
  return new InputError('USAGE', `No command was given to ${path.join(' ')}.`, hint)
}

/** Prints the failure and returns the exit code. */
export function reportFailure(error: unknown, io: CliIo, { json, debug }: FailureOptions): number {
  // Help and --version come as errors with code 0; commander has printed them already.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.ok.code
  const failure = describeFailure(error, io.signal)
  const stack = debug && error instanceof Error ? error.stack : undefined
  if (json) io.stderr.write(jsonText({ error: { ...failure, ...(stack === undefined ? {} : { stack }) } }))
  else {
    const lines = [failure.message, failure.hint, stack ?? ''].filter((line) => line !== '')
    io.stderr.write(`${printable(lines.join('\n'))}\n`)
  }
  return failure.exitCode
}

function describeFailure(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof TieoutError) {
    const { code, message, hint, exitCode } = error
    return { code, message, hint, exitCode }
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ')
    const hint = 'Run the command with --help to see what it takes.'
    return { code: 'USAGE', message: sentence(message), hint, exitCode: EXIT_CODES.usage.code }
  }
  if (signal.aborted) {
    const hint = 'Run the same command again; it goes on where it stood.'
    return { code: 'INTERRUPTED', message: 'Stopped as asked.', hint, exitCode: EXIT_CODES.interrupted.code }
  }
  const what = error instanceof Error ? error.message : String(error)
  return {
    code: 'BUG',
    message: `The program failed in a way it should not: ${what}`,
    hint: 'Run it again with --debug to see where, and report that with what you did.',
    exitCode: EXIT_CODES.broken.code,
  }
}

function sentence(text: string): string {
  const capital = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return /[.?!)]$/.test(capital) ? capital : `${capital}.`
}
