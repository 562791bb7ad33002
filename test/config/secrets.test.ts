/** Secrets are read when they are needed, named when they are missing, and never printed. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { resolveSecret } from '../../src/config/secrets.ts'
import { suggest } from '../../src/config/suggest.ts'

const where = 'tieout.yaml:19 (books[0].sources[0].apiKey)'

describe('a secret', () => {
  it('comes from a variable or a file, without the line break an editor adds', () => {
    const path = join(temporaryFolder(), 'key')
    writeFileSync(path, 'from-file\n')
    expect(resolveSecret({ from: 'env', name: 'KEY', where }, { KEY: 'from-env' }).reveal()).toBe('from-env')
    expect(resolveSecret({ from: 'file', path, where }, {}).reveal()).toBe('from-file')
  })

  it('that is missing is named with the line that asks for it', () => {
    expect(() => resolveSecret({ from: 'env', name: 'KEY', where }, {})).toThrow(
      `${where} takes a secret from the environment variable KEY, which is not set.`,
    )
    expect(() => resolveSecret({ from: 'env', name: 'KEY', where }, { KEY: ' ' })).toThrow(/which is empty/)
    expect(() => resolveSecret({ from: 'file', path: '/nowhere/key', where }, {})).toThrow(
      /\/nowhere\/key, which cannot be read/,
    )
  })

  it('does not print', () => {
    const secret = resolveSecret({ from: 'env', name: 'KEY', where }, { KEY: 'hunter2' })
    expect(`${secret.toString()} ${JSON.stringify({ secret })} ${inspect(secret)}`).not.toContain('hunter2')
  })
})

describe('a suggestion', () => {
  it.each([
    ['databse', 'database'],
    ['MAPPINGS', 'mappings'],
    ['boks', 'books'],
    ['x', undefined],
    ['currency', undefined],
  ])('for %s is %s', (word, expected) => {
    expect(suggest(word, ['database', 'mappings', 'books', 'http'])).toBe(expected)
  })
})
