/**
 * What nothing caught ends the process with an exit code of its own: Node.js would end it with 1, which here says that a
 * command is done and found something. It imports next to nothing, so that it is there before anything else can fail.
 */
import { EXIT_CODES } from './exit-codes.ts'

/** To be called before anything else is loaded. */
export function endOnCrash(): void {
  // A promise that is rejected and that nobody waits for comes here as well.
  process.on('uncaughtException', endCrashed)
}

/** Prints the failure in the form of every other one, and ends the process at once. */
export function endCrashed(error: unknown): never {
  const what = error instanceof Error ? error.message : String(error)
  const stack = process.argv.includes('--debug') && error instanceof Error ? error.stack : undefined
  const message = `The program ended by an error that nothing caught: ${what}`
  const hint = 'Run the same command again; it goes on where it stood. If it stays, report what --debug prints.'
  const failure = { code: 'CRASHED', message, hint, exitCode: EXIT_CODES.crashed.code }
  const isJson = process.argv.includes('--json')
  const lines = [message, hint, stack ?? ''].filter((line) => line !== '')
  const document = { error: { ...failure, ...(stack === undefined ? {} : { stack }) } }
  process.stderr.write(isJson ? `${JSON.stringify(document, undefined, 2)}\n` : `${lines.join('\n')}\n`)
  process.exit(EXIT_CODES.crashed.code)
}
