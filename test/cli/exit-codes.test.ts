/** The table of exit codes, its page in docs/ and the error classes say the same. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { ConfigError, InputError, InvariantError, RejectedError, TransientError } from '../../src/domain/errors.ts'

it('documents every exit code with its meaning and what to do', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/exit-codes.md'), 'utf8')
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return /^\d+$/.test(cells[1] ?? '') ? [{ code: Number(cells[1]), meaning: cells[2], next: cells[3] }] : []
  })
  expect(rows).toEqual(Object.values(EXIT_CODES))
})

it('has an exit code for every class of error', () => {
  const known = new Set<number>(Object.values(EXIT_CODES).map(({ code }) => code))
  const classes = [ConfigError, InputError, TransientError, RejectedError, InvariantError]
  for (const Class of classes) expect(known).toContain(new Class('X', 'x').exitCode)
})
